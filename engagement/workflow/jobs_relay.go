package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// Notifier sends messages, as e-mail for example.
type Notifier interface {
	// Notify hands one message to a mail system, and returns nil only when that
	// has taken it: from then on the history says that it was sent. One whose
	// Message.To is zero goes to the partner as a whole, which has named no contacts, or
	// is an engagement.MessageReferralRequest: the host knows whom to tell.
	//
	// An error that wraps ErrUndeliverable says that it can never be delivered (there
	// is no such mailbox, for example): it is given up at once. On any other error
	// Notify is called again later with the same message ID, until the link's time
	// is over or, without a link, for seven days; then the message is given up, too.
	// The times are the library's. A mail that comes back later is for RecordBounce.
	//
	// Notify may be called again after a success, when a process died in between: a
	// host that must not send twice remembers the ID. It has to return well within five
	// minutes, after which another process may take the message up. A panic counts as an
	// error.
	Notify(ctx context.Context, d Delivery) error
}

// ErrUndeliverable is wrapped by the error of a Notifier for a message that can
// never be delivered.
var ErrUndeliverable = errors.New("workflow: message can never be delivered")

// Delivery is a message on its way out, with what its text needs: a host can send
// Subject and Body, or write its own text of the rest without asking anybody. What
// is not known, or not what the message is about, is zero.
type Delivery struct {
	Message     engagement.Message
	Link        string // the address that answers, for engagement.MessageConsentRequest and engagement.MessageSurveyRequest; a secret, so never stored or logged
	Subject     string // one line
	Body        string // plain text; holds the Link
	Name        string // of whom it goes to
	Partner     string // who asks
	Customer    string // who is asked
	Engagement  string
	Program     string
	ClaimNumber string
	Status      engagement.Status // of the participation now
	Deadline    time.Time         // until when the customer can answer or, once it has consented, the partner has something to do; zero when there is nothing
	DaysLeft    int               // until the deadline, rounded up
	Zone        *time.Location    // in which the engagement counts its days
	URL         string            // of the participation in the partner's portal; "" for customers, and without Options.PortalURL

	Amount      eligibility.Money     // what was approved, or paid this time
	Outstanding eligibility.Money     // what of the approved amount is still to be paid
	Reference   string                // of the payment
	Items       []claim.ActionItem    // what the reviewer asks for
	Codes       []claim.RejectionCode // why the claim was rejected
	Reason      string                // what the reviewer wrote to the partner about the approval or the rejection

	token   link.Token // of the Link
	failing bool       // whether an earlier message to somebody could not be delivered
}

// Token returns the token that Link holds, for a notifier that makes links of its own,
// to the portal of whoever the message goes to for example: [link.Token.Secret] is what
// stands in them. It is zero where there is no Link.
func (d Delivery) Token() link.Token { return d.token }

// Format hides the receiver, the link and the text that holds it, whatever the verb.
func (d Delivery) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "workflow.Delivery(%s %s)", d.Message.Kind, d.Message.ID)
}

// MarshalJSON tells what the message is about, and leaves out the receiver, the link and
// the text that holds it: what is kept of a message is no key to anybody's answer. A
// notifier that hands messages on in JSON has a form of its own for that.
func (d Delivery) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Message       engagement.MessageID       `json:"message"`
		Kind          engagement.MessageKind     `json:"kind"`
		Participation engagement.ParticipationID `json:"participation"`
		ClaimNumber   string                     `json:"claim_number"`
		Status        engagement.Status          `json:"status"`
		Deadline      time.Time                  `json:"deadline,omitzero"`
	}{d.Message.ID, d.Message.Kind, d.Message.Participation, d.ClaimNumber, d.Status, d.Deadline})
}

// LogValue hides the receiver, the link and the text that holds it.
func (d Delivery) LogValue() slog.Value { return slog.GroupValue(slog.Any("message", d.Message)) }

const (
	relayBatch = 50
	lease      = 5 * time.Minute
	unrecorded = time.Second // how long what goes out may wait for being recorded
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
	patient    = 7 * 24 * time.Hour // with a message without a link that keeps failing
	tries      = 3                  // at least, however late the first one was
)

// Relay hands every waiting message to the [Notifier]: after the commit of the command
// that caused it, at least once, and the oldest first. It holds 50 at a time, prepares
// them together, hands them over one after the other, and records together what became
// of them: at the end, and whenever a second has passed since the first that is not
// recorded. So a process that dies, or loses its storage, leaves what it handed over
// within the last second, and no more than 50 messages, to be sent once more: less
// would cost two calls of the storage for each message, and nothing prevents it
// altogether. A Notifier that remembers the IDs of messages sends none twice.
//
// Any number of processes may relay at once: each message goes out once unless one of
// them dies or is slower than its lease of five minutes by the storage's clock. A
// message that cannot be sent waits longer after each attempt, from a minute to six
// hours; its error is in the joined error, and it does not keep others back. Nor does
// one that makes the Notifier panic, or that storage can no longer read: the error
// names it. What can never be delivered is given up (see Notifier), and the history and
// the partner's rows say so.
//
// A request for consent or a survey that was answered, replaced or cancelled in the
// meantime is dropped, and so is a reminder of what is done or over. When the context
// ends, what was not handed over yet waits for the next Relay, in whichever process. It
// returns how many messages went out.
//
// Without a Notifier in the [Options] it is refused. An *[UnavailableError] of the
// storage ends it.
func (d *JobsDesk) Relay(ctx context.Context) (int, error) {
	s := d.s
	if s.notifier == nil {
		return 0, errors.New("workflow: Relay needs a Notifier in the Options")
	}
	r := relaying{s: s}
	err := r.run(ctx)
	return r.sent, engine.Explain(errors.Join(append(r.errs, err)...))
}

// relaying is what a Relay has come to.
type relaying struct {
	s      *Service
	behind time.Duration // the process's clock, behind the storage's
	sent   int
	errs   []error // of messages, the first engine.MaxErrors
}

// now is the present by the storage's clock.
func (r *relaying) now() time.Time { return r.s.now().Add(r.behind) }

func (r *relaying) fail(err error) { r.errs = engine.KeepErrors(r.errs, []error{err}) }

func (r *relaying) run(ctx context.Context) (err error) {
	for {
		if r.behind, err = r.s.behind(ctx); err != nil {
			return err
		}
		now := r.now()
		until := now.Add(lease)
		batch, err := r.s.store.Lease(ctx, storage.LeaseQuery{Now: now, Until: until, Limit: relayBatch})
		unreadable, err := storage.Unreadable(err)
		for _, bad := range unreadable {
			r.s.log.ErrorContext(ctx, "a message cannot be read", "error", bad)
			r.fail(bad)
		}
		if err != nil {
			return unavailable("storage", err)
		}
		if len(batch)+len(unreadable) == 0 {
			return nil
		}
		if err := r.relay(ctx, batch, until); err != nil {
			return err
		}
	}
}

// relay sends what is held until then. It stops, and hands back the rest, when the
// context ends or the storage is out of reach.
func (r *relaying) relay(ctx context.Context, batch []engagement.Message, until time.Time) error {
	for len(batch) > 0 && !engagement.Passed(until, r.now()) { // then others may send the rest
		ready, err := r.s.prepareAll(ctx, batch)
		if err != nil {
			return errors.Join(err, r.record(ctx, handBack(batch)))
		}
		done := r.send(ctx, ready, until)
		if batch = batch[len(done):]; ctx.Err() != nil {
			return errors.Join(ctx.Err(), r.record(ctx, append(done, handBack(batch)...)))
		}
		if err := r.record(ctx, done); err != nil {
			return errors.Join(err, r.record(ctx, handBack(batch)))
		}
	}
	return nil
}

// send hands messages to the Notifier, for as long as what went out may wait for being
// recorded, and returns what became of them.
func (r *relaying) send(ctx context.Context, ready []mail, until time.Time) []mail {
	begun := r.s.now()
	for i := range ready {
		m := &ready[i]
		if m.err == nil {
			m.err = r.s.notify(ctx, m.delivery)
		}
		if m.err == nil {
			r.sent++
		}
		now := r.s.now()
		if ctx.Err() != nil || now.Sub(begun) >= unrecorded || engagement.Passed(until, now.Add(r.behind)) {
			return ready[:i+1]
		}
	}
	return ready
}

// notify hands a message to the Notifier. What panics on the way fails this message and
// no other.
func (s *Service) notify(ctx context.Context, d Delivery) (err error) {
	defer caught(d.Message.ID, &err)
	return s.notifier.Notify(ctx, d)
}

// caught is deferred: it makes a panic of the host's code an error of the message.
func caught(id engagement.MessageID, err *error) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("workflow: message %s: %w", id, &PanicError{Value: value, Stack: debug.Stack()})
	}
}

// PanicError says that something, such as a host's Notifier, panicked while a message
// was sent or a job ran.
type PanicError struct {
	Value any    // what the panic was called with
	Stack []byte // of the goroutine
}

func (e *PanicError) Error() string { return fmt.Sprintf("something panicked: %v", e.Value) }

var (
	// errPointless says that a message need not go out any more.
	errPointless = errors.New("workflow: nobody waits for this message")
	// errTooLate says that the time in which a message was of use is over.
	errTooLate = errors.New("workflow: the time to answer was over before the message could be sent")
	// errHeld says that a message was held and not sent, which is not its fault.
	errHeld = errors.New("workflow: the message was not sent yet")
)

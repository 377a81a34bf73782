package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

// Notifier sends messages, as e-mail for example.
type Notifier interface {
	// Notify hands one message to a mail system, and returns nil only when that
	// has taken it: from then on the history says that it was sent. One whose
	// Message.To is zero goes to the partner as a whole, which has named no contacts, or
	// is an engagement.AskForReferral: the host knows whom to tell.
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
	Link        string // the address that answers, for engagement.AskForConsent and engagement.AskForSurvey; a secret, so never stored or logged
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

	failing bool // whether an earlier message to somebody could not be delivered
}

// LogValue hides the receiver, the link and the text that holds it.
func (d Delivery) LogValue() slog.Value { return slog.GroupValue(slog.Any("message", d.Message)) }

const (
	relayBatch = 50
	lease      = 5 * time.Minute
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
	patient    = 7 * 24 * time.Hour // with a message without a link that keeps failing
	tries      = 3                  // at least, however late the first one was
)

// Relay hands every waiting message to the Notifier: after the commit of the
// command that caused it, at least once, and the oldest first. Any number of
// processes may relay at once: each message goes out once unless one of them dies
// or is slower than its lease of five minutes. A message that cannot be sent waits
// longer after each attempt, from a minute to six hours; its error is in the
// joined error, and does not keep others back. Nor does one that makes the Notifier
// panic, or that storage can no longer read: the error names it. What can never be
// delivered is given up, see Notifier; the history says so, and the partner's rows.
//
// A request for consent or a survey that was answered, replaced or cancelled in the
// meantime is dropped, and so is a reminder of what is done or over. When the context
// ends, what was not handed over yet waits for the next Relay, of whichever process.
// It returns how many messages went out.
func (s *Service) Relay(ctx context.Context) (int, error) {
	sent, err := s.relay(ctx)
	return sent, explain(err)
}

func (s *Service) relay(ctx context.Context) (int, error) {
	if s.notifier == nil {
		return 0, errors.New("workflow: Relay needs a Notifier in the Options")
	}
	sent := 0
	var errs []error
	for {
		until := s.now().Add(lease)
		batch, err := s.store.Lease(ctx, storage.LeaseQuery{Now: s.now(), Until: until, Limit: relayBatch})
		unreadable, err := storage.Unreadable(err)
		for _, bad := range unreadable {
			s.log.ErrorContext(ctx, "a message cannot be read", "error", bad)
			errs = keepErrors(errs, []error{bad})
		}
		if err != nil {
			return sent, errors.Join(append(errs, unavailable("storage", err))...)
		}
		if len(batch)+len(unreadable) == 0 {
			return sent, errors.Join(errs...)
		}
		for i, m := range batch {
			if engagement.Passed(until, s.now()) {
				break // others may send the rest by now
			}
			ok, err := s.deliver(ctx, m)
			if err != nil {
				errs = keepErrors(errs, []error{err})
			}
			if ok {
				sent++
			}
			if ctx.Err() != nil {
				return sent, errors.Join(append(errs, ctx.Err(), s.handBack(ctx, batch[i+1:]))...)
			}
		}
	}
}

// handBack lets others send what this process holds and will not send. That is
// recorded even when the caller is gone.
func (s *Service) handBack(ctx context.Context, held []engagement.Message) error {
	if len(held) == 0 {
		return nil
	}
	now, free := s.now(), map[engagement.MessageID]time.Time{}
	for _, m := range held {
		free[m.ID] = now
	}
	return s.report(context.WithoutCancel(ctx), storage.Changes{Postponed: free})
}

// deliver sends one message, and reports whether it went out. A message that
// has become pointless is dropped.
func (s *Service) deliver(ctx context.Context, m engagement.Message) (bool, error) {
	d, err := s.send(ctx, m)
	gone := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx) // what became of it is recorded even when the caller is gone
	switch {
	case err == nil:
		return true, s.delivered(ctx, m, d.failing)
	case errors.Is(err, errPointless):
		s.links.forget(m.Link)
		return false, s.report(ctx, storage.Changes{Delivered: []engagement.MessageID{m.ID}})
	case gone && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		return false, s.handBack(ctx, []engagement.Message{m}) // it is not the message's fault
	}
	s.log.WarnContext(ctx, "a message could not be sent", "message", m, "error", err)
	code := consent.FailureCode("")
	switch {
	case errors.Is(err, ErrUndeliverable):
		code = consent.Undeliverable
	case errors.Is(err, errTooLate), m.Link == "" && m.Attempts >= tries && s.now().Sub(m.CreatedAt) >= patient:
		code = consent.TimedOut
	}
	if code != "" {
		given := s.giveUp(ctx, m, code)
		switch {
		case given == nil && errors.Is(err, errTooLate):
			return false, nil
		case given == nil:
			return false, err
		}
		err = errors.Join(err, given)
	}
	wait := min(firstRetry<<min(max(m.Attempts-1, 0), 20), lastRetry)
	return false, errors.Join(err, s.report(ctx, storage.Changes{Postponed: map[engagement.MessageID]time.Time{m.ID: s.now().Add(wait)}}))
}

// send prepares a message and hands it to the Notifier. What panics on the way, in
// the host's own code for example, fails this message and no other.
func (s *Service) send(ctx context.Context, m engagement.Message) (d Delivery, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("workflow: message %s: %w", m.ID, &PanicError{Value: value, Stack: debug.Stack()})
		}
	}()
	if d, err = s.prepare(ctx, m); err != nil {
		return d, err
	}
	return d, s.notifier.Notify(ctx, d)
}

// PanicError says that something of the host's panicked while a message was sent.
type PanicError struct {
	Value any    // what the panic was called with
	Stack []byte // of the goroutine
}

func (e *PanicError) Error() string { return fmt.Sprintf("the host's code panicked: %v", e.Value) }

func (s *Service) report(ctx context.Context, c storage.Changes) error {
	return unavailable("storage", s.store.Apply(ctx, c))
}

// delivered takes a message that went out from the outbox. That a link was sent
// stands in the history and beside the link from then on; that the contact of
// another message was failing does not any more.
func (s *Service) delivered(ctx context.Context, m engagement.Message, failing bool) error {
	if m.Link == "" && !failing {
		return s.report(ctx, storage.Changes{Delivered: []engagement.MessageID{m.ID}})
	}
	_, err := attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (struct{}, error) {
		u.changes.Delivered = []engagement.MessageID{m.ID}
		p, err := u.about(ctx, m)
		if errors.Is(err, errPointless) {
			return struct{}{}, nil
		}
		if err != nil {
			return struct{}{}, err
		}
		if m.Link == "" {
			u.putParticipation(p.WithMail(m, consent.Failure{}))
			return struct{}{}, nil
		}
		var before time.Time
		p, link, err := mark(p, m, func(links []consent.Link) ([]consent.Link, error) {
			if i := slices.IndexFunc(links, func(l consent.Link) bool { return l.ID == m.Link }); i >= 0 {
				before = links[i].SentAt
			}
			return consent.MarkSent(links, m.Link, string(m.ID), u.now)
		})
		if err != nil {
			return struct{}{}, err
		}
		if u.putParticipation(p); before.IsZero() { // a bounce names the message
			u.changes.Tokens = append(u.changes.Tokens, tokenOf(messageHash(m.ID), p))
		}
		kind, of := engagement.ConsentSent, ""
		if m.Kind == engagement.AskForSurvey {
			kind, of = engagement.SurveySent, surveyOf(p, m.Link)
		}
		status := p.StatusAt(u.now)
		u.event(engagement.Event{
			Kind: kind, By: engagement.ByClock, From: status, To: status,
			Detail: engagement.Detail{Survey: of, Link: link.ID}, Person: personOf(link.Contact),
		}, p)
		return struct{}{}, nil
	})
	if err == nil {
		s.links.forget(m.Link)
	}
	return err
}

var (
	// errPointless says that a message need not go out any more.
	errPointless = errors.New("workflow: nobody waits for this message")
	// errTooLate says that the time in which a message was of use is over.
	errTooLate = errors.New("workflow: the time to answer was over before the message could be sent")
)

package workflow

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/survey"
)

// Notifier sends messages, as e-mail for one.
type Notifier interface {
	// Notify sends one message. One whose Message.To is zero goes to the partner,
	// which has named no contacts: the host knows whom to tell. On an error it is called again later, with the
	// same message ID, and so on until it returns nil: for a message that can
	// never be sent, too, it returns nil once it has noted that. It may be called
	// again after a success, when a process died in between: who must not send
	// twice remembers the ID. It gives up well within five minutes, after which
	// another process may take the message up.
	Notify(ctx context.Context, d Delivery) error
}

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
}

// LogValue hides the receiver, the link and the text that holds it.
func (d Delivery) LogValue() slog.Value { return slog.GroupValue(slog.Any("message", d.Message)) }

const (
	relayBatch = 50
	lease      = 5 * time.Minute
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
)

// Relay hands every waiting message to the Notifier: after the commit of the
// command that caused it, at least once, and the oldest first. Any number of
// processes may relay at once: each message goes out once unless one of them dies
// or is slower than its lease of five minutes. A message that cannot be sent waits
// longer after each attempt, from a minute to six hours; its error is in the
// joined error, and does not keep others back. A request for consent or a survey
// that was answered, replaced or cancelled meanwhile is dropped, and so is a
// reminder of what is done or over. It returns how many messages went out.
func (s *Service) Relay(ctx context.Context) (int, error) {
	if s.notifier == nil {
		return 0, errors.New("workflow: Relay needs a Notifier in the Options")
	}
	sent := 0
	var errs []error
	for {
		until := s.now().Add(lease)
		batch, err := s.store.Lease(ctx, storage.LeaseQuery{Now: s.now(), Until: until, Limit: relayBatch})
		if err != nil {
			return sent, errors.Join(append(errs, unavailable("storage", err))...)
		}
		if len(batch) == 0 {
			return sent, errors.Join(errs...)
		}
		for _, m := range batch {
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
				return sent, errors.Join(append(errs, ctx.Err())...)
			}
		}
	}
}

// deliver sends one message, and reports whether it went out. A message that
// has become pointless is dropped.
func (s *Service) deliver(ctx context.Context, m engagement.Message) (bool, error) {
	d, err := s.prepare(ctx, m)
	if err == nil {
		err = s.notifier.Notify(ctx, d)
	}
	// What became of it is recorded even when the caller is gone.
	ctx = context.WithoutCancel(ctx)
	switch {
	case err == nil:
		return true, s.delivered(ctx, m)
	case errors.Is(err, errPointless):
		return false, s.report(ctx, storage.Changes{Delivered: []engagement.MessageID{m.ID}})
	}
	s.log.WarnContext(ctx, "a message could not be sent", "message", m, "error", err)
	wait := min(firstRetry<<min(max(m.Attempts-1, 0), 20), lastRetry)
	return false, errors.Join(err, s.report(ctx, storage.Changes{Postponed: map[engagement.MessageID]time.Time{m.ID: s.now().Add(wait)}}))
}

func (s *Service) report(ctx context.Context, c storage.Changes) error {
	return unavailable("storage", s.store.Apply(ctx, c))
}

// delivered takes a message that went out from the outbox. That a link was sent
// stands in the history from then on.
func (s *Service) delivered(ctx context.Context, m engagement.Message) error {
	_, err := attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (struct{}, error) {
		u.changes.Delivered = []engagement.MessageID{m.ID}
		if m.Link == "" {
			return struct{}{}, nil
		}
		p, err := u.about(ctx, m)
		if err != nil {
			return struct{}{}, err
		}
		kind, survey, link, err := engagement.ConsentSent, claim.Survey{}, consent.Link{}, error(nil)
		if m.Kind == engagement.AskForSurvey {
			kind = engagement.SurveySent
			survey, link, err = p.Claim.SurveyLink(m.Link)
		} else {
			link, err = p.Consent.Link(m.Link)
		}
		if err != nil {
			return struct{}{}, err
		}
		status := p.StatusAt(u.now)
		u.event(engagement.Event{
			Kind: kind, By: engagement.ByClock, From: status, To: status,
			Detail: engagement.Detail{Survey: survey.Kind, Link: link.ID}, Person: personOf(link.Contact),
		}, p)
		return struct{}{}, nil
	})
	return err
}

// errPointless says that a message need not go out any more.
var errPointless = errors.New("workflow: nobody waits for this message")

// about loads the participation that a message is about.
func (u *unit) about(ctx context.Context, m engagement.Message) (engagement.Participation, error) {
	if _, err := u.load(ctx, storage.Want{Participation: storage.ParticipationKey{Partner: m.Partner, ID: m.Participation}}); err != nil {
		return engagement.Participation{}, err
	}
	p, ok := u.place(m.Place).Participation(m.Partner, m.Participation)
	if !ok {
		return p, errPointless
	}
	return p, nil
}

// prepare makes a message ready to send. A link gets a new token each time: only
// its hash is kept, so an earlier one cannot be sent again, and still opens the
// same link.
func (s *Service) prepare(ctx context.Context, m engagement.Message) (Delivery, error) {
	return attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (Delivery, error) {
		p, err := u.about(ctx, m)
		if err != nil {
			return Delivery{}, err
		}
		d := Delivery{Message: m, ClaimNumber: p.ClaimNumber, Deadline: deadlineFor(m.Kind, p, u.now)}
		if !m.Deadline.IsZero() && !d.Deadline.Equal(m.Deadline) {
			return Delivery{}, errPointless // what it reminds of is done, or over
		}
		if m.Kind == engagement.TellActionRequired && p.StatusAt(u.now) != engagement.PartnerActionRequired {
			return Delivery{}, errPointless // it has been done
		}
		terms := lastSent(p.Consent).Terms
		if party, ok := terms.Party(consent.RolePartner); ok {
			d.Partner = party.Name
		}
		if party, ok := terms.Party(consent.RoleCustomer); ok {
			d.Customer = party.Name
		}
		d.Engagement = terms.Engagement.Name
		if len(p.Consent.Sent) == 0 { // nobody has been asked yet
			if err := u.nameWithoutTerms(ctx, &d, p); err != nil {
				return Delivery{}, err
			}
		}
		switch {
		case m.Kind == engagement.AskForSurvey:
			err = u.mintSurvey(&d, p)
		case m.Link != "":
			err = u.mint(&d, p)
		}
		if err != nil {
			return Delivery{}, err
		}
		s.describe(&d, p, u.now)
		return d, nil
	})
}

// mint makes the token of the message's link.
func (u *unit) mint(d *Delivery, p engagement.Participation) error {
	link, err := p.Consent.Link(d.Message.Link)
	if err != nil || link.Void() || link.Erased() || p.Consent.StatusAt(u.now) != consent.Requested {
		return errPointless // a newer link has replaced this one, or it was answered
	}
	token, hash, err := consent.NewToken(u.s.random)
	if err != nil {
		return err
	}
	if p.Consent, err = consent.Mint(p.Consent, link.ID, hash); err != nil {
		return err
	}
	u.putToken(p, hash)
	d.Link = u.s.linkURL + token.Secret()
	return nil
}

// mintSurvey makes the token of the link to a survey.
func (u *unit) mintSurvey(d *Delivery, p engagement.Participation) error {
	if p.Claim == nil || !p.Claim.Allows(claim.KindAnswerSurvey, u.now) {
		return errPointless // it could not be answered any more
	}
	v, link, err := p.Claim.SurveyLink(d.Message.Link)
	if err != nil || link.Void() || link.Erased() || v.Status != survey.Sent {
		return errPointless
	}
	token, hash, err := consent.NewToken(u.s.random)
	if err != nil {
		return err
	}
	next, err := claim.Mint(*p.Claim, link.ID, hash)
	if err != nil {
		return err
	}
	p.Claim = &next
	u.putToken(p, hash)
	d.Link = u.s.surveyURL + token.Secret()
	return nil
}

// putToken keeps the hash by which a link finds its participation.
func (u *unit) putToken(p engagement.Participation, hash consent.Hash) {
	u.putParticipation(p)
	u.changes.Tokens = append(u.changes.Tokens, storage.Token{
		Hash: hash, Participation: storage.ParticipationKey{Partner: p.Partner, ID: p.ID},
		Place: engagement.PlaceKey{Engagement: p.Engagement, Customer: p.Customer},
	})
}

// nameWithoutTerms names those whom a message is about before any terms were
// sent to anybody.
func (u *unit) nameWithoutTerms(ctx context.Context, d *Delivery, p engagement.Participation) error {
	e, err := u.s.engagement(ctx, p.Engagement)
	if err != nil {
		return err
	}
	partner, err := u.s.partner(ctx, p.Partner)
	if err != nil {
		return err
	}
	d.Engagement, d.Partner, d.Customer = e.Name, partner.Name, engagement.Customer{Identity: p.Identity}.Name()
	return nil
}

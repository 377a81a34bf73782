package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Notifier sends messages, as e-mail for one.
type Notifier interface {
	// Notify sends one message. On an error it is called again later with the
	// same message ID. It may be called again after a success too, when a
	// process died in between: who must not send twice remembers the ID.
	Notify(ctx context.Context, d Delivery) error
}

// Delivery is a message on its way out, with what its text needs.
type Delivery struct {
	Message    engagement.Message
	Link       string // the address that answers, for engagement.AskForConsent; a secret, so never stored or logged
	Subject    string // one line
	Body       string // plain text
	Partner    string // who asks
	Customer   string // who is asked
	Engagement string
	Deadline   time.Time // until when something can be done about it; zero when nothing can
}

const (
	relayBatch = 50
	lease      = 5 * time.Minute
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
)

// Relay hands every waiting message to the Notifier: after the commit of the
// command that caused it, at least once, and the oldest first. Any number of
// processes may relay at once. A message that cannot be sent waits longer after
// each attempt; its error is in the joined error, and does not keep others back.
// It returns how many messages went out.
func (s *Service) Relay(ctx context.Context) (int, error) {
	if s.notifier == nil {
		return 0, errors.New("workflow: Relay needs a Notifier in the Options")
	}
	sent := 0
	var errs []error
	for {
		now := s.now()
		batch, err := s.store.Lease(ctx, storage.LeaseQuery{Now: now, Until: now.Add(lease), Limit: relayBatch})
		if err != nil {
			return sent, errors.Join(append(errs, unavailable("storage", err))...)
		}
		if len(batch) == 0 {
			return sent, errors.Join(errs...)
		}
		for _, m := range batch {
			ok, err := s.deliver(ctx, m)
			if err != nil {
				errs = append(errs, err)
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
	if errors.Is(err, errPointless) {
		return false, s.report(ctx, storage.Changes{Delivered: []engagement.MessageID{m.ID}})
	}
	if err == nil {
		err = s.notifier.Notify(ctx, d)
	}
	if err != nil {
		s.log.WarnContext(ctx, "a message could not be sent", "message", m, "error", err)
		wait := min(firstRetry<<min(max(m.Attempts-1, 0), 20), lastRetry)
		return false, errors.Join(err, s.report(ctx, storage.Changes{Postponed: map[engagement.MessageID]time.Time{m.ID: s.now().Add(wait)}}))
	}
	return true, s.report(ctx, storage.Changes{Delivered: []engagement.MessageID{m.ID}})
}

// report tells storage what became of a message, even when the caller is gone.
func (s *Service) report(ctx context.Context, c storage.Changes) error {
	return unavailable("storage", s.store.Apply(context.WithoutCancel(ctx), c))
}

// errPointless says that a message need not go out any more.
var errPointless = errors.New("workflow: nobody waits for this message")

// prepare makes a message ready to send. A link gets a new token each time: only
// its hash is kept, so an earlier one cannot be sent again, and still opens the
// same link.
func (s *Service) prepare(ctx context.Context, m engagement.Message) (Delivery, error) {
	return attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (Delivery, error) {
		key := storage.ParticipationKey{Partner: m.Partner, ID: m.Participation}
		if _, err := u.load(ctx, storage.Want{Participation: key}); err != nil {
			return Delivery{}, err
		}
		p, ok := u.place(m.Place).Participation(m.Partner, m.Participation)
		if !ok {
			return Delivery{}, errPointless
		}
		d := Delivery{Message: m, Deadline: p.DeadlineAt(u.now)}
		terms := lastSent(p.Consent).Terms
		if party, ok := terms.Party(consent.RolePartner); ok {
			d.Partner = party.Name
		}
		if party, ok := terms.Party(consent.RoleCustomer); ok {
			d.Customer = party.Name
		}
		d.Engagement = terms.Engagement.Name
		if m.Link != "" {
			if err := u.mint(&d, p); err != nil {
				return Delivery{}, err
			}
		}
		d.Subject, d.Body = words(d, p.Terms.Location())
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
	u.putParticipation(p)
	u.changes.Tokens = append(u.changes.Tokens, storage.Token{
		Hash: hash, Participation: storage.ParticipationKey{Partner: p.Partner, ID: p.ID}, Place: d.Message.Place,
	})
	if d.Message.Attempts <= 1 {
		u.event(engagement.Event{Kind: engagement.ConsentSent, By: engagement.ByClock, Note: "link " + string(link.ID), Person: personOf(link.Contact)}, p)
	}
	d.Link = u.s.linkURL + token.Secret()
	return nil
}

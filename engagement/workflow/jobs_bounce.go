package workflow

import (
	"context"
	"crypto/sha256"
	"log/slog"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func unchangedLinks(links []link.Link) ([]link.Link, error) { return links, nil }

// failed records that a message did not reach its contact: in the history, and where
// the partner sees it.
func (u *unit) failed(p engagement.Participation, m engagement.Message, code link.FailureCode) error {
	failure := link.Failure{Code: code, At: u.Now}
	if m.Link == "" {
		p = p.WithMail(m, failure)
	} else {
		var err error
		p, _, err = m.Mark(p, func(links []link.Link) ([]link.Link, error) { return link.MarkFailed(links, m.Link, failure) })
		if err != nil {
			return err
		}
	}
	u.putParticipation(p)
	status := p.StatusAt(u.Now)
	u.event(engagement.Event{
		Kind: engagement.EventMessageFailed, By: engagement.ByClock, From: status, To: status,
		Detail: engagement.Detail{Message: m.Kind, Failure: code, Link: m.Link, Survey: p.SurveyOf(m.Link)}, Person: personOf(link.Contact{Email: m.To}),
	}, p)
	return nil
}

// Bounce is a message that came back after a mail system had taken it: named by its
// ID, if it carried a link, or by the participation that it was about and the address
// that it went to.
type Bounce struct {
	Message       engagement.MessageID
	Partner       engagement.PartnerID
	Participation engagement.ParticipationID
	Address       string
}

// LogValue hides the address.
func (b Bounce) LogValue() slog.Value {
	return slog.GroupValue(slog.String("message", string(b.Message)), slog.String("participation", string(b.Participation)))
}

// RecordBounce records that a message came back, as if it had not been delivered: the
// history says so, and the partner sees on the row which contact was not reached. It is
// for whatever reads the host's bounces; the same bounce again changes nothing.
//
// It returns an *[InputError], or a *[NotFoundError] for a message or a participation
// that does not exist or an address to which nothing about it went.
func (d *JobsDesk) RecordBounce(ctx context.Context, b Bounce) error {
	s := d.s
	var to tenant.Email
	if b.Address != "" {
		var err error
		if to, err = tenant.ParseEmail(b.Address); err != nil {
			return &InputError{Field: "address", Problem: "is not an e-mail address: " + err.Error(), Err: err}
		}
	}
	if b.Participation == "" && b.Message == "" || b.Participation != "" && (b.Partner == "" || b.Message == "" && to.IsZero()) {
		return &InputError{Field: "message", Problem: "is not named: give its ID, or partner, participation and address"}
	}
	_, err := attempt(ctx, s, func(u *unit) (struct{}, error) {
		p, err := u.bounced(ctx, b)
		if err != nil {
			return struct{}{}, err
		}
		m, failure, err := bouncedMessage(p, b, to)
		if err != nil || failure.Code == link.FailureBounced { // it was recorded before
			return struct{}{}, err
		}
		return struct{}{}, u.failed(p, m, link.FailureBounced)
	})
	return engine.Explain(err)
}

// bounced finds the participation that a bounce is about.
func (u *unit) bounced(ctx context.Context, b Bounce) (engagement.Participation, error) {
	want, missing := storage.Want{Participation: storage.ParticipationKey{Partner: b.Partner, ID: b.Participation}}, &NotFoundError{Kind: "participation", Field: "participation", Value: string(b.Participation)}
	if b.Participation == "" {
		want, missing = storage.Want{Link: storage.LinkKey{Hash: messageHash(b.Message), Slot: storage.SlotIn(string(b.Message))}}, &NotFoundError{Kind: "message", Field: "message", Value: string(b.Message)}
	}
	loaded, err := u.Load(ctx, want)
	if err != nil {
		return engagement.Participation{}, err
	}
	if loaded.Participation == nil {
		return engagement.Participation{}, missing
	}
	r := u.Record(loaded.At)
	p, ok := r.Participation(loaded.Participation.ID)
	if err := r.ErrUnreadable(loaded.Participation.ID); !ok && err != nil {
		return p, err
	}
	if !ok {
		return p, missing
	}
	return p, nil
}

// bouncedMessage returns the message that came back, as far as it is known, and the
// failure that is recorded of it: the live link that it carried, else what was
// told to one of the contacts.
func bouncedMessage(p engagement.Participation, b Bounce, to tenant.Email) (engagement.Message, link.Failure, error) {
	m := engagement.Message{ID: b.Message, Partner: p.Partner, Participation: p.ID, To: to}
	carried := func(kind engagement.MessageKind, links []link.Link) (link.Failure, bool) {
		for _, l := range links {
			if l.SentAt.IsZero() {
				continue
			}
			if l.Message == string(b.Message) || b.Message == "" && !l.Void() && l.Contact.Is(to) {
				m.Kind, m.Link, m.To = kind, l.ID, l.Contact.Email
				return l.Failed, true
			}
		}
		return link.Failure{}, false
	}
	if f, ok := carried(engagement.MessageConsentRequest, p.Consent.Links); ok {
		return m, f, nil
	}
	if p.Claim != nil {
		for _, v := range p.Claim.Surveys {
			if f, ok := carried(engagement.MessageSurveyRequest, v.Links); ok {
				return m, f, nil
			}
		}
	}
	if to.IsZero() {
		return m, link.Failure{}, &InputError{Field: "address", Problem: "is missing: nothing is known of this message but what it was about"}
	}
	for _, f := range p.Failures {
		if f.To.Same(to) {
			m.Kind = f.Message
			return m, f.Failure, nil
		}
	}
	for _, c := range link.Emails(p.Contacts()) {
		if c.Same(to) {
			return m, link.Failure{}, nil
		}
	}
	return m, link.Failure{}, &NotFoundError{Kind: "address", Field: "address", Value: b.Address}
}

// messageHash is under what a message's ID finds the participation that its link is
// of. No token has this hash: tokens are shorter.
func messageHash(id engagement.MessageID) link.Hash {
	return sha256.Sum256([]byte("the message with the ID " + id))
}

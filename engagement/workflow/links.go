package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

// ConsentView returns what the page behind a customer's link shows. It changes nothing,
// however often it is called.
//
// It also returns [consent.ErrUnknownText] or, together with the view,
// [consent.ErrTakenElsewhere] while another partner has the customer's consent.
func (d *LinksDesk) ConsentView(ctx context.Context, token link.Token) (consent.View, error) {
	s := d.s
	u := s.unit()
	p, link, err := u.linked(ctx, token)
	if err != nil {
		return consent.View{}, s.toCustomer(ctx, err)
	}
	view, err := consent.NewView(p.Consent, link.ID, s.pageOf(p), u.Now)
	if err == nil && view.MayDecide {
		_, err = u.room(ctx, p)
	}
	return view, s.toCustomer(ctx, err)
}

// AnswerConsent records what a customer's contact decided, and returns the page as it
// is after that. The first answer counts, and the same answer again changes nothing; an
// acceptance can be withdrawn through the same link. Of the partners that have asked
// the same customer for the same engagement, as many get the consent as the claim limit
// allows.
//
// What [consent.ClientOf] gives of the context is kept with the answer.
//
// It returns the errors of [LinksDesk.ConsentView], a *[consent.AlreadyAnsweredError],
// *[consent.ExpiredError], *[consent.NotAllowedError] or *[link.InvalidError], or
// [consent.ErrTakenElsewhere].
func (d *LinksDesk) AnswerConsent(ctx context.Context, token link.Token, decision consent.Decision) (consent.View, error) {
	s := d.s
	view, err := attempt(ctx, s, func(u *unit) (consent.View, error) {
		p, link, err := u.linked(ctx, token)
		if err != nil {
			return consent.View{}, err
		}
		if err := u.answer(ctx, p, link, decision); err != nil {
			return consent.View{}, err
		}
		p, _ = u.Record(p.Record()).Participation(p.ID)
		return consent.NewView(p.Consent, link.ID, s.pageOf(p), u.Now)
	})
	return view, s.toCustomer(ctx, err)
}

// linked finds the participation and the link that a token opens.
func (u *unit) linked(ctx context.Context, token link.Token) (engagement.Participation, link.Link, error) {
	p, err := u.linkedTo(ctx, token)
	if err != nil {
		return p, link.Link{}, err
	}
	link, err := p.Consent.Find(token.Hash())
	return p, link, err
}

// linkedTo finds the participation that a token belongs to, whatever it opens.
func (u *unit) linkedTo(ctx context.Context, token link.Token) (engagement.Participation, error) {
	if token.IsZero() {
		return engagement.Participation{}, link.ErrUnknown
	}
	loaded, err := u.Load(ctx, storage.Want{Link: storage.LinkKey{Hash: token.Hash(), Slot: storage.Slot(token.Slot())}})
	if err != nil {
		return engagement.Participation{}, err
	}
	if loaded.Participation == nil {
		return engagement.Participation{}, link.ErrUnknown
	}
	r := u.Record(loaded.At)
	p, ok := r.Participation(loaded.Participation.ID)
	if err := r.ErrUnreadable(loaded.Participation.ID); !ok && err != nil {
		return p, err
	}
	if !ok {
		return p, link.ErrUnknown
	}
	return p, nil
}

func (u *unit) answer(ctx context.Context, p engagement.Participation, link link.Link, decision consent.Decision) error {
	var event consent.Event
	client := consent.ClientOf(ctx)
	switch decision {
	case consent.DecisionAccept:
		event = consent.Accept{Link: link.ID, Client: client}
	case consent.DecisionDecline:
		event = consent.Decline{Link: link.ID, Client: client}
	case consent.DecisionWithdraw:
		event = consent.Withdraw{Link: link.ID, Client: client, AfterSubmission: p.Submitted()}
	default:
		_, err := consent.ParseDecision(string(decision))
		return err
	}
	before := p.StatusAt(u.Now)
	next, err := consent.Apply(p.Consent, event, u.Now)
	if err != nil || p.Consent.Repeats(event) {
		return err
	}
	if decision == consent.DecisionAccept {
		e, err := u.room(ctx, p)
		if err != nil {
			return err
		}
		if p, err = engagement.OpenClaim(p, e, u.Now); err != nil {
			return err
		}
	}
	if decision == consent.DecisionWithdraw {
		if p, err = engagement.ApplyClaim(p, claim.Withdraw{}, u.Now); err != nil {
			return err
		}
	}
	p.Consent = next
	u.putParticipation(p)
	kind, message := engagement.Answered(decision)
	u.event(engagement.Event{
		Kind: kind, By: engagement.ByCustomer, From: before, To: p.StatusAt(u.Now),
		Detail: engagement.Detail{Link: link.ID, AfterSubmission: decision == consent.DecisionWithdraw && p.Submitted()}, Person: personOf(link.Contact),
	}, p)
	u.tellPartner(p, message)
	if decision == consent.DecisionAccept {
		u.askForReferral(p)
		return u.makeKnown(ctx, p)
	}
	return nil
}

// makeKnown makes a customer that consented known to the partner: from now on
// it stands on the Customers page of every engagement.
func (u *unit) makeKnown(ctx context.Context, p engagement.Participation) error {
	key := engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer}
	c := u.Customer(key)
	if c.Known() {
		return nil
	}
	c.KnownSince = u.Now
	u.PutCustomer(c)
	u.Event(engagement.Event{Kind: engagement.EventCustomerKnown, By: engagement.ByCustomer}, key)
	return u.recordEverywhere(ctx, c, "a customer who consented")
}

package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
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
// It returns the errors of [LinksDesk.ConsentView], [link.ErrAlreadyAnswered],
// [link.ErrExpired], [link.ErrNotAllowed] or [link.ErrInvalid].
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

func personOf(contact link.Contact) *engagement.Person {
	if contact.IsZero() {
		return nil
	}
	return &engagement.Person{Contacts: []tenant.Email{contact.Email}}
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

// recordEverywhere gives a known customer its record in every engagement, evaluated
// anew. That it cannot be evaluated now does not stop it: its rows then say that
// facts are missing, until the next re-evaluation.
func (u *unit) recordEverywhere(ctx context.Context, c engagement.Customer, who string) error {
	all, err := u.s.engagements(ctx)
	if err != nil {
		return err
	}
	keys := c.Key.InEach(all)
	var want storage.Want
	for _, key := range keys {
		if !u.Has(key) { // what was read already needs no second trip
			want.Records = append(want.Records, key)
		}
	}
	if len(want.Records) > 0 {
		if _, err := u.Load(ctx, want); err != nil {
			return err
		}
	}
	evaluations := make([]engagement.Evaluation, len(all))
	var facts eligibility.Facts
	problem := u.askExternal(ctx, keys)
	if problem == nil {
		facts, problem = u.s.factsOf(ctx, c.Key.Partner, c.Identity)
	}
	if problem == nil {
		evaluations, problem = u.evaluateAll(ctx, c, all, facts)
	}
	if problem != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		u.s.log.WarnContext(ctx, who+" could not be evaluated; re-evaluate it", "customer", c.Key.Customer, "error", problem)
	}
	for i, e := range all {
		u.recordKnown(c, e, u.s.evaluationSeen(evaluations[i], c))
	}
	return nil
}

// evaluateAll evaluates one customer for every engagement. An engagement whose
// rules fail has a zero Evaluation, and its error is among the joined ones.
func (u *unit) evaluateAll(ctx context.Context, c engagement.Customer, all []engagement.Engagement, facts eligibility.Facts) ([]engagement.Evaluation, error) {
	evaluations := make([]engagement.Evaluation, len(all))
	p, err := u.s.partner(ctx, c.Key.Partner)
	if err != nil {
		return evaluations, err
	}
	var errs []error
	for i, e := range all {
		locations, err := e.LocationsToAdd(p, u.Now)
		if err == nil {
			evaluations[i], err = u.s.evaluate(e, c.Identity, locations, facts, u.Now)
		}
		errs = append(errs, err)
	}
	return evaluations, problems.Join(errs...)
}

// recordKnown gives a known customer its record in an engagement.
func (u *unit) recordKnown(c engagement.Customer, e engagement.Engagement, evaluation engagement.Evaluation) {
	r := u.Record(c.Key.In(e.ID))
	if r.ErrUnreadable("") != nil {
		return // it stays as it is
	}
	u.limited(e, r.Key.Shared())
	r.Identity, r.FriendlyName, r.Known, r.Evaluation = c.Identity, c.FriendlyName, c.Associated(), evaluation
	u.PutRecord(r)
}

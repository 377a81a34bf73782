package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// choices decides for each engagement whether the customer can take part
// through the location. It is the one place where an add or a claim is judged.
// An engagement whose rules fail is left out; its error is among the joined ones.
func (u *unit) choices(ctx context.Context, actor Actor, in enrollment, engagements []engagement.Engagement) ([]Choice, error) {
	who := in.who.Identity
	_, location, err := u.s.enrolled(ctx, actor, in.location)
	if err != nil {
		return nil, err
	}
	customer := actor.customerKey(who.Key())
	keys := customer.InEach(engagements)
	if _, err := u.Load(ctx, storage.Want{Records: keys, Customers: []engagement.CustomerKey{customer}}); err != nil {
		return nil, err
	}
	if err := u.askExternal(ctx, keys); err != nil {
		return nil, err
	}
	facts, err := u.s.factsOf(ctx, actor.Partner, who)
	if err != nil {
		return nil, err
	}
	var choices []Choice
	var errs []error
	for i, e := range engagements {
		c, err := u.choice(in, e, location, keys[i], facts)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		choices = append(choices, c)
	}
	return choices, problems.Join(errs...)
}

// choice decides for one engagement.
func (u *unit) choice(in enrollment, e engagement.Engagement, location engagement.Location, key engagement.RecordKey, facts eligibility.Facts) (Choice, error) {
	c := Choice{Engagement: e.ID, Version: e.Version, Name: e.Name, SolutionArea: e.SolutionArea, Payment: e.PaymentModel()}
	c.Payout, _ = e.PayoutAt(in.hours, u.Now)
	refuse := func(err error) { c.Refusals = append(c.Refusals, err) }
	if !e.ClaimableAt(u.Now) {
		refuse(notClaimable(e, u.Now))
	}
	outcome, err := e.OutcomeAt(location, u.Now)
	if err != nil {
		return c, err
	}
	c.Payable = outcome.Payable
	if !outcome.Eligible {
		refuse(&LocationNotEligibleError{Location: location.ID, Engagement: e.ID, Reasons: outcome.Reasons()})
	}
	given := in.nominated()
	if !e.Takes(given...) {
		refuse(&IDNotAcceptedError{Engagement: e.ID, Given: given[0], Takes: e.AcceptedIDs()})
	}
	if e.RefusesStated && in.who.Identity.Stated {
		refuse(&StatedIdentityError{Engagement: e.ID})
	}
	r, customer := u.Record(key), u.Customer(key.OfCustomer())
	if err := r.ErrUnreadable(""); err != nil {
		return c, err
	}
	open, isOpen := r.OpenAt(u.Now)
	known, parked := customer.Known(), !customer.DisassociatedAt.IsZero()
	switch {
	case parked:
		refuse(&DisassociatedError{Customer: string(key.Customer), Since: customer.DisassociatedAt})
	case isOpen && !in.within.Has(open.Location):
		refuse(&OpenParticipationError{Engagement: e.ID})
	case isOpen:
		refuse(&OpenParticipationError{Engagement: e.ID, Participation: open.ID, Status: open.StatusAt(u.Now)})
	case in.origin == engagement.OriginAdded && known:
		refuse(&AlreadyKnownError{Engagement: e.ID})
	case in.origin == engagement.OriginClaimed && !known:
		refuse(&NotKnownError{Customer: string(key.Customer)})
	}
	if c.Decision, err = u.s.decide(e, location, facts, u.Now); err != nil {
		return c, err
	}
	c.Reasons = u.s.reasons(c.Decision, unconfirmed(in.who.Basis, in.who.Identity))
	if !isOpen {
		c.Reasons = append(c.Reasons, u.limited(e, key.Shared()).RoomFor(key.Partner).Reasons(u.Now)...)
	}
	if c.Decision.Outcome != eligibility.OutcomeEligible || len(c.Reasons) > 0 {
		refuse(&NotEligibleError{Engagement: e.ID, Reasons: c.Reasons})
	}
	if reason, not := e.NotTaken(in.who.Identity, given...); not {
		c.Reasons = append(slices.Clip(c.Reasons), reason)
	}
	return c, nil
}

func notClaimable(e engagement.Engagement, now time.Time) error {
	opens, until := e.ClaimableFrom(), e.ClaimableUntil()
	return &NotClaimableError{Engagement: e.ID, Availability: e.AvailabilityAt(now), Opens: opens, Until: until}
}

// enrollment is what an add and a claim have in common.
type enrollment struct {
	origin       engagement.Origin
	within       Scope
	who          tenant.Resolution
	location     engagement.LocationID
	friendlyName string
	contacts     bothSides
	flags        []engagement.ContactFlag // of the contacts
	named        engagement.Detail        // what the event says of them
	engagements  []engagement.ID
	hours        int               // planned, with variable pay
	dealSize     eligibility.Money // estimated
	payout       eligibility.Money // as it was previewed
}

// nominated returns by which kinds of ID the customer is named: by the one that
// was given with it, or by those under which it is known.
func (in enrollment) nominated() []tenant.IDKind {
	if in.who.Nominated != "" {
		return []tenant.IDKind{in.who.Nominated}
	}
	return in.who.Identity.NamedBy()
}

// amounts checks the amounts of an add or a claim, and returns them with the
// decimals of their currencies.
func (s *Service) amounts(dealSize, payout eligibility.Money) (eligibility.Money, eligibility.Money, error) {
	dealSize, err := s.dealSize(dealSize)
	if err != nil {
		dealSize = eligibility.Money{} // which can be written down, in whatever else is told
	}
	payout, err2 := s.amount("payout", payout)
	if err2 != nil {
		payout = eligibility.Money{}
	}
	return dealSize, payout, errors.Join(err, err2)
}

// start puts a new participation into its record.
func (u *unit) start(actor Actor, in enrollment, e engagement.Engagement, decision eligibility.Decision) began {
	terms := engagement.TermsOf(e, u.Now)
	p := engagement.Participation{
		ID: engagement.ParticipationID(u.NewID(in.who.Identity.Key())), Partner: actor.Partner, Engagement: e.ID,
		Customer: in.who.Identity.Key(), Identity: in.who.Identity, Basis: in.who.Basis, Reason: in.who.Reason,
		FriendlyName: in.friendlyName, Location: in.location, Origin: in.origin, ClaimNumber: u.s.newClaimNumber(),
		StartedAt: u.Now, Terms: terms, Decision: decision, DealSize: in.dealSize,
		Nominated: in.nominated()[0], Hours: in.hours,
		Consent:      consent.Start(terms.Deadline(u.Now, terms.Windows.Consent)).Naming(in.contacts.customer, in.contacts.partner),
		ContactFlags: slices.Clone(in.flags),
	}
	p.RemindAt = u.s.reminders.Next(p, u.Now)
	u.limited(e, p.Record().Shared())
	c := u.Customer(actor.customerKey(p.Customer))
	c.Key, c.Identity = actor.customerKey(p.Customer), p.Identity // as it was found out last
	if p.FriendlyName != "" {
		c.FriendlyName = p.FriendlyName
	}
	c = c.Naming(in.location, in.contacts.customer, in.contacts.partner)
	u.PutCustomer(c)
	r := u.Record(p.Record())
	r.Identity, r.FriendlyName, r.Known = c.Identity, c.FriendlyName, c.Associated()
	if r.Version == 0 {
		r.Evaluation = u.s.evaluationSeen(engagement.EvaluationOf(decision), c)
		r.Evaluation.Locations = []engagement.LocationID{in.location}
	}
	u.PutRecord(r)
	u.Put(p)

	kind := engagement.EventCustomerAdded
	if in.origin == engagement.OriginClaimed {
		kind = engagement.EventCustomerClaimed
	}
	person := &engagement.Person{User: actor.User, Why: in.who.Reason}
	if !in.who.Email.IsZero() {
		person.Contacts = []tenant.Email{in.who.Email}
	}
	person.Contacts = append(person.Contacts, link.Emails(slices.Concat(in.contacts.customer, in.contacts.partner))...)
	detail := in.named
	detail.Location, detail.RuleSet, detail.RuleVersion, detail.Stated = p.Location, decision.RuleSet, decision.Version, p.Identity.Stated
	u.event(engagement.Event{Kind: kind, By: engagement.ByPartner, To: p.StatusAt(u.Now), Person: person, Detail: detail}, p)
	return began{p.ID}
}

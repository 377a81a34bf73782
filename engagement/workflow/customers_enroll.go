package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// checkCandidate returns every mistake of a candidate that can be told before the
// directory is asked.
func (s *Service) checkCandidate(ctx context.Context, actor Actor, c Candidate) error {
	_, badName := checkName(c.FriendlyName)
	return together(s.checkLocation(ctx, actor, c.Location), c.raw().Check(), checkHours(c.Hours), badName)
}

// checkLocation wants a location that is enrolled.
func (s *Service) checkLocation(ctx context.Context, actor Actor, id engagement.LocationID) error {
	_, _, err := s.enrolled(ctx, actor, id)
	return err
}

// checkHours lets hours be left out of an offer.
func checkHours(hours int) error {
	if hours < 0 || hours > engagement.MaxHours {
		return &InputError{Field: "hours", Problem: fmt.Sprintf("are %d: plan 1 to %d, or leave them out", hours, engagement.MaxHours)}
	}
	return nil
}

// maxEngagements is how many engagements a customer can be added to, or claimed
// for, by one command.
const maxEngagements = 100

// chosen returns the engagements that are named, those that there are, and what is
// wrong with the others.
func (u *unit) chosen(ctx context.Context, ids []engagement.ID) ([]engagement.Engagement, error) {
	if len(ids) == 0 {
		return nil, &InputError{Field: "engagements", Problem: "are missing: choose at least one"}
	}
	if len(ids) > maxEngagements {
		return nil, &InputError{Field: "engagements", Problem: fmt.Sprintf("are %d: choose at most %d at once", len(ids), maxEngagements)}
	}
	var chosen []engagement.Engagement
	var errs []error
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			errs = append(errs, &InputError{Field: "engagements", Problem: fmt.Sprintf("name %q twice", id)})
			continue
		}
		e, err := u.s.engagement(ctx, id)
		if err != nil {
			errs = append(errs, inField(err, fmt.Sprintf("engagements[%d]", i)))
			continue
		}
		chosen = append(chosen, e)
	}
	return chosen, together(errs...)
}

// checkPay wants hours for variable pay, and a payout that is still what was
// previewed. Hours that are out of range were told of before.
func (in enrollment) checkPay(engagements []engagement.Engagement, now time.Time) error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &InputError{Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	for _, e := range engagements {
		variable := e.PaymentModel() == engagement.PaymentVariable
		if variable && len(in.engagements) > 1 {
			bad("engagements", "hold %s, which pays by the hour: choose it alone", e.ID)
		}
		switch {
		case checkHours(in.hours) != nil:
		case variable && in.hours == 0:
			bad("hours", "are missing: %s pays by the planned hours, give 1 to %d", e.ID, engagement.MaxHours)
		case !variable && in.hours != 0:
			bad("hours", "are given, and %s pays the same for any: leave them out", e.ID)
		}
	}
	if in.payout.IsZero() || len(engagements) == 0 {
		return problems.Join(errs...)
	}
	if len(in.engagements) > 1 {
		bad("payout", "is given for several engagements: choose one")
	} else if is, _ := engagements[0].PayoutAt(in.hours, now); !is.Estimated.Equal(in.payout) && len(errs) == 0 {
		errs = append(errs, &PayoutChangedError{Engagement: engagements[0].ID, Previewed: in.payout, Now: is.Estimated})
	}
	return problems.Join(errs...)
}

// enroll begins a participation in each engagement of an add or a claim, or returns
// all that is wrong with it and every reason why an engagement refuses it. wrong is
// what was found before; identify sets who the customer is, where its part of the
// input can be used.
func (u *unit) enroll(ctx context.Context, actor Actor, in enrollment, wrong error, identify func(*enrollment) error) ([]began, error) {
	engagements, badChoice := u.chosen(ctx, in.engagements)
	wrong = together(wrong, badChoice, in.checkPay(engagements, u.Now))
	if hinders(wrong) {
		return nil, wrong
	}
	if err := identify(&in); err != nil {
		return nil, together(err, wrong)
	}
	wrong = together(wrong, u.nameSides(ctx, actor, &in))
	if hinders(wrong) {
		return nil, wrong
	}
	choices, err := u.choices(ctx, actor, in, engagements)
	if err != nil {
		return nil, together(err, wrong)
	}
	refusals := split(wrong)
	for _, c := range choices {
		refusals = append(refusals, c.Refusals...)
	}
	if err := problems.Join(refusals...); err != nil {
		return nil, err
	}
	started := make([]began, len(choices))
	for i, c := range choices {
		started[i] = u.start(actor, in, engagements[i], c.Decision)
	}
	return started, nil
}

// nameSides checks the contacts that an add or a claim names, once it is known who
// the customer is, and keeps what there is to say of them.
func (u *unit) nameSides(ctx context.Context, actor Actor, in *enrollment) error {
	named := in.contacts
	if named.customer == nil && named.partner == nil {
		return nil
	}
	p := engagement.Participation{Partner: actor.Partner, Customer: in.who.Identity.Key(), Identity: in.who.Identity, Basis: in.who.Basis}
	p.Consent = p.Consent.Naming(named.customer, named.partner)
	p, detail, err := u.sides(ctx, p, listed("contacts.customer", named.customer), listed("contacts.partner", named.partner), named.reason)
	in.flags, in.named = p.ContactFlags, detail
	return err
}

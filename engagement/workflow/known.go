package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/storage"
)

// recordEverywhere gives a known customer its record in every engagement, evaluated
// anew. Failing to evaluate it is not an error here: its rows then say that facts are
// missing, until the next re-evaluation.
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

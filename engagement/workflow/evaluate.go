package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/tenant"
)

// factsOf fetches the facts of one customer.
func (s *Service) factsOf(ctx context.Context, partner engagement.PartnerID, who tenant.Identity) (eligibility.Facts, error) {
	all, err := s.factsOfAll(ctx, partner, []tenant.Identity{who})
	if err != nil {
		return eligibility.Facts{}, err
	}
	return all[0], checkFacts(all[0])
}

// checkFacts refuses facts of a customer that could not be stored with a decision and
// read again. Nothing but a mend of the host's helps there, so it is not unavailable.
func checkFacts(facts eligibility.Facts) error {
	if err := facts.Check(); err != nil {
		return &InternalError{Source: "facts", Err: err}
	}
	return nil
}

func (s *Service) factsOfAll(ctx context.Context, partner engagement.PartnerID, who []tenant.Identity) ([]eligibility.Facts, error) {
	all, err := engine.Remember(s.memo, "facts", []any{partner, who}, func() ([]eligibility.Facts, error) { return s.facts.Facts(ctx, partner, who) })
	if err == nil && len(all) != len(who) {
		err = defect("it was asked for the facts of %d customers and gave those of %d", len(who), len(all))
	}
	return all, unavailable("facts", err)
}

// askExternal brings what other portals hold up to date in what partners share.
func (u *unit) askExternal(ctx context.Context, records []engagement.RecordKey) error {
	if u.s.external == nil || len(records) == 0 {
		return nil
	}
	keys := make([]engagement.CustomerEngagementKey, len(records))
	for i, r := range records {
		keys[i] = r.Shared()
	}
	held, err := engine.Remember(u.s.memo, "external holdings", keys, func() ([]engagement.ExternalHoldings, error) { return u.s.external.Held(ctx, keys) })
	if err == nil && len(held) != len(keys) {
		err = defect("it was asked about %d customers in engagements and told of %d", len(keys), len(held))
	}
	if err == nil && slices.ContainsFunc(held, func(h engagement.ExternalHoldings) bool { return h.Consented < 0 || h.Participated < 0 }) {
		err = defect("it told of fewer than no participations")
	}
	if err != nil {
		return unavailable("external holdings", err)
	}
	for i, key := range keys {
		c, r := u.SharedAt(key), u.Record(records[i])
		was, is := c.External, held[i]
		if was.Consented == is.Consented && was.Participated == is.Participated {
			continue
		}
		c.External = engagement.ExternalHoldings{Consented: is.Consented, Participated: is.Participated, AsOf: u.Now}
		if c.Version+r.Version > 0 && !(u.Many && len(r.Unreadable) > 0) { // else as soon as there is anything that it matters to
			u.PutShared(c)
		} else {
			u.SeeShared(c)
		}
	}
	return nil
}

// decide asks the engagement's rules about a customer through a location.
func (s *Service) decide(e engagement.Engagement, l engagement.Location, facts eligibility.Facts, now time.Time) (eligibility.Decision, error) {
	if s.derive != nil {
		facts = facts.Clone()
		s.derive(&facts, l)
	}
	d, err := e.DecideCustomer(facts, now)
	if err != nil {
		return d, fmt.Errorf("customer rules of engagement %s: %w", e.ID, err)
	}
	return d, nil
}

// evaluate decides whether a partner could claim a customer for an engagement,
// through whichever of its locations may add. It is zero when the rules fail to
// decide.
func (s *Service) evaluate(e engagement.Engagement, who tenant.Identity, locations []engagement.Location, facts eligibility.Facts, now time.Time) (engagement.Evaluation, error) {
	return e.Evaluate(who, locations, s.derive != nil, func(l engagement.Location) (eligibility.Decision, error) {
		return s.decide(e, l, facts, now)
	})
}

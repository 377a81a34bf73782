package engagement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// span is when one version of something is in force: from its first moment until
// the first moment at which it is not. A zero time is open.
type span struct{ from, until time.Time }

// gaps returns the parts of [opens, closes) that no span covers, the earliest first.
func gaps(spans []span, opens, closes time.Time) []span {
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	covered := opens
	for _, s := range spans {
		if s.from.After(covered) && covered.Before(closes) {
			out = append(out, span{covered, earlier(s.from, closes)})
		}
		if s.until.IsZero() {
			return out
		}
		if s.until.After(covered) {
			covered = s.until
		}
	}
	if covered.Before(closes) {
		out = append(out, span{covered, closes})
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// gapText names the days that are not covered, as the engagement's zone has them.
func (e Engagement) gapText(gaps []span) string {
	texts := make([]string, len(gaps))
	for i, g := range gaps {
		first, last := g.from.In(e.zone()), g.until.Add(-1).In(e.zone())
		texts[i] = fmt.Sprintf("%s to %s", first.Format(time.DateOnly), last.Format(time.DateOnly))
	}
	return strings.Join(texts, ", ")
}

// rulesAt returns the version that is in force at t. Before all of them it is the
// earliest, after all of them the latest, so that an engagement which is not open
// can be looked at.
func rulesAt(first *eligibility.RuleSet, later []*eligibility.RuleSet, t time.Time) *eligibility.RuleSet {
	best := first
	for _, s := range append([]*eligibility.RuleSet{first}, later...) {
		if s.InEffect(t) {
			return s
		}
		if !s.EffectiveFrom().After(t) && (best.EffectiveFrom().After(t) || best.EffectiveFrom().Before(s.EffectiveFrom())) {
			best = s
		}
	}
	return best
}

// LocationRulesAt returns what a location must meet at t: the version that is in
// force then.
func (e Engagement) LocationRulesAt(t time.Time) *eligibility.RuleSet {
	return rulesAt(e.LocationRules, e.LaterLocationRules, t)
}

// CustomerRulesAt returns what a customer must meet at t: the version that is in
// force then. A customer is judged by that of the day of its add or claim.
func (e Engagement) CustomerRulesAt(t time.Time) *eligibility.RuleSet {
	return rulesAt(e.CustomerRules, e.LaterCustomerRules, t)
}

// DecideLocation judges a location at t by the version of the rules that is in force
// then. Before the engagement's rules are in force it is judged as of their
// beginning, and afterwards as of their end. The errors are those of
// [eligibility.RuleSet.Decide].
func (e Engagement) DecideLocation(facts eligibility.Facts, t time.Time) (eligibility.Decision, error) {
	return decideWithin(e.LocationRulesAt(t), facts, t)
}

// DecideCustomer judges a customer as DecideLocation judges a location.
func (e Engagement) DecideCustomer(facts eligibility.Facts, t time.Time) (eligibility.Decision, error) {
	return decideWithin(e.CustomerRulesAt(t), facts, t)
}

// decideWithin decides at t, or at the moment nearest to it at which the rules are
// in force: an engagement that is not open yet, or not any more, is still looked at.
func decideWithin(rules *eligibility.RuleSet, facts eligibility.Facts, t time.Time) (eligibility.Decision, error) {
	if from := rules.EffectiveFrom(); !from.IsZero() && t.Before(from) {
		t = from
	}
	if to := rules.EffectiveTo(); !to.IsZero() && !t.Before(to) {
		t = to.Add(-time.Microsecond)
	}
	return rules.Decide(facts, t)
}

// RulesChangeAfter returns the next moment after t at which another version of the
// rules comes into force, or the zero time. Known customers have to be re-evaluated
// then; until that is done their rows say as of when they were judged.
func (e Engagement) RulesChangeAfter(t time.Time) time.Time {
	var next time.Time
	for _, s := range slices.Concat(e.LaterLocationRules, e.LaterCustomerRules) {
		if from := s.EffectiveFrom(); from.After(t) && (next.IsZero() || from.Before(next)) {
			next = from
		}
	}
	return next
}

// validateRules wants versions that follow each other without gaps while the
// engagement is open.
func (e Engagement) validateRules(bad func(field, format string, args ...any)) {
	for _, r := range []struct {
		field, everybody string
		first            *eligibility.RuleSet
		later            []*eligibility.RuleSet
	}{{"location_rules", "location", e.LocationRules, e.LaterLocationRules}, {"customer_rules", "customer", e.CustomerRules, e.LaterCustomerRules}} {
		all := append([]*eligibility.RuleSet{r.first}, r.later...)
		if slices.Contains(all, nil) {
			bad(r.field, "are missing: without any, every %s would be eligible", r.everybody)
			continue
		}
		spans := make([]span, len(all))
		for i, s := range all {
			spans[i] = span{s.EffectiveFrom(), s.EffectiveTo()}
			for _, o := range all[:i] {
				if (o.EffectiveTo().IsZero() || s.EffectiveFrom().Before(o.EffectiveTo())) && (s.EffectiveTo().IsZero() || o.EffectiveFrom().Before(s.EffectiveTo())) {
					bad(r.field, "have the versions %q and %q in force at once: end the earlier one when the later one begins", o.Version(), s.Version())
				}
				if o.ID() == s.ID() && o.Version() == s.Version() {
					bad(r.field, "have the version %q twice: a decision names its version, so give each one of its own", s.Version())
				}
			}
		}
		if missing := gaps(spans, e.opens(), e.closes()); len(missing) > 0 {
			bad(r.field, "are in force on no day from %s: add the version for these days, or change the engagement's", e.gapText(missing))
		}
	}
}

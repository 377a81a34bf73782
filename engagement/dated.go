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

// version is one version of something: what it is, when it is in force, and what it
// is called where somebody has to tell it apart.
type version[T any] struct {
	span
	day   eligibility.Date // its first, by which what stands on it names it; of rules, which have versions, none
	name  string
	value T
}

// versions are all of something, the earliest first.
type versions[T any] []version[T]

// inOrder puts versions in order. One whose end is not said ends where the next one
// begins.
func inOrder[T any](v versions[T], open bool) versions[T] {
	slices.SortStableFunc(v, func(a, b version[T]) int { return a.from.Compare(b.from) })
	for i := range v[:max(len(v)-1, 0)] {
		if open && v[i].until.IsZero() {
			v[i].until = v[i+1].from
		}
	}
	return v
}

// at returns the version that is in force at t. Before all of them it is the
// earliest, after all of them the latest, so that an engagement which is not open
// can be looked at. There must be one.
func (v versions[T]) at(t time.Time) version[T] {
	best := v[0]
	for _, x := range v[1:] {
		if !x.from.After(t) {
			best = x
		}
	}
	return best
}

// check says which versions are in force at once, and on which days of the engagement
// none is.
func (v versions[T]) check(e Engagement, field string, bad func(field, format string, args ...any)) {
	spans := make([]span, len(v))
	for i, x := range v {
		spans[i] = x.span
		for _, o := range v[:i] {
			if (o.until.IsZero() || x.from.Before(o.until)) && (x.until.IsZero() || o.from.Before(x.until)) {
				bad(field, "have the versions %q and %q in force at once: end the earlier one when the later one begins", o.name, x.name)
			}
		}
	}
	if e.opens().IsZero() || e.closes().IsZero() {
		return // which is told already
	}
	if missing := gaps(spans, e.opens(), e.closes()); len(missing) > 0 {
		bad(field, "are in force on no day from %s: add the version for these days, or change the engagement's", e.gapText(missing))
	}
}

// Dated is a version of something that an engagement has by days.
type Dated[T any] struct {
	From  eligibility.Date `json:"from"`           // its first day
	Until eligibility.Date `json:"until,omitzero"` // the first day on which it is no longer in force; zero: until the next version
	Value T                `json:"value"`
}

// datedVersions are a first version, which is in force until the others begin, and
// those.
func datedVersions[T any](e Engagement, first T, later []Dated[T]) versions[T] {
	v := versions[T]{{day: e.Opens, name: "the first", value: first}}
	for _, d := range later {
		v = append(v, version[T]{e.span(d.From, d.Until), d.From, d.From.String(), d.Value})
	}
	return inOrder(v, true)
}

// checkDated says what is wrong with the days of versions.
func checkDated[T any](e Engagement, field string, first T, later []Dated[T], bad func(field, format string, args ...any)) {
	for i, d := range later {
		if !e.checkSpan(fmt.Sprintf("later_%s[%d].", field, i), d.From, d.Until, bad) {
			return
		}
	}
	datedVersions(e, first, later).check(e, field, bad)
}

// checkSpan reports whether two days can be those of a version, and says what is
// wrong with them.
func (e Engagement) checkSpan(field string, from, until eligibility.Date, bad func(field, format string, args ...any)) bool {
	switch {
	case from.IsZero() || from.IsNever():
		bad(field+"from", "is missing")
	case until.IsNever():
		bad(field+"until", "is never: leave it out where there is none")
	case !until.IsZero() && until.Compare(from) <= 0:
		bad(field+"until", "is %s, not after the first day %s", until, from)
	default:
		return true
	}
	return false
}

// span is the time between the first moments of two days; a day that is not set
// leaves its end open.
func (e Engagement) span(from, until eligibility.Date) span {
	return span{e.start(from), e.start(until)}
}

func ruleVersions(first *eligibility.RuleSet, later []*eligibility.RuleSet) versions[*eligibility.RuleSet] {
	var v versions[*eligibility.RuleSet]
	for _, s := range append([]*eligibility.RuleSet{first}, later...) {
		v = append(v, version[*eligibility.RuleSet]{span: span{s.EffectiveFrom(), s.EffectiveTo()}, name: s.Version(), value: s})
	}
	return inOrder(v, false)
}

// rulesAt returns the version that is in force at t.
func rulesAt(first *eligibility.RuleSet, later []*eligibility.RuleSet, t time.Time) *eligibility.RuleSet {
	if len(later) == 0 {
		return first
	}
	return ruleVersions(first, later).at(t).value
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
		for i, s := range all {
			if slices.ContainsFunc(all[:i], func(o *eligibility.RuleSet) bool { return o.ID() == s.ID() && o.Version() == s.Version() }) {
				bad(r.field, "have the version %q twice: a decision names its version, so give each one of its own", s.Version())
			}
		}
		ruleVersions(r.first, r.later).check(e, r.field, bad)
	}
}

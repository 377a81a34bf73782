package program

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Follows returns what keeps the program from being the next version of an earlier one,
// joined, each an *engagement.InvalidError: an engagement, a partner or a location that
// it no longer has, though participations may name it, and an engagement or a rule set
// that says something else under the same version, though participations and decisions
// name that. Translations of an engagement's texts may change at any time.
func (p *Program) Follows(earlier *Program) error {
	var errs []error
	bad := func(of, field, format string, args ...any) {
		errs = append(errs, &engagement.InvalidError{Of: of, Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	for _, was := range earlier.Engagements {
		i := slices.IndexFunc(p.Engagements, func(e engagement.Engagement) bool { return e.ID == was.ID })
		if i < 0 {
			bad(fmt.Sprintf("engagement %q", was.ID), "id", "is no longer there: keep it for as long as histories name it; after its closing day nobody is added to it")
			continue
		}
		e := p.Engagements[i]
		of := fmt.Sprintf("engagement %q", e.ID)
		if e.Version == was.Version && told(e) != told(was) {
			bad(of, "version", "is still %q, and the engagement is not what it was: give it a version of its own", e.Version)
		}
		before := ruleSets(was)
		for _, set := range ruleSets(e) {
			j := slices.IndexFunc(before, func(b *eligibility.RuleSet) bool { return b.ID() == set.ID() && b.Version() == set.Version() })
			if j >= 0 && toldOf(set) != toldOf(before[j]) {
				bad(of, "rules", "of %q still have the version %q, and are not what they were: give them a version of their own", set.ID(), set.Version())
			}
		}
	}
	for _, was := range earlier.Partners {
		i := slices.IndexFunc(p.Partners, func(x engagement.Partner) bool { return x.ID == was.ID })
		if i < 0 {
			bad(fmt.Sprintf("partner %q", was.ID), "id", "is no longer there: keep it, with locations that are not enrolled, for as long as histories name it")
			continue
		}
		for _, l := range was.Locations {
			if _, ok := p.Partners[i].Location(l.ID); !ok {
				bad(fmt.Sprintf("partner %q", was.ID), "locations", "no longer have %q: keep it, not enrolled, for as long as histories name it", l.ID)
			}
		}
	}
	return problems.Join(errs...)
}

func ruleSets(e engagement.Engagement) []*eligibility.RuleSet {
	return slices.Concat([]*eligibility.RuleSet{e.LocationRules, e.CustomerRules}, e.LaterLocationRules, e.LaterCustomerRules)
}

// told is all that an engagement says under its version.
func told(e engagement.Engagement) string {
	e.Translations = nil
	text, err := json.Marshal(e)
	if err != nil {
		panic(fmt.Sprintf("program: an engagement that was read: %v", err))
	}
	out := string(text) + " " + e.Zone.String()
	for _, set := range ruleSets(e) {
		out += "\n" + set.ID() + " " + set.Version() + " " + toldOf(set)
	}
	return out
}

// toldOf is all that a rule set says under its version.
func toldOf(set *eligibility.RuleSet) string {
	out := fmt.Sprint(set.EffectiveFrom().UTC(), set.EffectiveTo().UTC(), set.TimeZone())
	for _, r := range set.Rules() {
		out += fmt.Sprintf("\n%q %q %s", r.ID, r.Doc, r.Check)
	}
	return out
}

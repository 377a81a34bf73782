package eligibility

import (
	"fmt"
	"slices"
	"strings"
)

// Replay decides again what d holds, on its facts and at its time, and returns
// the new decision. It returns a *[ReplayError] if the rule set is not the one
// that d names, or if the outcome or a finding differs: then the rules are not
// those of that version, or d is not what was decided. If rules fail to decide
// the error also has their *[RuleError].
func (d Decision) Replay(set *RuleSet) (Decision, error) {
	refused := &ReplayError{RuleSet: d.RuleSet, Version: d.Version}
	if d.RuleSet != set.ID() || d.Version != set.Version() {
		refused.Problem = fmt.Sprintf("it was given the rule set %s %s", set.ID(), set.Version())
		return Decision{}, refused
	}
	again, err := set.Decide(d.Facts, d.At)
	if err != nil && d.Outcome != "" {
		refused.Problem = "a rule fails to decide"
		return again, fmt.Errorf("%w: %w", refused, err)
	}
	for _, r := range set.config.Rules {
		if !findingOf(d, r.ID).equal(findingOf(again, r.ID)) {
			refused.Rules = append(refused.Rules, r.ID)
		}
	}
	switch {
	case len(refused.Rules) > 0:
		refused.Problem = "other findings of " + strings.Join(refused.Rules, ", ")
	case d.Outcome != again.Outcome:
		refused.Problem = fmt.Sprintf("the outcome was %q and is %q", d.Outcome, again.Outcome)
	case len(d.Findings()) != len(again.Findings()):
		refused.Problem = "it has findings of rules that the rule set does not have"
	default:
		return again, err
	}
	return again, refused
}

// findingOf returns the finding of a rule, the zero one if it has none.
func findingOf(d Decision, rule string) Finding {
	findings := d.Findings()
	if i := slices.IndexFunc(findings, func(f Finding) bool { return f.Rule == rule }); i >= 0 {
		return findings[i]
	}
	return Finding{}
}

package eligibilitytest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Coverage tells which results the cases of one [Run] have brought about.
type Coverage struct {
	RuleSet, Version string
	Cases            int
	Rules            []RuleCoverage // in declared order
}

// RuleCoverage tells how many cases have made a rule pass, fail and go unknown.
// Those in which it could not be answered count nowhere.
type RuleCoverage struct {
	Rule                string
	Pass, Fail, Unknown int
}

func newCoverage(set *eligibility.RuleSet, cases int) Coverage {
	c := Coverage{RuleSet: set.ID(), Version: set.Version(), Cases: cases}
	for _, r := range set.Rules() {
		c.Rules = append(c.Rules, RuleCoverage{Rule: r.ID})
	}
	return c
}

func (r *RuleCoverage) count(result eligibility.Result) {
	switch result {
	case eligibility.ResultPass:
		r.Pass++
	case eligibility.ResultFail:
		r.Fail++
	case eligibility.ResultUnknown:
		r.Unknown++
	}
}

// Never returns the results that no case has given the rule.
func (r RuleCoverage) Never() []eligibility.Result {
	var never []eligibility.Result
	for _, c := range []struct {
		cases  int
		result eligibility.Result
	}{{r.Pass, eligibility.ResultPass}, {r.Fail, eligibility.ResultFail}, {r.Unknown, eligibility.ResultUnknown}} {
		if c.cases == 0 {
			never = append(never, c.result)
		}
	}
	return never
}

// Require calls t.Errorf if there are rules that no case has given each of
// these results, and names them; without results it asks for all three. It
// also fails if no rules were run.
func (c Coverage) Require(t T, results ...eligibility.Result) {
	t.Helper()
	if len(c.Rules) == 0 {
		t.Errorf("eligibilitytest: no rules were run")
		return
	}
	if len(results) == 0 {
		results = eligibility.AllResults()
	}
	var gaps []string
	for _, r := range c.Rules {
		never := r.Never()
		never = slices.DeleteFunc(never, func(n eligibility.Result) bool { return !slices.Contains(results, n) })
		if len(never) > 0 {
			gaps = append(gaps, fmt.Sprintf("\n\trule %s: add cases in which its result is %s", r.Rule, list(never)))
		}
	}
	if len(gaps) > 0 {
		t.Errorf("the cases of %s %s leave gaps:%s", c.RuleSet, c.Version, strings.Join(gaps, ""))
	}
}

// String is a table with a line per rule.
func (c Coverage) String() string {
	width := len("rule")
	for _, r := range c.Rules {
		width = max(width, utf8.RuneCountInString(r.Rule))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, cases: %d\n", c.RuleSet, c.Version, c.Cases)
	fmt.Fprintf(&b, "%-*s  pass  fail  unknown\n", width, "rule")
	for _, r := range c.Rules {
		fmt.Fprintf(&b, "%-*s  %4d  %4d  %7d", width, r.Rule, r.Pass, r.Fail, r.Unknown)
		if never := r.Never(); len(never) > 0 {
			b.WriteString("  never " + list(never))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func list(results []eligibility.Result) string {
	texts := make([]string, len(results))
	for i, r := range results {
		texts[i] = string(r)
	}
	return strings.Join(texts, ", ")
}

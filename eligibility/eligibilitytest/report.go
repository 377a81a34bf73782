package eligibilitytest

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Report says what the cases of tables have made of each rule, in the rule
// set's order.
type Report struct {
	Rules []Tested
}

// Tested is how many cases have made a rule come to each result.
type Tested struct {
	Rule                string
	Pass, Fail, Unknown int
}

// Gap is a result that no case has made a rule come to.
type Gap struct {
	Rule   string
	Result eligibility.Result
}

func newReport(set *eligibility.RuleSet) Report {
	var r Report
	for _, rule := range set.Rules() {
		r.Rules = append(r.Rules, Tested{Rule: rule.ID})
	}
	return r
}

func (r *Report) count(d eligibility.Decision) {
	for _, f := range d.Findings() {
		i := slices.IndexFunc(r.Rules, func(t Tested) bool { return t.Rule == f.Rule })
		*r.Rules[i].times(f.Result)++
	}
}

func (t *Tested) times(r eligibility.Result) *int {
	switch r {
	case eligibility.ResultPass:
		return &t.Pass
	case eligibility.ResultFail:
		return &t.Fail
	default:
		return &t.Unknown
	}
}

// Gaps returns what no case has shown, rule by rule.
func (r Report) Gaps() []Gap {
	var gaps []Gap
	for _, rule := range r.Rules {
		for _, result := range eligibility.AllResults() {
			if *rule.times(result) == 0 {
				gaps = append(gaps, Gap{rule.Rule, result})
			}
		}
	}
	return gaps
}

// Complete fails the test for every rule that no case has made pass, fail and
// go unknown.
func (r Report) Complete(t T) {
	t.Helper()
	missing := map[string][]string{}
	for _, g := range r.Gaps() {
		missing[g.Rule] = append(missing[g.Rule], verdict(g.Result).String())
	}
	for _, rule := range r.Rules {
		if m := missing[rule.Rule]; len(m) > 0 {
			t.Errorf("no case makes rule %q %s", rule.Rule, list(m))
		}
	}
}

// String is the report as a table.
func (r Report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "rule\tpass\tfail\tunknown")
	for _, t := range r.Rules {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", t.Rule, t.Pass, t.Fail, t.Unknown)
	}
	w.Flush() // a strings.Builder takes everything
	return b.String()
}

// list is "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

package eligibilitytest_test

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
)

// printer stands in for a *testing.T.
type printer struct{}

func (printer) Helper()                           {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// A rule, its cases, and what they have not tried.
func Example() {
	var t printer
	escalations := eligibility.NewFact[int64]("open_escalations")
	calm := eligibility.Rule{
		ID:    "no_open_escalation",
		Doc:   "The customer has no open support escalation.",
		Check: eligibility.AtMost(escalations, 0),
	}
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

	coverage := eligibilitytest.RunRules(t, []eligibility.Rule{calm}, []eligibilitytest.Case{
		{Name: "none", At: now, Facts: eligibilitytest.Facts(eligibilitytest.With(escalations, 0)),
			Outcome: eligibility.OutcomeEligible},
		{Name: "one", At: now, Facts: eligibilitytest.Facts(eligibilitytest.With(escalations, 1)),
			Outcome: eligibility.OutcomeIneligible, Fail: []string{"no_open_escalation"}},
	})
	fmt.Print(coverage)
	coverage.Require(t)
	// Output:
	// rules under test, cases: 2
	// rule                pass  fail  unknown
	// no_open_escalation     1     1        0  never unknown
	// the cases of rules under test leave gaps:
	// 	rule no_open_escalation: add cases in which its result is unknown
}

package eligibilitytest_test

import (
	"fmt"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
)

// printer stands in for a *testing.T.
type printer struct{}

func (printer) Helper()                           {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// A rule, its cases, and what they have not tried.
func ExampleTable() {
	var t printer
	calm := eligibility.Rule{
		ID:    "no_open_escalation",
		Doc:   "The customer has no open support escalation.",
		Check: eligibility.AtMost(eligibility.NewFact[int64]("open_escalations"), 0),
	}
	escalations := eligibility.NewFact[int64]("open_escalations")

	report := eligibilitytest.Table{
		RuleSet: eligibilitytest.RuleSet(t, calm),
		Cases: []eligibilitytest.Case{
			{Name: "none", Change: eligibilitytest.With(escalations, 0)},
			{Name: "one", Change: eligibilitytest.With(escalations, 1), Fail: []string{"no_open_escalation"}},
		},
	}.Run(t)
	fmt.Print(report)
	report.Complete(t)
	// Output:
	// rule                pass  fail  unknown
	// no_open_escalation  1     1     0
	// no case makes rule "no_open_escalation" go unknown
}

package eligibilitytest_test

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
)

// printer stands in for the *testing.T that a test has.
type printer struct{}

func (printer) Helper()                           {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n\n", args...) }

// The second case is wrong about the segment, and no case leaves the seats out.
func Example() {
	var (
		Seats   = eligibility.NewFact[int64]("entra_p1_seats")
		Segment = eligibility.NewFact[string]("segment")
		rules   = []eligibility.Rule{
			{ID: "enough_seats", Doc: "The customer has at least 1000 Entra ID P1 seats.", Check: eligibility.AtLeast(Seats, 1000)},
			{ID: "segment", Doc: "The customer is a company.", Check: eligibility.OneOf(Segment, "smb", "corporate")},
		}
		able = eligibilitytest.Facts(eligibilitytest.With(Seats, 1000), eligibilitytest.With(Segment, "smb"))
		noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
		t    printer // in a test, its *testing.T
	)
	coverage := eligibilitytest.RunRules(t, rules, []eligibilitytest.Case{{
		Name: "just enough", Facts: able, At: noon,
		Outcome: eligibility.OutcomeEligible,
	}, {
		Name: "a seat short", At: noon,
		Facts:   eligibilitytest.Change(able, eligibilitytest.With(Seats, 999), eligibilitytest.Without(Segment)),
		Outcome: eligibility.OutcomeIneligible,
		Fail:    []string{"enough_seats", "segment"},
	}})
	coverage.Require(t)
	fmt.Print(coverage)
	// Output:
	// a seat short:
	// 	rule segment: wanted fail, found unknown: it asks for "one of smb, corporate", lacks segment
	//
	// the cases of rules under test leave gaps:
	// 	rule enough_seats: add cases in which its result is unknown
	// 	rule segment: add cases in which its result is fail
	//
	// rules under test, cases: 2
	// rule          pass  fail  unknown
	// enough_seats     1     1        0  never unknown
	// segment          1     0        1  never fail
}

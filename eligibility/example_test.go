package eligibility_test

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

var (
	Seats   = eligibility.NewFact[int64]("entra_p1_seats")
	Segment = eligibility.NewFact[string]("segment")
	Rooms   = eligibility.NewFact[int]("rooms")
)

func Example() {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{
		ID:      "security-workshop",
		Version: "2026.1",
		Rules: []eligibility.Rule{{
			ID:    "enough_seats",
			Doc:   "The customer has at least 1000 Entra ID P1 seats.",
			Check: eligibility.AtLeast(Seats, 1000),
		}, {
			ID:    "size",
			Doc:   "The customer is large, or has five meeting rooms.",
			Check: eligibility.Any(eligibility.OneOf(Segment, "enterprise"), eligibility.AtLeast(Rooms, 5)),
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	var facts eligibility.Facts
	Seats.Set(&facts, 999)
	Segment.Set(&facts, "smb")

	decision, err := set.Decide(facts, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(decision.Outcome)
	for _, r := range decision.Reasons() {
		fmt.Printf("%s: %s, wanted %s, found %q, missing %v\n", r.Rule, r.Result, r.Wanted, r.Found, r.Missing)
	}
	// Output:
	// ineligible
	// enough_seats: fail, wanted at least 1000, found "999", missing []
	// size: unknown, wanted any of (segment one of enterprise; rooms at least 5), found "segment smb", missing [rooms]
}

package eligibility_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

var lastAssessment = eligibility.NewFact[eligibility.Date]("last_assessment")

// What would make this customer eligible?
func ExampleRuleSet_WhatIf() {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "security-workshop", Version: "2026.1", Rules: []eligibility.Rule{
		{ID: "enough_seats", Doc: "The customer has at least 300 seats.", Check: eligibility.AtLeast(Seats, 300)},
		{ID: "size", Doc: "The customer is large, or has five meeting rooms.",
			Check: eligibility.Any(eligibility.OneOf(Segment, "enterprise"), eligibility.AtLeast(Rooms, 5))},
		{ID: "assessed", Doc: "The last assessment is more than a year ago.", Check: eligibility.OlderThan(lastAssessment, 365)},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var facts eligibility.Facts
	Seats.Set(&facts, 120)
	Segment.Set(&facts, "smb")
	lastAssessment.Set(&facts, day("2026-03-13"))

	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	answer, err := set.WhatIf(facts, now, &eligibility.WhatIfOptions{
		Fixed: []eligibility.AnyFact{Segment}, // nobody changes a customer's segment for this
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, way := range answer.Ways {
		fmt.Println(way)
		changed, err := set.Decide(way.Apply(facts), way.At)
		fmt.Println("  decided again:", changed.Outcome, err)
	}
	// Output:
	// entra_p1_seats at least 300, now 120; last_assessment before 2025-09-01, now 2026-03-13; rooms at least 5, now unknown
	//   decided again: eligible <nil>
	// entra_p1_seats at least 300, now 120; rooms at least 5, now unknown; from 2027-03-14 on
	//   decided again: eligible <nil>
}

// Whoever may not see a confidential fact learns that it would have to change, and
// not from what to what.
func ExampleWhatIf_Redacted() {
	revenue := Revenue.Confidential()
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "azure", Version: "1", Rules: []eligibility.Rule{
		{ID: "revenue", Doc: "The customer consumes enough of Azure.", Check: eligibility.AtLeast(revenue, money("2500.00 USD"))},
		{ID: "rooms", Doc: "The customer has at most ten rooms.", Check: eligibility.AtMost(Rooms, 10)},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var facts eligibility.Facts
	revenue.Set(&facts, money("999.00 USD"))
	Rooms.Set(&facts, 14)
	answer, err := set.WhatIf(facts, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Ways[0])
	redacted := answer.Redacted(false)
	fmt.Println(redacted.Ways[0])
	data, err := json.Marshal(redacted)
	fmt.Println(string(data), err)
	// Output:
	// azure_consumed_revenue at least 2500.00 USD, now 999.00 USD; rooms at most 10, now 14
	// azure_consumed_revenue another value; rooms at most 10, now 14
	// {"rule_set":"azure","version":"1","at":"2026-09-01T12:00:00Z","outcome":"ineligible","ways":[{"at":"2026-09-01T12:00:00Z","changes":[{"fact":"azure_consumed_revenue","kind":"money","confidential":true},{"fact":"rooms","kind":"integer","now":"14","wanted":"at most 10","value":"10"}]}]} <nil>
}

// What a Go function would say of other facts nobody can tell but the function. Where
// it has been asked, the answer holds for the values it was asked about.
func ExampleWhatIf_cannotSay() {
	calm := eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		seats, _ := Seats.Get(f)
		open, _ := Escalations.Get(f)
		if open*100 > seats {
			return eligibility.Failed("few escalations", fmt.Sprint(open)), nil
		}
		return eligibility.Passed("few escalations", fmt.Sprint(open)), nil
	}, Seats, Escalations)
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "support", Version: "1", Rules: []eligibility.Rule{
		{ID: "enough_seats", Doc: "The customer has at least 300 seats.", Check: eligibility.AtLeast(Seats, 300)},
		{ID: "calm", Doc: "The customer has few escalations for its size.", Check: calm},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var facts eligibility.Facts
	Seats.Set(&facts, 120)
	for _, open := range []int64{1, 2, 4} {
		Escalations.Set(&facts, open)
		answer, err := set.WhatIf(facts, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC), nil)
		fmt.Println(open, "open:", answer.Ways, answer.CannotSay, err)
	}
	// Output:
	// 1 open: [entra_p1_seats is 300, now 120 (asked again: calm)] [calm] <nil>
	// 2 open: [entra_p1_seats is 300, now 120 (asked again: calm)] [calm] <nil>
	// 4 open: [] [calm] <nil>
}

package eligibility_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

var (
	Seats       = eligibility.NewFact[int64]("entra_p1_seats")
	Segment     = eligibility.NewFact[string]("segment")
	Rooms       = eligibility.NewFact[int64]("rooms")
	Revenue     = eligibility.NewFact[eligibility.Money]("azure_consumed_revenue")
	Escalations = eligibility.NewFact[int64]("open_escalations")
)

// One rule, one customer.
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

// A host's own check. What it cannot answer is an error, and no verdict on the
// customer.
func ExampleFunc() {
	calm := eligibility.Rule{
		ID:  "calm",
		Doc: "The customer has at most one open escalation for every 1000 seats.",
		Check: eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			const wanted = "at most one escalation for 1000 seats"
			seats, known := Seats.Get(f)
			open, alsoKnown := Escalations.Get(f)
			switch {
			case !known || !alsoKnown:
				return eligibility.Missing(wanted), nil // the facts below that are missing
			case open < 0:
				return eligibility.Finding{}, errors.New("a negative number of escalations")
			case open*1000 > seats:
				return eligibility.Failed(wanted, fmt.Sprintf("%d for %d", open, seats)), nil
			default:
				return eligibility.Passed(wanted, fmt.Sprintf("%d for %d", open, seats)), nil
			}
		}, Seats, Escalations),
	}
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "support", Version: "1", Rules: []eligibility.Rule{calm}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var facts eligibility.Facts
	Seats.Set(&facts, 2500)
	for _, open := range []int64{2, 3, -1} {
		Escalations.Set(&facts, open)
		decision, err := set.Decide(facts, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC))
		fmt.Println(decision.Outcome, decision.Reasons(), err)
	}
	Escalations.Clear(&facts)
	decision, err := set.Decide(facts, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC))
	fmt.Println(decision.Outcome, decision.Reasons()[0].Missing, err)
	// Output:
	// eligible [] <nil>
	// ineligible [{calm The customer has at most one open escalation for every 1000 seats. fail at most one escalation for 1000 seats 3 for 2500 [] false}] <nil>
	//  [] rule "calm" of support 1 failed: a negative number of escalations
	// unknown [open_escalations] <nil>
}

// A decision that was stored is decided again on what it holds.
func ExampleDecision_Replay() {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "azure", Version: "2026.1", Rules: []eligibility.Rule{{
		ID: "revenue", Doc: "The customer consumes 2500 dollars of Azure.",
		Check: eligibility.AtLeast(Revenue, money("2500.00 USD")),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	const stored = `{"rule_set":"azure","version":"2026.1","at":"2026-09-01T12:00:00Z","outcome":"ineligible",
		"findings":[{"rule":"revenue","doc":"The customer consumes 2500 dollars of Azure.","result":"fail","wanted":"at least 2500.00 USD","found":"999.99 USD"}],
		"facts":{"azure_consumed_revenue":{"money":"999.99 USD"}}}`
	var decision eligibility.Decision
	if err := json.Unmarshal([]byte(stored), &decision); err != nil {
		fmt.Println(err)
		return
	}
	_, err = decision.Replay(set)
	fmt.Println(decision.Outcome, err)

	Revenue.Set(&decision.Facts, money("9999.99 USD"))
	_, err = decision.Replay(set)
	fmt.Println(err)
	// Output:
	// ineligible <nil>
	// the decision of azure 2026.1 does not replay: other findings of revenue
}

// Many customers are decided on without looking names up and without
// allocating: their facts go through slots, always into the same decision.
func ExampleRuleSet_DecideInPlace() {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "seats", Version: "1", Rules: []eligibility.Rule{{
		ID: "enough_seats", Doc: "The customer has at least 1000 seats.", Check: eligibility.AtLeast(Seats, 1000),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	decision := eligibility.Decision{Facts: set.NewFacts()}
	seats := eligibility.SlotOf(Seats, &decision.Facts)
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

	counts := map[eligibility.Outcome]int{}
	for _, customer := range []struct {
		seats int64
		known bool
	}{{4200, true}, {999, true}, {0, false}, {1000, true}} {
		seats.SetIf(customer.seats, customer.known)
		if err := set.DecideInPlace(&decision, now); err != nil {
			fmt.Println(err)
			return
		}
		counts[decision.Outcome]++
	}
	fmt.Println(counts)
	// Output:
	// map[eligible:2 ineligible:1 unknown:1]
}

// Which rules are how often not met, of many customers, is counted without words.
func ExampleDecision_Bits() {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "rooms", Version: "1", Rules: []eligibility.Rule{
		{ID: "enough_seats", Doc: "The customer has at least 1000 seats.", Check: eligibility.AtLeast(Seats, 1000)},
		{ID: "enough_rooms", Doc: "The customer has at least 5 meeting rooms.", Check: eligibility.AtLeast(Rooms, 5)},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	decision := eligibility.Decision{Facts: set.NewFacts()}
	seats, rooms := eligibility.SlotOf(Seats, &decision.Facts), eligibility.SlotOf(Rooms, &decision.Facts)

	const enoughSeats, enoughRooms = 1 << 0, 1 << 1 // in the order of the rules
	few, unclear := 0, 0
	for _, customer := range []struct{ seats, rooms int64 }{{999, 7}, {1500, 2}, {200, 0}} {
		seats.Set(customer.seats)
		rooms.SetIf(customer.rooms, customer.rooms != 0)
		if err := set.DecideInPlace(&decision, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)); err != nil {
			fmt.Println(err)
			return
		}
		failed, unknown := decision.Bits(0)
		if failed&enoughSeats != 0 {
			few++
		}
		if unknown&enoughRooms != 0 {
			unclear++
		}
	}
	fmt.Println(few, "with too few seats,", unclear, "whose rooms nobody knows")
	for rule, result := range decision.Unmet() { // of the last one
		fmt.Println(rule, result)
	}
	// Output:
	// 2 with too few seats, 1 whose rooms nobody knows
	// enough_seats fail
	// enough_rooms unknown
}

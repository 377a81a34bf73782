package criteria_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

func ExampleRegistry_ReadDocument() {
	var registry criteria.Registry
	set, err := registry.ReadDocument([]byte(`{
		"id": "hybrid-meetings/customer",
		"version": "2026.1",
		"effective_from": "2026-07-01",
		"rules": [
			["paid_available_units", "at least", 500],
			{
				"id": "size",
				"doc": "The customer is not large, or has five meeting rooms.",
				"check": ["any of", [["segment", "one of", ["corporate", "smb"]], ["rooms", "at least", 5]]]
			}
		]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}

	var facts eligibility.Facts
	for name, text := range map[string]string{"segment": "enterprise", "paid_available_units": "499", "rooms": ""} {
		if err := registry.Set(&facts, name, text); err != nil {
			fmt.Println(err)
			return
		}
	}
	decision, err := set.Decide(facts, time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(decision.Outcome)
	for _, r := range decision.Reasons() {
		fmt.Printf("%s (%s) found %q, missing %v\n", r.Rule, r.Doc, r.Found, r.Missing)
	}
	// Output:
	// ineligible
	// paid_available_units (Paid available units: at least 500.) found "499", missing []
	// size (The customer is not large, or has five meeting rooms.) found "segment enterprise", missing [rooms]
}

// Everything that has to change is said, and where.
func ExampleDocumentError() {
	_, err := criteria.NewRegistry().ReadDocument([]byte(`{
		"id": "hybrid-meetings/customer",
		"verzion": "2026.1",
		"rules": [["rooms", "at leest", 5], ["any of", [["segment", "one of", "smb"]]]]
	}`))
	fmt.Println(err)
	// Output:
	// verzion is no field here: use id, version, effective_from, effective_to, time_zone, rules
	// version is missing: it has to be a text, as in "2026.1"
	// rules[0][1] is "at leest", which is no operator for rooms, a fact of kind integer: use "is", "one of", "not one of", "at least", "at most", "below", "between"
	// rules[1][1][0][2] is a text, and has to be a list of values
}

// A host's own fact and operator, and a list of rules out of a larger document.
func ExampleNewOperator() {
	postcode := eligibility.NewFact[string]("postcode")
	startsWith := criteria.NewOperator("starts with", func(fact eligibility.Fact[string], prefix string) (eligibility.Check, error) {
		if prefix == "" {
			return eligibility.Check{}, fmt.Errorf("write at least one letter")
		}
		return eligibility.Func(func(facts eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			wanted := "starts with " + prefix
			text, known := fact.Get(facts)
			switch {
			case !known:
				return eligibility.Missing(wanted, fact), nil
			case strings.HasPrefix(text, prefix):
				return eligibility.Passed(wanted, text), nil
			default:
				return eligibility.Failed(wanted, text), nil
			}
		}, fact), nil
	})

	registry := criteria.NewRegistry()
	if err := registry.AddFact(postcode, "Postcode"); err != nil {
		fmt.Println(err)
	}
	if err := registry.AddOperator(startsWith); err != nil {
		fmt.Println(err)
	}
	rules, err := registry.ReadRules([]byte(`[["country", "is", "PT"], ["postcode", "starts with", "4"]]`))
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range rules {
		fmt.Println(r.ID, "-", r.Doc)
	}
	_, err = registry.ReadRules([]byte(`[["postcode", "starts with", ""]]`))
	fmt.Println(err)
	// Output:
	// country - Country: is PT.
	// postcode - Postcode: starts with 4.
	// [0][2] does not suit "starts with": write at least one letter
}

func ExampleNewTimeline() {
	var registry criteria.Registry
	var sets []*eligibility.RuleSet
	for _, document := range []string{
		`{"id": "seats", "version": "1", "effective_to": "2027-01-01", "rules": [["entra_p1_seats", "at least", 1000]]}`,
		`{"id": "seats", "version": "2", "effective_from": "2027-01-01", "rules": [["entra_p1_seats", "at least", 800]]}`,
	} {
		set, err := registry.ReadDocument([]byte(document))
		if err != nil {
			fmt.Println(err)
			return
		}
		sets = append(sets, set)
	}
	timeline, err := criteria.NewTimeline(sets...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, day := range []string{"2026-12-31", "2027-01-01"} {
		at, _ := time.Parse(time.DateOnly, day)
		set, _ := timeline.At(at)
		fmt.Println(day, set.Rules()[0].Doc)
	}
	// Output:
	// 2026-12-31 Entra ID P1 seats: at least 1000.
	// 2027-01-01 Entra ID P1 seats: at least 800.
}

func ExampleRegistry_WriteDocument() {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{
		ID: "security-workshop/customer", Version: "2026.1",
		Rules: []eligibility.Rule{criteria.MinEntraP1Seats(1000), criteria.NotGovernmentCloud()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	document, err := criteria.NewRegistry().WriteDocument(set)
	fmt.Printf("%s%v\n", document, err)
	// Output:
	// {
	//   "id": "security-workshop/customer",
	//   "version": "2026.1",
	//   "rules": [
	//     {
	//       "id": "entra_p1_seats",
	//       "doc": "The customer has at least 1000 Entra ID P1 seats.",
	//       "check": ["entra_p1_seats", "at least", 1000]
	//     },
	//     {
	//       "id": "government_cloud",
	//       "doc": "The customer's tenant is not in a government cloud.",
	//       "check": ["government_cloud", "is", false]
	//     }
	//   ]
	// }
	// <nil>
}

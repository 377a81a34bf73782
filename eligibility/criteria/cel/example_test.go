package cel_test

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
	"github.com/partnerengage/partnerengage/eligibility/criteria/cel"
)

// A rule document with an expression: two facts compared with each other are nothing
// that the ready checks have.
func Example() {
	bought, used := eligibility.NewFact[int64]("seats_bought"), eligibility.NewFact[int64]("seats_used")
	registry := criteria.NewRegistry()
	for _, fact := range []eligibility.AnyFact{bought, used} {
		if err := registry.AddFact(fact, ""); err != nil {
			panic(err)
		}
	}
	language, err := cel.New(cel.Options{Facts: registry.Facts()})
	if err != nil {
		panic(err)
	}
	if err := registry.AddOperator(language.Operator()); err != nil {
		panic(err)
	}
	rules, err := registry.ReadDocument([]byte(`{
		"id": "seats-workshop", "version": "2026.1",
		"rules": [
			{"id": "room_to_grow", "doc": "A tenth of the seats is free.", "check": ["cel", "(seats_bought - seats_used) * 10 >= seats_bought"]}
		]
	}`))
	if err != nil {
		panic(err)
	}

	var facts eligibility.Facts
	bought.Set(&facts, 300)
	for _, n := range []int64{290, 250} {
		used.Set(&facts, n)
		decision, err := rules.Decide(facts, time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC))
		if err != nil {
			panic(err)
		}
		fmt.Println(decision.Outcome, decision.Findings()[0].Found)
	}
	// Output:
	// ineligible seats_bought 300; seats_used 290
	// eligible seats_bought 300; seats_used 250
}

// An expression in Go, with what is wrong with another.
func ExampleLanguage_Check() {
	language, err := cel.New(cel.Options{Facts: []eligibility.AnyFact{eligibility.NewFact[string]("country")}})
	if err != nil {
		panic(err)
	}
	rule := eligibility.Rule{ID: "not_embargoed", Doc: "The customer is in no embargoed country."}
	rule.Check, err = language.Check(`!resembles(country, ["CU", "KP"])`)
	fmt.Println(err)

	_, err = language.Check(`county != "CU"`)
	fmt.Println(err)
	// Output:
	// <nil>
	// the expression has in line 1, column 1: undeclared reference to 'county' (did you mean 'country'?)
}

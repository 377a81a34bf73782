package program_test

import (
	"fmt"

	"github.com/partnerengage/partnerengage/engagement/program"
)

// Mistakes are told all at once, each with its place.
func ExampleDocuments_Read() {
	_, err := program.Documents{}.Read("program.json", []byte(`{
		"version": "2026.1",
		"engagements": [{
			"id": "calls", "name": "Calls", "solution_area": "Modern Work", "type": "workshop", "opens": "2026-07-01", "closes": "2026-06-30",
			"rate": "4000.00", "location": [["program_enrolled", "is", true]], "customer": [["rooms", "at leest", 5]]
		}]
	}`))
	fmt.Println(err)
	// Output:
	// program.json#/engagements/0/rate is "4000.00", without a currency: write it as in "5000.00 USD", or give the program one
	// program.json#/engagements/0/customer/0/1 is "at leest", which is no operator for rooms, a fact of kind integer: use "is", "one of", "not one of", "at least", "at most", "below", "between"
	// program.json#/engagements/0/closes is 2026-06-30, not after the opening day 2026-07-01
}

package eligibility_test

import (
	"context"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Before a new version of the rules is in force: who gains by it, and who loses?
func ExampleImpact() {
	seats := func(version string, from time.Time, least int64) *eligibility.RuleSet {
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "workshop", Version: version, EffectiveFrom: from, Rules: []eligibility.Rule{
			{ID: "enough_seats", Doc: "The customer has enough seats.", Check: eligibility.AtLeast(Seats, least)},
			{ID: "segment", Doc: "The customer is a company.", Check: eligibility.OneOf(Segment, "smb", "corporate")},
		}})
		if err != nil {
			panic(err)
		}
		return set
	}
	july := time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)
	customers := func(yield func(eligibility.Customer, error) bool) { // as a host reads them from its database
		for _, c := range []struct {
			name, segment string
			seats         int64
		}{{"Contoso", "smb", 250}, {"Fabrikam", "smb", 900}, {"Tailspin", "corporate", 120}, {"Wingtip", "", 80}} {
			var f eligibility.Facts
			Seats.Set(&f, c.seats)
			if c.segment != "" {
				Segment.Set(&f, c.segment)
			}
			if !yield(eligibility.Customer{Key: c.name, Facts: f}, nil) {
				return
			}
		}
	}

	report, err := eligibility.Impact(context.Background(), eligibility.ImpactConfig{
		Old: seats("2026", time.Time{}, 100),
		New: seats("2027", july, 300),
		At:  time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC),
	}, customers)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Customers, "customers:", report.Gain.Customers, "gain,", report.Lose.Customers, "lose", report.Lose.Samples)
	for _, r := range report.Rules {
		fmt.Println(r.Rule, "failed by", r.Old.Fail, "and then by", r.New.Fail, "- loses", r.Lose.Samples)
	}
	// Output:
	// 4 customers: 0 gain, 2 lose [Contoso Tailspin]
	// enough_seats failed by 1 and then by 3 - loses [Contoso Tailspin]
	// segment failed by 0 and then by 0 - loses []
}

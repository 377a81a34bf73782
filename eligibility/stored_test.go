package eligibility_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Facts that are written by their values, and set again, are the same facts.
func TestValuesOfFacts(t *testing.T) {
	var f, again eligibility.Facts
	eligibility.NewFact[string]("segment").Set(&f, "smb")
	eligibility.NewFact[int]("rooms").Set(&f, 4)
	eligibility.NewFact[decimal.Decimal]("share").Set(&f, decimal.RequireFromString("39.90"))
	eligibility.NewFact[eligibility.Money]("spent").Set(&f, eligibility.Money{Amount: decimal.New(250000, -2), Currency: "USD"})
	eligibility.NewFact[bool]("consumer").Set(&f, false)
	eligibility.NewFact[eligibility.Date]("migrated").Set(&f, eligibility.Never())
	eligibility.NewFact[[]string]("roles").Set(&f, nil)
	gone := eligibility.NewFact[string]("gone")
	gone.Set(&f, "x")
	gone.Clear(&f)
	var names []string
	for name, value := range f.Values() {
		names = append(names, name)
		switch v := value.(type) {
		case string:
			eligibility.NewFact[string](name).Set(&again, v)
		case int64:
			eligibility.NewFact[int64](name).Set(&again, v)
		case decimal.Decimal:
			eligibility.NewFact[decimal.Decimal](name).Set(&again, v)
		case eligibility.Money:
			eligibility.NewFact[eligibility.Money](name).Set(&again, v)
		case bool:
			eligibility.NewFact[bool](name).Set(&again, v)
		case eligibility.Date:
			eligibility.NewFact[eligibility.Date](name).Set(&again, v)
		case []string:
			eligibility.NewFact[[]string](name).Set(&again, v)
		default:
			t.Errorf("%s is a %T", name, value)
		}
	}
	if want := []string{"consumer", "migrated", "roles", "rooms", "segment", "share", "spent"}; !slices.Equal(names, want) || !again.Equal(f) {
		t.Errorf("%q, not %q; or the facts are others", names, want)
	}
}

func TestWithFindings(t *testing.T) {
	found := []eligibility.Finding{{Rule: "rooms", Doc: "The customer has rooms.", Result: eligibility.ResultFail, Wanted: "at least 3", Found: "2"}}
	d, err := eligibility.Decision{RuleSet: "r", Version: "1", Outcome: eligibility.OutcomeIneligible}.WithFindings(found)
	if err != nil || len(d.Findings()) != 1 || d.Findings()[0].Found != "2" || d.Outcome != eligibility.OutcomeIneligible || d.RuleSet != "r" {
		t.Errorf("%v %v", d, err)
	}
	if _, err := (eligibility.Decision{}).WithFindings(found); err != nil {
		t.Errorf("a decision that could not be made has findings, too: %v", err)
	}
	if _, err := (eligibility.Decision{Outcome: eligibility.OutcomeEligible}).WithFindings(found); !errors.As(err, new(*eligibility.ParseError)) {
		t.Errorf("an outcome that the findings do not come to: %v", err)
	}
	for _, nothing := range [][]eligibility.Finding{nil, {{Rule: "rooms"}}} {
		if _, err := (eligibility.Decision{Outcome: eligibility.OutcomeEligible}).WithFindings(nothing); !errors.As(err, new(*eligibility.ParseError)) {
			t.Errorf("eligible by %v: %v", nothing, err)
		}
	}
}

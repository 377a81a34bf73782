package eligibility_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

var (
	segment      = eligibility.NewFact[string]("segment")
	seats        = eligibility.NewFact[int64]("seats")
	rooms        = eligibility.NewFact[int]("rooms")
	percent      = eligibility.NewFact[decimal.Decimal]("percent")
	revenue      = eligibility.NewFact[eligibility.Money]("revenue")
	government   = eligibility.NewFact[bool]("government")
	assessed     = eligibility.NewFact[eligibility.Date]("assessed")
	designations = eligibility.NewFact[[]string]("designations")
)

func usd(amount string) eligibility.Money { return money(amount + " USD") }

func money(s string) eligibility.Money {
	m, err := eligibility.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}

func day(s string) eligibility.Date {
	d, err := eligibility.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func number(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func rule(id string, c eligibility.Check) eligibility.Rule {
	return eligibility.Rule{ID: id, Doc: "The rule " + id + ".", Check: c}
}

// ruleSet makes a rule set of checks, whose IDs are a, b, c and so on.
func ruleSet(t testing.TB, checks ...eligibility.Check) *eligibility.RuleSet {
	t.Helper()
	var rules []eligibility.Rule
	for i, c := range checks {
		rules = append(rules, rule(string(rune('a'+i)), c))
	}
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: rules})
	require.NoError(t, err)
	return set
}

// facts are set by functions such as with(seats, 3).
func facts(set ...func(*eligibility.Facts)) eligibility.Facts {
	var f eligibility.Facts
	for _, s := range set {
		s(&f)
	}
	return f
}

func with[T eligibility.Value](f eligibility.Fact[T], v T) func(*eligibility.Facts) {
	return func(facts *eligibility.Facts) { f.Set(facts, v) }
}

// found decides on one check.
func found(t testing.TB, c eligibility.Check, set ...func(*eligibility.Facts)) eligibility.Finding {
	t.Helper()
	d, err := ruleSet(t, c).Decide(facts(set...), noon)
	require.NoError(t, err)
	require.Len(t, d.Findings(), 1)
	return d.Findings()[0]
}

package criteria_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

type decimalNumber = decimal.Decimal

// What a host may register: an operator on texts, one with an object for an
// operand, and one that needs no fact.

var errNothing = errors.New("every text ends with nothing")

var endsWith = criteria.NewOperator("ends with", func(fact eligibility.Fact[string], suffix string) (eligibility.Check, error) {
	if suffix == "" {
		return eligibility.Check{}, errNothing
	}
	return eligibility.Func(func(facts eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		text, known := fact.Get(facts)
		switch wanted := "ends with " + suffix; {
		case !known:
			return eligibility.Missing(wanted, fact), nil
		case strings.HasSuffix(text, suffix):
			return eligibility.Passed(wanted, text), nil
		default:
			return eligibility.Failed(wanted, text), nil
		}
	}, fact), nil
})

type circle struct {
	Center int64 `json:"center"`
	Radius int64 `json:"radius"`
}

var within = criteria.NewOperator("within", func(fact eligibility.Fact[int64], c circle) (eligibility.Check, error) {
	return eligibility.Between(fact, c.Center-c.Radius, c.Center+c.Radius), nil
})

var onWeekdays = criteria.NewFreeOperator("on", func(days []string) (eligibility.Check, error) {
	for _, d := range days {
		if !slices.ContainsFunc(weekdays(), func(w time.Weekday) bool { return w.String() == d }) {
			return eligibility.Check{}, fmt.Errorf("%q is no weekday", d)
		}
	}
	return eligibility.Func(func(_ eligibility.Facts, at time.Time) (eligibility.Finding, error) {
		wanted, found := strings.Join(days, " or "), at.Weekday().String()
		if slices.Contains(days, found) {
			return eligibility.Passed(wanted, found), nil
		}
		return eligibility.Failed(wanted, found), nil
	}), nil
})

func weekdays() (days []time.Weekday) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		days = append(days, d)
	}
	return days
}

package eligibilitytest

import (
	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Option changes one fact; [With] and [Without] make them.
type Option func(*eligibility.Facts)

// With makes the fact known, with that value.
func With[V eligibility.Value](fact eligibility.Fact[V], value V) Option {
	return func(f *eligibility.Facts) { fact.Set(f, value) }
}

// Without makes the fact unknown.
func Without[V eligibility.Value](fact eligibility.Fact[V]) Option {
	return func(f *eligibility.Facts) { fact.Clear(f) }
}

// Facts returns the facts that the options make known, and no others.
func Facts(options ...Option) eligibility.Facts {
	return Change(eligibility.Facts{}, options...)
}

// Change returns a copy of base with some facts changed; base stays as it is.
func Change(base eligibility.Facts, options ...Option) eligibility.Facts {
	f := base.Clone()
	for _, o := range options {
		o(&f)
	}
	return f
}

// Money returns the amount that [eligibility.ParseMoney] reads, "2500.00 USD".
// It panics if that is none.
func Money(s string) eligibility.Money { return must(eligibility.ParseMoney(s)) }

// Date returns the day that [eligibility.ParseDate] reads, "2026-07-01" or
// "never". It panics if that is none.
func Date(s string) eligibility.Date { return must(eligibility.ParseDate(s)) }

// Decimal returns the exact number that [eligibility.ParseDecimal] reads,
// "39.9". It panics if that is none.
func Decimal(s string) decimal.Decimal { return must(eligibility.ParseDecimal(s)) }

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

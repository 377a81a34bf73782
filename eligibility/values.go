package eligibility

import (
	"slices"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/internal/problems"
)

// Check returns what is wrong with the values of facts that come from elsewhere,
// joined, a *[ValueError] for each: with one of them a decision could be made, and
// not be read again. A number has at most 64 digits, an amount a currency of three
// capital letters, and texts are UTF-8.
func (f Facts) Check() error {
	var errs []error
	for name, c := range f.all() {
		if problem := c.problem(); problem != "" {
			errs = append(errs, &ValueError{Fact: name, Problem: problem})
		}
	}
	return problems.Join(errs...)
}

func (c *cell) problem() string {
	const noText = "is not UTF-8: convert it before it is set"
	switch c.kind {
	case text:
		if !utf8.ValidString(c.text) {
			return noText
		}
	case list:
		if !slices.ContainsFunc(c.box.list, func(s string) bool { return !utf8.ValidString(s) }) {
			return ""
		}
		return noText
	case decimalNumber:
		if d := c.box.money.Amount; !writable(d) || len(decimalText(d)) > longestDecimal {
			return "has more than 64 digits: round it before it is set"
		}
	case money:
		if _, err := c.box.money.MarshalText(); err != nil {
			return "is not an amount that can be written: use at most 64 digits, and a currency of three capital letters"
		}
	}
	return ""
}

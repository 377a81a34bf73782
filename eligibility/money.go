package eligibility

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Money is an exact amount of one currency. The zero Money is no amount: a
// fact that is set to it stays unknown.
type Money struct {
	Amount   decimal.Decimal
	Currency string // three capital letters, as in ISO 4217
}

// ParseMoney reads an amount in units of the currency, a blank and the
// currency's three capital letters: "2500.00 USD". It returns a *ParseError
// for everything else; whether ISO 4217 lists the currency is not checked.
func ParseMoney(s string) (Money, error) {
	amount, currency, ok := strings.Cut(s, " ")
	if !ok || !isCurrency(currency) {
		return Money{}, &ParseError{What: "money", Text: s, Problem: `write an amount, a blank and a currency, as in "2500.00 USD"`}
	}
	d, err := parseDecimal(amount)
	if err != nil {
		return Money{}, &ParseError{What: "money", Text: s, Problem: "the amount has to be digits, with a point before the fraction if there is one"}
	}
	m := Money{Amount: d, Currency: currency}
	if len(m.digits()) > longestDecimal {
		return Money{}, &ParseError{What: "money", Text: s, Problem: "it has more digits than any amount needs"}
	}
	return m, nil
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// IsZero reports whether m is the zero Money, without amount and currency. An
// amount of 0.00 USD is not zero in this sense.
func (m Money) IsZero() bool { return m.Currency == "" && m.Amount.IsZero() }

// Equal reports whether m and o are the same amount of the same currency.
func (m Money) Equal(o Money) bool {
	return m.Currency == o.Currency && m.Amount.Equal(o.Amount)
}

// String writes m as ParseMoney reads it, with the decimals that ISO 4217 gives its
// currency, or more where the amount has more, as one of a currency that a host
// has added; the zero Money is "".
func (m Money) String() string {
	if m.IsZero() {
		return ""
	}
	return m.digits() + " " + m.Currency
}

// digits writes the amount without its currency.
func (m Money) digits() string {
	if !writable(m.Amount) {
		return fmt.Sprintf("%sE%d", m.Amount.Coefficient(), m.Amount.Exponent())
	}
	least, known := (*Currencies)(nil).Decimals(m.Currency)
	places := max(0, -m.Amount.Exponent())
	if known { // what an amount has beyond its currency's decimals shows, unless it is nothing
		for places > int32(least) && m.Amount.Equal(m.Amount.Truncate(places-1)) {
			places--
		}
		places = max(places, int32(least))
	}
	return m.Amount.StringFixed(places)
}

// Digits returns the amount without its currency, as String writes it: what a
// column of amounts holds. The zero Money is "".
func (m Money) Digits() string {
	if m.IsZero() {
		return ""
	}
	return m.digits()
}

// MarshalText writes what String returns. It refuses what ParseMoney would not
// read: a currency that is not three capital letters, and more digits than any
// amount needs.
func (m Money) MarshalText() ([]byte, error) {
	switch {
	case m.IsZero():
	case !isCurrency(m.Currency):
		return nil, &ParseError{What: "currency", Text: m.Currency, Problem: "it has to be three capital letters"}
	case !writable(m.Amount) || len(m.digits()) > longestDecimal:
		return nil, &ParseError{What: "money", Text: m.String(), Problem: "it has more digits than any amount needs"}
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what MarshalText writes, the empty text as the zero
// Money. Its error is a *ParseError.
func (m *Money) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = Money{}
		return nil
	}
	parsed, err := ParseMoney(string(text))
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}

// longestDecimal is how many characters a number has at most.
const longestDecimal = 64

// writable reports whether a number can be written out at all: a host can decode
// 1E1000000000 from a few bytes of JSON.
func writable(d decimal.Decimal) bool {
	return d.Exponent() >= -longestDecimal && d.Exponent() <= longestDecimal && d.Coefficient().BitLen() <= 4*longestDecimal
}

// parseDecimal reads digits with an optional minus and fraction; unlike
// decimal.NewFromString neither exponents, nor a plus, nor bare points, nor
// more digits than any amount needs.
func parseDecimal(s string) (decimal.Decimal, error) {
	refused := &ParseError{What: "decimal", Text: s, Problem: `write digits, with a point before the fraction if there is one, as in "39.9"`}
	if len(s) > longestDecimal {
		return decimal.Decimal{}, refused
	}
	whole, fraction, pointed := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !isDigits(whole) || pointed && !isDigits(fraction) {
		return decimal.Decimal{}, refused
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, refused
	}
	return d, nil
}

// ParseDecimal reads an exact number such as "39.9" or "-4": digits with an
// optional minus and fraction, at most 64 characters. It returns a
// *ParseError for everything else, exponents included.
func ParseDecimal(s string) (decimal.Decimal, error) { return parseDecimal(s) }

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// decimalText keeps the places that d came with: 2500.00 is not 2500.
func decimalText(d decimal.Decimal) string {
	return d.StringFixed(max(0, -d.Exponent()))
}

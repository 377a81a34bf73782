package record

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// maxDigits is how many characters a number has at most.
const maxDigits = 64

const (
	tooManyDigits = "has more digits than any amount needs"
	noAmount      = "is no number in its usual spelling"
	noMoney       = "is no amount with a currency of three capital letters"
)

// money is a field of an amount: its digits, with the decimals that it has, a blank
// and the currency. Zero money is left out.
func money(c *coder, number int, name string, v *eligibility.Money) {
	switch found := c.field(number, name, chunk); {
	case found:
		*v = c.parseMoney(c.bytes())
	case c.mode == writing && !v.IsZero():
		c.putBytes(number, c.moneyText(*v))
	case c.mode == describing:
		c.describe(Field{Type: "string"})
	}
}

func (c *coder) moneyText(m eligibility.Money) string {
	if !isCurrency(m.Currency) {
		c.fail(noMoney)
	}
	s, ok := decimalText(m.Amount)
	if !ok {
		c.fail(tooManyDigits)
	}
	return s + " " + m.Currency
}

func (c *coder) parseMoney(s string) eligibility.Money {
	amount, currency, _ := strings.Cut(s, " ")
	d, ok := parseDecimal(amount)
	if !ok || !isCurrency(currency) {
		c.fail(noMoney)
	}
	return eligibility.Money{Amount: d, Currency: currency}
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// decimalText writes a number with the decimals that it has, unless it has too many
// digits.
func decimalText(d decimal.Decimal) (string, bool) {
	if d.Exponent() < -maxDigits || d.Exponent() > maxDigits || d.Coefficient().BitLen() > 4*maxDigits {
		return "", false
	}
	s := d.StringFixed(max(0, -d.Exponent()))
	return s, len(s) <= maxDigits
}

// parseDecimal reads what decimalText writes and nothing else.
func parseDecimal(s string) (decimal.Decimal, bool) {
	const exact = 18 // so many digits are always an int64
	unsigned := strings.TrimPrefix(s, "-")
	whole, fraction, pointed := strings.Cut(unsigned, ".")
	switch {
	case len(s) > maxDigits || !isDigits(whole) || pointed && !isDigits(fraction):
		return decimal.Decimal{}, false
	case len(whole) > 1 && whole[0] == '0':
		return decimal.Decimal{}, false
	case len(unsigned) < len(s) && strings.Trim(unsigned, "0.") == "": // there is no -0
		return decimal.Decimal{}, false
	case len(whole)+len(fraction) > exact:
		d, err := decimal.NewFromString(s)
		return d, err == nil
	}
	var n int64
	for _, digits := range []string{whole, fraction} {
		for i := range len(digits) {
			n = 10*n + int64(digits[i]-'0')
		}
	}
	if len(unsigned) < len(s) {
		n = -n
	}
	return decimal.New(n, int32(-len(fraction))), true
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

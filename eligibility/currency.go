package eligibility

import (
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// Currency is a currency with the number of decimals that its amounts can have.
type Currency struct {
	Code     string // three capital letters, for example "EUR"
	Decimals int    // 2 for cents, 0 for whole units only; at most 8
}

// Currencies knows which currencies there are and how many decimals their amounts
// have. A nil *Currencies knows exactly those of ISO 4217, list one as published
// on 1 January 2026, without the codes to which the list gives no decimals, such
// as gold. It never changes, so any number of goroutines may use one.
type Currencies struct {
	decimals map[string]int
}

// NewCurrencies returns the currencies of ISO 4217 and those that a host adds, or
// whose decimals it corrects. It returns a *ParseError for a code that is not
// three capital letters, or for decimals below 0 or above 8.
func NewCurrencies(added ...Currency) (*Currencies, error) {
	c := &Currencies{decimals: maps.Clone(iso4217())}
	for _, a := range added {
		switch {
		case !isCurrency(a.Code):
			return nil, &ParseError{What: "currency", Text: a.Code, Problem: "it has to be three capital letters"}
		case a.Decimals < 0 || a.Decimals > 8:
			return nil, &ParseError{What: "currency", Text: a.Code, Problem: fmt.Sprintf("amounts have 0 to 8 decimals, not %d", a.Decimals)}
		}
		c.decimals[a.Code] = a.Decimals
	}
	return c, nil
}

// Decimals returns how many decimals amounts of a currency have, and false for a
// currency that is not known.
func (c *Currencies) Decimals(code string) (int, bool) {
	all := iso4217()
	if c != nil {
		all = c.decimals
	}
	n, ok := all[code]
	return n, ok
}

// MoneyError says why an amount cannot be paid, whoever it is for.
type MoneyError struct {
	Amount  Money
	Problem string // what is wrong and what would help, as the rest of a sentence that begins with the amount
}

func (e *MoneyError) Error() string {
	return fmt.Sprintf("the amount %.60q %s", e.Amount.String(), e.Problem)
}

// maxWhole is how many digits an amount may have before the point: more than any
// program pays, and few enough to stand in a column.
const maxWhole = 15

// Check is what every amount goes through that comes in. It returns the amount
// with exactly the decimals of its currency, or a *MoneyError: for an unknown
// currency, for more decimals than the currency has, and for more than 15 digits
// before the point. The zero Money, which is no amount, passes. Whether an amount
// may be zero or negative is for the caller to say.
func (c *Currencies) Check(m Money) (Money, error) {
	if m.IsZero() {
		return Money{}, nil
	}
	refuse := func(format string, args ...any) (Money, error) {
		return m, &MoneyError{Amount: m, Problem: fmt.Sprintf(format, args...)}
	}
	decimals, ok := c.Decimals(m.Currency)
	switch {
	case m.Currency == "":
		return refuse("has no currency: add its code of ISO 4217, for example EUR")
	case !ok:
		return refuse("is in an unknown currency: use a code of ISO 4217 in capitals, for example EUR")
	case m.Amount.Exponent() < -longestDecimal:
		return refuse("has more decimals than anybody pays: %s has %d", m.Currency, decimals)
	case !writable(m.Amount) || m.Amount.Abs().GreaterThanOrEqual(decimal.New(1, maxWhole)):
		return refuse("is too large: amounts have at most %d digits before the point", maxWhole)
	}
	if !m.Amount.Equal(m.Amount.Truncate(int32(decimals))) {
		switch decimals {
		case 0:
			return refuse("has decimals: %s has none, so use whole units", m.Currency)
		case 1:
			return refuse("has too many decimals: %s has 1", m.Currency)
		}
		return refuse("has too many decimals: %s has %d", m.Currency, decimals)
	}
	m.Amount = decimal.RequireFromString(m.Amount.StringFixed(int32(decimals)))
	return m, nil
}

// iso4217 is list one of ISO 4217 as published on 1 January 2026 (amendment 180),
// by the number of decimals.
var iso4217 = sync.OnceValue(func() map[string]int {
	table := map[string]int{}
	for decimals, codes := range map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
			CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
			GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
			LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
			NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
			SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
			XAD XCD XCG YER ZAR ZMW ZWG`,
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	} {
		for code := range strings.FieldsSeq(codes) {
			table[code] = decimals
		}
	}
	return table
})

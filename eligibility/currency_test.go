package eligibility_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

func TestCurrencies(t *testing.T) {
	var iso *eligibility.Currencies
	for codes, decimals := range map[string]int{"JPY XOF CLP ISK": 0, "USD EUR XCG XAD ZWG SLE MGA": 2, "KWD TND": 3, "CLF": 4} {
		for code := range strings.FieldsSeq(codes) {
			n, known := iso.Decimals(code)
			require.True(t, known, code)
			require.Equal(t, decimals, n, code)
		}
	}
	for code := range strings.FieldsSeq("XAU XXX XTS HRK BGN ANG CUC SLL ZWL DEM ZZZ usd US") {
		_, known := iso.Decimals(code)
		require.False(t, known, code)
	}

	own, err := eligibility.NewCurrencies(eligibility.Currency{Code: "XBT", Decimals: 8}, eligibility.Currency{Code: "ISK", Decimals: 2})
	require.NoError(t, err)
	checked, err := own.Check(eligibility.Money{Amount: decimal.New(5, -8), Currency: "XBT"})
	require.NoError(t, err)
	require.Equal(t, "0.00000005 XBT", checked.String())
	_, err = own.Check(eligibility.Money{Amount: decimal.New(5, -2), Currency: "ISK"})
	require.NoError(t, err)
	_, known := iso.Decimals("XBT")
	require.False(t, known, "what a host adds is the host's")
	for _, c := range []eligibility.Currency{{Code: "usd"}, {Code: "XBT", Decimals: -1}, {Code: "XBT", Decimals: 9}} {
		_, err := eligibility.NewCurrencies(c)
		require.ErrorAs(t, err, new(*eligibility.ParseError))
	}
}

func TestCheckMoney(t *testing.T) {
	for _, c := range []struct {
		amount  decimal.Decimal
		code    string
		problem string
	}{
		{decimal.RequireFromString("1234.567"), "JPY", `the amount "1234.567 JPY" has decimals: JPY has none, so use whole units`},
		{decimal.RequireFromString("0.0000000001"), "USD", `the amount "0.0000000001 USD" has too many decimals: USD has 2`},
		{decimal.NewFromInt(5), "ZZZ", `the amount "5 ZZZ" is in an unknown currency: use a code of ISO 4217 in capitals, for example EUR`},
		{decimal.NewFromInt(5), "", `the amount "5 " has no currency: add its code of ISO 4217, for example EUR`},
		{decimal.New(1, 15), "USD", `the amount "1000000000000000.00 USD" is too large: amounts have at most 15 digits before the point`},
		{decimal.New(1, math.MaxInt32), "USD", `the amount "1E2147483647 USD" is too large: amounts have at most 15 digits before the point`},
	} {
		m := eligibility.Money{Amount: c.amount, Currency: c.code}
		_, err := (*eligibility.Currencies)(nil).Check(m)
		require.ErrorAs(t, err, new(*eligibility.MoneyError))
		require.EqualError(t, err, c.problem)
	}
	none, err := (*eligibility.Currencies)(nil).Check(eligibility.Money{})
	require.NoError(t, err)
	require.True(t, none.IsZero())
}

// What Check lets through is written, read back as the same amount, and written as
// before, with exactly the decimals of its currency.
func TestCheckedMoneyIsReadable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	codes := strings.Fields("JPY USD KWD CLF")
	accepted := 0
	for range 20_000 {
		m := eligibility.Money{Amount: decimal.New(r.Int64()>>r.IntN(63), int32(r.IntN(12)-8)), Currency: codes[r.IntN(len(codes))]}
		checked, err := (*eligibility.Currencies)(nil).Check(m)
		if err != nil {
			continue
		}
		accepted++
		require.True(t, checked.Equal(m))
		text, err := checked.MarshalText()
		require.NoError(t, err)
		var back eligibility.Money
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, checked, back)
		_, fraction, _ := strings.Cut(checked.Digits(), ".")
		decimals, _ := (*eligibility.Currencies)(nil).Decimals(m.Currency)
		require.Len(t, fraction, decimals)
	}
	require.Greater(t, accepted, 1000)
}

// What cannot be read back is not written.
func TestMoneyThatCannotBeWritten(t *testing.T) {
	for _, d := range []decimal.Decimal{decimal.New(1, 70), decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(1, -64)} {
		_, err := eligibility.Money{Amount: d, Currency: "USD"}.MarshalText()
		require.ErrorAs(t, err, new(*eligibility.ParseError))
	}
}

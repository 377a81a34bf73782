package engagement_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
)

// TestAmountText has the amounts of each line as one text, and every line before
// the next.
func TestAmountText(t *testing.T) {
	var texts []string
	for _, line := range []struct {
		amounts []string
		text    string
	}{
		{[]string{""}, ""},
		{[]string{"0 EUR", "0.00 EUR"}, "EUR 00"},
		{[]string{"0.05 EUR", "0.050 EUR"}, "EUR 00.05"},
		{[]string{"0.5 EUR", "0.50 EUR"}, "EUR 00.5"},
		{[]string{"1 EUR", "1.0 EUR"}, "EUR 011"},
		{[]string{"1.05 EUR"}, "EUR 011.05"},
		{[]string{"9.99 EUR"}, "EUR 019.99"},
		{[]string{"10 EUR", "10.00 EUR"}, "EUR 0210"},
		{[]string{"10.01 EUR"}, "EUR 0210.01"},
		{[]string{"100 EUR"}, "EUR 03100"},
		{[]string{"999.99 EUR"}, "EUR 03999.99"},
		{[]string{"1500 EUR"}, "EUR 041500"},
		{[]string{"123456789012.5 EUR"}, "EUR 12123456789012.5"},
		{[]string{"0 USD"}, "USD 00"},
		{[]string{"1 USD"}, "USD 011"},
	} {
		for _, amount := range line.amounts {
			var m eligibility.Money
			if err := m.UnmarshalText([]byte(amount)); err != nil {
				t.Fatal(err)
			}
			if got := engagement.AmountSortKey(m); got != line.text {
				t.Errorf("the text of %q is %q, not %q", amount, got, line.text)
			}
		}
		texts = append(texts, line.text)
	}
	if !slices.IsSorted(texts) || len(slices.Compact(texts)) != len(texts) {
		t.Errorf("the texts are not in order: %q", texts)
	}
}

// TestAmountTextsCompareLikeAmounts: within a currency the texts of any two
// amounts compare like the amounts, however they are written.
func TestAmountTextsCompareLikeAmounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	amount := func(digits uint64, scale uint8) decimal.Decimal {
		return decimal.New(int64(digits>>(1+r.UintN(63))), int32(scale%16)-10)
	}
	alike := func(digits1, digits2 uint64, scale1, scale2 uint8) bool {
		a, b := amount(digits1, scale1), amount(digits2, scale2)
		if r.UintN(4) == 0 { // the same amount with more zeros, or one next to it
			b = a.Add(decimal.New(int64(r.IntN(2)), -10)).RoundBank(12)
		}
		text := func(d decimal.Decimal) string {
			return engagement.AmountSortKey(eligibility.Money{Amount: d, Currency: "EUR"})
		}
		if strings.Compare(text(a), text(b)) != a.Cmp(b) {
			t.Logf("%v and %v have the texts %q and %q", a, b, text(a), text(b))
			return false
		}
		return true
	}
	if err := quick.Check(alike, &quick.Config{MaxCount: 20_000}); err != nil {
		t.Error(err)
	}
}

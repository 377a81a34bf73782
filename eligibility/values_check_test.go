package eligibility_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

// What Check lets through is read back as it was; what could not be read is named.
func TestCheckFacts(t *testing.T) {
	for name, set := range map[string]func(*eligibility.Facts){
		"a huge exponent":      with(percent, decimal.New(1, 70)),
		"the largest exponent": with(percent, decimal.New(1, math.MaxInt32)),
		"a tiny fraction":      with(percent, decimal.New(1, -70)),
		"many digits":          with(percent, decimal.NewFromInt(1).DivRound(decimal.NewFromInt(3), 70)),
		"too much money":       with(revenue, eligibility.Money{Amount: decimal.New(1, 70), Currency: "USD"}),
		"no such currency":     with(revenue, eligibility.Money{Amount: decimal.New(1, 0), Currency: "dollars"}),
		"no UTF-8":             with(segment, "S\xe3o"),
		"no UTF-8 in a list":   with(designations, []string{"Azure", "\xff"}),
	} {
		err := facts(set).Check()
		require.ErrorAs(t, err, new(*eligibility.ValueError), name)
		var bad *eligibility.ValueError
		require.ErrorAs(t, err, &bad, name)
		require.NotEmpty(t, bad.Fact, name)
		require.Less(t, len(err.Error()), 200, name)
	}
	for name, set := range map[string]func(*eligibility.Facts){
		"a list that is nil":  with(designations, nil),
		"a fine fraction":     with(percent, decimal.New(123, -40)),
		"a large amount":      with(revenue, eligibility.Money{Amount: decimal.New(-99, 40), Currency: "USD"}),
		"a decomposed accent": with(segment, "Sa\u0303o"),
	} {
		f := facts(set)
		require.NoError(t, f.Check(), name)
		text, err := json.Marshal(f)
		require.NoError(t, err, name)
		var back eligibility.Facts
		require.NoError(t, json.Unmarshal(text, &back), "%s: %s", name, text)
		require.True(t, back.Equal(f), "%s: %s", name, text)
	}
}

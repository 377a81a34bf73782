package eligibility_test

import (
	"math"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

func TestChecks(t *testing.T) {
	type set = func(*eligibility.Facts)
	countries := strings.Fields("AT BE BG CY CZ DE DK EE ES FI FR")
	ago := eligibility.DaysAgo(365)
	tests := []struct {
		check  eligibility.Check
		fact   set
		result eligibility.Result
		wanted string
		found  string
	}{
		{eligibility.Is(segment, "smb"), with(segment, "smb"), "pass", "is smb", "smb"},
		{eligibility.Is(segment, "smb"), with(segment, "SMB"), "fail", "is smb", "SMB"},
		{eligibility.Is(segment, ""), with(segment, ""), "pass", "is ", ""},
		{eligibility.Is(seats, 7), with(seats, 7), "pass", "is 7", "7"},
		{eligibility.Is(seats, 7), with(seats, 8), "fail", "is 7", "8"},
		{eligibility.Is(government, false), with(government, false), "pass", "is false", "false"},
		{eligibility.Is(government, false), with(government, true), "fail", "is false", "true"},
		{eligibility.Is(percent, number("1.5")), with(percent, number("1.50")), "pass", "is 1.5", "1.50"},
		{eligibility.Is(percent, number("1.5")), with(percent, number("1.51")), "fail", "is 1.5", "1.51"},
		{eligibility.Is(revenue, usd("10")), with(revenue, usd("10.00")), "pass", "is 10.00 USD", "10.00 USD"},
		{eligibility.Is(assessed, day("2026-07-01")), with(assessed, day("2026-07-01")), "pass", "is 2026-07-01", "2026-07-01"},
		{eligibility.Is(assessed, eligibility.Never()), with(assessed, eligibility.Never()), "pass", "is never", "never"},
		{eligibility.Is(assessed, eligibility.Never()), with(assessed, day("2026-07-01")), "fail", "is never", "2026-07-01"},

		{eligibility.OneOf(segment, "smb", "corporate"), with(segment, "corporate"), "pass", "one of smb, corporate", "corporate"},
		{eligibility.OneOf(segment, "smb", "corporate"), with(segment, "smc"), "fail", "one of smb, corporate", "smc"},
		{eligibility.OneOf(segment, "smb", "corporate"), with(segment, "sXb"), "fail", "one of smb, corporate", "sXb"},
		{eligibility.OneOf(segment, "smb"), with(segment, ""), "fail", "one of smb", ""},
		{eligibility.OneOf(segment, countries...), with(segment, "FR"), "pass", "one of " + strings.Join(countries, ", "), "FR"},
		{eligibility.OneOf(segment, countries...), with(segment, "US"), "fail", "one of " + strings.Join(countries, ", "), "US"},
		{eligibility.OneOf(rooms, 5, 1), with(rooms, 1), "pass", "one of 5, 1", "1"},
		{eligibility.OneOf(rooms, 5, 1), with(rooms, 3), "fail", "one of 5, 1", "3"},
		{eligibility.NotOneOf(segment, "CU", "IR"), with(segment, "PT"), "pass", "not one of CU, IR", "PT"},
		{eligibility.NotOneOf(segment, "CU", "IR"), with(segment, "IR"), "fail", "not one of CU, IR", "IR"},
		{eligibility.NotOneOf(segment, countries...), with(segment, "US"), "pass", "not one of " + strings.Join(countries, ", "), "US"},
		{eligibility.NotOneOf(rooms, 5), with(rooms, 5), "fail", "not one of 5", "5"},

		{eligibility.Contains(designations, "Security"), with(designations, []string{"Azure", "Security"}), "pass", "contains Security", "Azure, Security"},
		{eligibility.Contains(designations, "Security"), with(designations, []string{"Cloud Security"}), "fail", "contains Security", "Cloud Security"},
		{eligibility.Contains(designations, "Security"), with(designations, nil), "fail", "contains Security", "none"},

		{eligibility.AtLeast(seats, 1000), with(seats, 1000), "pass", "at least 1000", "1000"},
		{eligibility.AtLeast(seats, 1000), with(seats, 999), "fail", "at least 1000", "999"},
		{eligibility.AtLeast(seats, math.MinInt64), with(seats, math.MinInt64), "pass", "at least -9223372036854775808", "-9223372036854775808"},
		{eligibility.AtLeast(seats, -5), with(seats, math.MaxInt64), "pass", "at least -5", "9223372036854775807"},
		{eligibility.AtMost(seats, 3), with(seats, 3), "pass", "at most 3", "3"},
		{eligibility.AtMost(seats, 3), with(seats, 4), "fail", "at most 3", "4"},
		{eligibility.AtMost(seats, 3), with(seats, math.MinInt64), "pass", "at most 3", "-9223372036854775808"},
		{eligibility.Below(seats, 3), with(seats, 2), "pass", "below 3", "2"},
		{eligibility.Below(seats, 3), with(seats, 3), "fail", "below 3", "3"},
		{eligibility.Below(seats, math.MinInt64), with(seats, math.MinInt64), "fail", "below -9223372036854775808", "-9223372036854775808"},
		{eligibility.Below(percent, number("40.0")), with(percent, number("39.9")), "pass", "below 40.0", "39.9"},
		{eligibility.Below(percent, number("40.0")), with(percent, number("40")), "fail", "below 40.0", "40"},
		{eligibility.Below(percent, number("40.0")), with(percent, number("40.00")), "fail", "below 40.0", "40.00"},
		{eligibility.Below(percent, number("5")), with(percent, number("18446744073709551616")), "fail", "below 5", "18446744073709551616"},
		{eligibility.AtLeast(revenue, usd("0.05")), with(revenue, usd("-184467440737095516.11")), "fail", "at least 0.05 USD", "-184467440737095516.11 USD"},
		{eligibility.Between(seats, 3, 5), with(seats, 3), "pass", "between 3 and 5", "3"},
		{eligibility.Between(seats, 3, 5), with(seats, 5), "pass", "between 3 and 5", "5"},
		{eligibility.Between(seats, 3, 5), with(seats, 2), "fail", "between 3 and 5", "2"},
		{eligibility.Between(seats, 3, 5), with(seats, 6), "fail", "between 3 and 5", "6"},
		{eligibility.Between(revenue, usd("1000"), usd("50000.00")), with(revenue, usd("1000.00")), "pass", "between 1000.00 USD and 50000.00 USD", "1000.00 USD"},
		{eligibility.Between(revenue, usd("1000"), usd("50000.00")), with(revenue, usd("999.99")), "fail", "between 1000.00 USD and 50000.00 USD", "999.99 USD"},
		{eligibility.Between(revenue, usd("1000"), usd("50000.00")), with(revenue, usd("50000.01")), "fail", "between 1000.00 USD and 50000.00 USD", "50000.01 USD"},
		{eligibility.Between(assessed, day("2026-01-01"), day("2026-01-31")), with(assessed, day("2026-01-31")), "pass", "between 2026-01-01 and 2026-01-31", "2026-01-31"},
		{eligibility.Between(assessed, day("2026-01-01"), day("2026-01-31")), with(assessed, day("2026-02-01")), "fail", "between 2026-01-01 and 2026-01-31", "2026-02-01"},
		{eligibility.Between(assessed, day("2026-01-01"), day("2026-01-31")), with(assessed, eligibility.Never()), "fail", "between 2026-01-01 and 2026-01-31", "never"},

		// The day of the decision is 2026-09-01, so 365 days ago is 2025-09-01.
		{eligibility.Before(assessed, ago), with(assessed, day("2025-08-31")), "pass", "before 365 days ago", "2025-08-31"},
		{eligibility.Before(assessed, ago), with(assessed, day("2025-09-01")), "fail", "before 365 days ago", "2025-09-01"},
		{eligibility.Before(assessed, ago), with(assessed, eligibility.Never()), "fail", "before 365 days ago", "never"},
		{eligibility.Before(assessed, ago.OrNever()), with(assessed, eligibility.Never()), "pass", "before 365 days ago or never", "never"},
		{eligibility.Before(assessed, ago.OrNever()), with(assessed, day("2025-08-31")), "pass", "before 365 days ago or never", "2025-08-31"},
		{eligibility.Before(assessed, ago.OrNever()), with(assessed, day("2025-09-01")), "fail", "before 365 days ago or never", "2025-09-01"},
		{eligibility.Before(assessed, eligibility.On(day("2026-01-01"))), with(assessed, day("2025-12-31")), "pass", "before 2026-01-01", "2025-12-31"},
		{eligibility.Before(assessed, eligibility.On(day("2026-01-01"))), with(assessed, day("2026-01-01")), "fail", "before 2026-01-01", "2026-01-01"},
		{eligibility.Before(assessed, eligibility.On(day("0001-01-01"))), with(assessed, day("0001-01-01")), "fail", "before 0001-01-01", "0001-01-01"},
		{eligibility.Before(assessed, eligibility.On(day("0001-01-01")).OrNever()), with(assessed, eligibility.Never()), "pass", "before 0001-01-01 or never", "never"},
		{eligibility.Before(assessed, eligibility.On(day("0001-01-01")).OrNever()), with(assessed, day("0001-01-01")), "fail", "before 0001-01-01 or never", "0001-01-01"},
		{eligibility.Before(assessed, eligibility.DaysAgo(3_000_000)), with(assessed, day("0001-01-01")), "fail", "before 3000000 days ago", "0001-01-01"},
		{eligibility.Before(assessed, eligibility.DaysAgo(3_000_000).OrNever()), with(assessed, eligibility.Never()), "pass", "before 3000000 days ago or never", "never"},
		{eligibility.After(assessed, ago), with(assessed, day("2025-09-02")), "pass", "after 365 days ago", "2025-09-02"},
		{eligibility.After(assessed, ago), with(assessed, day("2025-09-01")), "fail", "after 365 days ago", "2025-09-01"},
		{eligibility.After(assessed, ago), with(assessed, eligibility.Never()), "fail", "after 365 days ago", "never"},
		{eligibility.After(assessed, ago.OrNever()), with(assessed, eligibility.Never()), "pass", "after 365 days ago or never", "never"},
		{eligibility.After(assessed, ago.OrNever()), with(assessed, day("9999-12-31")), "pass", "after 365 days ago or never", "9999-12-31"},
		{eligibility.After(assessed, ago.OrNever()), with(assessed, day("2025-09-01")), "fail", "after 365 days ago or never", "2025-09-01"},
		{eligibility.After(assessed, eligibility.On(day("9999-12-31"))), with(assessed, day("9999-12-31")), "fail", "after 9999-12-31", "9999-12-31"},
		{eligibility.After(assessed, eligibility.On(day("9999-12-31")).OrNever()), with(assessed, eligibility.Never()), "pass", "after 9999-12-31 or never", "never"},
		{eligibility.After(assessed, eligibility.DaysAgo(3_000_000)), with(assessed, eligibility.Never()), "fail", "after 3000000 days ago", "never"},
		{eligibility.After(assessed, eligibility.DaysAgo(3_000_000)), with(assessed, day("0001-01-01")), "pass", "after 3000000 days ago", "0001-01-01"},
		{eligibility.OlderThan(assessed, 365), with(assessed, day("2025-08-31")), "pass", "older than 365 days", "2025-08-31"},
		{eligibility.OlderThan(assessed, 365), with(assessed, day("2025-09-01")), "fail", "older than 365 days", "2025-09-01"},
		{eligibility.OlderThan(assessed, 0), with(assessed, day("2026-08-31")), "pass", "older than 0 days", "2026-08-31"},
		{eligibility.OlderThan(assessed, 365), with(assessed, eligibility.Never()), "fail", "older than 365 days", "never"},
	}
	// What excludes is stricter than the opposite of what admits.
	excluded := map[string]eligibility.Result{"is smb, found SMB": "fail", "is , found ": "unknown", "one of smb, found ": "unknown"}
	for _, test := range tests {
		name := test.wanted + ", found " + test.found
		f := found(t, test.check, test.fact)
		assert.Equal(t, test.result, f.Result, name)
		assert.Equal(t, test.wanted, f.Wanted, name)
		assert.Equal(t, test.found, f.Found, name)
		assert.Empty(t, f.Missing, name)
		assert.Equal(t, "a", f.Rule)
		assert.Equal(t, "The rule a.", f.Doc)

		opposite := map[eligibility.Result]eligibility.Result{"pass": "fail", "fail": "pass"}[test.result]
		if other, ok := excluded[name]; ok {
			opposite = other
		}
		assert.Equal(t, opposite, found(t, eligibility.Not(test.check), test.fact).Result, "not "+name)

		missing := found(t, test.check)
		assert.Equal(t, eligibility.ResultUnknown, missing.Result, name)
		assert.Equal(t, test.wanted, missing.Wanted, name)
		assert.Empty(t, missing.Found, name)
		assert.Len(t, missing.Missing, 1, name)
		assert.Equal(t, eligibility.ResultUnknown, found(t, eligibility.Not(test.check)).Result, "not "+name)
	}
}

func TestMissingNamesTheFact(t *testing.T) {
	assert.Equal(t, []string{"seats"}, found(t, eligibility.AtLeast(seats, 1)).Missing)
	check := eligibility.Any(
		eligibility.AtLeast(seats, 1),
		eligibility.All(eligibility.Is(segment, "smb"), eligibility.AtLeast(rooms, 2)),
		eligibility.AtLeast(seats, 5))
	f := found(t, check, with(segment, "smb"))
	assert.Equal(t, eligibility.ResultUnknown, f.Result)
	assert.Equal(t, []string{"seats", "rooms"}, f.Missing, "in the order of the checks, each once")
	assert.Equal(t, "segment smb", f.Found)
	assert.Equal(t, "any of (seats at least 1; all of (segment is smb; rooms at least 2); seats at least 5)", f.Wanted)
}

func TestCombinedFound(t *testing.T) {
	check := eligibility.All(eligibility.Is(segment, "smb"), eligibility.AtLeast(seats, 5), eligibility.AtMost(seats, 9))
	f := found(t, check, with(segment, "smb"), with(seats, 3))
	assert.Equal(t, eligibility.ResultFail, f.Result)
	assert.Equal(t, "segment smb; seats 3", f.Found, "a fact that two checks read is told once")

	f = found(t, check, with(segment, "large"))
	assert.Equal(t, eligibility.ResultFail, f.Result, "fails whatever the missing fact is")
	assert.Empty(t, f.Missing)
}

func TestWhatIsNoValueIsUnknown(t *testing.T) {
	assert.Equal(t, eligibility.ResultUnknown, found(t, eligibility.Before(assessed, eligibility.DaysAgo(1).OrNever()), with(assessed, eligibility.Date{})).Result)
	assert.Equal(t, eligibility.ResultUnknown, found(t, eligibility.AtLeast(revenue, usd("0")), with(revenue, eligibility.Money{})).Result)
	assert.Equal(t, eligibility.ResultUnknown, found(t, eligibility.AtLeast(revenue, usd("0")), with(revenue, eligibility.Money{Amount: number("5")})).Result)
}

// The day of a decision depends on where the rule set counts days.
func TestTimeZone(t *testing.T) {
	at := time.Date(2026, 9, 1, 23, 30, 0, 0, time.UTC)
	sydney := time.FixedZone("Sydney", 10*60*60)
	check := eligibility.OlderThan(assessed, 1)
	for _, test := range []struct {
		zone   *time.Location
		result eligibility.Result
	}{{nil, "fail"}, {time.UTC, "fail"}, {sydney, "pass"}} {
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "x", Version: "1", TimeZone: test.zone,
			Rules: []eligibility.Rule{rule("a", check)}})
		require.NoError(t, err)
		for _, clock := range []time.Time{at, at.In(sydney)} {
			d, err := set.Decide(facts(with(assessed, day("2026-08-31"))), clock)
			require.NoError(t, err)
			assert.Equal(t, test.result, d.Findings()[0].Result, "%v %v", test.zone, clock)
		}
	}
}

// Comparisons of amounts are those of decimals, at all sizes and exponents.
func TestAmountsCompareExactly(t *testing.T) {
	check := func(a, b int64, exponentA, exponentB int8, bigA, bigB bool) bool {
		x, y := decimal.New(a, int32(exponentA)%24), decimal.New(b, int32(exponentB)%24)
		if bigA {
			x = x.Mul(decimal.New(math.MaxInt64, 5))
		}
		if bigB {
			y = y.Mul(decimal.New(math.MaxInt64, 5))
		}
		order := x.Cmp(y)
		for name, test := range map[string]struct {
			check eligibility.Check
			want  bool
		}{
			"at least": {eligibility.AtLeast(percent, y), order >= 0},
			"at most":  {eligibility.AtMost(percent, y), order <= 0},
			"below":    {eligibility.Below(percent, y), order < 0},
			"is":       {eligibility.Is(percent, y), order == 0},
			"between":  {eligibility.Between(percent, decimal.Min(y, decimal.Zero), decimal.Max(y, decimal.Zero)), x.Cmp(decimal.Min(y, decimal.Zero)) >= 0 && x.Cmp(decimal.Max(y, decimal.Zero)) <= 0},
		} {
			if got := found(t, test.check, with(percent, x)).Result == eligibility.ResultPass; got != test.want {
				t.Logf("%v %s %v: %v", x, name, y, got)
				return false
			}
		}
		m := found(t, eligibility.Below(revenue, eligibility.Money{Amount: y, Currency: "EUR"}), with(revenue, eligibility.Money{Amount: x, Currency: "EUR"}))
		return (m.Result == eligibility.ResultPass) == (order < 0)
	}
	require.NoError(t, quick.Check(check, &quick.Config{MaxCount: 500}))
	// What the random numbers hardly meet: the same value at other exponents.
	for _, same := range [][2]string{{"2500", "2500.00"}, {"0", "0.000"}, {"-1.5", "-1.50"}, {"0.000000000000000000000000000001", "0.0000000000000000000000000000010"}} {
		assert.True(t, check(0, 0, 0, 0, false, false))
		assert.Equal(t, eligibility.ResultPass, found(t, eligibility.Is(percent, number(same[0])), with(percent, number(same[1]))).Result)
		assert.Equal(t, eligibility.ResultFail, found(t, eligibility.Below(percent, number(same[0])), with(percent, number(same[1]))).Result)
	}
}

func TestIntegersCompare(t *testing.T) {
	property := func(v, limit int64) bool {
		pass := func(c eligibility.Check) bool {
			return found(t, c, with(seats, v)).Result == eligibility.ResultPass
		}
		return pass(eligibility.AtLeast(seats, limit)) == (v >= limit) && pass(eligibility.AtMost(seats, limit)) == (v <= limit) &&
			pass(eligibility.Below(seats, limit)) == (v < limit) && pass(eligibility.Is(seats, limit)) == (v == limit) &&
			pass(eligibility.Between(seats, min(limit, 0), max(limit, 0))) == (min(limit, 0) <= v && v <= max(limit, 0))
	}
	require.NoError(t, quick.Check(property, &quick.Config{MaxCount: 200}))
	for _, v := range []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64} {
		for _, limit := range []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64} {
			assert.True(t, property(v, limit), "%d %d", v, limit)
		}
	}
}

func TestDatesCompare(t *testing.T) {
	epoch := day("2026-09-01")
	property := func(offset int16, ago uint16) bool {
		d, limit := epoch.AddDays(int(offset)), epoch.AddDays(-int(ago))
		pass := func(c eligibility.Check) bool {
			return found(t, c, with(assessed, d)).Result == eligibility.ResultPass
		}
		before, after := d.Compare(limit) < 0, d.Compare(limit) > 0
		return pass(eligibility.Before(assessed, eligibility.DaysAgo(int(ago)))) == before &&
			pass(eligibility.Before(assessed, eligibility.On(limit))) == before &&
			pass(eligibility.Before(assessed, eligibility.On(limit).OrNever())) == before &&
			pass(eligibility.OlderThan(assessed, int(ago))) == before &&
			pass(eligibility.After(assessed, eligibility.DaysAgo(int(ago)))) == after &&
			pass(eligibility.After(assessed, eligibility.DaysAgo(int(ago)).OrNever())) == after &&
			pass(eligibility.After(assessed, eligibility.On(limit))) == after
	}
	require.NoError(t, quick.Check(property, &quick.Config{MaxCount: 200}))
}

func TestSpec(t *testing.T) {
	named := eligibility.AtLeast(seats, 5).Named("above", seats, "five")
	tests := []struct {
		check eligibility.Check
		want  eligibility.Spec
		text  string
	}{
		{eligibility.OneOf(segment, "a", "b"), eligibility.Spec{Op: "one of", Fact: "segment", Operand: []any{"a", "b"}}, "segment one of a, b"},
		{eligibility.Between(seats, 1, 2), eligibility.Spec{Op: "between", Fact: "seats", Operand: []any{int64(1), int64(2)}}, "seats between 1 and 2"},
		{eligibility.AtLeast(revenue, usd("1")), eligibility.Spec{Op: "at least", Fact: "revenue", Operand: usd("1")}, "revenue at least 1.00 USD"},
		{eligibility.Is(government, true), eligibility.Spec{Op: "is", Fact: "government", Operand: true}, "government is true"},
		{eligibility.Is(assessed, day("2026-01-01")), eligibility.Spec{Op: "is", Fact: "assessed", Operand: day("2026-01-01")}, "assessed is 2026-01-01"},
		{eligibility.Below(percent, number("4.0")), eligibility.Spec{Op: "below", Fact: "percent", Operand: number("4.0")}, "percent below 4.0"},
		{eligibility.Contains(designations, "x"), eligibility.Spec{Op: "contains", Fact: "designations", Operand: "x"}, "designations contains x"},
		{eligibility.Before(assessed, eligibility.DaysAgo(3)), eligibility.Spec{Op: "before", Fact: "assessed", Operand: eligibility.DaysAgo(3)}, "assessed before 3 days ago"},
		{eligibility.OlderThan(assessed, 3), eligibility.Spec{Op: "older than", Fact: "assessed", Operand: 3}, "assessed older than 3 days"},
		{eligibility.Not(named), eligibility.Spec{Op: "not", Parts: []eligibility.Check{named}}, "not (seats above five)"},
		{named, eligibility.Spec{Op: "above", Fact: "seats", Operand: "five"}, "seats above five"},
		{eligibility.AtLeast(seats, 5).Named("large", nil, "yes"), eligibility.Spec{Op: "large", Operand: "yes"}, "large yes"},
		{eligibility.Func(nil), eligibility.Spec{}, "no check"},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, test.check.Spec())
		assert.Equal(t, test.text, test.check.String())
	}
	f := found(t, named, with(seats, 4))
	assert.Equal(t, "above five", f.Wanted)
	assert.Equal(t, "4", f.Found)
	assert.Len(t, eligibility.AllOps(), 14)
}

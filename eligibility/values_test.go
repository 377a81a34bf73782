package eligibility_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

func refused(t *testing.T, err error, what string) {
	t.Helper()
	var parse *eligibility.ParseError
	require.ErrorAs(t, err, &parse)
	require.ErrorAs(t, err, new(*eligibility.ParseError))
	assert.Equal(t, what, parse.What)
	assert.NotEmpty(t, parse.Problem)
}

func TestParseMoney(t *testing.T) {
	for s, shown := range map[string]string{
		"2500.00 USD": "2500.00 USD", "0 EUR": "0.00 EUR", "-1.5 JPY": "-1.5 JPY", "1.0 JPY": "1 JPY", "1.2300 USD": "1.23 USD", "1.2345 USD": "1.2345 USD",
		"99999999999999999999.99 GBP": "99999999999999999999.99 GBP", "1.0 XXX": "1.0 XXX",
	} {
		m, err := eligibility.ParseMoney(s)
		require.NoError(t, err)
		assert.Equal(t, shown, m.String(), "with the decimals of the currency")
		again, err := eligibility.ParseMoney(shown)
		require.NoError(t, err)
		assert.Equal(t, shown, again.String())
	}
	m := money("2500.00 USD")
	assert.True(t, m.Amount.Equal(decimal.NewFromInt(2500)))
	assert.Equal(t, "USD", m.Currency)
	for _, s := range []string{"", "2500.00", "USD", "2500.00USD", "2500.00  USD", " 1 USD", "1 USD ", "1 usd", "1 US", "1 USDD", "1e3 USD", "+1 USD",
		".5 USD", "5. USD", "1,000 USD", "1.2.3 USD", "-- USD", "- USD", "NaN USD", "1\n USD", "٣ USD", strings.Repeat("9", 65) + " USD", strings.Repeat("9", 64) + " USD"} {
		_, err := eligibility.ParseMoney(s)
		refused(t, err, "money")
	}
}

func TestMoneyText(t *testing.T) {
	for _, m := range []eligibility.Money{{}, usd("1.50"), money("0 EUR")} {
		text, err := m.MarshalText()
		require.NoError(t, err)
		got := usd("9")
		require.NoError(t, got.UnmarshalText(text))
		assert.True(t, m.Equal(got))
	}
	assert.True(t, eligibility.Money{}.IsZero())
	assert.False(t, usd("0").IsZero(), "nothing in dollars is an amount")
	assert.False(t, usd("1").Equal(money("1 EUR")))
	_, err := eligibility.Money{Amount: number("1"), Currency: "dollars"}.MarshalText()
	refused(t, err, "currency")
	m := usd("1")
	refused(t, m.UnmarshalText([]byte("x")), "money")
	assert.Equal(t, usd("1"), m, "unchanged")
}

func TestParseDecimal(t *testing.T) {
	d, err := eligibility.ParseDecimal("-39.90")
	require.NoError(t, err)
	assert.True(t, d.Equal(number("-39.9")))
	for _, s := range []string{"", "1e5", "+1", "1.", ".1", "Inf", "0x1", " 1"} {
		_, err := eligibility.ParseDecimal(s)
		refused(t, err, "decimal")
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-07-01", "0001-01-01", "9999-12-31", "2024-02-29", "1969-12-31", "never"} {
		d, err := eligibility.ParseDate(s)
		require.NoError(t, err)
		assert.Equal(t, s, d.String())
	}
	for _, s := range []string{"", "2026-02-29", "2026-7-1", "0000-01-01", "10000-01-01", "2026-07-01T00:00:00Z", "Never", "01-07-2026"} {
		_, err := eligibility.ParseDate(s)
		refused(t, err, "date")
	}
}

func TestDates(t *testing.T) {
	property := func(seconds int32, days int16) bool {
		at := time.Unix(int64(seconds), 0).UTC()
		d := eligibility.DateOf(at)
		year, month, number := d.Calendar()
		return d.String() == at.Format(time.DateOnly) &&
			time.Date(year, month, number, 0, 0, 0, 0, time.UTC).Equal(at.Truncate(24*time.Hour)) &&
			d.AddDays(int(days)).String() == at.AddDate(0, 0, int(days)).Format(time.DateOnly) &&
			d.AddDays(int(days)).AddDays(-int(days)) == d && d.Compare(d.AddDays(1)) < 0
	}
	require.NoError(t, quick.Check(property, nil))

	late := time.Date(2026, 7, 1, 23, 30, 0, 0, time.FixedZone("", -5*60*60))
	assert.Equal(t, day("2026-07-01"), eligibility.DateOf(late), "in the time's own zone")
	assert.Equal(t, day("2026-07-02"), eligibility.DateOf(late.UTC()))
	assert.True(t, eligibility.DateOf(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero())
	assert.True(t, eligibility.DateOf(time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC)).IsZero())
	assert.Equal(t, day("0001-01-01"), eligibility.DateOf(time.Time{}))
	assert.True(t, day("9999-12-31").AddDays(1).IsZero())
	assert.True(t, day("0001-01-01").AddDays(-1).IsZero())
	assert.True(t, eligibility.Never().AddDays(5).IsNever())
	assert.True(t, eligibility.Date{}.AddDays(5).IsZero())
	for _, d := range []eligibility.Date{{}, eligibility.Never()} {
		_, _, number := d.Calendar()
		assert.Zero(t, number)
	}
	assert.Negative(t, eligibility.Never().Compare(day("0001-01-01")))

	for _, d := range []eligibility.Date{{}, eligibility.Never(), day("2026-07-01")} {
		text, err := d.MarshalText()
		require.NoError(t, err)
		got := day("2000-01-01")
		require.NoError(t, got.UnmarshalText(text))
		assert.Equal(t, d, got)
	}
	d := day("2026-07-01")
	refused(t, d.UnmarshalText([]byte("soon")), "date")
	assert.Equal(t, day("2026-07-01"), d, "unchanged")
}

func TestParseWhen(t *testing.T) {
	for _, s := range []string{"2026-07-01", "365 days ago", "0 days ago", "365 days ago or never", "2026-07-01 or never"} {
		w, err := eligibility.ParseWhen(s)
		require.NoError(t, err)
		assert.Equal(t, s, w.String())
	}
	w, err := eligibility.ParseWhen("365 days ago or never")
	require.NoError(t, err)
	assert.Equal(t, eligibility.DaysAgo(365).OrNever(), w)
	for _, s := range []string{"", "never", "never or never", " or never", "-1 days ago", "+1 days ago", "007 days ago", "1 day ago", "days ago", "1.5 days ago",
		"99999999 days ago", "in 3 days", "365 days", "2026-07-01 or never or never"} {
		_, err := eligibility.ParseWhen(s)
		refused(t, err, "day")
	}
	n, err := eligibility.ParseDays("365 days")
	require.NoError(t, err)
	assert.Equal(t, 365, n)
	for _, s := range []string{"365", "-1 days", "1 day", " days", "01 days", "99999999 days"} {
		_, err := eligibility.ParseDays(s)
		refused(t, err, "number of days")
	}
}

func TestEnums(t *testing.T) {
	for _, o := range append(eligibility.AllOutcomes(), "") {
		var got eligibility.Outcome = "x"
		text, err := o.MarshalText()
		require.NoError(t, err)
		require.NoError(t, got.UnmarshalText(text))
		assert.Equal(t, o, got)
	}
	for _, r := range eligibility.AllResults() {
		var got eligibility.Result
		text, err := r.MarshalText()
		require.NoError(t, err)
		require.NoError(t, got.UnmarshalText(text))
		assert.Equal(t, r, got)
	}
	for _, k := range eligibility.AllKinds() {
		var got eligibility.Kind
		text, err := k.MarshalText()
		require.NoError(t, err)
		require.NoError(t, got.UnmarshalText(text))
		assert.Equal(t, k, got)
		assert.Equal(t, string(k), k.String())
	}
	var o eligibility.Outcome
	var r eligibility.Result
	var k eligibility.Kind
	refused(t, o.UnmarshalText([]byte("Eligible")), "outcome")
	refused(t, r.UnmarshalText([]byte("")), "result")
	refused(t, k.UnmarshalText([]byte("number")), "kind of fact")
	for _, junk := range []any{eligibility.Outcome("x"), eligibility.Result(""), eligibility.Kind("x")} {
		_, err := json.Marshal(junk)
		require.Error(t, err)
	}
}

func TestParseErrorIsShort(t *testing.T) {
	_, err := eligibility.ParseDate(strings.Repeat("x", 5000))
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 300)
}

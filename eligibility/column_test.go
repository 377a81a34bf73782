package eligibility_test

import (
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Amounts and days are written to a column and read from it, the zero value is NULL, and
// what is no value is refused and changes nothing.
func TestColumns(t *testing.T) {
	lisbon := time.FixedZone("WEST", 60*60)
	type column struct {
		text string
		also []any
	}
	for _, c := range []column{
		{"4800.00 EUR", []any{"4800 EUR"}}, {"-0.50 USD", nil}, {"1000 JPY", nil}, {"0.00 USD", []any{"0 USD"}},
	} {
		m, err := eligibility.ParseMoney(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.Value(); err != nil || got != c.text {
			t.Errorf("the column of %s is %#v: %v", m, got, err)
		}
		for _, src := range append(c.also, c.text, []byte(c.text)) {
			var got eligibility.Money
			if err := got.Scan(src); err != nil || !got.Equal(m) {
				t.Errorf("%#v is read as %v: %v", src, got, err)
			}
		}
		for _, src := range []any{"4800.00", "EUR 4800", "junk", 4800.0, int64(4800), true} {
			if err := m.Scan(src); !parseError(err) || m.String() != c.text {
				t.Errorf("%#v is read as %v: %v", src, m, err)
			}
		}
		for _, src := range []any{nil, "", []byte{}} {
			got := m
			if err := got.Scan(src); err != nil || !got.IsZero() {
				t.Errorf("%#v is read as %v: %v", src, got, err)
			}
		}
	}
	for _, c := range []column{
		{"2026-07-01", []any{time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 0, lisbon)}},
		{"0001-01-01", []any{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}}, {"9999-12-31", nil}, {"never", nil},
	} {
		d, err := eligibility.ParseDate(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Value(); err != nil || got != c.text {
			t.Errorf("the column of %s is %#v: %v", d, got, err)
		}
		for _, src := range append(c.also, c.text, []byte(c.text)) {
			var got eligibility.Date
			if err := got.Scan(src); err != nil || got != d {
				t.Errorf("%#v is read as %v: %v", src, got, err)
			}
		}
		for _, src := range []any{
			"2026-02-30", "infinity", "junk", int64(20260701), 1.5,
			time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 1, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		} {
			if err := d.Scan(src); !parseError(err) || d.String() != c.text {
				t.Errorf("%#v is read as %v: %v", src, d, err)
			}
		}
		for _, src := range []any{nil, "", []byte{}} {
			got := d
			if err := got.Scan(src); err != nil || !got.IsZero() {
				t.Errorf("%#v is read as %v: %v", src, got, err)
			}
		}
	}
	if v, err := (eligibility.Money{}).Value(); v != nil || err != nil {
		t.Errorf("the column of no amount is %#v: %v", v, err)
	}
	if v, err := (eligibility.Date{}).Value(); v != nil || err != nil {
		t.Errorf("the column of no date is %#v: %v", v, err)
	}
	if v, err := (eligibility.Money{Currency: "euro"}).Value(); err == nil {
		t.Errorf("an amount without a currency is the column %v", v)
	}
}

func parseError(err error) bool {
	_, ok := errors.AsType[*eligibility.ParseError](err)
	return ok
}

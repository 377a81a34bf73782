package eligibility

import (
	"database/sql/driver"
	"encoding"
	"fmt"
	"time"
)

// Money and Date are columns of databases. The zero value is NULL, in both directions,
// and an empty text is read as it, too, so that neither a pointer nor a sql.Null is
// needed, though both work; a column that is NOT NULL refuses it.

// Value implements [driver.Valuer]: one text with amount and currency, as MarshalText
// writes it, "4800.00 EUR", so that neither gets lost without the other; NULL for the zero
// Money. It is for keeping, not for sums within the database: who wants these keeps
// Amount, which is a column of numbers, and Currency each in its own.
func (m Money) Value() (driver.Value, error) { return column(m) }

// Scan implements sql.Scanner: it reads what [ParseMoney] reads, and NULL as the zero
// Money. Its error is a *ParseError, and leaves m as it was.
func (m *Money) Scan(src any) error { return scan(m, src, "money") }

// Value implements [driver.Valuer]: the day as String writes it, for a column of dates or
// of text; NULL for the zero Date. Never is the text "never", which only a column of text
// takes.
func (d Date) Value() (driver.Value, error) { return column(d) }

// Scan implements sql.Scanner: it reads what [ParseDate] reads, a time at midnight, as
// drivers hand out days, and NULL as the zero Date. A time within a day is refused, since
// which day it is depends on the zone: see [DateOf]. Its error is a *ParseError, and
// leaves d as it was.
func (d *Date) Scan(src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return scan(d, src, "date")
	}
	hour, minute, second := t.Clock()
	day := DateOf(t)
	if hour+minute+second+t.Nanosecond() != 0 || day.IsZero() {
		return &ParseError{What: "date", Text: t.Format(time.RFC3339Nano), Problem: "it is a time within a day, or of a year that has more than four digits: read it as a time, and take its day in the zone that matters"}
	}
	*d = day
	return nil
}

func column(v interface {
	IsZero() bool
	encoding.TextMarshaler
}) (driver.Value, error) {
	if v.IsZero() {
		return nil, nil
	}
	text, err := v.MarshalText()
	return string(text), err
}

func scan(v encoding.TextUnmarshaler, src any, what string) error {
	switch src := src.(type) {
	case nil:
		return v.UnmarshalText(nil)
	case string:
		return v.UnmarshalText([]byte(src))
	case []byte:
		return v.UnmarshalText(src)
	}
	return &ParseError{What: what, Text: fmt.Sprint(src), Problem: "it is read from a column of text"}
}

package eligibility

import (
	"cmp"
	"time"
)

// Date is a civil day, without a time or a zone, from year 1 to 9999.
//
// Two values are not days. The zero Date is no date at all: a fact that is set
// to it stays unknown. [Never] says that something is known not to have
// happened; it is neither before nor after any day, and passes only what says
// so, as [When.OrNever] does.
type Date struct {
	day int32 // 1 is the first of January of year 1; 0 no date; never
}

const (
	never    int32 = -1
	unixDay        = 719163  // 1970-01-01
	lastDay        = 3652059 // 9999-12-31
	dateForm       = time.DateOnly
)

// Never is the Date of what is known not to have happened.
func Never() Date { return Date{day: never} }

// DateOf returns the day that it is at t in t's location, or the zero Date
// outside of the years 1 to 9999.
func DateOf(t time.Time) Date {
	_, offset := t.Zone()
	day := dayNumber(t, offset)
	if day < 1 || day > lastDay {
		return Date{}
	}
	return Date{day: int32(day)}
}

// dayNumber counts as Date.day does, at an offset in seconds east of UTC.
func dayNumber(t time.Time, offset int) int64 {
	const perDay = 24 * 60 * 60
	seconds := t.Unix() + int64(offset)
	day := seconds / perDay
	if seconds%perDay < 0 {
		day--
	}
	return day + unixDay
}

// ParseDate reads a day as RFC 3339 writes it, "2026-07-01", or "never". It
// returns a *ParseError for everything else.
func ParseDate(s string) (Date, error) {
	if s == "never" {
		return Never(), nil
	}
	t, err := time.Parse(dateForm, s)
	if err != nil || t.Year() < 1 {
		return Date{}, &ParseError{What: "date", Text: s, Problem: `write an existing day as year-month-day, as in "2026-07-01", or "never"`}
	}
	return DateOf(t), nil
}

// IsZero reports whether d is no date at all.
func (d Date) IsZero() bool { return d.day == 0 }

// IsNever reports whether d is Never.
func (d Date) IsNever() bool { return d.day == never }

// AddDays returns the day n days later, or earlier if n is negative. Never and
// the zero Date stay what they are; outside of the years 1 to 9999 it returns
// the zero Date.
func (d Date) AddDays(n int) Date {
	if d.day <= 0 {
		return d
	}
	day := int64(d.day) + int64(n)
	if day < 1 || day > lastDay {
		return Date{}
	}
	return Date{day: int32(day)}
}

// Compare orders days; the zero Date and Never come before every day.
func (d Date) Compare(o Date) int { return cmp.Compare(d.day, o.day) }

// String writes d as ParseDate reads it; the zero Date is "".
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.IsNever():
		return "never"
	}
	return d.midnight().Format(dateForm)
}

// Calendar returns the year, the month and the day of d, or zeros for the zero
// Date and Never.
func (d Date) Calendar() (year int, month time.Month, day int) {
	if d.day <= 0 {
		return 0, 0, 0
	}
	return d.midnight().Date()
}

// midnight is when d begins in UTC.
func (d Date) midnight() time.Time {
	return time.Unix((int64(d.day)-unixDay)*24*60*60, 0).UTC()
}

// MarshalText writes what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes. Its error is a *ParseError.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

package eligibility

import (
	"strconv"
	"strings"
)

// When is the day that a check compares with: a fixed one, or one counted back
// from the day of the decision in the rule set's time zone.
type When struct {
	date     Date
	ago      int
	relative bool
	orNever  bool
}

// On is that day, whenever the decision is made.
func On(d Date) When { return When{date: d} }

// DaysAgo is the day so many days before that of the decision.
func DaysAgo(n int) When { return When{ago: n, relative: true} }

// OrNever returns w, which now accepts Never too.
func (w When) OrNever() When {
	w.orNever = true
	return w
}

// ParseWhen reads what When.String writes: "2026-07-01", "365 days ago", and
// either with " or never" behind it. It returns a *ParseError for everything
// else.
func ParseWhen(s string) (When, error) {
	refused := &ParseError{What: "day", Text: s, Problem: `write a day as in "2026-07-01" or "365 days ago", and " or never" behind it if never counts too`}
	day, orNever := strings.CutSuffix(s, " or never")
	w := When{orNever: orNever}
	if ago, ok := strings.CutSuffix(day, " days ago"); ok {
		n, err := ParseDays(ago + " days")
		if err != nil {
			return When{}, refused
		}
		w.ago, w.relative = n, true
		return w, nil
	}
	d, err := ParseDate(day)
	if err != nil || d.IsNever() {
		return When{}, refused
	}
	w.date = d
	return w, nil
}

// String writes w as ParseWhen reads it.
func (w When) String() string {
	s := w.date.String()
	if w.relative {
		s = strconv.Itoa(w.ago) + " days ago"
	}
	if w.orNever {
		s += " or never"
	}
	return s
}

func (w When) valid() bool {
	if w.relative {
		return w.ago >= 0 && w.ago <= lastDay
	}
	return w.date.day > 0
}

// ParseDays reads a number of days, "365 days". It returns a *ParseError for
// everything else.
func ParseDays(s string) (int, error) {
	digits, ok := strings.CutSuffix(s, " days")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n > lastDay || digits != strconv.Itoa(n) || n < 0 {
		return 0, &ParseError{What: "number of days", Text: s, Problem: `write it as in "365 days"`}
	}
	return n, nil
}

// admits reports whether a day that is known is before w, or after it. Never is
// neither, and counts where w says so.
func (w *When) admits(d Date, after bool, today int64) bool {
	day := int64(w.date.day)
	if w.relative {
		day = today - int64(w.ago)
	}
	ok := int64(d.day) < day
	if after {
		ok = int64(d.day) > day
	}
	if d.IsNever() {
		ok = w.orNever
	}
	return ok
}

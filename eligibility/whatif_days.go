package eligibility

import (
	"slices"
	"time"
)

// findDays collects the later days that are looked at.
func (w *search) findDays() {
	last := int64(lastDay)
	switch until := w.opts.Until; {
	case until.IsZero():
	case !until.After(w.decision.At):
		return
	default:
		last = w.set.today(until)
	}
	w.days = w.turns(w.decision.Facts, w.today, last)
	if len(w.days) > mostDays {
		w.leaveOut("later days than the first %d on which a comparison turns", mostDays)
		w.days = w.days[:mostDays]
	}
}

// turns are the days after one at which comparisons that count back from the day of
// the decision can turn, in order: those on which a day that they compare, or that
// stands beside them, comes to be as far back, or is next to that.
func (w *search) turns(facts Facts, after, last int64) []int64 {
	var days []int64
	for _, d := range w.domains {
		at := []int64{1}
		for _, p := range d.points {
			at = append(at, int64(p.day.day))
		}
		if c := &facts.cells[d.slot]; c.known() {
			at = append(at, int64(c.day.day))
		}
		for _, l := range d.lits {
			if !l.dated {
				continue
			}
			for _, n := range at {
				for more := range int64(4) {
					if day := n + l.ago() + more - 1; n > 0 && day > after && day <= last {
						days = append(days, day)
					}
				}
			}
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	return slices.DeleteFunc(days[:min(len(days), mostDays+1)], func(day int64) bool {
		at, ok := w.firstMoment(day)
		return !ok || !w.set.InEffect(at)
	})
}

// firstMoment is when a day begins in the rule set's time zone. Some days do not begin
// at midnight, and a few have been left out.
func (w *search) firstMoment(day int64) (time.Time, bool) {
	y, m, d := Date{int32(day)}.Calendar()
	at := time.Date(y, m, d, 0, 0, 0, 0, w.set.TimeZone())
	for w.set.today(at) < day {
		at = at.Add(time.Hour)
	}
	return at, w.set.today(at) == day
}

package peerbench

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// names are the criteria, in order, and the facts that they are about.
var names = [...]string{"segment", "country", "area", "seats", "users", "revenue", "assessed", "government", "enrolled", "claims"}

// terms are the thresholds and sets as each language writes them: every engine
// compiles them into its criteria once, as the library does.
func terms(t workload.Terms, list func([]string) string) [len(names)]string {
	return [...]string{
		list(t.Segments), list(t.Embargoed), list(t.Areas), fmt.Sprint(t.Seats), fmt.Sprint(t.Users),
		fmt.Sprint(cents(t.Revenue)), fmt.Sprint(dayNumber(eligibility.DateOf(workload.At).AddDays(-t.Days))),
		fmt.Sprint(t.Government), fmt.Sprint(t.Enrolled), fmt.Sprint(t.Claims),
	}
}

// written puts texts between an opening and a closing bracket.
func written(open, end string) func([]string) string {
	return func(texts []string) string {
		quoted := make([]string, len(texts))
		for i, s := range texts {
			quoted[i] = fmt.Sprintf("%q", s)
		}
		return open + strings.Join(quoted, ", ") + end
	}
}

// inBits is an expression that cel-go and expr read alike. It gives a number with a
// bit for each criterion that is not met and, 16 bits further, for each that cannot
// be told; missing writes that a fact is.
func inBits(t workload.Terms, missing func(fact string) string) string {
	operators := [len(names)]string{"in", "in", "in", ">=", ">=", ">=", "<", "==", "==", "<"}
	terms := terms(t, written("[", "]"))
	sum := make([]string, len(names))
	for i, name := range names {
		met, not := 0, 1<<i
		if name == "country" { // must not be in the list
			met, not = not, met
		}
		sum[i] = fmt.Sprintf("(%s ? %d : %s %s %s ? %d : %d)", missing(name), 1<<(16+i), name, operators[i], terms[i], met, not)
	}
	return strings.Join(sum, " + ")
}

func fromBits(n int64) Verdict { return Verdict{uint16(n), uint16(n >> 16)} }

// The peers have neither money nor days of the calendar: amounts become whole
// cents, days become their number.

func cents(m eligibility.Money) int64 {
	if m.Amount.Exponent() == -2 {
		return m.Amount.CoefficientInt64()
	}
	return m.Amount.Shift(2).IntPart()
}

// dayNumber counts days; what has never happened is before all of them.
func dayNumber(d eligibility.Date) int64 {
	if d.IsNever() {
		return -1
	}
	year, month, day := d.Calendar()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

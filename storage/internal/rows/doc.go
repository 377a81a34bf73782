// Package rows is what the relational adapters have in common: rows with one
// field for each column, and how the values of the domain become rows and come
// back. It knows no SQL.
//
// What is queried or constrained is a column of its own; the rest of a value is JSON
// in the column body. Times are microseconds since 1970, because every engine keeps
// those exactly and compares them alike; a place without a deadline has Never. Every
// row says its columns (its Columns function), points to its fields in that order
// (Fields; Values for what they hold), and knows its key and whether another row says
// the same, so that an Apply writes only what has changed (Diff).
//
//   - NewPlan checks Changes as far as that goes without the database, and turns
//     them into rows.
//   - Assemble makes a place of its rows.
//   - A survey's form that the library publishes is in no body but by its name.
//   - OrderOf and Conditions describe what the queries sort and filter by.
//   - Tally counts what an Apply changes in the counts of tabs and statuses.
package rows

import (
	"math"
	"time"
)

// Never is the time of what does not come by itself.
const Never int64 = math.MaxInt64

// Micros returns a time as it is stored. The zero time survives.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time returns a stored time.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// precise returns a time as a store gives it back: the zero time, or one of UTC.
func precise(t time.Time) time.Time { return Time(Micros(t)) }

// orNever returns a deadline as it is stored, Never for the zero time.
func orNever(t time.Time) int64 {
	if t.IsZero() {
		return Never
	}
	return Micros(t)
}

// Values returns what the fields of a row hold, as arguments of a statement.
func Values(fields []any) []any {
	out := make([]any, len(fields))
	for i, f := range fields {
		switch f := f.(type) {
		case *string:
			out[i] = *f
		case *int64:
			out[i] = *f
		case *bool:
			out[i] = *f
		case *[]byte:
			if *f != nil { // or it would be an empty one in some drivers
				out[i] = *f
			}
		case **string:
			if *f != nil {
				out[i] = **f
			}
		}
	}
	return out
}

package postgres

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A statement that reads rows of several kinds, so that all are of one state and
// come in one trip, has columns of every type for them: first the kind, then so
// many of each type as the widest of its kinds has. A row uses the first ones of
// each.
type layout struct {
	widths [len(casts)]int // by casts
}

var casts = [...]string{"text", "bigint", "boolean", "bytea", "smallint"}

func castAt(field any) int { return slices.Index(casts[:], typeOf(field)) }

// newLayout returns the layout for rows with these fields.
func newLayout(kinds ...[]any) layout {
	var l layout
	for _, fields := range kinds {
		var n [len(casts)]int
		for _, f := range fields {
			n[castAt(f)]++
		}
		for i := range n {
			l.widths[i] = max(l.widths[i], n[i])
		}
	}
	return l
}

// selected returns a SELECT of one kind of row without its FROM: columns are what
// its fields are read from.
func (l layout) selected(kind byte, columns []string, fields []any) string {
	var used [len(casts)][]string
	for i, f := range fields {
		used[castAt(f)] = append(used[castAt(f)], columns[i])
	}
	var b strings.Builder
	b.WriteString("SELECT '" + string(kind) + "'::text")
	for i, cast := range casts {
		for n := range l.widths[i] {
			if n < len(used[i]) {
				b.WriteString(", " + used[i][n])
			} else {
				b.WriteString(", NULL::" + cast)
			}
		}
	}
	return b.String()
}

// targets returns where the columns of a row go; nil for those that it does not
// use.
func (l layout) targets(fields []any) []any {
	var at [len(casts)]int
	width := 1
	for i, n := range l.widths {
		at[i] = width
		width += n
	}
	out := make([]any, width)
	for _, f := range fields {
		i := castAt(f)
		out[at[i]] = f
		at[i]++
	}
	return out
}

// selecting returns such a SELECT of the rows t of a shape.
func selecting[R any](l layout, kind byte, shape shape[R]) string {
	return l.selected(kind, prefixed("t", shape.columns), shape.fields(new(R)))
}

func prefixed(name string, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = name + `."` + c + `"`
	}
	return out
}

// kindOf returns the kind of the row that has been read: a text is the same in both
// formats of the protocol.
func kindOf(r pgx.Rows) byte { return r.RawValues()[0][0] }

// reader reads rows of one kind. Where they go is found out once.
type reader[R any] struct {
	rows []R
	next R
	into []any
}

func (d *reader[R]) read(l layout, r pgx.Rows, shape shape[R]) error {
	if d.into == nil {
		d.into = l.targets(shape.fields(&d.next))
	}
	err := r.Scan(d.into...)
	d.rows = append(d.rows, d.next)
	return err
}

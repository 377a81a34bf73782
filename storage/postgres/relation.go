package postgres

import (
	"strconv"
	"strings"
)

// shape is how a kind of row is given to a statement: the names of its columns,
// and where their values are.
type shape[R any] struct {
	columns []string
	fields  func(*R) []any
	arrays  bool // rows come as arrays, however few they are
}

// few is up to how many rows a statement names one by one. Then the planner knows
// how many there are without looking at the arguments, and keeps its plan. More
// rows come as one array for each column.
const few = 4

// arguments are those of a statement that is being written.
type arguments []any

// add returns the text that stands for a value.
func (a *arguments) add(value any, cast string) string {
	*a = append(*a, value)
	return "$" + strconv.Itoa(len(*a)) + "::" + cast
}

// relation returns a common table expression that holds these rows.
func relation[R any](a *arguments, name string, s shape[R], list []R) string {
	text := relationText(name, s, len(list), len(*a))
	*a = append(*a, given(s, list)...)
	return text
}

// relationText returns a common table expression for n rows, the arguments of
// which come behind so many others.
func relationText[R any](name string, s shape[R], n, behind int) string {
	head := name + "(" + quoted(s.columns) + ") AS ("
	if 0 < n && n <= few && !s.arrays {
		return head + valuesText(s, n, behind) + ")"
	}
	return head + "SELECT * FROM unnest(" + arraysText(s, behind) + "))"
}

// arraysText returns what stands for the columns of rows that are given as arrays.
func arraysText[R any](s shape[R], behind int) string {
	var columns []string
	for i, kind := range s.fields(new(R)) {
		columns = append(columns, "$"+strconv.Itoa(behind+i+1)+"::"+typeOf(kind)+"[]")
	}
	return strings.Join(columns, ", ")
}

// valuesText returns the list of n rows.
func valuesText[R any](s shape[R], n, behind int) string {
	var b strings.Builder
	kinds := s.fields(new(R))
	for i := range n {
		b.WriteString([]string{"VALUES (", ", ("}[min(i, 1)])
		for c, kind := range kinds {
			if c > 0 {
				b.WriteString(", ")
			}
			b.WriteString("$" + strconv.Itoa(behind+i*len(kinds)+c+1) + "::" + typeOf(kind))
		}
		b.WriteString(")")
	}
	return b.String()
}

// marks returns what stands for the columns of a row that is given as the
// arguments of a statement, from one column to before another.
func marks[R any](s shape[R], from, to int) string {
	var out []string
	for i, kind := range s.fields(new(R))[from:to] {
		out = append(out, "$"+strconv.Itoa(from+i+1)+"::"+typeOf(kind))
	}
	return strings.Join(out, ", ")
}

// given returns the arguments that such a list has.
func given[R any](s shape[R], list []R) []any {
	var out []any
	if n := len(list); 0 < n && n <= few && !s.arrays {
		for i := range list {
			out = append(out, valuesOf(s.fields(&list[i]))...)
		}
		return out
	}
	kinds := s.fields(new(R))
	values := make([][]any, len(list))
	for i := range list {
		values[i] = s.fields(&list[i])
	}
	for c, kind := range kinds {
		out = append(out, array(kind, values, c))
	}
	return out
}

// typeOf returns the type of the column that a field is for.
func typeOf(field any) string {
	switch field.(type) {
	case *int64, **int64:
		return "bigint"
	case *int16:
		return "smallint"
	case *bool:
		return "boolean"
	case *[]byte:
		return "bytea"
	}
	return "text"
}

// valuesOf returns what the fields of a row hold, as arguments of a statement.
func valuesOf(fields []any) []any {
	out := make([]any, len(fields))
	for i, f := range fields {
		switch f := f.(type) {
		case *string:
			out[i] = *f
		case *int64:
			out[i] = *f
		case *int16:
			out[i] = *f
		case *bool:
			out[i] = *f
		case *[]byte:
			if *f != nil { // or it would be an empty one
				out[i] = *f
			}
		case **string:
			if *f != nil {
				out[i] = **f
			}
		case **int64:
			if *f != nil {
				out[i] = **f
			}
		}
	}
	return out
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// array returns one column of many rows.
func array(kind any, values [][]any, c int) any {
	switch kind.(type) {
	case *int64:
		return column[int64](values, c)
	case **int64:
		return column[*int64](values, c)
	case *int16:
		return column[int16](values, c)
	case *bool:
		return column[bool](values, c)
	case *[]byte:
		return column[[]byte](values, c)
	case **string:
		return column[*string](values, c)
	}
	return column[string](values, c)
}

func column[V any](values [][]any, c int) []V {
	out := make([]V, len(values))
	for i := range values {
		out[i] = *values[i][c].(*V)
	}
	return out
}

// quoted returns the names of columns as a statement lists them.
func quoted(columns []string) string { return `"` + strings.Join(columns, `", "`) + `"` }

// of returns the columns of the table or the rows with that name.
func of(name string, columns []string) string {
	return name + `."` + strings.Join(columns, `", `+name+`."`) + `"`
}

// alike returns the condition that two rows agree in these columns.
func alike(a, b string, columns ...string) string {
	var out []string
	for _, c := range columns {
		out = append(out, a+`."`+c+`" = `+b+`."`+c+`"`)
	}
	return strings.Join(out, " AND ")
}

package postgres

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// A statement that reads rows of several kinds, so that all are of one state and
// come in one trip, has columns of every type for them: first the kind, then so
// many of each type as the widest of its kinds has. A row uses the first ones of
// each.
type layout struct {
	widths [4]int // by casts
}

var casts = []string{"text", "bigint", "boolean", "bytea"}

// newLayout returns the layout for rows with these fields.
func newLayout(kinds ...[]any) layout {
	var l layout
	for _, fields := range kinds {
		var n [4]int
		for _, f := range fields {
			n[slices.Index(casts, typeOf(f))]++
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
	used := map[string][]string{}
	for i, f := range fields {
		used[typeOf(f)] = append(used[typeOf(f)], columns[i])
	}
	var b strings.Builder
	b.WriteString("SELECT '" + string(kind) + "'::text")
	for i, cast := range casts {
		for n := range l.widths[i] {
			if n < len(used[cast]) {
				b.WriteString(", " + used[cast][n])
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
	var at [4]int
	width := 1
	for i, n := range l.widths {
		at[i] = width
		width += n
	}
	out := make([]any, width)
	for _, f := range fields {
		i := slices.Index(casts, typeOf(f))
		out[at[i]] = f
		at[i]++
	}
	return out
}

// The kinds of row.
const (
	kindPlace    = 'p'
	kindRow      = 'r' // an entry of a page with its place
	kindEntry    = 'e'
	kindCustomer = 'c'
	kindCommand  = 'k'
	kindFound    = 'f'
	kindOverdue  = 'o'
	kindCount    = 'n'
	kindSending  = 's'
)

var (
	loading = newLayout(new(whole).fields(), new(rows.Entry).Fields(), new(rows.Customer).Fields(), new(rows.Command).Fields(), new(found).fields(), new(rows.Sending).Fields(), new(count).fields())
	paging  = newLayout(new(shown).fields(), new(whole).fields(), new(overdue).fields(), new(count).fields())
)

// whole is a place with one of its standings and one participation of that, as far
// as there are any: a place comes in as many of them as it takes.
type whole struct {
	place         rows.Place
	standing      rows.Standing
	participation rows.Participation
}

func (r *whole) fields() []any {
	p := &r.participation
	return append(r.place.Fields(), &r.standing.Partner, &r.standing.Known, &r.standing.Body, &p.ID, &p.Ordinal, &p.Status, &p.Open, &p.Holding, &p.Body)
}

// wholeColumns are where they are read from: t is the place.
var wholeColumns = append(prefixed("t", rows.PlaceColumns()),
	"coalesce(s.partner, '')", "coalesce(s.known, false)", "coalesce(s.body, '')",
	"coalesce(p.id, '')", "coalesce(p.ordinal, 0)", "coalesce(p.status, '')", "coalesce(p.open, false)", "coalesce(p.holding, false)", "coalesce(p.body, '')")

// shown is an entry of a page with a whole of its place.
type shown struct {
	entry rows.Entry
	whole whole
}

func (r *shown) fields() []any { return append(r.entry.Fields(), r.whole.fields()...) }

var shownColumns = append(prefixed("k", rows.EntryColumns()), wholeColumns...)

// found is the participation that was looked for.
type found struct{ Partner, ID, Engagement, Customer string }

var foundColumns = []string{"partner", "id", "engagement", "customer"}

func (r *found) fields() []any { return []any{&r.Partner, &r.ID, &r.Engagement, &r.Customer} }

// overdue is an entry of a place that is due.
type overdue struct{ Engagement, Customer, Name string }

func (r *overdue) fields() []any { return []any{&r.Engagement, &r.Customer, &r.Name} }

// count is how many entries there are of something.
type count struct {
	Name string
	N    int64
}

func (r *count) fields() []any { return []any{&r.Name, &r.N} }

// bundle is what such a statement found.
type bundle struct {
	layout
	places    map[engagement.PlaceKey]*rows.PlaceRows
	customers []rows.Customer
	command   *rows.Command
	found     *found
	entries   []rows.Entry // of a page in order, or of the places
	overdue   []overdue
	counts    []count
	sendings  []rows.Sending

	// The next row of the kinds of which there are many, and where it is read to:
	// to find that out anew for each row takes longer than to read it.
	next shown
	into map[byte][]any

	// The entry of a page through which the place of the next row comes: of the
	// others with the same place no row says more.
	through map[engagement.PlaceKey]int
}

func newBundle(l layout) *bundle {
	return &bundle{layout: l, places: map[engagement.PlaceKey]*rows.PlaceRows{}, into: map[byte][]any{}}
}

// add takes one row of the statement.
func (b *bundle) add(r pgx.Rows) error {
	switch kind := r.RawValues()[0][0]; kind { // a text is the same in both formats of the protocol
	case kindPlace:
		if err := b.scan(r, kind, b.next.whole.fields); err != nil {
			return err
		}
		b.addWhole(b.next.whole)
		return nil
	case kindRow:
		if err := b.scan(r, kind, b.next.fields); err != nil {
			return err
		}
		b.addShown(b.next)
		return nil
	case kindEntry:
		if err := b.scan(r, kind, b.next.entry.Fields); err != nil {
			return err
		}
		b.entries = append(b.entries, b.next.entry)
		return nil
	case kindOverdue:
		return scanned(b, r, &b.overdue, (*overdue).fields)
	case kindCount:
		return scanned(b, r, &b.counts, (*count).fields)
	case kindSending:
		return scanned(b, r, &b.sendings, (*rows.Sending).Fields)
	case kindCustomer:
		return scanned(b, r, &b.customers, (*rows.Customer).Fields)
	case kindCommand:
		b.command = new(rows.Command)
		return r.Scan(b.targets(b.command.Fields())...)
	case kindFound:
		b.found = new(found)
		return r.Scan(b.targets(b.found.fields())...)
	default:
		return plain("a row of the unknown kind %q", kind)
	}
}

func (b *bundle) scan(r pgx.Rows, kind byte, fields func() []any) error {
	if b.into[kind] == nil {
		b.into[kind] = b.targets(fields())
	}
	return r.Scan(b.into[kind]...)
}

func scanned[R any](b *bundle, r pgx.Rows, list *[]R, fields func(*R) []any) error {
	var row R
	if err := r.Scan(b.targets(fields(&row))...); err != nil {
		return err
	}
	*list = append(*list, row)
	return nil
}

// addWhole adds to a place what a row says of it.
func (b *bundle) addWhole(w whole) {
	key := w.place.Key()
	pl := b.places[key]
	if pl == nil {
		pl = &rows.PlaceRows{Place: w.place}
		b.places[key] = pl
	}
	if w.standing.Partner == "" {
		return
	}
	w.standing.Engagement, w.standing.Customer = w.place.Engagement, w.place.Customer
	if !slices.ContainsFunc(pl.Standings, w.standing.SameKey) {
		pl.Standings = append(pl.Standings, w.standing)
	}
	if w.participation.ID == "" {
		return
	}
	p := &w.participation
	p.Engagement, p.Customer, p.Partner = w.place.Engagement, w.place.Customer, w.standing.Partner
	pl.Participations = append(pl.Participations, *p)
}

// addShown adds an entry, unless it is the one before again, and what the row says
// of its place.
func (b *bundle) addShown(r shown) {
	if n := len(b.entries); n == 0 || !b.entries[n-1].SameKey(r.entry) {
		b.entries = append(b.entries, r.entry)
	}
	if b.through == nil {
		b.through = map[engagement.PlaceKey]int{}
	}
	key, at := r.whole.place.Key(), len(b.entries)
	if first, there := b.through[key]; there && first != at {
		return
	}
	b.through[key] = at
	b.addWhole(r.whole)
}

// placesInto adds the places that were found.
func (b *bundle) placesInto(out map[engagement.PlaceKey]engagement.Place) error {
	for key, r := range b.places {
		if len(r.Standings) > 1 {
			slices.SortFunc(r.Standings, func(x, y rows.Standing) int { return cmp.Compare(x.Partner, y.Partner) })
		}
		if len(r.Participations) > 1 {
			slices.SortFunc(r.Participations, func(x, y rows.Participation) int {
				return cmp.Or(cmp.Compare(x.Partner, y.Partner), cmp.Compare(x.Ordinal, y.Ordinal))
			})
		}
		pl, err := rows.Assemble(r.Place, r.Standings, r.Participations)
		if err != nil {
			return fmt.Errorf("place %v: %w", key, err)
		}
		out[key] = pl
	}
	return nil
}

// wholes returns the part of a statement that reads the places, t, with the keys
// in such a relation, k, and what is in them.
func (s *Store) wholes(keys string) string {
	return s.each(keys, "place", "t", "engagement", "customer") +
		s.belongings("standing", "s", "t", "engagement", "customer") +
		s.belongings("participation", "p", "s", "engagement", "customer", "partner")
}

// each returns the part of a statement that looks up rows of a table for each of
// the keys. OFFSET 0 keeps the planner from reading the whole table instead, which
// it finds cheaper for as long as that is small.
func (s *Store) each(keys, table, name string, columns ...string) string {
	return " FROM " + keys + " k CROSS JOIN LATERAL (SELECT * FROM " + s.in + table + " x WHERE " + alike("x", "k", columns...) + " OFFSET 0) " + name
}

// belongings does the same for what is there of each row, or is not.
func (s *Store) belongings(table, name, of string, columns ...string) string {
	return " LEFT JOIN LATERAL (SELECT * FROM " + s.in + table + " x WHERE " + alike("x", of, columns...) + " OFFSET 0) " + name + " ON true"
}

func prefixed(name string, columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = name + `."` + c + `"`
	}
	return out
}

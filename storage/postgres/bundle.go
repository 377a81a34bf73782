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
// many of each type. A row uses the first ones of each.
var spread = []struct {
	cast string
	n    int
}{{"text", 12}, {"bigint", 7}, {"boolean", 2}, {"bytea", 2}}

const spreadWidth = 1 + 12 + 7 + 2 + 2

// The kinds of row.
const (
	kindPlace         = "p"
	kindStanding      = "s"
	kindParticipation = "a"
	kindCustomer      = "c"
	kindCommand       = "k"
	kindFound         = "f"
	kindEntry         = "e"
	kindOverdue       = "o"
	kindCount         = "n"
)

// selected returns a SELECT of one kind of row without its FROM.
func selected(kind, name string, columns []string, fields []any) string {
	used := map[string][]string{}
	for i, f := range fields {
		cast := typeOf(f)
		used[cast] = append(used[cast], name+`."`+columns[i]+`"`)
	}
	var b strings.Builder
	b.WriteString("SELECT '" + kind + "'::text")
	for _, s := range spread {
		for i := range s.n {
			if i < len(used[s.cast]) {
				b.WriteString(", " + used[s.cast][i])
			} else {
				b.WriteString(", NULL::" + s.cast)
			}
		}
	}
	return b.String()
}

// targets returns where the columns of a row go; nil for those that it does not
// use.
func targets(fields []any) []any {
	out := make([]any, spreadWidth)
	for _, f := range fields {
		at := 1
		for _, s := range spread {
			if s.cast == typeOf(f) {
				break
			}
			at += s.n
		}
		for out[at] != nil {
			at++
		}
		out[at] = f
	}
	return out
}

// bundle is what such a statement found.
type bundle struct {
	places         []rows.Place
	standings      map[engagement.PlaceKey][]rows.Standing
	participations map[engagement.PlaceKey][]rows.Participation
	customers      []rows.Customer
	command        *rows.Command
	found          *found
	entries        []rows.Entry // in order
	overdue        []overdue
	counts         []count

	// Where the next row of each kind is read to: to find that out anew for each
	// row takes longer than to read it.
	next struct {
		place         *rows.Place
		standing      *rows.Standing
		participation *rows.Participation
		entry         *rows.Entry
		overdue       *overdue
	}
	into map[byte][]any
}

// found is the participation that was looked for.
type found struct{ Partner, ID, Engagement, Customer string }

var foundColumns = []string{"partner", "id", "engagement", "customer"}

func (r *found) Fields() []any { return []any{&r.Partner, &r.ID, &r.Engagement, &r.Customer} }

// overdue is an entry of a place that is due.
type overdue struct{ Engagement, Customer, Name string }

func (r *overdue) Fields() []any { return []any{&r.Engagement, &r.Customer, &r.Name} }

// count is how many entries there are of something.
type count struct {
	Name string
	N    int64
}

func (r *count) Fields() []any { return []any{&r.Name, &r.N} }

func newBundle() *bundle {
	b := &bundle{
		standings:      map[engagement.PlaceKey][]rows.Standing{},
		participations: map[engagement.PlaceKey][]rows.Participation{},
	}
	n := &b.next
	n.place, n.standing, n.participation, n.entry, n.overdue = new(rows.Place), new(rows.Standing), new(rows.Participation), new(rows.Entry), new(overdue)
	b.into = map[byte][]any{
		kindPlace[0]: targets(n.place.Fields()), kindStanding[0]: targets(n.standing.Fields()),
		kindParticipation[0]: targets(n.participation.Fields()), kindEntry[0]: targets(n.entry.Fields()), kindOverdue[0]: targets(n.overdue.Fields()),
	}
	return b
}

// add takes one row of the statement.
func (b *bundle) add(r pgx.Rows) error {
	kind := r.RawValues()[0][0] // a text is the same in both formats of the protocol
	if into := b.into[kind]; into != nil {
		if err := r.Scan(into...); err != nil {
			return err
		}
	}
	switch n := &b.next; string(kind) {
	case kindPlace:
		b.places = append(b.places, *n.place)
	case kindStanding:
		key := keyOf(n.standing.Engagement, n.standing.Customer)
		b.standings[key] = append(b.standings[key], *n.standing)
	case kindParticipation:
		key := keyOf(n.participation.Engagement, n.participation.Customer)
		b.participations[key] = append(b.participations[key], *n.participation)
	case kindEntry:
		b.entries = append(b.entries, *n.entry)
	case kindOverdue:
		b.overdue = append(b.overdue, *n.overdue)
	case kindCount:
		var c count
		if err := r.Scan(targets(c.Fields())...); err != nil {
			return err
		}
		b.counts = append(b.counts, c)
	case kindCustomer:
		var c rows.Customer
		if err := r.Scan(targets(c.Fields())...); err != nil {
			return err
		}
		b.customers = append(b.customers, c)
	case kindCommand:
		b.command = new(rows.Command)
		return r.Scan(targets(b.command.Fields())...)
	case kindFound:
		b.found = new(found)
		return r.Scan(targets(b.found.Fields())...)
	default:
		return plain("a row of the unknown kind %q", kind)
	}
	return nil
}

// into adds the places that were found.
func (b *bundle) placesInto(out map[engagement.PlaceKey]engagement.Place) error {
	for _, row := range b.places {
		key := row.Key()
		slices.SortFunc(b.standings[key], func(x, y rows.Standing) int { return cmp.Compare(x.Partner, y.Partner) })
		slices.SortFunc(b.participations[key], func(x, y rows.Participation) int {
			return cmp.Or(cmp.Compare(x.Partner, y.Partner), cmp.Compare(x.Ordinal, y.Ordinal))
		})
		pl, err := rows.Assemble(row, b.standings[key], b.participations[key])
		if err != nil {
			return fmt.Errorf("place %v: %w", key, err)
		}
		out[key] = pl
	}
	return nil
}

// placeBranches are the parts of a statement that read the places with the keys
// in the common table expression keys.
func (s *Store) placeBranches() []string {
	return []string{
		selected(kindPlace, "t", rows.PlaceColumns(), new(rows.Place).Fields()) + s.each("keys", "place", "engagement", "customer"),
		selected(kindStanding, "t", rows.StandingColumns(), new(rows.Standing).Fields()) + s.each("keys", "standing", "engagement", "customer"),
		selected(kindParticipation, "t", rows.ParticipationColumns(), new(rows.Participation).Fields()) + s.each("keys", "participation", "engagement", "customer"),
	}
}

// each returns the part of a statement that looks up rows of a table, named t, for
// each of the keys. OFFSET 0 keeps the planner from reading the whole table
// instead, which it finds cheaper for as long as that is small.
func (s *Store) each(keys, table string, columns ...string) string {
	return " FROM " + keys + " k CROSS JOIN LATERAL (SELECT * FROM " + s.in + table + " t WHERE " + alike("t", "k", columns...) + " OFFSET 0) t"
}

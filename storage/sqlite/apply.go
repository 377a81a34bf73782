package sqlite

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// insert returns the statement for a row.
func insert(table string, columns []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks(len(columns)) + ")"
}

// update returns the statement that sets columns of the row with a key.
func update(table string, columns, key []string) string {
	return "UPDATE " + table + " SET " + strings.Join(columns, " = ?, ") + " = ?" + where(key)
}

func where(key []string) string { return " WHERE " + strings.Join(key, " = ? AND ") + " = ?" }

// keyLast returns the values of a row as such an update wants them.
func keyLast(fields []any, key int) []any {
	v := rows.Values(fields)
	return append(v[key:len(v):len(v)], v[:key]...)
}

var (
	insertPlace = insert("pe_place", rows.PlaceColumns()) + " ON CONFLICT DO NOTHING"
	updatePlace = update("pe_place", rows.PlaceColumns()[2:], rows.PlaceColumns()[:2]) + " AND version = ?"

	insertCustomer = insert("pe_customer", rows.CustomerColumns()) + " ON CONFLICT DO NOTHING"
	updateCustomer = update("pe_customer", rows.CustomerColumns()[2:], rows.CustomerColumns()[:2]) + " AND seq = ?"
	selectHead     = `SELECT ` + listed(rows.CustomerColumns()) + ` FROM pe_customer t WHERE partner = ? AND customer = ?`

	insertEvent   = insert("pe_event", rows.EventColumns())
	eraseEvent    = `UPDATE pe_event SET person = NULL WHERE partner = ? AND customer = ? AND seq = ? AND hash = ?`
	insertToken   = insert("pe_token", rows.TokenColumns())
	insertCommand = insert("pe_command", rows.CommandColumns()) + " ON CONFLICT DO NOTHING"
)

// The values of counts follow, for as many as change.
const (
	addToTabs     = `INSERT INTO pe_tab_count (partner, engagement, tab, entries) VALUES `
	addToStatuses = `INSERT INTO pe_status_count (partner, status, participations) VALUES `
	orCountOn     = ` ON CONFLICT DO UPDATE SET `
)

// table is what a kind of row is written with.
type table[R any] struct {
	name                   string
	columns                []string
	key                    int // how many of the columns
	fields                 func(*R) []any
	stored, insert, remove string
}

func newTable[R any](name string, columns []string, key int, fields func(*R) []any) table[R] {
	return table[R]{
		name: name, columns: columns, key: key, fields: fields,
		stored: "SELECT " + listed(columns) + " FROM " + name + " t WHERE engagement = ? AND customer = ?",
		insert: insert(name, columns), remove: "DELETE FROM " + name + where(columns[:key]),
	}
}

var (
	standings      = newTable("pe_standing", rows.StandingColumns(), 3, (*rows.Standing).Fields)
	participations = newTable("pe_participation", rows.ParticipationColumns(), 4, (*rows.Participation).Fields)
	entries        = newTable("pe_entry", rows.EntryColumns(), 4, (*rows.Entry).Fields)
)

// Apply implements storage.Store.
func (s *Store) Apply(ctx context.Context, c storage.Changes) error {
	plan, err := rows.NewPlan(c)
	if err != nil {
		return err
	}
	return s.write(ctx, "apply changes", func(se *session) error { return se.apply(plan) })
}

// apply makes the changes. What others can have been faster at comes first, so
// that it is told as a conflict whatever else is wrong.
func (s *session) apply(p rows.Plan) error {
	for i := range p.Places {
		if err := s.guardPlace(&p.Places[i].Place); err != nil {
			return err
		}
	}
	for i := range p.Customers {
		if err := s.guardCustomer(&p.Customers[i]); err != nil {
			return err
		}
	}
	if p.Command != nil {
		n, err := s.exec(insertCommand, rows.Values(p.Command.Fields())...)
		if err != nil {
			return err
		}
		if n == 0 {
			return conflict("the command's key is not new")
		}
	}
	var tally rows.Tally
	for i := range p.Places {
		if err := s.putRows(&p.Places[i], &tally); err != nil {
			return err
		}
	}
	if err := s.count(&tally); err != nil {
		return err
	}
	for _, c := range p.Customers {
		for i := range c.Events {
			if _, err := s.exec(insertEvent, rows.Values(c.Events[i].Fields())...); err != nil {
				return err
			}
		}
	}
	for _, e := range p.Erased {
		n, err := s.exec(eraseEvent, e.Partner, e.Customer, e.Seq, e.Hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return invalid("event %d to be erased is not the stored one", e.Seq)
		}
	}
	for i := range p.Tokens {
		if _, err := s.exec(insertToken, rows.Values(p.Tokens[i].Fields())...); errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY) {
			return conflict("a token is there already")
		} else if err != nil {
			return err
		}
	}
	if err := s.applySendings(p); err != nil {
		return err
	}
	return s.applyMessages(p)
}

// guardPlace writes the row of a place unless it has another version.
func (s *session) guardPlace(row *rows.Place) error {
	var n int64
	var err error
	if row.Version == 1 {
		n, err = s.exec(insertPlace, rows.Values(row.Fields())...)
	} else {
		n, err = s.exec(updatePlace, append(keyLast(row.Fields(), 2), row.Version-1)...)
	}
	if err == nil && n == 0 {
		err = conflict("a place is not at version %d any more", row.Version-1)
	}
	return err
}

// guardCustomer writes the row of a customer unless its history ends elsewhere.
func (s *session) guardCustomer(c *rows.CustomerRows) error {
	row := &c.Customer
	if len(c.Events) == 0 {
		stored, err := collect(s, (*rows.Customer).Fields, selectHead, row.Partner, row.Customer)
		if err != nil {
			return err
		}
		stored = append(stored, rows.Customer{})
		if stored[0].Seq == row.Seq && string(stored[0].Hash) != string(row.Hash) {
			return invalid("a customer's history ends with another hash than its events")
		}
	}
	var n int64
	var err error
	if c.Before() == 0 { // most are new
		n, err = s.exec(insertCustomer, rows.Values(row.Fields())...)
	}
	if err == nil && n == 0 {
		n, err = s.exec(updateCustomer, append(keyLast(row.Fields(), 2), c.Before())...)
	}
	if err == nil && n == 0 {
		err = conflict("a history does not end at event %d any more", c.Before())
	}
	return err
}

// putRows writes what of a place has changed. What makes room, of a claim limit
// or for another open participation, comes before what takes it.
func (s *session) putRows(p *rows.PlaceRows, tally *rows.Tally) error {
	var had rows.PlaceRows
	if p.Place.Version > 1 {
		var err error
		if had.Standings, err = stored(s, standings, p.Place); err != nil {
			return err
		}
		if had.Participations, err = stored(s, participations, p.Place); err != nil {
			return err
		}
		if had.Entries, err = stored(s, entries, p.Place); err != nil {
			return err
		}
	}
	slices.SortStableFunc(p.Participations, func(a, b rows.Participation) int { return weight(a) - weight(b) })
	parts := rows.NewDiff(had.Participations, p.Participations)
	people := rows.NewDiff(had.Standings, p.Standings)
	list := rows.NewDiff(had.Entries, p.Entries)
	tally.Replace(had.Entries, p.Entries)
	for _, step := range []func() error{
		func() error { return drop(s, participations, parts.Gone) },
		func() error { return drop(s, standings, people.Gone) },
		func() error { return change(s, standings, people) },
		func() error { return add(s, standings, people.New) },
		func() error { return change(s, participations, parts) },
		func() error { return add(s, participations, parts.New) },
		func() error { return drop(s, entries, list.Gone) },
		func() error { return change(s, entries, list) },
		func() error { return add(s, entries, list.New) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// weight is how much room a participation takes.
func weight(p rows.Participation) int {
	n := 0
	if p.Open {
		n++
	}
	if p.Holding {
		n++
	}
	return n
}

func stored[R any](s *session, t table[R], at rows.Place) ([]R, error) {
	return collect(s, t.fields, t.stored, at.Engagement, at.Customer)
}

func (s *session) storedEntries(at rows.Place) ([]rows.Entry, error) { return stored(s, entries, at) }

func add[R any](s *session, t table[R], list []R) error {
	for i := range list {
		if _, err := s.exec(t.insert, rows.Values(t.fields(&list[i]))...); err != nil {
			return err
		}
	}
	return nil
}

// change sets what differs, and nothing else: an index on a column that is set is
// written, whether or not the column changes.
func change[R any](s *session, t table[R], d rows.Diff[R]) error {
	for i := range d.Changed {
		next, was := rows.Values(t.fields(&d.Changed[i])), rows.Values(t.fields(&d.Was[i]))
		var columns []string
		var args []any
		for c := t.key; c < len(next); c++ {
			if next[c] != was[c] {
				columns, args = append(columns, t.columns[c]), append(args, next[c])
			}
		}
		if _, err := s.exec(update(t.name, columns, t.columns[:t.key]), append(args, next[:t.key]...)...); err != nil {
			return err
		}
	}
	return nil
}

func drop[R any](s *session, t table[R], list []R) error {
	for i := range list {
		if _, err := s.exec(t.remove, rows.Values(t.fields(&list[i])[:t.key])...); err != nil {
			return err
		}
	}
	return nil
}

// everyPartner stands for all of them together where participations are counted.
const everyPartner = ""

// count adds to what is kept of how many entries there are.
func (s *session) count(tally *rows.Tally) error {
	var args []any
	for _, d := range tally.Tabs() {
		args = append(args, d.Partner, d.Engagement, d.Tab, d.N)
	}
	if err := s.addTo(addToTabs, 4, args, "entries = entries + excluded.entries"); err != nil {
		return err
	}
	args = nil
	all := map[string]int64{}
	for _, d := range tally.Statuses() {
		args = append(args, d.Partner, d.Status, d.N)
		all[d.Status] += d.N
	}
	for status, n := range all {
		args = append(args, everyPartner, status, n)
	}
	return s.addTo(addToStatuses, 3, args, "participations = participations + excluded.participations")
}

// addTo changes counts, in lots that keep the statement short.
func (s *session) addTo(query string, columns int, args []any, sum string) error {
	const lot = 8
	one := "(" + marks(columns) + ")"
	for len(args) > 0 {
		n := min(len(args)/columns, lot)
		if _, err := s.exec(query+one+strings.Repeat(", "+one, n-1)+orCountOn+sum, args[:n*columns]...); err != nil {
			return err
		}
		args = args[n*columns:]
	}
	return nil
}

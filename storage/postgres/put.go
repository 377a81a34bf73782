package postgres

import (
	"slices"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// table is where a kind of row is kept.
type table[R rows.Row[R]] struct {
	name    string
	key     int // how many of the columns, the first ones
	shape   shape[R]
	refused error // what a key that is there already comes to; nil: ErrInvalid
}

var (
	standingTable      = table[rows.Standing]{"standing", 3, standings, nil}
	participationTable = table[rows.Participation]{"participation", 4, participations, errElsewhere}
	entryTable         = table[rows.Entry]{"entry", 4, entries, nil}
)

// putRows writes what places have: all of it for those that are fresh, what has
// changed for those whose rows are remembered. The others are compared in the
// database.
func (s *applying) putRows(fresh, known []rows.PlaceRows) {
	var compared []rows.PlaceRows
	var changed []difference
	var tally rows.Tally
	for _, pl := range known {
		if had, ok := s.recent.take(pl.Place.Key(), pl.Place.Version-1); ok && len(known) <= few {
			changed = append(changed, newDifference(had, pl))
			tally.Replace(had.Entries, pl.Entries)
		} else {
			compared = append(compared, pl)
		}
	}
	all := together(fresh)
	tally.Replace(nil, all.Entries)
	s.putCompared(compared)
	s.count(&tally)
	for _, d := range changed {
		d.put(s)
	}
	insertRows(s, standingTable, all.Standings)
	insertRows(s, participationTable, all.Participations)
	insertRows(s, entryTable, all.Entries)
}

// together returns the rows that are in places.
func together(list []rows.PlaceRows) rows.PlaceRows {
	var all rows.PlaceRows
	for _, pl := range list {
		all.Standings = append(all.Standings, pl.Standings...)
		all.Participations = append(all.Participations, pl.Participations...)
		all.Entries = append(all.Entries, pl.Entries...)
	}
	closedFirst(all.Participations)
	return all
}

// closedFirst puts what makes room for another open participation before what
// takes it.
func closedFirst(list []rows.Participation) {
	slices.SortStableFunc(list, func(a, b rows.Participation) int {
		switch {
		case a.Open == b.Open:
			return 0
		case b.Open:
			return -1
		}
		return 1
	})
}

// difference is what turns the rows of a place into others.
type difference struct {
	standings      rows.Diff[rows.Standing]
	participations rows.Diff[rows.Participation]
	entries        rows.Diff[rows.Entry]
}

func newDifference(had, next rows.PlaceRows) difference {
	d := difference{
		rows.NewDiff(had.Standings, next.Standings),
		rows.NewDiff(had.Participations, next.Participations),
		rows.NewDiff(had.Entries, next.Entries),
	}
	closedFirst(d.participations.Changed)
	return d
}

// put writes the difference, so that no row is at any time without what it refers
// to.
func (d difference) put(s *applying) {
	deleteRows(s, participationTable, d.participations.Gone)
	deleteRows(s, standingTable, d.standings.Gone)
	updateRows(s, standingTable, d.standings.Changed)
	insertRows(s, standingTable, d.standings.New)
	updateRows(s, participationTable, d.participations.Changed)
	insertRows(s, participationTable, d.participations.New)
	deleteRows(s, entryTable, d.entries.Gone)
	updateRows(s, entryTable, d.entries.Changed)
	insertRows(s, entryTable, d.entries.New)
}

func updateRows[R rows.Row[R]](s *applying, t table[R], list []R) {
	for i := range list {
		s.known(t.refused, textKey{what: "update " + t.name, rows: 1}, given(t.shape, list[i:i+1]), func() string {
			columns := t.shape.columns
			return "UPDATE " + s.in + t.name + " SET (" + quoted(columns[t.key:]) + ") = ROW (" + marks(t.shape, t.key, len(columns)) + ")" + t.keyed()
		})
	}
}

func deleteRows[R rows.Row[R]](s *applying, t table[R], list []R) {
	for i := range list {
		s.known(nil, textKey{what: "delete " + t.name, rows: 1}, given(t.shape, list[i:i+1])[:t.key], func() string {
			return "DELETE FROM " + s.in + t.name + t.keyed()
		})
	}
}

// keyed is the condition that a row has the key which the first arguments are.
func (t table[R]) keyed() string {
	var out []string
	for i, kind := range t.shape.fields(new(R))[:t.key] {
		out = append(out, `"`+t.shape.columns[i]+`" = $`+strconv.Itoa(i+1)+"::"+typeOf(kind))
	}
	return " WHERE " + strings.Join(out, " AND ")
}

func insertRows[R rows.Row[R]](s *applying, t table[R], list []R) {
	insert(s, t.name, t.shape, list, t.refused)
}

// insert adds rows to a table.
func insert[R any](s *applying, table string, shape shape[R], list []R, refused error) {
	n := len(list)
	head := func() string { return " INSERT INTO " + s.in + table + " (" + quoted(shape.columns) + ") " }
	switch {
	case n == 0:
	case n <= few:
		s.known(refused, textKey{what: "insert " + table, rows: n}, given(shape, list), func() string { return head() + valuesText(shape, n, 0) })
	default:
		s.then(refused, func(a *arguments) string { return "WITH " + relation(a, "v", shape, list) + head() + "SELECT * FROM v" })
	}
}

// putCompared writes what places have, and removes what they have no more, whatever
// that is.
func (s *applying) putCompared(list []rows.PlaceRows) {
	if len(list) == 0 {
		return
	}
	var keys []pair
	for _, pl := range list {
		keys = append(keys, placePair(pl.Place.Key()))
	}
	all := together(list)
	var tally rows.Tally
	tally.Replace(nil, all.Entries)
	s.countCompared(keys, &tally)
	s.dropOthers(keys, all)
	upsert(s, standingTable, all.Standings)
	upsert(s, participationTable, all.Participations)
	upsert(s, entryTable, all.Entries)
}

// upsert adds rows to a table, or changes those with the same key unless they are
// the same.
func upsert[R rows.Row[R]](s *applying, t table[R], list []R) {
	if len(list) == 0 {
		return
	}
	columns := t.shape.columns
	rest := columns[t.key:]
	s.then(t.refused, func(a *arguments) string {
		return "WITH " + relation(a, "v", t.shape, list) + " INSERT INTO " + s.in + t.name + " AS t (" + quoted(columns) + ") SELECT * FROM v" +
			" ON CONFLICT (" + quoted(columns[:t.key]) + ") DO UPDATE SET (" + quoted(rest) + ") = ROW (" + of("excluded", rest) + ")" +
			" WHERE (" + of("t", rest) + ") IS DISTINCT FROM (" + of("excluded", rest) + ")"
	})
}

// dropOthers removes what places have no more. Everything goes at once, so that no
// row is left without what it refers to.
func (s *applying) dropOthers(keys []pair, all rows.PlaceRows) {
	s.then(nil, func(a *arguments) string {
		remove := func(table, left string, key []string) string {
			return "DELETE FROM " + s.in + table + " t USING k WHERE " + alike("t", "k", "engagement", "customer") +
				" AND NOT EXISTS (SELECT 1 FROM " + left + " WHERE " + alike("t", left, key...) + ")"
		}
		return "WITH " + strings.Join([]string{
			relation(a, "k", placeKeys, keys),
			relation(a, "e", entryKeys, all.Entries), relation(a, "p", partKeys, all.Participations), relation(a, "s", standingKeys, all.Standings),
			"entries AS (" + remove("entry", "e", entryKeys.columns) + ")",
			"participations AS (" + remove("participation", "p", partKeys.columns) + ")",
		}, ", ") + " " + remove("standing", "s", standingKeys.columns)
	})
}

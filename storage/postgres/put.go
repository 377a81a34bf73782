package postgres

import (
	"slices"
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

// putRows writes what places have. What those have that are not fresh is compared in
// the database with what is stored: nothing is remembered of it, since after a
// failover to a server that lagged behind the same version can be another state.
func (s *applying) putRows(fresh, known []rows.PlaceRows) {
	all := gathered(fresh)
	var tally rows.Tally
	tally.Replace(nil, all.Entries)
	s.putCompared(known)
	s.count(&tally)
	insert(s, standingTable.name, standings, all.Standings, standingTable.refused)
	insert(s, participationTable.name, participations, all.Participations, participationTable.refused)
	insert(s, entryTable.name, entries, all.Entries, entryTable.refused)
}

// gathered returns the rows that are in places.
func gathered(list []rows.PlaceRows) rows.PlaceRows {
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
	all := gathered(list)
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

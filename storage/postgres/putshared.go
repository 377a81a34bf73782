package postgres

import (
	"hash/fnv"
	"slices"
	"strings"
)

// guarded completes a statement whose last common table expression is changed, with a
// row for everything that was found as it should be: there have to be so many.
func guarded(a *arguments, n int) string {
	return " SELECT 1 / (CASE WHEN count(*) = " + a.add(n, "bigint") + " THEN 1 ELSE 0 END) FROM changed"
}

// guardedOne does so for one row.
const guardedOne = " SELECT 1 / count(*) FROM changed"

// lockAbsent makes those wait for each other who rely on that nobody takes part, and
// who are the first to do so: there is no row yet that both could lock. The locks are
// of slots, and end with the transaction.
func (s *applying) lockAbsent(p *plan) {
	var first, none []int32
	for _, v := range p.shared {
		switch {
		case v.relied && v.row.Version == 0:
			none = append(none, int32(v.row.Slot))
		case !v.relied && v.row.Version == 1:
			first = append(first, int32(v.row.Slot))
		}
	}
	if s.tx != nil {
		return // which takes the key instead, see guardShared
	}
	lock := func(name string, slots []int32) {
		if len(slots) == 0 {
			return
		}
		slices.Sort(slots)
		s.known(nil, textKey{what: name}, []any{s.lockSpace(), slices.Compact(slots)}, func() string {
			return "SELECT " + name + "($1::integer, s) FROM unnest($2::integer[]) s"
		})
	}
	lock("pg_advisory_xact_lock", first)
	lock("pg_advisory_xact_lock_shared", none)
}

// oneSlot reports whether all rows are in one slot: a statement that says so touches one
// part of the table, whatever the engine knows of the rows.
func oneSlot[R any](rows []R, slot func(R) int16) bool {
	return !slices.ContainsFunc(rows, func(r R) bool { return slot(r) != slot(rows[0]) })
}

// lockSpace keeps the locks of stores in one database apart.
func (s *Store) lockSpace() int32 { return s.space("slot") }

func (s *Store) shardSpace() int32 { return s.space("shard") }

func (s *Store) space(of string) int32 {
	h := fnv.New32a()
	h.Write([]byte("partnerengage " + of + " " + s.schema))
	return int32(h.Sum32())
}

var sharedKeys = shape[sharedRow]{sharedRows.columns[:4], func(r *sharedRow) []any { return r.fields()[:4] }, false}

// guardShared writes what is shared, and holds what is relied on, unless it has another
// version.
func (s *applying) guardShared(p *plan) {
	var absent, held []sharedRow
	several := 0
	for _, v := range p.shared {
		if v.relied && v.row.Version > 0 {
			several++
		}
	}
	for _, v := range p.shared {
		one := []sharedRow{v.row}
		switch {
		case v.relied && v.row.Version == 0:
			absent = append(absent, v.row)
		case v.relied && several > few:
			held = append(held, v.row)
		case v.relied:
			s.known(errSharedChanged, textKey{what: "rely on shared"}, given(sharedKeys, one), func() string {
				return "WITH changed AS (SELECT 1 FROM " + s.in + "shared WHERE slot = $1::smallint AND engagement = $2::text AND customer = $3::text AND version = $4::bigint FOR SHARE)" + guardedOne
			})
		case v.row.Version == 1:
			s.known(errSharedChanged, textKey{what: "insert shared"}, given(sharedRows, one), func() string {
				return "INSERT INTO " + s.in + "shared (" + quoted(sharedRows.columns) + ", room) VALUES (" + marks(sharedRows, 0, len(sharedRows.columns)) + ", greatest($5::bigint, 1))"
			})
		default:
			s.known(errSharedChanged, textKey{what: "update shared"}, given(sharedRows, one), func() string {
				n := len(sharedRows.columns)
				return "WITH changed AS (UPDATE " + s.in + "shared SET (" + quoted(sharedRows.columns[3:]) + ", room) = ROW (" + marks(sharedRows, 3, n) + ", greatest($5::bigint, 1, granted))" +
					" WHERE slot = $1::smallint AND engagement = $2::text AND customer = $3::text AND version = $4::bigint - 1 RETURNING 1)" + guardedOne
			})
		}
	}
	if len(held) > 0 {
		s.then(errSharedChanged, func(a *arguments) string {
			return "WITH " + relation(a, "v", sharedKeys, held) + ", changed AS (SELECT 1 FROM v JOIN " + s.in + "shared t ON " + alike("t", "v", sharedKeys.columns...) +
				" ORDER BY t.engagement, t.customer FOR SHARE OF t)" + guarded(a, len(held))
		})
	}
	if len(absent) == 0 {
		return
	}
	keys := shape[sharedRow]{sharedRows.columns[:3], func(r *sharedRow) []any { return r.fields()[:3] }, false}
	one := oneSlot(absent, func(r sharedRow) int16 { return r.Slot })
	args := given(keys, absent)
	if one && len(absent) > few {
		args = append(args, absent[0].Slot)
	}
	s.known(errSharedChanged, textKey{what: "no shared", rows: min(len(absent), few+1), flags: [2]bool{one}}, args, func() string {
		var there []string
		if len(absent) > few {
			where := " WHERE true"
			if one {
				where += " AND t.slot = $" + itoa(int64(len(args))) + "::smallint"
			}
			there = []string{"EXISTS (SELECT 1 FROM unnest(" + arraysText(keys, 0) + ") v(" + quoted(keys.columns) + ") JOIN " + s.in + "shared t ON " + alike("t", "v", keys.columns...) + where + ")"}
		} else {
			for i := range absent {
				n := 3 * i
				there = append(there, "EXISTS (SELECT 1 FROM "+s.in+"shared WHERE slot = $"+itoa(int64(n+1))+"::smallint AND engagement = $"+itoa(int64(n+2))+"::text AND customer = $"+itoa(int64(n+3))+"::text)")
			}
		}
		return "SELECT 1 / (CASE WHEN " + strings.Join(there, " OR ") + " THEN 0 ELSE 1 END)"
	})
	if s.tx != nil { // at some isolation levels it does not see what was committed since it began, but meets it so
		s.holdAbsent(absent)
	}
}

// holdAbsent puts rows in and takes them out again, so that nobody else can put them in
// before the transaction ends.
func (s *applying) holdAbsent(absent []sharedRow) {
	for i := range absent {
		absent[i].Version = 1
	}
	s.then(errSharedChanged, func(a *arguments) string {
		return "WITH " + relation(a, "v", sharedRows, absent) + " INSERT INTO " + s.in + "shared (" + quoted(sharedRows.columns) + ", room) SELECT v.*, 1 FROM v"
	})
	s.then(nil, func(a *arguments) string {
		return "WITH " + relation(a, "v", sharedKeys, absent) + " DELETE FROM " + s.in + "shared t USING v WHERE " + alike("t", "v", sharedKeys.columns...)
	})
}

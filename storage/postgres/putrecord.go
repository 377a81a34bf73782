package postgres

import (
	"cmp"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/storage"
)

// putRecords writes records with their entries and participations, unless a record has
// another version, and brings the entries of others in line with what is shared. Of
// those that are merely known many at once are written by one statement.
func (s *applying) putRecords(p *plan) {
	rooms := map[string]*sharedPlan{}
	alone := map[string]int{}
	place := func(r *entryRow) string { return r.Engagement + "\x00" + r.Customer }
	for i := range p.shared {
		if v := &p.shared[i]; v.room != nil {
			rooms[v.row.Engagement+"\x00"+v.row.Customer] = v
		}
	}
	for i := range p.records {
		alone[place(&p.records[i].own)]++
	}
	var fresh, known []entryRow
	for i := range p.records {
		r := &p.records[i]
		room := rooms[place(&r.own)]
		if alone[place(&r.own)] > 1 {
			room = nil
		}
		if len(p.records) > few && room == nil && len(r.put)+len(r.other) == 0 {
			if *r.own.Version == 1 {
				fresh = append(fresh, r.own)
			} else {
				known = append(known, r.own)
			}
			continue
		}
		s.putRecord(r, room) // first, as it has the guard: of two that add a participation at once the later one is told of a conflict
		s.putParticipations(r.participations)
	}
	s.putFresh(fresh)
	s.putKnown(known)
	for i := range p.shared {
		if v := &p.shared[i]; v.room != nil && !v.told {
			s.putRoom(v, p.records)
		}
	}
}

// putRecord writes a record with its own entry and those of its participations, and
// brings others in line with the room there is where that changes.
func (s *applying) putRecord(r *recordPlan, room *sharedPlan) {
	fresh := *r.own.Version == 1
	rows := append([]entryRow{r.own}, r.put...)
	var args []any
	for i := range rows {
		args = append(args, valuesOf(rows[i].fields())...)
	}
	n := len(args)
	if room != nil {
		room.told = true
		args = append(append(args, room.room.args()...), r.given())
	}
	key := textKey{what: "put a record" + s.shard, rows: len(r.put), flags: [2]bool{fresh, room != nil}}
	s.known(errRecordChanged, key, args, func() string {
		text, guard, from := s.ownText(fresh), guardedOne, []string{"changed"}
		if len(r.put) > 0 {
			text, guard = s.rowsText(len(rows)), s.rowsGuard(len(rows))
		}
		text = "WITH changed AS (" + text + "), "
		if room != nil {
			text += "lined AS (" + s.inLine(n, "t.partner = $4::text AND t.participation = ANY ($"+itoa(int64(n+roomArgs+1))+"::text[])") + "), "
			from = append(from, "lined")
		}
		return text + s.counted(cmp.Or(s.shard, slotShard), len(r.put) > 0, from...) + guard
	})
	for i := range r.other {
		s.putOther(&r.other[i])
	}
}

// given are the participations whose entries are, and "" for that of the record.
func (r *recordPlan) given() []string {
	out := []string{""}
	for i := range r.put {
		out = append(out, r.put[i].Participation)
	}
	for i := range r.other {
		out = append(out, r.other[i].Participation)
	}
	return out
}

// ownText returns the statement that writes a record's own entry, whose fields are the
// first arguments.
func (s *Store) ownText(fresh bool) string {
	n := len(entryRows.columns)
	if fresh {
		return "INSERT INTO " + s.in + "entry AS t (" + quoted(entryRows.columns) + ") VALUES (" + marks(entryRows, 0, n) + ")" + returning
	}
	version := slices.Index(entryRows.columns, "version")
	return "UPDATE " + s.in + "entry AS t SET (" + quoted(entryRows.columns[entryKey:]) + ") = ROW (" + marks(entryRows, entryKey, n) + "), was = " + wasBefore +
		" WHERE " + keyed(entryRows, entryKey) + " AND t.version = " + marks(entryRows, version, version+1) + " - 1" + returning
}

// rowsText returns the statement that writes a record's own entry, unless it has another
// version, and those of participations: one statement opens the table's many indexes once.
func (s *Store) rowsText(n int) string {
	rest := entryRows.columns[entryKey:]
	return "INSERT INTO " + s.in + "entry AS t (" + quoted(entryRows.columns) + ") " + valuesText(entryRows, n, 0) +
		" ON CONFLICT (" + quoted(entryRows.columns[:entryKey]) + ") DO UPDATE SET (" + quoted(rest) + ") = ROW (" + of("excluded", rest) + "), was = " + wasBefore +
		" WHERE t.participation <> '' OR t.version = excluded.version - 1" + returning + ", t.version"
}

// rowsGuard completes that statement: all n have to be written, and a record that has a
// version before this one has to have been there, which is what was tells.
func (s *Store) rowsGuard(n int) string {
	return " SELECT 1 / (CASE WHEN count(*) FILTER (WHERE version IS NULL OR version = 1 OR was IS NOT NULL) = " + itoa(int64(n)) + " THEN 1 ELSE 0 END) FROM changed"
}

// keyed is the condition that a row t has the key which the first arguments are.
func keyed[R any](shape shape[R], n int) string {
	var out []string
	for i, kind := range shape.fields(new(R))[:n] {
		out = append(out, `t."`+shape.columns[i]+`" = $`+itoa(int64(i+1))+"::"+typeOf(kind))
	}
	return strings.Join(out, " AND ")
}

// otherRows are entries without what is a record's, and without when a participation
// has something to record.
var otherRows = shape[entryRow]{
	slices.Concat(entryRows.columns[:entryWake], entryRows.columns[entryWake+3:]),
	func(r *entryRow) []any {
		all := r.fields()
		return slices.Concat(all[:entryWake], all[entryWake+3:])
	}, false,
}

// putOther writes the entry of a participation that does not change.
func (s *applying) putOther(r *entryRow) {
	s.known(errNotThere, textKey{what: "put an entry" + s.shard}, given(otherRows, []entryRow{*r}), func() string {
		return "WITH own AS (UPDATE " + s.in + "entry AS t SET (" + quoted(otherRows.columns[entryKey:]) + ") = ROW (" + marks(otherRows, entryKey, len(otherRows.columns)) + "), was = " + wasBefore +
			" WHERE " + keyed(otherRows, entryKey) + returning + "), " + s.counted(cmp.Or(s.shard, slotShard), true, "own") + " SELECT 1 / count(*) FROM own"
	})
}

// putFresh writes many new records.
func (s *applying) putFresh(list []entryRow) {
	if len(list) == 0 {
		return
	}
	args := append(given(many(entryRows), list), len(list))
	s.known(errRecordChanged, textKey{what: "put new records"}, args, func() string {
		return "WITH " + relationText("v", many(entryRows), few+1, 0) + ", own AS (INSERT INTO " + s.in + "entry AS t (" + quoted(entryRows.columns) + ") SELECT * FROM v" + returning + "), " +
			s.counted(slotShard, false, "own") + s.all()
	})
}

// putKnown writes many records that are there.
func (s *applying) putKnown(list []entryRow) {
	if len(list) == 0 {
		return
	}
	args := append(given(many(entryRows), list), len(list))
	one := oneSlot(list, func(r entryRow) int16 { return r.Slot })
	where := ""
	if one {
		args = append(args, list[0].Slot)
		where = " AND t.slot = $" + itoa(int64(len(args))) + "::smallint"
	}
	s.known(errRecordChanged, textKey{what: "put known records", flags: [2]bool{one}}, args, func() string {
		rest := entryRows.columns[entryKey:]
		return "WITH " + relationText("v", many(entryRows), few+1, 0) + ", own AS (UPDATE " + s.in + "entry AS t SET (" + quoted(rest) + ") = ROW (" + of("v", rest) + "), was = " + wasBefore +
			" FROM v WHERE " + alike("t", "v", entryRows.columns[:entryKey]...) + " AND t.version = v.version - 1" + where + returning + "), " +
			s.counted(slotShard, false, "own") + s.all()
	})
}

// all completes such a statement: all have to be written. Their number is the argument
// behind the columns.
func (s *Store) all() string {
	return " SELECT 1 / (CASE WHEN count(*) = $" + itoa(int64(len(entryRows.columns)+1)) + "::bigint THEN 1 ELSE 0 END) FROM own"
}

// many returns the shape for rows that are given as arrays, however few they are.
func many[R any](s shape[R]) shape[R] {
	s.arrays = true
	return s
}

// putRoom brings others in line where a record's statement has not done so.
func (s *applying) putRoom(v *sharedPlan, records []recordPlan) {
	var partners, participations []string
	for i := range records {
		if r := &records[i]; r.own.Engagement == v.row.Engagement && r.own.Customer == v.row.Customer {
			for _, id := range r.given() {
				partners, participations = append(partners, r.own.Partner), append(participations, id)
			}
		}
	}
	if partners == nil {
		partners, participations = []string{}, []string{}
	}
	args := append(append([]any{v.row.Slot, v.row.Engagement, v.row.Customer}, v.room.args()...), partners, participations)
	s.known(nil, textKey{what: "bring in line" + s.shard}, args, func() string {
		n := int64(3 + roomArgs)
		given := "EXISTS (SELECT 1 FROM unnest($" + itoa(n+1) + "::text[], $" + itoa(n+2) + "::text[]) k(partner, participation) WHERE k.partner = t.partner AND k.participation = t.participation)"
		return "WITH lined AS (" + s.inLine(3, given) + "), " + s.counted(cmp.Or(s.shard, slotShard), false, "lined") + " SELECT 1"
	})
}

// putParticipations writes participations, unless they are another record's.
func (s *applying) putParticipations(list []participationRow) {
	for i := range list {
		r := list[i : i+1]
		if !r[0].Slotted { // its key alone does not tell whether it is in another slot
			args := append(given(participationRows, r)[:5], int16(storage.SlotIn(r[0].ID)))
			s.known(errElsewhere, textKey{what: "participation elsewhere"}, args, func() string {
				elsewhere := func(where string) string {
					return "EXISTS (SELECT 1 FROM " + s.in + "participation WHERE partner = $2::text AND id = $3::text AND " + where +
						" AND (slot, engagement, customer) <> ($1::smallint, $4::text, $5::text))"
				}
				return "SELECT 1 / (CASE WHEN " + elsewhere("NOT slotted") + " OR " + elsewhere("slot = $6::smallint") + " THEN 0 ELSE 1 END)"
			})
		}
		s.known(errElsewhere, textKey{what: "put a participation"}, given(participationRows, r), func() string {
			columns := participationRows.columns
			return "WITH changed AS (INSERT INTO " + s.in + "participation AS t (" + quoted(columns) + ") " + valuesText(participationRows, 1, 0) +
				" ON CONFLICT (slot, partner, id) DO UPDATE SET search = excluded.search, live = excluded.live, body = excluded.body" +
				" WHERE t.engagement = excluded.engagement AND t.customer = excluded.customer RETURNING 1)" + guardedOne
		})
	}
}

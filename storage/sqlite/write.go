package sqlite

import (
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

var (
	selectEntries = `SELECT ` + storedColumns + ` FROM json_each(?) k CROSS JOIN pe_entry t INDEXED BY pe_entry_key
		ON t.customer = k.value ->> 0 AND t.engagement = k.value ->> 1 AND t.partner = k.value ->> 2 AND t.row = k.value ->> 3`
	// Without what they show: it is not needed to bring them in line, and takes long.
	selectMinding = strings.TrimSuffix(`SELECT `+storedColumns, "t.shown") + `NULL FROM pe_entry t INDEXED BY pe_entry_room
		WHERE customer = ? AND engagement = ? AND minds_room = 1`
)

const selectVersions = `SELECT t.engagement, t.customer, t.partner, t.version FROM json_each(?) k CROSS JOIN pe_entry t INDEXED BY pe_entry_key
	ON t.customer = k.value ->> 0 AND t.engagement = k.value ->> 1 AND t.partner = k.value ->> 2 AND t.row = k.value ->> 0`

// guardRecords returns ErrConflict unless the records have the versions that something
// was decided on.
func (s *session) guardRecords(list []engagement.PartnerRecord) error {
	if len(list) == 0 {
		return nil
	}
	keys := keyList(list, func(r engagement.PartnerRecord) []string { return recordParts(r.Key) })
	found, err := collect(s, (*ownRow).versionFields, selectVersions, keys)
	if err != nil {
		return err
	}
	stored := make(map[engagement.RecordKey]int64, len(found))
	for _, r := range found {
		stored[r.key()] = r.version
	}
	for _, r := range list {
		if stored[r.Key] != r.Version {
			return conflict("a record is not at version %d any more", r.Version)
		}
	}
	return nil
}

// column is one of the columns of an entry that stands in an index. To set it writes
// the index, whether or not it changes, so only what changes is set.
type column struct {
	name  string
	value func(*entryRow) any
}

var indexed = []column{
	{"tab", func(r *entryRow) any { return r.tab }},
	{"rank", func(r *entryRow) any { return r.rank }},
	{"name", func(r *entryRow) any { return r.name }},
	{"since", func(r *entryRow) any { return r.since }},
	{"soonest", func(r *entryRow) any { return r.soonest }},
	{"amount", func(r *entryRow) any { return r.amount }},
	{"until", func(r *entryRow) any { return null(r.until) }},
	{"minds_room", func(r *entryRow) any { return r.mindsRoom }},
}

var others = []column{
	{"base", func(r *entryRow) any {
		if r.base == r.tab {
			return nil
		}
		return r.base
	}},
	{"type", func(r *entryRow) any { return r.kind }},
	{"status", func(r *entryRow) any { return r.status }},
	{"search", func(r *entryRow) any { return r.search }},
	{"locations", func(r *entryRow) any { return nullText(r.locations) }},
	{"due", func(r *entryRow) any { return null(r.due) }},
	{"figures", func(r *entryRow) any { return nullText(r.figures) }},
	{"room", func(r *entryRow) any { return blob(r.room) }},
	{"shown", func(r *entryRow) any { return r.shown }},
}

var insertEntry = func() string {
	names := []string{"customer", "engagement", "partner", "row", "participation"}
	for _, c := range append(indexed[:len(indexed):len(indexed)], others...) {
		names = append(names, c.name)
	}
	names = append(names, "version", "record")
	return "INSERT INTO pe_entry (" + strings.Join(names, ", ") + ") VALUES (" + marks(len(names)) + ")"
}()

// entries is what an Apply makes of entries.
type entries struct {
	*session
	tally tally
	sums  sums
	words words
	had   map[entryKey]entryRow // those that are there of the given ones
}

type entryKey struct {
	record engagement.RecordKey
	row    engagement.RowID
}

// find looks for the entries that are replaced. Of a record that is new there are none.
func (w *entries) find(c storage.Changes) error {
	isNew := make(map[engagement.RecordKey]bool, len(c.Records))
	for _, r := range c.Records {
		isNew[r.Key] = r.Version == 0
	}
	var list []engagement.Entry
	for _, e := range c.Entries {
		if !isNew[e.Record] {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil
	}
	keys := make([][]string, len(list))
	for i, e := range list {
		keys[i] = append(recordParts(e.Record), string(e.Row))
	}
	found, err := collect(w.session, (*entryRow).storedFields, selectEntries, jsonText(keys))
	w.had = make(map[entryKey]entryRow, len(found))
	for _, r := range found {
		w.had[entryKey{r.record(), engagement.RowID(r.row)}] = r
	}
	return err
}

// put writes an entry, with the record where it is that of one.
func (w *entries) put(next entryRow, own *ownRow) error {
	had, is := w.had[entryKey{next.record(), engagement.RowID(next.row)}]
	w.tally.replace(had, next)
	w.sums.replace(had, next)
	w.words.replace(had, next)
	if !is {
		args := []any{next.customer, next.engagement, next.partner, next.row, next.participation}
		for _, c := range append(indexed[:len(indexed):len(indexed)], others...) {
			args = append(args, c.value(&next))
		}
		_, err := w.exec(insertEntry, append(args, own.args()...)...)
		return err
	}
	set, args := changes(&had, &next)
	for _, c := range others {
		set, args = append(set, c.name+" = ?"), append(args, c.value(&next))
	}
	if own != nil {
		set, args = append(set, "version = ?, record = ?"), append(args, own.args()...)
	}
	return w.update(had.id, set, args)
}

// changes returns what is to be set of the columns that stand in an index.
func changes(had, next *entryRow) (set []string, args []any) {
	for _, c := range indexed {
		if v := c.value(next); v != c.value(had) {
			set, args = append(set, c.name+" = ?"), append(args, v)
		}
	}
	return set, args
}

func (w *entries) update(id int64, set []string, args []any) error {
	_, err := w.exec("UPDATE pe_entry SET "+strings.Join(set, ", ")+" WHERE rowid = ?", append(args, id)...)
	return err
}

// bringInLine changes the entries that mind the room, but for the given ones, into
// what they become by what is shared now.
func (w *entries) bringInLine(c storage.Changes, shared engagement.CustomerEngagement) error {
	minding, err := collect(w.session, (*entryRow).storedFields, selectMinding, string(shared.Key.Customer), string(shared.Key.Engagement))
	if err != nil {
		return err
	}
	given := make(map[entryKey]bool, len(c.Entries))
	for _, e := range c.Entries {
		given[entryKey{e.Record, e.Row}] = true
	}
	for _, had := range minding {
		was := had.ordered()
		if given[entryKey{was.Record, was.Row}] {
			continue
		}
		was.Room, err = roomOf(had.room) // one that cannot be read is replaced
		e, changed := c.InLine(was, shared)
		if err == nil && !changed {
			continue
		}
		next := had
		next.tab, next.until = string(e.Tab), moment(e.Until)
		if next.room, err = roomBytes(e.Room); err != nil {
			return err
		}
		w.tally.replace(had, next)
		w.sums.replace(had, next)
		set, args := changes(&had, &next)
		set, args = append(set, "room = ?", "base = ?"), append(args, blob(next.room), others[0].value(&next))
		if err := w.update(had.id, set, args); err != nil {
			return err
		}
	}
	return nil
}

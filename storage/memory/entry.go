package memory

import (
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// entry is an engagement.Entry in less memory.
type entry struct {
	board         *board
	place         *place
	row           engagement.RowID
	name          string
	search        string
	locations     []engagement.LocationID
	since         int64
	more          *entryMore // nil when there is nothing in it
	tabIndex      uint32     // in its tab
	tab           uint8      // index in tabs
	kind          uint8      // index in types
	status        uint8      // index in statuses
	participation bool       // row is one
}

// entryMore is what the entry of a customer who is only known does not have.
type entryMore struct {
	deadline int64
	amount   string
	index    [slots - 1]uint32 // in its partner's claims, and in everybody's
}

// slots is in how many sets an entry can be.
const slots = 3

// index returns where the entry keeps its index in one of its sets.
func (e *entry) index(slot int) *uint32 {
	if slot == 0 {
		return &e.tabIndex
	}
	return &e.more.index[slot-1]
}

// The values of the enumerations in an entry. Types and statuses are in order,
// so that their indexes compare like them.
var (
	tabs     = append(engagement.AllTabs(), engagement.TabOff)
	types    = slices.Sorted(slices.Values(append(engagement.AllRowTypes(), "")))
	statuses = slices.Sorted(slices.Values(append(engagement.AllStatuses(), "")))
)

// newEntry returns the entry without its board and its place.
func newEntry(e *engagement.Entry) (entry, error) {
	tab, kind, status := slices.Index(tabs, e.Tab), slices.Index(types, e.Type), slices.Index(statuses, e.Status)
	switch {
	case tab < 0:
		return entry{}, invalid("an entry is in tab %q: use one of %q", e.Tab, tabs)
	case kind < 0:
		return entry{}, invalid("an entry has type %q: use one of %q", e.Type, types)
	case status < 0:
		return entry{}, invalid("an entry has status %q: use one of %q", e.Status, statuses)
	case e.Participation != "" && string(e.Participation) != string(e.Row):
		return entry{}, invalid("the entry %q is of participation %q: a row is named after its participation", e.Row, e.Participation)
	}
	stored := entry{
		row: e.Row, name: e.Name, search: e.Search, locations: e.Locations, since: micros(e.Since),
		tab: uint8(tab), kind: uint8(kind), status: uint8(status), participation: e.Participation != "",
	}
	if stored.participation || !e.Deadline.IsZero() || e.Amount != "" {
		stored.more = &entryMore{deadline: micros(e.Deadline), amount: e.Amount}
	}
	return stored, nil
}

func (e *entry) deadline() int64 {
	if e.more == nil {
		return zero
	}
	return e.more.deadline
}

// soonest is the deadline by which the entry is sorted.
func (e *entry) soonest() int64 {
	if d := e.deadline(); d != zero {
		return d
	}
	return latest
}

func (e *entry) amount() string {
	if e.more == nil {
		return ""
	}
	return e.more.amount
}

// fill writes the value of the entry.
func (e *entry) fill(v *engagement.Entry) {
	*v = engagement.Entry{
		Partner: e.board.key.partner, Place: e.place.key, Row: e.row,
		Tab: tabs[e.tab], Type: types[e.kind], Status: statuses[e.status], Locations: e.locations,
		Name: e.name, Search: e.search, Since: at(e.since), Deadline: at(e.deadline()), Amount: e.amount(),
	}
	if e.participation {
		v.Participation = engagement.ParticipationID(e.row)
	}
}

func (e *entry) matches(f *storage.Filter) bool {
	var v engagement.Entry
	e.fill(&v)
	return f.Match(v)
}

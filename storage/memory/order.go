package memory

import (
	"cmp"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// order is one way to sort entries: as storage.Sort says, and entries of
// different places or partners with the same row by these.
type order struct {
	sort    storage.Sort
	compare func(a, b *entry) int
	to      func(e *entry, p position) int // compares with where e stands
}

// byEngagement is the order by the names of engagements. It is not kept ready,
// because names change without any place changing.
func byEngagement(names storage.Names) *order {
	return &order{
		sort: storage.ByEngagement,
		compare: func(a, b *entry) int {
			if c := strings.Compare(names.Key(a.board.key.engagement), names.Key(b.board.key.engagement)); c != 0 {
				return c
			}
			return compareNames(a, b)
		},
		to: func(e *entry, p position) int {
			return p.compare(names.Key(e.board.key.engagement)+"\n", e.name, zero, e.row)
		},
	}
}

// position is a storage.Position with its time in microseconds.
type position struct {
	text string
	at   int64
	row  engagement.RowID
}

var orders = [...]order{
	{storage.ByName, compareNames, func(e *entry, p position) int { return p.compare("", e.name, zero, e.row) }},
	{storage.BySoonest, compareDeadlines, func(e *entry, p position) int { return p.compare("", "", e.soonest(), e.row) }},
	{storage.BySince, compareSince, func(e *entry, p position) int { return p.compare("", "", e.since, e.row) }},
	{storage.ByStatus, compareStatuses, func(e *entry, p position) int {
		return p.compare(prefixes[e.kind][e.status], e.name, zero, e.row)
	}},
	{storage.ByAmount, compareAmounts, func(e *entry, p position) int { return p.compare("", e.amount(), zero, e.row) }},
}

// zero is the time of positions that have none, latest the deadline of entries
// that have none.
var (
	zero   = micros(storage.Position{}.Time)
	latest = micros(storage.BySoonest.PositionOf(engagement.Entry{}, nil).Time)
)

// prefixes are what precedes the name in the positions of ByStatus.
var prefixes = func() (table [8][32]string) {
	for k, kind := range types {
		for s, status := range statuses {
			table[k][s] = storage.ByStatus.PositionOf(engagement.Entry{Type: kind, Status: status}, nil).Text
		}
	}
	return table
}()

// compare orders an entry, of whose text the beginning is given apart, and the
// position.
func (p position) compare(prefix, text string, at int64, row engagement.RowID) int {
	n := min(len(prefix), len(p.text))
	if c := strings.Compare(prefix[:n], p.text[:n]); c != 0 {
		return c
	}
	if n < len(prefix) {
		return 1
	}
	if c := strings.Compare(text, p.text[n:]); c != 0 {
		return c
	}
	if at != p.at {
		return cmp.Compare(at, p.at)
	}
	return strings.Compare(string(row), string(p.row))
}

func compareNames(a, b *entry) int {
	if c := strings.Compare(a.name, b.name); c != 0 {
		return c
	}
	return compareRows(a, b)
}

func compareDeadlines(a, b *entry) int {
	if a, b := a.soonest(), b.soonest(); a != b {
		return cmp.Compare(a, b)
	}
	return compareRows(a, b)
}

func compareSince(a, b *entry) int {
	if a.since != b.since {
		return cmp.Compare(a.since, b.since)
	}
	return compareRows(a, b)
}

func compareStatuses(a, b *entry) int {
	if a.kind != b.kind {
		return cmp.Compare(a.kind, b.kind)
	}
	if a.status != b.status {
		return cmp.Compare(a.status, b.status)
	}
	return compareNames(a, b)
}

func compareAmounts(a, b *entry) int {
	if c := strings.Compare(a.amount(), b.amount()); c != 0 {
		return c
	}
	return compareRows(a, b)
}

func compareRows(a, b *entry) int {
	if c := strings.Compare(string(a.row), string(b.row)); c != 0 {
		return c
	}
	if c := comparePlaceKeys(a.place.key, b.place.key); c != 0 {
		return c
	}
	return strings.Compare(string(a.board.key.partner), string(b.board.key.partner))
}

package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// board is the Customers page of a partner and an engagement.
type board struct {
	key  boardKey
	tabs [4]tab       // by index in tabs
	due  list[*place] // places with entries here and a deadline, the earliest first
}

type boardKey struct {
	partner    engagement.PartnerID
	engagement engagement.ID
}

func newBoard(key boardKey) *board {
	return &board{key: key, due: list[*place]{compare: byDue}}
}

// tab is the entries in a tab, and those orders of them that were asked for.
type tab struct {
	entries []*entry // in no order; each knows its index
	orders  [len(orders)]atomic.Pointer[list[*entry]]
	sorting sync.Mutex
}

// order returns the entries in an order, and puts them in order when nobody has
// asked before. The store is locked at least for reading.
func (t *tab) order(o int) *list[*entry] {
	if l := t.orders[o].Load(); l != nil {
		return l
	}
	t.sorting.Lock()
	defer t.sorting.Unlock()
	if t.orders[o].Load() == nil {
		t.orders[o].Store(newList(orders[o].compare, slices.Clone(t.entries)))
	}
	return t.orders[o].Load()
}

// insert puts an entry into its tab, and remove takes it out.
func (b *board) insert(e *entry) {
	t := &b.tabs[e.tab]
	e.index = uint32(len(t.entries))
	t.entries = append(t.entries, e)
	for o := range t.orders {
		if l := t.orders[o].Load(); l != nil {
			l.insert(e)
		}
	}
}

func (b *board) remove(e *entry) {
	t := &b.tabs[e.tab]
	last := len(t.entries) - 1
	t.entries[e.index] = t.entries[last]
	t.entries[e.index].index = e.index
	t.entries[last] = nil
	t.entries = t.entries[:last]
	for o := range t.orders {
		if l := t.orders[o].Load(); l != nil {
			l.remove(e)
		}
	}
}

// replace makes a stored entry what next is. It stays where it is in the orders
// in which next has the same position.
func (b *board) replace(e, next *entry) {
	if e.tab != next.tab {
		b.remove(e)
		*e = *next
		b.insert(e)
		return
	}
	t := &b.tabs[e.tab]
	var moved [len(orders)]*list[*entry]
	for o := range orders {
		if l := t.orders[o].Load(); l != nil && l.compare(e, next) != 0 {
			moved[o] = l
			l.remove(e)
		}
	}
	next.index = e.index
	*e = *next
	for _, l := range moved {
		if l != nil {
			l.insert(e)
		}
	}
}

// Page implements storage.Store.
func (s *Store) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	if err := ctx.Err(); err != nil {
		return storage.Page{}, err
	}
	tab, order := slices.Index(tabs, q.Tab), slices.IndexFunc(orders[:], func(o order) bool { return o.sort == q.Sort })
	switch {
	case tab < 0:
		return storage.Page{}, invalid("the tab of a page is %q: use one of %q", q.Tab, tabs)
	case order < 0:
		return storage.Page{}, invalid("the order of a page is %q: use one of %q", q.Sort, storage.AllSorts())
	case q.Limit < 1:
		return storage.Page{}, invalid("the limit of a page is %d: at least 1 is needed", q.Limit)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	b := s.boards[boardKey{q.Partner, q.Engagement}]
	if b == nil {
		return storage.Page{Counts: map[engagement.Tab]int{}}, nil
	}
	var page storage.Page
	page.Overdue, page.Counts = b.overdue(micros(q.Now))
	found := b.find(q, tab, order, len(page.Overdue) > 0, s.after(b, q, tab))
	page.More = len(found) > q.Limit
	page.Rows = rows(found[:min(q.Limit, len(found))])
	return page, nil
}

// after returns the entry that a query begins after, or nil when it is not in
// the tab any more. That is faster than to search for its position.
func (s *Store) after(b *board, q storage.PageQuery, tab int) *entry {
	if q.After == nil {
		return nil
	}
	row := q.After.Row
	p := s.place(engagement.PlaceKey{Engagement: q.Engagement, Customer: tenant.Key(row)})
	if p == nil {
		p = s.participation(storage.ParticipationKey{Partner: q.Partner, ID: engagement.ParticipationID(row)})
	}
	if p == nil {
		return nil
	}
	for _, e := range p.entries {
		if e.board == b && e.row == row && int(e.tab) == tab {
			return e
		}
	}
	return nil
}

// overdue returns the places that are due, by key, and the counts without them.
func (b *board) overdue(now int64) ([]engagement.Place, map[engagement.Tab]int) {
	var count [len(b.tabs)]int
	for t := range count {
		count[t] = len(b.tabs[t].entries)
	}
	var due []engagement.Place
	for p := range b.due.all() {
		if p.due > now {
			break
		}
		due = append(due, p.value())
		for _, e := range p.entries {
			if e.board == b {
				count[e.tab]--
			}
		}
	}
	slices.SortFunc(due, func(p, q engagement.Place) int { return comparePlaceKeys(p.Key, q.Key) })
	counts := make(map[engagement.Tab]int, len(tabs))
	for t, name := range tabs {
		counts[name] = count[t]
	}
	return due, counts
}

// find returns the entries of a page, and one more when more follow.
func (b *board) find(q storage.PageQuery, tab, order int, overdue bool, after *entry) []*entry {
	l, now := b.tabs[tab].order(order), micros(q.Now)
	filtered := !isZero(q.Filter)
	size := min(q.Limit, l.count) + 1
	found := make([]*entry, 0, size)
	kept := 0
	for e := range walk(l, &orders[order], q, after) {
		found = append(found, e)
		if len(found) < size {
			continue
		}
		// What the entries point to is looked at for many of them at once: the
		// processor then fetches it from memory at once, too.
		if !overdue && !filtered {
			break
		}
		found = keep(found, kept, now, filtered, &q.Filter)
		if kept = len(found); kept == size {
			break
		}
	}
	if overdue || filtered {
		found = keep(found, kept, now, filtered, &q.Filter)
	}
	return found
}

// keep drops those entries from the i-th on that are overdue or filtered out.
func keep(found []*entry, i int, now int64, filtered bool, f *storage.Filter) []*entry {
	for _, e := range found[i:] {
		if e.place.due > now && (!filtered || e.matches(f)) {
			found[i] = e
			i++
		}
	}
	return found[:i]
}

func isZero(f storage.Filter) bool {
	return f.Text == "" && len(f.Types)+len(f.Statuses)+len(f.Locations) == 0 &&
		f.SinceFrom.IsZero() && f.SinceBefore.IsZero() && !f.Participation
}

// walk goes over the entries of an order as a query asks for them. The entry
// that After stands for is given when it is still there.
func walk(l *list[*entry], o *order, q storage.PageQuery, after *entry) iter.Seq[*entry] {
	var p position
	if q.After != nil {
		p = position{q.After.Text, micros(q.After.Time), q.After.Row}
	}
	switch {
	case q.After == nil && q.Descending:
		return l.backFrom(l.end())
	case q.After == nil:
		return l.from(cursor{})
	case after != nil && o.to(after, p) == 0:
		at := l.index(after)
		if q.Descending {
			return l.backFrom(at)
		}
		return l.from(cursor{at.chunk, at.item + 1})
	case q.Descending:
		return l.backFrom(l.seek(func(e *entry) bool { return o.to(e, p) < 0 }))
	}
	return l.from(l.seek(func(e *entry) bool { return o.to(e, p) <= 0 }))
}

// rows returns the entries with their places. It goes over them once for each
// step from pointer to pointer, so that the processor can fetch what the next
// entries point to while it waits for the first.
func rows(found []*entry) []storage.PageRow {
	if len(found) == 0 {
		return nil
	}
	places := make([]*place, len(found))
	for i, e := range found {
		places[i] = e.place
	}
	out := make([]storage.PageRow, len(found))
	u := newUnpacker(places...)
	for i, p := range places {
		u.place(p, &out[i].Place)
	}
	for i, e := range found {
		e.fill(&out[i].Entry)
	}
	return out
}

// entry is an engagement.Entry in less memory.
type entry struct {
	board         *board
	place         *place
	row           engagement.RowID
	name          string
	search        string
	locations     []engagement.LocationID
	since         int64
	deadline      int64
	index         uint32 // in its tab
	tab           uint8  // index in tabs
	kind          uint8  // index in types
	status        uint8  // index in statuses
	participation bool   // row is one
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
	return entry{
		row: e.Row, name: e.Name, search: e.Search, locations: e.Locations, since: micros(e.Since), deadline: micros(e.Deadline),
		tab: uint8(tab), kind: uint8(kind), status: uint8(status), participation: e.Participation != "",
	}, nil
}

// fill writes the value of the entry.
func (e *entry) fill(v *engagement.Entry) {
	*v = engagement.Entry{
		Partner: e.board.key.partner, Place: e.place.key, Row: e.row,
		Tab: tabs[e.tab], Type: types[e.kind], Status: statuses[e.status], Locations: e.locations,
		Name: e.name, Search: e.search, Since: at(e.since), Deadline: at(e.deadline),
	}
	if e.participation {
		v.Participation = engagement.ParticipationID(e.row)
	}
}

func (e *entry) matches(f *storage.Filter) bool {
	if !strings.Contains(e.search, f.Text) {
		return false
	}
	var v engagement.Entry
	e.fill(&v)
	return f.Match(v)
}

// order is one way to sort entries: as storage.Sort says, and entries of
// different customers with the same row by customer.
type order struct {
	sort    storage.Sort
	compare func(a, b *entry) int
	to      func(e *entry, p position) int // compares with where e stands
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
}

// zero is the time of positions that have none, latest the deadline of entries
// that have none.
var (
	zero   = micros(storage.Position{}.Time)
	latest = micros(storage.BySoonest.PositionOf(engagement.Entry{}).Time)
)

// prefixes are what precedes the name in the positions of ByStatus.
var prefixes = func() (table [8][32]string) {
	for k, kind := range types {
		for s, status := range statuses {
			table[k][s] = storage.ByStatus.PositionOf(engagement.Entry{Type: kind, Status: status}).Text
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

func (e *entry) soonest() int64 {
	if e.deadline == zero {
		return latest
	}
	return e.deadline
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

func compareRows(a, b *entry) int {
	if c := strings.Compare(string(a.row), string(b.row)); c != 0 {
		return c
	}
	return strings.Compare(string(a.place.key.Customer), string(b.place.key.Customer))
}

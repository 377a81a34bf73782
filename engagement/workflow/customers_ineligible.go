package workflow

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// count counts the tabs as a scope shows them, by reading them.
func (c customersPage) count(ctx context.Context, counts map[engagement.Tab]Count) error {
	for _, tab := range engagement.AllTabs() {
		l := c.list(CustomersQuery{Tab: tab})
		l.limit = maxCounted + 1
		if tab == engagement.TabIneligible {
			x := c.gather(l)
			for x.next() != nil && len(x.rows) <= maxCounted && x.read < maxRead {
				if err := x.step(ctx); err != nil {
					return err
				}
			}
			counts[tab] = counted(len(x.rows), x.next() != nil)
			continue
		}
		found, err := c.read(ctx, l, nil)
		if err != nil {
			return err
		}
		counts[tab] = counted(len(found.rows), found.more)
	}
	return nil
}

// ineligible reads one page of the Ineligible tab as a scope shows it. By name it
// reads no further than the page; another order takes all rows.
func (c customersPage) ineligible(ctx context.Context, l list) (out segment[shown], err error) {
	x := c.gather(l)
	for x.next() != nil && x.settled() <= l.limit {
		if err := x.step(ctx); err != nil {
			return out, err
		}
		if l.sort != storage.SortByName {
			x.rows = x.rows[:min(len(x.rows), l.limit+1)]
		}
	}
	out.more = len(x.rows) > l.limit
	out.rows, out.lost = turned(l, x.rows[:min(len(x.rows), l.limit)]), x.lost
	if out.n = len(out.rows); out.n > 0 {
		out.first, out.last = out.rows[0].entry, out.rows[out.n-1].entry
	}
	return out, nil
}

// gathering collects the rows of the Ineligible tab within a scope: those that are
// ineligible for all, and those of the other tabs that belong to other locations.
// It reads the stored tabs by name, batch by batch.
type gathering struct {
	customersPage
	list    list
	sources []*storedTab
	rows    []shown // in the order of the list
	seen    map[engagement.RowID]bool
	lost    []shown // of the Ineligible tab, that cannot be read
	read    int     // stored rows
	began   bool    // whether what is overdue was taken
}

// storedTab is a stored tab that is being read.
type storedTab struct {
	tab   engagement.Tab
	after *storage.Position // what was read last; nil: nothing yet
	ended bool
}

func (c customersPage) gather(l list) *gathering {
	x := &gathering{customersPage: c, list: l, seen: map[engagement.RowID]bool{}}
	for _, tab := range []engagement.Tab{engagement.TabIneligible, engagement.TabEligible, engagement.TabComplete} {
		s := &storedTab{tab: tab}
		if l.sort == storage.SortByName && l.after != nil { // begin before all rows of the name at which the page before ended
			s.after = &storage.Position{Text: l.after.Text}
			if l.downwards() {
				s.after.Row = "\x7f" // IDs of rows are printable ASCII
			}
		}
		x.sources = append(x.sources, s)
	}
	return x
}

// next returns the source that was read least far, or nil when all have ended.
func (x *gathering) next() *storedTab {
	var least *storedTab
	for _, s := range x.sources {
		switch {
		case s.ended:
		case least == nil, s.after == nil:
			least = s
		case least.after != nil && x.byName(s.after.Text, least.after.Text) < 0:
			least = s
		}
	}
	return least
}

// byName compares two names as the list orders them.
func (x *gathering) byName(a, b string) int {
	return x.list.compare(storage.Position{Text: a}, storage.Position{Text: b})
}

// settled returns how many of the rows are known to come first, whatever is read
// later.
func (x *gathering) settled() int {
	least := x.next()
	switch {
	case least == nil:
		return len(x.rows)
	case least.after == nil || x.list.sort != storage.SortByName:
		return 0
	}
	i := slices.IndexFunc(x.rows, func(r shown) bool { return x.byName(r.entry.Name, least.after.Text) >= 0 })
	if i < 0 {
		return len(x.rows)
	}
	return i
}

// step reads a batch of the source that was read least far.
func (x *gathering) step(ctx context.Context) error {
	from := x.next()
	found, err := x.s.listed(ctx, storage.ListQuery{
		Partner: x.list.partner, Engagement: x.list.engagement, Tab: from.tab, Sort: storage.SortByName, Descending: x.list.downwards(),
		After: from.after, Limit: x.list.limit + 1, Filter: storage.Filter{Words: x.list.filter.Words}, Now: x.now,
	})
	if err != nil {
		return err
	}
	var entries []engagement.Entry
	for _, r := range found.Rows {
		switch {
		case r.Err == nil:
			entries = append(entries, r.Entry)
		case from.tab == engagement.TabIneligible:
			x.lost = append(x.lost, shown{entry: r.Entry, err: r.Err})
		}
	}
	if !x.began { // the same in every batch
		x.began = true
		for _, r := range found.Overdue {
			if r.Err != nil {
				x.lost = append(x.lost, shown{entry: r.Entry, err: r.Err})
				continue
			}
			entries = append(entries, r.Entry.At(x.now))
		}
	}
	if err := x.take(ctx, entries); err != nil {
		return err
	}
	slices.SortFunc(x.rows, func(a, b shown) int {
		return x.list.compare(x.list.positionOf(a.entry), x.list.positionOf(b.entry))
	})
	x.read += len(found.Rows)
	from.ended = !found.More
	if n := len(found.Rows); n > 0 {
		at := storage.SortByName.PositionOf(found.Rows[n-1].Entry, nil)
		from.after = &at
	}
	return nil
}

// take takes those rows of entries that belong to the page. What belongs to another
// location shows only where the customer has no row in the scope, for which its
// record is read.
func (x *gathering) take(ctx context.Context, entries []engagement.Entry) error {
	var others []engagement.Entry
	for _, e := range entries {
		if row, ok := x.row(e); ok {
			x.offer(row)
		} else if e.Participation != "" && e.Tab != engagement.TabOff {
			others = append(others, e)
		}
	}
	for batch := range slices.Chunk(others, maxRecords) {
		want := storage.Want{Ended: true}
		for _, e := range batch {
			if !slices.Contains(want.Records, e.Record) {
				want.Records = append(want.Records, e.Record)
			}
		}
		loaded, err := x.s.store.Load(ctx, want)
		if err != nil {
			return unavailable("storage", err)
		}
		for _, e := range batch {
			for _, row := range x.rowsOf(loaded.Records[e.Record], loaded.Shared[e.Record.Shared()].RoomFor(x.partner)) {
				if row.from == e.Row {
					x.offer(row)
				}
			}
		}
	}
	return nil
}

// maxRecords is how many records are read at once.
const maxRecords = 100

// offer takes a row if it belongs to the page, and once.
func (x *gathering) offer(row shown) {
	switch {
	case row.Tab != engagement.TabIneligible || x.seen[row.ID]:
	case !x.list.filter.Match(row.entry) || x.list.after != nil && x.list.compare(x.list.positionOf(row.entry), *x.list.after) <= 0:
	default:
		x.seen[row.ID] = true
		x.rows = append(x.rows, row)
	}
}

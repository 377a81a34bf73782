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
		rows, more, err := c.read(ctx, l, nil)
		if err != nil {
			return err
		}
		counts[tab] = counted(len(rows), more)
	}
	return nil
}

// ineligible reads one page of the Ineligible tab as a scope shows it. By name it
// reads no further than the page; another order takes all rows.
func (c customersPage) ineligible(ctx context.Context, l list) ([]shown, bool, error) {
	x := c.gather(l)
	for x.next() != nil && x.settled() <= l.limit {
		if err := x.step(ctx); err != nil {
			return nil, false, err
		}
		if l.sort != storage.ByName {
			x.rows = x.rows[:min(len(x.rows), l.limit+1)]
		}
	}
	rows := x.lost
	for _, r := range x.rows[:min(len(x.rows), l.limit)] {
		rows = append(rows, r.shown)
	}
	return rows, len(x.rows) > l.limit, nil
}

// gathering collects the rows of the Ineligible tab within a scope: those that are
// ineligible for all, and those of the other tabs that belong to other locations.
// It reads the stored tabs by name, batch by batch.
type gathering struct {
	customersPage
	list    list
	sources []*storedTab
	rows    []gathered // in the order of the list
	seen    map[engagement.RowID]bool
	lost    []shown // of the Ineligible tab, that cannot be read
	read    int     // stored rows
}

// storedTab is a stored tab that is being read.
type storedTab struct {
	tab   engagement.Tab
	after *storage.Position // what was read last; nil: nothing yet
	ended bool
}

type gathered struct {
	shown
	entry engagement.Entry
}

func (c customersPage) gather(l list) *gathering {
	x := &gathering{customersPage: c, list: l, seen: map[engagement.RowID]bool{}}
	for _, tab := range []engagement.Tab{engagement.TabIneligible, engagement.TabEligible, engagement.TabComplete} {
		s := &storedTab{tab: tab}
		if l.sort == storage.ByName && l.after != nil { // begin before all rows of the name at which the page before ended
			s.after = &storage.Position{Text: l.after.Text}
			if l.descending {
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
	case least.after == nil || x.list.sort != storage.ByName:
		return 0
	}
	i := slices.IndexFunc(x.rows, func(r gathered) bool { return x.byName(r.entry.Name, least.after.Text) >= 0 })
	if i < 0 {
		return len(x.rows)
	}
	return i
}

// step reads a batch of the source that was read least far.
func (x *gathering) step(ctx context.Context) error {
	from := x.next()
	stored, err := x.s.store.Page(ctx, storage.PageQuery{
		Partner: x.list.partner, Engagement: x.list.engagement, Tab: from.tab, Sort: storage.ByName, Descending: x.list.descending,
		After: from.after, Limit: x.list.limit + 1, Filter: storage.Filter{Words: x.list.filter.Words}, Now: x.now,
	})
	if err != nil {
		return unavailable("storage", err)
	}
	for _, r := range stored.Rows {
		if err := unreadable(r); err != nil && from.tab == engagement.TabIneligible {
			x.lost = append(x.lost, shown{entry: &r.Entry, err: err})
		}
		x.take(r.Place, r.Entry.Row)
	}
	for _, pl := range stored.Overdue { // the same in every batch
		settled, _, err := pl.Settle(x.now)
		if err != nil {
			return err
		}
		x.take(settled, "")
	}
	slices.SortFunc(x.rows, func(a, b gathered) int {
		return x.list.compare(x.list.positionOf(a.entry), x.list.positionOf(b.entry))
	})
	x.read += len(stored.Rows)
	from.ended = !stored.More
	if n := len(stored.Rows); n > 0 {
		at := storage.ByName.PositionOf(stored.Rows[n-1].Entry, nil)
		from.after = &at
	}
	return nil
}

// take takes those rows of a place that belong to the page and were made of the
// stored row, or of any when there is none.
func (x *gathering) take(pl engagement.Place, from engagement.RowID) {
	for _, row := range x.s.rows(pl, x.partner, x.engagement, x.within, x.now) {
		if row.Tab != engagement.TabIneligible || from != "" && row.from != from || x.seen[row.ID] {
			continue
		}
		e := row.Entry(x.partner)
		if !x.list.filter.Match(e) || x.list.after != nil && x.list.compare(x.list.positionOf(e), *x.list.after) <= 0 {
			continue
		}
		x.seen[row.ID] = true
		x.rows = append(x.rows, gathered{shown: row, entry: e})
	}
}

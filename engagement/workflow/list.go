package workflow

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
)

// list is what a page is cut from: a tab of a Customers page, or the claims list.
type list struct {
	partner    engagement.PartnerID // "": every partner
	engagement engagement.ID        // "": the claims list, over all of them
	tab        engagement.Tab       // TabNone: the claims list
	sort       storage.Sort
	descending bool
	filter     storage.Filter
	names      storage.Names // of engagements, to sort by
	after      *storage.Position
	back       bool // what comes before that, read from its end
	limit      int
	now        time.Time
	scope      []engagement.LocationID // nil: all locations
	nothing    bool                    // the scope leaves nothing of what was asked for
}

// newList returns the list with its order, which is by name unless one is set.
func newList(l list) list {
	if l.sort == "" || l.sort == storage.SortByEngagement && l.engagement != "" {
		l.sort = storage.SortByName
	}
	return l
}

// within narrows the list to a scope, and to these of its locations if there are
// any. The Ineligible tab also holds what is eligible through other locations, so
// what it takes from storage is narrowed later.
func (l list) within(scope Scope, asked []engagement.LocationID) list {
	l.filter.Locations = asked
	if scope.All() {
		return l
	}
	l.scope = scope.locations
	if l.tab != engagement.TabIneligible {
		left, some := scope.filter(asked)
		l.filter.Locations, l.nothing = left, !some
	}
	return l
}

// begin begins at a cursor; "" is the beginning.
func (l *list) begin(cursor string) error {
	if cursor == "" {
		return nil
	}
	after, back, err := l.position(cursor)
	if err != nil {
		return err
	}
	l.after, l.back = &after, back
	return nil
}

// downwards reports whether the list is read in the reverse of its sort's order.
func (l list) downwards() bool { return l.descending != l.back }

// compare orders two positions as the list is read.
func (l list) compare(a, b storage.Position) int {
	if l.downwards() {
		a, b = b, a
	}
	return a.Compare(b)
}

// query asks storage for the list's page.
func (l list) query() storage.ListQuery {
	return storage.ListQuery{
		Partner: l.partner, Engagement: l.engagement, Tab: l.tab, Sort: l.sort, Descending: l.downwards(), After: l.after,
		Limit: l.limit, Filter: l.filter, Names: l.names, Now: l.now,
	}
}

// overlay merges the rows that storage found with those entries that have become
// others since they were stored; counted is told of each that is in the list now.
// Those of them that cannot be read are told on every page: where they would stand
// is not known.
func (l list) overlay(found storage.List, counted func(engagement.Entry)) (out segment[storage.ListRow]) {
	rows, more := found.Rows, found.More
	reach := func(storage.Position) bool { return true } // whether this page goes so far
	if more {
		last := l.positionOf(rows[len(rows)-1].Entry)
		reach = func(at storage.Position) bool { return l.compare(at, last) < 0 }
	}
	var moved []storage.ListRow
	for _, r := range found.Overdue {
		if r.Err != nil {
			out.lost = append(out.lost, r)
			continue
		}
		e := r.Entry.At(l.now)
		if e.Tab == engagement.TabNone {
			continue
		}
		counted(e)
		at := l.positionOf(e)
		if (l.tab == engagement.TabNone || e.Tab == l.tab) && l.filter.Match(e) && (l.after == nil || l.compare(at, *l.after) > 0) && reach(at) {
			moved = append(moved, storage.ListRow{Entry: e})
		}
	}
	if len(moved) > 0 {
		rows = append(slices.Clip(rows), moved...)
		slices.SortFunc(rows, func(a, b storage.ListRow) int {
			return l.compare(l.positionOf(a.Entry), l.positionOf(b.Entry))
		})
	}
	if len(rows) > l.limit {
		rows, more = rows[:l.limit], true
	}
	if len(rows) > 0 {
		out.n, out.rows = len(rows), turned(l, rows)
		out.first, out.last = out.rows[0].Entry, out.rows[out.n-1].Entry
	}
	out.more = more
	return out
}

// positionOf is where an entry stands in the list.
func (l list) positionOf(e engagement.Entry) storage.Position { return l.sort.PositionOf(e, l.names) }

// namesOf returns the keys by which the names of engagements compare.
func namesOf(all []engagement.Engagement) storage.Names {
	names := make(storage.Names, len(all))
	for _, e := range all {
		names[e.ID] = text.SortKey(e.Name)
	}
	return names
}

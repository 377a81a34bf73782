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
	tab        engagement.Tab
	sort       storage.Sort
	descending bool
	filter     storage.Filter
	names      storage.Names // of engagements, to sort by
	after      *storage.Position
	limit      int
	now        time.Time
	scope      []engagement.LocationID // nil: all locations
	nothing    bool                    // the scope leaves nothing of what was asked for
}

// newList returns the list with its order, which is by name unless one is set.
func newList(l list) list {
	if l.sort == "" || l.sort == storage.ByEngagement && l.engagement != "" {
		l.sort = storage.ByName
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

// begin begins behind a cursor; "" is the beginning.
func (l *list) begin(cursor string) error {
	if cursor == "" {
		return nil
	}
	after, err := l.position(cursor)
	if err != nil {
		return err
	}
	l.after = &after
	return nil
}

// has reports whether an entry belongs to the list, whatever its filter.
func (l list) has(e engagement.Entry) bool {
	if l.engagement == "" {
		return e.Participation != "" && (l.partner == "" || e.Partner == l.partner)
	}
	return e.Partner == l.partner
}

// compare orders two positions as the list does.
func (l list) compare(a, b storage.Position) int {
	if l.descending {
		a, b = b, a
	}
	return a.Compare(b)
}

// overlay merges the rows that storage found with those of the places of which a
// deadline has passed since; counted is told of every entry that these have in
// the list now.
func (l list) overlay(rows []storage.PageRow, more bool, overdue []engagement.Place, counted func(engagement.Entry)) ([]storage.PageRow, bool, error) {
	reach := func(storage.Position) bool { return true } // whether this page goes so far
	if more {
		last := l.positionOf(rows[len(rows)-1].Entry)
		reach = func(at storage.Position) bool { return l.compare(at, last) < 0 }
	}
	var moved []storage.PageRow
	for _, pl := range overdue {
		settled, _, err := pl.Settle(l.now)
		if err != nil {
			return nil, false, err
		}
		for _, e := range settled.Entries(l.now) {
			if !l.has(e) {
				continue
			}
			counted(e)
			at := l.positionOf(e)
			if (l.engagement == "" || e.Tab == l.tab) && l.filter.Match(e) && (l.after == nil || l.compare(at, *l.after) > 0) && reach(at) {
				moved = append(moved, storage.PageRow{Entry: e, Place: settled})
			}
		}
	}
	if len(moved) > 0 {
		rows = append(slices.Clip(rows), moved...)
		slices.SortFunc(rows, func(a, b storage.PageRow) int {
			return l.compare(l.positionOf(a.Entry), l.positionOf(b.Entry))
		})
	}
	if len(rows) > l.limit {
		rows, more = rows[:l.limit], true
	}
	return rows, more, nil
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

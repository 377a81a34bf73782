package memory

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// board is the Customers page of a partner and an engagement.
type board struct {
	key    boardKey
	tabs   [4]set             // by index in tabs
	due    list[*place]       // places with entries here and a deadline, the earliest first
	claims [slots - 1]*claims // where its participations are too: the partner's, and everybody's
}

type boardKey struct {
	partner    engagement.PartnerID
	engagement engagement.ID
}

// board returns a board, which it makes if need be.
func (s *Store) board(key boardKey) *board {
	b := s.boards[key]
	if b == nil {
		b = &board{key: key, due: list[*place]{compare: byDue}, claims: [...]*claims{s.partner(key.partner).claims, s.claims}}
		s.boards[key] = b
	}
	return b
}

// Page implements storage.Store.
func (s *Store) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	if err := ctx.Err(); err != nil {
		return storage.Page{}, err
	}
	tab := slices.Index(tabs, q.Tab)
	if tab < 0 {
		return storage.Page{}, invalid("the tab of a page is %q: use one of %q", q.Tab, tabs)
	}
	search, err := newSearch(q.Sort, nil, q.Descending, q.After, q.Limit, &q.Filter, micros(q.Now))
	if err != nil {
		return storage.Page{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	b := s.boards[boardKey{q.Partner, q.Engagement}]
	if b == nil {
		return storage.Page{Counts: map[engagement.Tab]int{}}, nil
	}
	var known, own *place
	if q.After != nil {
		known = s.place(engagement.PlaceKey{Engagement: q.Engagement, Customer: tenant.Key(q.After.Row)})
		own = s.participation(storage.ParticipationKey{Partner: q.Partner, ID: engagement.ParticipationID(q.After.Row)})
	}
	var page storage.Page
	page.Overdue, page.Counts = b.overdue(search.now)
	page.Rows, page.More = search.page(&b.tabs[tab], len(page.Overdue) > 0, known, own)
	return page, nil
}

// overdue returns the places that are due, by key, and the counts without them.
func (b *board) overdue(now int64) ([]engagement.Place, map[engagement.Tab]int) {
	var count [len(b.tabs)]int
	for t := range count {
		count[t] = len(b.tabs[t].entries)
	}
	due := overdue(&b.due, now, func(e *entry) {
		if e.board == b {
			count[e.tab]--
		}
	})
	counts := make(map[engagement.Tab]int, len(tabs))
	for t, name := range tabs {
		counts[name] = count[t]
	}
	return due, counts
}

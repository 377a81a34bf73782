package memory

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// claims are the participations of one partner, or of everybody, over all
// engagements.
type claims struct {
	set    set
	counts []int        // by index in statuses
	due    list[*place] // places with entries here and a deadline, the earliest first
}

func newClaims() *claims {
	return &claims{counts: make([]int, len(statuses)), due: list[*place]{compare: byDue}}
}

// count adds to the counts of the claims that an entry is in.
func (e *entry) count(n int) {
	if e.participation {
		for _, c := range e.board.claims {
			c.counts[e.status] += n
		}
	}
}

// Claims implements storage.Store.
func (s *Store) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	if err := ctx.Err(); err != nil {
		return storage.ClaimsPage{}, err
	}
	search, err := newSearch(q.Sort, q.Names, q.Descending, q.After, q.Limit, &q.Filter, micros(q.Now))
	if err != nil {
		return storage.ClaimsPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	c := s.claims
	if q.Partner != "" {
		p := s.partners[q.Partner]
		if p == nil {
			return storage.ClaimsPage{Counts: map[engagement.Status]int{}}, nil
		}
		c = p.claims
	}
	var own *place
	if q.After != nil {
		own = s.participation(storage.ParticipationKey{Partner: q.Partner, ID: engagement.ParticipationID(q.After.Row)})
	}
	var page storage.ClaimsPage
	page.Overdue, page.Counts = c.overdue(search.now)
	page.Rows, page.More = search.page(&c.set, len(page.Overdue) > 0, own)
	return page, nil
}

// overdue returns the places that are due, by key, and the counts without them.
func (c *claims) overdue(now int64) ([]engagement.Place, map[engagement.Status]int) {
	count := slices.Clone(c.counts)
	due := overdue(&c.due, now, func(e *entry) {
		if e.participation && slices.Contains(e.board.claims[:], c) {
			count[e.status]--
		}
	})
	counts := map[engagement.Status]int{}
	for i, status := range statuses {
		if count[i] > 0 {
			counts[status] = count[i]
		}
	}
	return due, counts
}

package storagetest_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// TestBrokenClaims is TestBrokenStores for what is broken about claims, amounts
// and reminders.
func TestBrokenClaims(t *testing.T) {
	expectFailures(t, []brokenStore{
		{"reminders that wake nobody", []string{"wake", "model"}, func() storage.Store { return &sleeper{memory.New()} }},
		{"reminders taken for deadlines", []string{"reminders"}, func() storage.Store { return &hasty{memory.New()} }},
		{"reminders to the second", []string{"exact", "model"}, func() storage.Store { return &coarseReminder{memory.New()} }},
		{"messages without their deadlines", []string{"exact", "model"}, func() storage.Store { return &timelessMessage{memory.New()} }},
		{"claims of all partners", []string{"claims of a partner", "claims orders", "overdue claims"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Partner = "" })
		}},
		{"claims of nobody in particular", []string{"claims of every partner", "claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Partner = cmp.Or(q.Partner, "northwind") })
		}},
		{"claims of one engagement", []string{"claims", "claims of a partner", "claims orders"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Filter.Engagements = []engagement.ID{"azure-migration"} })
		}},
		{"only claims that are under way", []string{"claims", "claims of every partner"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Filter.Types = []engagement.RowType{engagement.InProgress} })
		}},
		{"customers that are all the same", []string{"claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Filter.Customer = "" })
		}},
		{"amounts without an end", []string{"claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Filter.AmountBefore = "" })
		}},
		{"no engagement taken for all", []string{"claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) {
				if len(q.Filter.Engagements) == 0 {
					q.Filter.Engagements = nil
				}
			})
		}},
		{"any limit", []string{"claims calls"}, func() storage.Store {
			return narrowing(func(q *storage.ClaimsQuery) { q.Limit = max(q.Limit, 1) })
		}},
		{"counts of what is shown", []string{"claims counts"}, func() storage.Store { return &countedRows{memory.New()} }},
		{"counts of all partners", []string{"claims of a partner", "claims counts", "overdue claims"}, func() storage.Store { return &sharedCounts{memory.New()} }},
		{"counts that only grow", []string{"claims replaced"}, func() storage.Store { return &growingCounts{Store: memory.New()} }},
		{"counts that are missing", []string{"no claims"}, func() storage.Store { return &noCounts{memory.New()} }},
		{"overdue places of all partners", []string{"overdue claims", "no claims"}, func() storage.Store { return &sharedOverdue{memory.New()} }},
		{"amounts as numbers", []string{"amounts", "orders", "claims orders"}, func() storage.Store { return &numericAmounts{memory.New()} }},
		{"amounts forgotten", []string{"exact", "amounts", "claims"}, func() storage.Store { return &noAmounts{memory.New()} }},
		{"cursors of claims that need their entry", []string{"claims cursors"}, func() storage.Store { return &lostClaimsCursor{memory.New()} }},
		{"claims by offset", []string{"stable claims"}, func() storage.Store { return &claimsByOffset{Store: memory.New()} }},
	})
}

// sleeper is due by deadlines alone.
type sleeper struct{ storage.Store }

func (s *sleeper) Due(ctx context.Context, now time.Time, limit int) ([]engagement.PlaceKey, error) {
	keys, err := s.Store.Due(ctx, now, 1000)
	if err != nil {
		return nil, err
	}
	loaded, err := s.Load(ctx, storage.Want{Places: keys})
	due := func(key engagement.PlaceKey) time.Time { return loaded.Places[key].Due() }
	keys = slices.DeleteFunc(keys, func(key engagement.PlaceKey) bool { return !engagement.Passed(due(key), now) })
	slices.SortStableFunc(keys, func(a, b engagement.PlaceKey) int { return due(a).Compare(due(b)) })
	return keys[:min(limit, len(keys))], err
}

// hasty takes a place for overdue when it wakes.
type hasty struct{ storage.Store }

func (s *hasty) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page, err := s.Store.Claims(ctx, q)
	page.Rows = slices.DeleteFunc(page.Rows, func(r storage.PageRow) bool {
		if !engagement.Passed(r.Place.Wake(), q.Now) {
			return false
		}
		page.Counts[r.Entry.Status]--
		page.Overdue = append(page.Overdue, r.Place)
		return true
	})
	return page, err
}

// withParticipations changes every participation before it is stored.
func withParticipations(c storage.Changes, change func(p *engagement.Participation)) storage.Changes {
	c.Places = slices.Clone(c.Places)
	for i, pl := range c.Places {
		for _, s := range pl.Standings {
			for _, p := range s.Participations {
				change(&p)
				pl = pl.WithParticipation(p)
			}
		}
		c.Places[i] = pl
	}
	return c
}

type coarseReminder struct{ storage.Store }

func (s *coarseReminder) Apply(ctx context.Context, c storage.Changes) error {
	return s.Store.Apply(ctx, withParticipations(c, func(p *engagement.Participation) { p.RemindAt = p.RemindAt.Truncate(time.Second) }))
}

type timelessMessage struct{ storage.Store }

func (s *timelessMessage) Apply(ctx context.Context, c storage.Changes) error {
	c.Messages = slices.Clone(c.Messages)
	for i := range c.Messages {
		c.Messages[i].Deadline = time.Time{}
	}
	return s.Store.Apply(ctx, c)
}

// otherClaims answers another query than the one that it is asked.
type otherClaims struct {
	storage.Store
	change func(q *storage.ClaimsQuery)
}

func narrowing(change func(q *storage.ClaimsQuery)) storage.Store {
	return &otherClaims{memory.New(), change}
}

func (s *otherClaims) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	s.change(&q)
	return s.Store.Claims(ctx, q)
}

type countedRows struct{ storage.Store }

func (s *countedRows) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	all := q
	all.After, all.Limit = nil, max(q.Limit, 1000)
	shown, err := s.Store.Claims(ctx, all)
	if err != nil {
		return storage.ClaimsPage{}, err
	}
	page, err := s.Store.Claims(ctx, q)
	clear(page.Counts)
	for _, r := range shown.Rows {
		page.Counts[r.Entry.Status]++
	}
	return page, err
}

// sharedCounts and sharedOverdue read a part of a page of nobody in particular.
type sharedCounts struct{ storage.Store }

func (s *sharedCounts) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page, err1 := s.Store.Claims(ctx, q)
	q.Partner = ""
	all, err2 := s.Store.Claims(ctx, q)
	page.Counts = all.Counts
	return page, cmp.Or(err1, err2)
}

type sharedOverdue struct{ storage.Store }

func (s *sharedOverdue) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page, err1 := s.Store.Claims(ctx, q)
	q.Partner = ""
	all, err2 := s.Store.Claims(ctx, q)
	page.Overdue = all.Overdue
	return page, cmp.Or(err1, err2)
}

// growingCounts counts every participation as one more when its status changes.
type growingCounts struct {
	storage.Store
	mu   sync.Mutex
	most map[engagement.PartnerID]map[engagement.Status]int
}

func (s *growingCounts) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page, err := s.Store.Claims(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most == nil {
		s.most = map[engagement.PartnerID]map[engagement.Status]int{}
	}
	if s.most[q.Partner] == nil {
		s.most[q.Partner] = map[engagement.Status]int{}
	}
	for status, n := range page.Counts {
		s.most[q.Partner][status] = max(n, s.most[q.Partner][status])
	}
	page.Counts = maps.Clone(s.most[q.Partner])
	return page, err
}

type noCounts struct{ storage.Store }

func (s *noCounts) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page, err := s.Store.Claims(ctx, q)
	if len(page.Counts) == 0 {
		page.Counts = nil
	}
	return page, err
}

// numericAmounts looks at the number of an amount, and not at its currency.
type numericAmounts struct{ storage.Store }

func (s *numericAmounts) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	page, err := s.Store.Page(ctx, q)
	sortByNumber(page.Rows, q.Sort, q.Descending)
	return page, err
}

func (s *numericAmounts) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page, err := s.Store.Claims(ctx, q)
	sortByNumber(page.Rows, q.Sort, q.Descending)
	return page, err
}

func sortByNumber(rows []storage.PageRow, by storage.Sort, descending bool) {
	number := func(r storage.PageRow) string { return r.Entry.Amount[min(len("EUR "), len(r.Entry.Amount)):] }
	if by == storage.ByAmount {
		slices.SortStableFunc(rows, func(a, b storage.PageRow) int {
			if descending {
				a, b = b, a
			}
			return cmp.Compare(number(a), number(b))
		})
	}
}

type noAmounts struct{ storage.Store }

func (s *noAmounts) Apply(ctx context.Context, c storage.Changes) error {
	c.Entries = slices.Clone(c.Entries)
	for i := range c.Entries {
		c.Entries[i].Amount = ""
	}
	return s.Store.Apply(ctx, c)
}

// lostClaimsCursor is lostCursor of claims.
type lostClaimsCursor struct{ storage.Store }

func (s *lostClaimsCursor) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	all := q
	all.After, all.Limit = nil, 1000
	page, err := s.Store.Claims(ctx, all)
	if err != nil {
		return page, err
	}
	if q.After != nil && !slices.ContainsFunc(page.Rows, func(r storage.PageRow) bool { return q.Sort.PositionOf(r.Entry, q.Names) == *q.After }) {
		q.After = nil
	}
	return s.Store.Claims(ctx, q)
}

// claimsByOffset is unstablePaging of claims.
type claimsByOffset struct {
	storage.Store
	offsets offsets
}

func (s *claimsByOffset) Claims(ctx context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	offset := s.offsets.of(q.After)
	q.After, q.Limit = nil, offset+q.Limit
	page, err := s.Store.Claims(ctx, q)
	page.Rows = s.offsets.from(offset, page.Rows)
	return page, err
}

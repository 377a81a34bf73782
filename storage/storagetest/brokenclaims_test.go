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
		{"reminders taken for deadlines", []string{"reminders"}, hasty},
		{"reminders to the second", []string{"exact", "model"}, func() storage.Store { return &coarseReminder{memory.New()} }},
		{"messages without their deadlines", []string{"exact", "model"}, func() storage.Store { return &timelessMessage{memory.New()} }},
		{"claims of all partners", []string{"claims of a partner", "claims orders", "overdue claims"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Partner = "" })
		}},
		{"claims of nobody in particular", []string{"claims of every partner", "claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Partner = cmp.Or(q.Partner, "northwind") })
		}},
		{"claims of one engagement", []string{"claims", "claims of a partner", "claims orders"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Filter.Engagements = []engagement.ID{"azure-migration"} })
		}},
		{"only claims that are under way", []string{"claims", "claims of every partner"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Filter.Types = []engagement.RowType{engagement.RowActive} })
		}},
		{"customers that are all the same", []string{"claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Filter.Customer = "" })
		}},
		{"amounts without an end", []string{"claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Filter.AmountBefore = "" })
		}},
		{"no engagement taken for all", []string{"claims filter"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) {
				if len(q.Filter.Engagements) == 0 {
					q.Filter.Engagements = nil
				}
			})
		}},
		{"any limit", []string{"claims calls"}, func() storage.Store {
			return narrowing(func(q *storage.ListQuery) { q.Limit = max(q.Limit, 1) })
		}},
		{"counts of all partners", []string{"claims of a partner", "claims counts", "overdue claims"}, func() storage.Store {
			return &mixing{memory.New(), func(list *storage.List, all storage.List) { list.Statuses = all.Statuses }}
		}},
		{"counts that only grow", []string{"claims replaced"}, func() storage.Store { return &growingCounts{Store: memory.New()} }},
		{"counts that are missing", []string{"no claims"}, func() storage.Store { return &noCounts{memory.New()} }},
		{"overdue entries of all partners", []string{"overdue claims", "no claims"}, func() storage.Store {
			return &mixing{memory.New(), func(list *storage.List, all storage.List) { list.Overdue = all.Overdue }}
		}},
		{"amounts as numbers", []string{"amounts", "orders", "claims orders"}, func() storage.Store { return &numericAmounts{memory.New()} }},
		{"amounts forgotten", []string{"exact", "amounts", "claims"}, func() storage.Store { return &noAmounts{memory.New()} }},
	})
}

// sleeper is due by deadlines alone.
type sleeper struct{ storage.Store }

func (s *sleeper) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	limit := q.Limit
	q.Limit = 1000
	keys, err := s.Store.Due(ctx, q)
	if err != nil {
		return nil, err
	}
	loaded, err := s.Load(ctx, storage.Want{Records: keys})
	due := func(key engagement.RecordKey) time.Time { return loaded.Records[key].Due() }
	keys = slices.DeleteFunc(keys, func(key engagement.RecordKey) bool { return !engagement.Passed(due(key), q.Now) })
	slices.SortStableFunc(keys, func(a, b engagement.RecordKey) int { return due(a).Compare(due(b)) })
	return keys[:min(limit, len(keys))], err
}

// hasty takes an entry for overdue when its record wakes.
func hasty() storage.Store {
	return newLoose(func(s *loose) {
		s.overdue = func(q storage.ListQuery, e engagement.Entry) bool {
			loaded, err := s.Load(context.Background(), storage.Want{Records: []engagement.RecordKey{e.Record}})
			return err != nil || engagement.Passed(loaded.Records[e.Record].Wake(), q.Now)
		}
	})()
}

type coarseReminder struct{ storage.Store }

func (s *coarseReminder) Apply(ctx context.Context, c storage.Changes) error {
	c.Participations = slices.Clone(c.Participations)
	for i := range c.Participations {
		c.Participations[i].RemindAt = c.Participations[i].RemindAt.Truncate(time.Second)
	}
	return s.Store.Apply(ctx, c)
}

type timelessMessage struct{ storage.Store }

func (s *timelessMessage) Apply(ctx context.Context, c storage.Changes) error {
	c.Messages = slices.Clone(c.Messages)
	for i := range c.Messages {
		c.Messages[i].Deadline = time.Time{}
	}
	return s.Store.Apply(ctx, c)
}

// otherClaims answers another query than the one that it is asked, of claims.
type otherClaims struct {
	storage.Store
	change func(q *storage.ListQuery)
}

func narrowing(change func(q *storage.ListQuery)) storage.Store {
	return &otherClaims{memory.New(), change}
}

func (s *otherClaims) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	if q.Tab == engagement.TabNone {
		s.change(&q)
	}
	return s.Store.List(ctx, q)
}

// mixing puts a part of what every partner has into claims of one.
type mixing struct {
	storage.Store
	mix func(list *storage.List, everybodys storage.List)
}

func (s *mixing) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	list, err1 := s.Store.List(ctx, q)
	if q.Tab != engagement.TabNone {
		return list, err1
	}
	q.Partner = ""
	all, err2 := s.Store.List(ctx, q)
	s.mix(&list, all)
	return list, cmp.Or(err1, err2)
}

// growingCounts counts every participation as one more when its status changes.
type growingCounts struct {
	storage.Store
	mu   sync.Mutex
	most map[engagement.PartnerID]map[engagement.Status]int
}

func (s *growingCounts) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	list, err := s.Store.List(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most == nil {
		s.most = map[engagement.PartnerID]map[engagement.Status]int{}
	}
	if s.most[q.Partner] == nil {
		s.most[q.Partner] = map[engagement.Status]int{}
	}
	for status, n := range list.Statuses {
		s.most[q.Partner][status] = max(n, s.most[q.Partner][status])
	}
	list.Statuses = maps.Clone(s.most[q.Partner])
	return list, err
}

type noCounts struct{ storage.Store }

func (s *noCounts) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	list, err := s.Store.List(ctx, q)
	if len(list.Statuses) == 0 {
		list.Statuses = nil
	}
	return list, err
}

// numericAmounts looks at the number of an amount, and not at its currency.
type numericAmounts struct{ storage.Store }

func (s *numericAmounts) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	page, err := s.Store.List(ctx, q)
	sortByNumber(page.Rows, q.Sort, q.Descending)
	return page, err
}

func sortByNumber(rows []storage.ListRow, by storage.Sort, descending bool) {
	number := func(r storage.ListRow) string { return r.Entry.Amount[min(len("EUR "), len(r.Entry.Amount)):] }
	if by == storage.SortByAmount {
		slices.SortStableFunc(rows, func(a, b storage.ListRow) int {
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

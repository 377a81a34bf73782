package storagetest_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/tenant"
)

// TestBrokenFigures is TestBrokenStores for what is broken about figures.
func TestBrokenFigures(t *testing.T) {
	asking := func(change func(q *storage.FiguresQuery)) func() storage.Store {
		return func() storage.Store { return &otherFigures{Store: memory.New(), ask: change} }
	}
	telling := func(change func(q storage.FiguresQuery, f *storage.Figures)) func() storage.Store {
		return func() storage.Store { return &otherFigures{Store: memory.New(), tell: change} }
	}
	keeping := func(change func(was, is engagement.Entry) engagement.Entry) func() storage.Store {
		return func() storage.Store {
			return &driftingFigures{Store: memory.New(), counted: map[string]engagement.Entry{}, change: change}
		}
	}
	expectFailures(t, []brokenStore{
		{"sums that drift when an amount changes", []string{"figures replaced", "figures drift"}, keeping(func(was, is engagement.Entry) engagement.Entry {
			if was.Status == is.Status && was.Tab == is.Tab {
				return was
			}
			return is
		})},
		{"figures that do not follow the room", []string{"figures replaced", "figures drift"}, keeping(func(_, is engagement.Entry) engagement.Entry {
			is.Tab = is.Base
			return is
		})},
		{"figures of a status that stay in its first month", []string{"figures drift"}, keeping(func(was, is engagement.Entry) engagement.Entry {
			if was.Month != "" {
				is.Month = was.Month
			}
			return is
		})},
		{"sums as floating-point numbers", []string{"figures exact"}, telling(func(_ storage.FiguresQuery, f *storage.Figures) {
			for i := range f.Rows {
				f.Rows[i].Estimated = decimal.NewFromFloat(f.Rows[i].Estimated.InexactFloat64())
			}
		})},
		{"one sum for all currencies", []string{"figures", "figures exact"}, telling(func(q storage.FiguresQuery, f *storage.Figures) {
			for i := range f.Rows {
				f.Rows[i].Currency = ""
			}
			f.Rows = q.Sum(f.Rows...).Rows()
		})},
		{"figures of all partners", []string{"no figures", "figures of a partner"}, asking(func(q *storage.FiguresQuery) { q.Partner = "" })},
		{"figures of claims alone", []string{"figures", "figures filter"}, asking(func(q *storage.FiguresQuery) { q.Participation = true })},
		{"figures of everything", []string{"figures"}, asking(func(q *storage.FiguresQuery) { q.Participation = false })},
		{"any location", []string{"figures filter"}, asking(func(q *storage.FiguresQuery) { q.Locations = nil })},
		{"any status", []string{"figures filter"}, asking(func(q *storage.FiguresQuery) { q.Statuses = nil })},
		{"any engagement", []string{"figures filter"}, asking(func(q *storage.FiguresQuery) { q.Engagements = nil })},
		{"no engagement taken for any", []string{"figures filter"}, asking(func(q *storage.FiguresQuery) {
			if len(q.Engagements) == 0 {
				q.Engagements = nil
			}
		})},
		{"no first month", []string{"figures filter"}, asking(func(q *storage.FiguresQuery) { q.MonthFrom = "" })},
		{"no last month", []string{"figures filter"}, asking(func(q *storage.FiguresQuery) { q.MonthBefore = "" })},
		{"nothing told apart", []string{"figures", "figures drift"}, asking(func(q *storage.FiguresQuery) { q.By = nil })},
		{"as recorded, whatever the time", []string{"figures overdue", "figures drift"}, asking(func(q *storage.FiguresQuery) { q.Now = time.Time{} })},
		{"never behind", []string{"figures overdue"}, asking(func(q *storage.FiguresQuery) { q.MaxOverdue = 0 })},
		{"any call", []string{"figures calls"}, func() storage.Store { return &otherFigures{Store: memory.New(), lenient: true} }},
	})
}

// otherFigures answers another query than the one that it is asked, or something else.
type otherFigures struct {
	storage.Store
	ask     func(q *storage.FiguresQuery)
	tell    func(q storage.FiguresQuery, f *storage.Figures)
	lenient bool
}

func (s *otherFigures) Figures(ctx context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	if s.ask != nil {
		s.ask(&q)
	}
	f, err := s.Store.Figures(ctx, q)
	if s.lenient {
		return f, nil
	}
	if s.tell != nil && err == nil {
		s.tell(q, &f)
	}
	return f, err
}

// driftingFigures adds up entries as it has counted them, which is not as they are.
type driftingFigures struct {
	storage.Store
	mu      sync.Mutex
	counted map[string]engagement.Entry
	change  func(was, is engagement.Entry) engagement.Entry
}

func (s *driftingFigures) Figures(ctx context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	f, err := s.Store.Figures(ctx, q)
	if err != nil || f.Behind {
		return f, err
	}
	entries, err := everyEntry(ctx, s.Store.(storage.Inspector))
	sum := q.Sum()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		if engagement.Passed(e.Until, q.Now) {
			continue
		}
		key := string(e.Record.Partner) + string(e.Record.Engagement) + string(e.Row)
		was, is := s.counted[key]
		if !is {
			was = e
		}
		counted := s.change(was, e)
		if slices.Contains(q.By, storage.FiguresByStatus) && len(q.By) == 1 || len(q.By) == len(storage.AllFigureDimensions()) { // one that asks for everything
			s.counted[key] = counted
		}
		sum.Add(counted)
	}
	f.Rows = sum.Rows()
	return f, err
}

func everyEntry(ctx context.Context, s storage.Inspector) ([]engagement.Entry, error) {
	var out []engagement.Entry
	for after := tenant.Key(""); ; {
		keys, err := s.CustomerKeys(ctx, after, 100)
		if err != nil || len(keys) == 0 {
			return out, err
		}
		for _, key := range keys {
			whole, err := s.Whole(ctx, key)
			if err != nil {
				return out, err
			}
			for _, r := range whole.Entries {
				out = append(out, r.Entry)
			}
		}
		after = keys[len(keys)-1]
	}
}

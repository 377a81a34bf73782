package storagetest_test

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// loose is a store that keeps its entries by itself, so that each promise about them
// can be broken: by a function that says otherwise.
type loose struct {
	storage.Store
	mu      sync.Mutex
	entries []engagement.Entry
	first   map[engagement.RowID]engagement.Entry

	keep    func(e engagement.Entry) engagement.Entry              // as it is stored
	inLine  func(c storage.Changes, e engagement.Entry) bool       // whether it follows what is shared; nil: where it has to
	widely  bool                                                   // what is shared changes entries of other engagements, too
	overdue func(q storage.ListQuery, e engagement.Entry) bool     // nil: by Until
	counted func(q storage.ListQuery, e engagement.Entry) bool     // nil: what is on a tab
	listed  func(q storage.ListQuery, l storage.List) storage.List // what is told in the end
}

func newLoose(break_ func(s *loose)) func() storage.Store {
	return func() storage.Store {
		s := &loose{Store: memory.New()}
		break_(s)
		return s
	}
}

func (s *loose) Apply(ctx context.Context, c storage.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Store.Apply(ctx, c); err != nil {
		return err
	}
	given := func(e engagement.Entry) bool {
		return slices.ContainsFunc(c.Entries, func(o engagement.Entry) bool { return o.Record == e.Record && o.Row == e.Row })
	}
	for i, e := range s.entries {
		for _, v := range c.Shared {
			there := e.Record.Shared() == v.Key || s.widely && e.Record.Customer == v.Key.Customer
			if there && !given(e) && (s.inLine == nil || s.inLine(c, e)) {
				s.entries[i], _ = c.InLine(e, v)
			}
		}
	}
	s.entries = slices.DeleteFunc(s.entries, given)
	for _, e := range c.Entries {
		if s.keep != nil {
			e = s.keep(e)
		}
		s.entries = append(s.entries, e)
	}
	return nil
}

func (s *loose) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return storage.List{}, err
	}
	out := storage.List{Tabs: map[engagement.Tab]int{}, Statuses: map[engagement.Status]int{}}
	order := func(a, b engagement.Entry) int {
		c := q.Sort.PositionOf(a, q.Names).Compare(q.Sort.PositionOf(b, q.Names))
		if q.Descending {
			return -c
		}
		return c
	}
	for _, e := range s.entries {
		if !q.Has(e) {
			continue
		}
		if over := engagement.Passed(e.Until, q.Now); s.overdue == nil && over || s.overdue != nil && s.overdue(q, e) {
			out.Overdue = append(out.Overdue, storage.ListRow{Entry: e})
			continue
		}
		if s.counted == nil && e.Tab != engagement.TabNone || s.counted != nil && s.counted(q, e) {
			out.Tabs[e.Tab]++
			out.Statuses[e.Status]++
		}
		behind := true
		if q.After != nil {
			behind = q.Sort.PositionOf(e, q.Names).Compare(*q.After) > 0 != q.Descending && q.Sort.PositionOf(e, q.Names).Compare(*q.After) != 0
		}
		if (q.Tab == engagement.TabNone || q.Tab == e.Tab) && behind && q.Filter.Match(e) {
			out.Rows = append(out.Rows, storage.ListRow{Entry: e})
		}
	}
	if q.Tab == engagement.TabNone {
		out.Tabs = nil
	} else {
		out.Statuses = nil
	}
	slices.SortFunc(out.Rows, func(a, b storage.ListRow) int { return order(a.Entry, b.Entry) })
	slices.SortFunc(out.Overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	out.Rows, out.More = out.Rows[:min(len(out.Rows), q.Limit)], len(out.Rows) > q.Limit
	if s.listed != nil {
		return s.listed(q, out), nil
	}
	if q.MaxOverdue > 0 && len(out.Overdue) > q.MaxOverdue {
		return storage.List{Behind: true}, nil
	}
	return out, nil
}

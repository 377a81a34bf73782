package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// List implements storage.Store.
func (s *Store) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return storage.List{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	var out storage.List
	if q.Tab == engagement.TabNone {
		out.Statuses = map[engagement.Status]int{}
	} else {
		out.Tabs = map[engagement.Tab]int{}
	}
	rows := selection{query: &q}
	for e := range s.entries(&q) {
		switch {
		case engagement.Passed(e.Until, q.Now):
			out.Overdue = append(out.Overdue, storage.ListRow{Entry: *e})
			continue
		case e.Tab == engagement.TabNone:
			continue
		case q.Tab == engagement.TabNone:
			out.Statuses[e.Status]++
		default:
			out.Tabs[e.Tab]++
		}
		if q.Tab == engagement.TabNone || e.Tab == q.Tab {
			rows.offer(e)
		}
	}
	if q.MaxOverdue > 0 && len(out.Overdue) > q.MaxOverdue {
		return storage.List{Behind: true}, nil
	}
	slices.SortFunc(out.Overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	out.Rows, out.More = rows.page()
	return out, nil
}

// entries goes over those of the list, whatever their tab.
func (s *Store) entries(q *storage.ListQuery) iter.Seq[*engagement.Entry] {
	return func(yield func(*engagement.Entry) bool) {
		all := func(r *record) bool {
			for _, e := range r.entries {
				if (q.Tab != engagement.TabNone || e.Participation != "") && !yield(e) {
					return false
				}
			}
			return true
		}
		if q.Tab != engagement.TabNone {
			for _, r := range s.of(q.Partner).pages[q.Engagement] {
				if !all(r) {
					return
				}
			}
			return
		}
		for id, p := range s.partners {
			if q.Partner != "" && q.Partner != id {
				continue
			}
			for _, r := range p.claims {
				if !all(r) {
					return
				}
			}
		}
	}
}

// selection finds the first entries behind a position, without sorting all of them.
type selection struct {
	query *storage.ListQuery
	found []placed // those that the last cut left, in order, then more as they came
	kept  int      // how many the last cut left
}

type placed struct {
	at    storage.Position
	entry *engagement.Entry
}

func (s *selection) compare(a, b storage.Position) int {
	if s.query.Descending {
		return b.Compare(a)
	}
	return a.Compare(b)
}

// offer takes an entry in if it is behind the position, can be on the page or be the
// next one, and passes the filter.
func (s *selection) offer(e *engagement.Entry) {
	at, after, limit := s.query.Sort.PositionOf(*e, s.query.Names), s.query.After, s.query.Limit
	switch {
	case after != nil && s.compare(at, *after) <= 0:
		return
	case s.kept > limit && s.compare(at, s.found[limit].at) > 0:
		return
	case !s.query.Filter.Match(*e):
		return
	}
	if s.found = append(s.found, placed{at, e}); len(s.found) > 4*s.kept+64 {
		s.cut()
	}
}

// cut leaves the entries of the page, and the next one.
func (s *selection) cut() {
	slices.SortFunc(s.found, func(a, b placed) int { return s.compare(a.at, b.at) })
	s.found = s.found[:min(len(s.found)-1, s.query.Limit)+1]
	s.kept = len(s.found)
}

// page returns the rows of the page, and whether more follow.
func (s *selection) page() (rows []storage.ListRow, more bool) {
	if len(s.found) == 0 {
		return nil, false
	}
	s.cut()
	for _, f := range s.found[:min(len(s.found), s.query.Limit)] {
		rows = append(rows, storage.ListRow{Entry: *f.entry})
	}
	return rows, len(s.found) > s.query.Limit
}

package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Figures implements storage.Store, by adding up all entries.
func (s *Store) Figures(ctx context.Context, q storage.FiguresQuery) (storage.Figures, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return storage.Figures{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	var overdue []storage.ListRow
	sum := q.Sum()
	for id, p := range s.partners {
		if q.Partner != "" && q.Partner != id {
			continue
		}
		for _, records := range p.pages {
			for _, r := range records {
				for _, e := range r.entries {
					switch {
					case !q.Has(*e):
					case engagement.Passed(e.Until, q.Now):
						overdue = append(overdue, storage.ListRow{Entry: *e})
					default:
						sum.Add(*e)
					}
				}
			}
		}
	}
	if q.MaxOverdue > 0 && len(overdue) > q.MaxOverdue {
		return storage.Figures{Behind: true}, nil
	}
	slices.SortFunc(overdue, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	return storage.Figures{Rows: sum.Rows(), Overdue: overdue}, nil
}

package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/storage"
)

// A list works in what has become of its entries by itself, as long as these are few:
// up to maxOverdue it costs little. With more of them the sweep is late, and whoever
// looks has it record a batch first.
const (
	maxOverdue = 1000
	maxCatchUp = 3 // batches
)

// listed reads a page of a list. Where many of its entries are overdue, what is due
// is recorded first, as far as a few batches go; where nothing can be recorded, on a
// storage that cannot be written to, for example, the page costs more and is the same.
func (s *Service) listed(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	q.MaxOverdue = maxOverdue
	for range maxCatchUp {
		found, err := s.store.List(ctx, q)
		if err != nil || !found.Behind {
			return found, unavailable("storage", err)
		}
		if s.sweepSome(ctx, q) == 0 {
			break
		}
	}
	q.MaxOverdue = 0
	found, err := s.store.List(ctx, q)
	return found, unavailable("storage", err)
}

// sweepSome records a batch of what is due in a list, and returns how many participations
// it settled. What goes wrong with it is for the sweep to tell: nothing of it shows.
func (s *Service) sweepSome(ctx context.Context, q storage.ListQuery) int {
	if s.checkClock(ctx) != nil {
		return 0
	}
	return s.engine.SweepSome(ctx, storage.DueQuery{Now: q.Now, Partner: q.Partner, Engagement: q.Engagement})
}

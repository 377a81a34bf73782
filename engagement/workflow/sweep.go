package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const sweepBatch = 100

// Sweep records every deadline that has passed: the history gets its event, and
// those who wait are told. What queries show is the same before and after. Any
// number of processes may sweep at once, as often as they like: a deadline is
// recorded once. It returns how many participations it settled.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	settled := 0
	for {
		keys, err := s.store.Due(ctx, s.now(), sweepBatch)
		if err != nil {
			return settled, unavailable("storage", err)
		}
		if len(keys) == 0 {
			return settled, nil
		}
		for _, key := range keys {
			n, err := s.sweepPlace(ctx, key)
			settled += n
			if err != nil {
				return settled, err
			}
		}
	}
}

func (s *Service) sweepPlace(ctx context.Context, key engagement.PlaceKey) (int, error) {
	return attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (int, error) {
		if _, err := u.load(ctx, storage.Want{Places: []engagement.PlaceKey{key}}); err != nil {
			return 0, err
		}
		return u.settled, nil
	})
}

package workflow

import (
	"context"
	"errors"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const sweepBatch = 100

// Sweep records every deadline that has passed and every reminder that is due:
// the history gets its event, and those who wait are told. What queries show is the
// same before and after, but for the history. Any number of processes may sweep at
// once, as often as they like: a deadline is recorded once, and a reminder sent
// once. It returns how many deadlines and reminders it recorded.
//
// A *ClockError, for a process whose clock is far from the storage's, an
// *UnavailableError and a context that is over end it. What is wrong with one
// customer does not keep the others waiting; it is in the joined error.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	settled, err := s.sweep(ctx)
	return settled, explain(err)
}

func (s *Service) sweep(ctx context.Context) (int, error) {
	if err := s.checkClock(ctx); err != nil {
		return 0, err
	}
	settled := 0
	failed := map[engagement.RecordKey]bool{}
	var errs []error
	for {
		keys, err := s.store.Due(ctx, storage.DueQuery{Now: s.now(), Limit: sweepBatch + len(failed)}) // so that those which fail hide no others
		if err != nil {
			return settled, errors.Join(append(errs, unavailable("storage", err))...)
		}
		before := settled
		for _, key := range keys {
			if failed[key] {
				continue
			}
			n, err := s.sweepRecord(ctx, key)
			settled += n
			if errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
				return settled, errors.Join(append(errs, err)...)
			}
			if err != nil {
				failed[key] = true
				errs = keepErrors(errs, []error{err})
			}
		}
		if settled == before { // nothing is due, or others record the rest
			return settled, errors.Join(errs...)
		}
	}
}

// sweepRecord records what is due in one record, and returns how many
// participations it settled.
func (s *Service) sweepRecord(ctx context.Context, key engagement.RecordKey) (int, error) {
	var left error // what could not be read
	n, err := attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (int, error) {
		_, err := u.load(ctx, storage.Want{Records: []engagement.RecordKey{key}})
		left = u.left(key)
		return u.settled, err
	})
	return n, errors.Join(err, left)
}

// sweepFirst records what is due in records of other partners before somebody relies
// on it. What cannot be recorded, because a row cannot be read for example, is as true
// without it and stands in nobody's way.
func (s *Service) sweepFirst(ctx context.Context, keys []engagement.RecordKey) {
	for _, key := range keys {
		if _, err := s.sweepRecord(ctx, key); err != nil {
			s.log.WarnContext(ctx, "a passed deadline could not be recorded", "error", explain(err))
		}
	}
}

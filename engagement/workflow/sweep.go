package workflow

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const (
	sweepBatch = 50 // records that are read, decided and written together
	sweepAside = 8  // batches among which a process takes one when others sweep, too
)

// Sweep records every deadline that has passed and every reminder that is due: the
// history gets its event, and those who wait are told. Except for the history, queries
// show the same before and after. It reads 50 records at a time together, and writes
// them together. Any number of processes may sweep at once, as often as they like: a
// deadline is recorded once, and a reminder sent once. None waits for another: a
// process whose records others have just recorded takes others. It returns how many
// deadlines and reminders it recorded.
//
// An *[UnavailableError] and a context that is over end it. What is wrong with one
// customer does not keep the others waiting, not even those of its batch; it is in the
// joined error.
func (d *JobsDesk) Sweep(ctx context.Context) (int, error) {
	s := d.s
	settled, err := s.sweep(ctx)
	return settled, explain(err)
}

func (s *Service) sweep(ctx context.Context) (int, error) {
	if err := s.checkClock(ctx); err != nil {
		return 0, err
	}
	var done sweeping
	for {
		limit := sweepBatch
		if done.overtaken {
			limit *= sweepAside
		}
		keys, err := s.store.Due(ctx, storage.DueQuery{Now: s.now(), Limit: limit + len(done.failed)}) // so that those which fail hide no others
		if err != nil {
			return done.settled, errors.Join(append(done.errs, unavailable("storage", err))...)
		}
		overtaken, settled, failed := done.overtaken, done.settled, len(done.failed)
		done.overtaken = false
		if err := s.sweepRecords(ctx, done.some(keys, overtaken), &done); err != nil {
			return done.settled, errors.Join(append(done.errs, err)...)
		}
		if done.settled == settled && len(done.failed) == failed && !done.overtaken { // nothing is due, or others record the rest
			return done.settled, errors.Join(done.errs...)
		}
		done.overtaken = done.overtaken || overtaken && len(keys) > sweepBatch
	}
}

// sweeping is what a sweep has come to.
type sweeping struct {
	settled   int
	overtaken bool // whether others have changed the same
	failed    map[engagement.RecordKey]bool
	errs      []error // of records, the first maxErrors
}

func (d *sweeping) fail(key engagement.RecordKey, err error) {
	if d.failed == nil {
		d.failed = map[engagement.RecordKey]bool{}
	}
	d.failed[key] = true
	d.errs = keepErrors(d.errs, []error{err})
}

// some returns a batch of the records that are due and have not failed: those that have
// been due the longest or, anywhere, some that others are less likely to take.
func (d *sweeping) some(keys []engagement.RecordKey, anywhere bool) []engagement.RecordKey {
	var left []engagement.RecordKey
	for _, key := range keys {
		if !d.failed[key] {
			left = append(left, key)
		}
	}
	if more := len(left) - sweepBatch; anywhere && more > 0 {
		left = left[rand.N(more+1):]
	}
	return left[:min(len(left), sweepBatch)]
}

// sweepRecords records together what is due in some records. Its error is for what
// concerns all of them.
func (s *Service) sweepRecords(ctx context.Context, keys []engagement.RecordKey, done *sweeping) error {
	return jointly(ctx, keys, func(keys []engagement.RecordKey, tries int) error {
		var bad map[engagement.RecordKey]error
		times := 0
		settled, err := attemptUpTo(ctx, s, storage.CommandRecord{}, tries, func(u *unit) (int, error) {
			var err error
			times++
			bad, err = u.sweep(ctx, keys)
			return u.settled, err
		})
		done.overtaken = done.overtaken || times > 1
		if err != nil {
			return err
		}
		done.settled += settled
		for _, key := range keys {
			if err := bad[key]; err != nil {
				done.fail(key, err)
			}
		}
		return nil
	}, done.fail)
}

// sweep puts what is due in some records into the unit. It returns what of which could
// not be read or, because its customer could not be, be recorded.
func (u *unit) sweep(ctx context.Context, keys []engagement.RecordKey) (map[engagement.RecordKey]error, error) {
	loaded, err := u.loadTogether(ctx, keys, false)
	if err != nil {
		return nil, err
	}
	failed := map[engagement.RecordKey]error{}
	for _, key := range keys {
		err := u.settle(ctx, loaded[key])
		if troubled(err) {
			return nil, err
		}
		if err := errors.Join(err, u.record(key).ErrUnreadable(""), u.bad[key.OfCustomer()]); err != nil {
			failed[key] = err
		}
	}
	return failed, nil
}

// loadTogether reads records, with their ended participations if need be, and with
// their customers. It does not settle them.
func (u *unit) loadTogether(ctx context.Context, keys []engagement.RecordKey, ended bool) (map[engagement.RecordKey]engagement.PartnerRecord, error) {
	want := storage.Want{Records: keys, Ended: ended}
	for _, key := range keys {
		if !slices.Contains(want.Customers, key.OfCustomer()) {
			want.Customers = append(want.Customers, key.OfCustomer())
		}
	}
	loaded, err := u.s.fetch(ctx, want)
	if err != nil {
		return nil, unavailable("storage", err)
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		u.spoil(key, bad)
	}
	return loaded.Records, nil
}

// sweepFirst records what is due in records of other partners before somebody relies
// on it. What cannot be recorded, because a row cannot be read for example, is as true
// without it and stands in nobody's way.
func (s *Service) sweepFirst(ctx context.Context, keys []engagement.RecordKey) {
	var done sweeping
	err := s.sweepRecords(ctx, keys, &done)
	if err := errors.Join(append(done.errs, err)...); err != nil {
		s.log.WarnContext(ctx, "a passed deadline could not be recorded", "error", explain(err))
	}
}

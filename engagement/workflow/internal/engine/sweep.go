package engine

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const (
	sweepBatch = 50 // records that are read, decided and written together
	sweepAside = 8  // batches among which a process takes one when others sweep, too
)

// Sweep records every deadline that has passed and every reminder that is due, as far as
// storage says so, and returns how many. What is wrong with one customer is in the joined
// error and keeps no other waiting, not even those of its batch; an error of the storage
// or of the context ends it. Any number of processes may sweep at once.
func (e *Engine) Sweep(ctx context.Context) (int, error) {
	var done sweeping
	for {
		limit := sweepBatch
		if done.overtaken {
			limit *= sweepAside
		}
		keys, err := e.Store.Due(ctx, storage.DueQuery{Now: e.Now(), Limit: limit + len(done.failed)}) // so that those which fail hide no others
		if err != nil {
			return done.settled, errors.Join(append(done.errs, e.unavailable(err))...)
		}
		overtaken, settled, failed := done.overtaken, done.settled, len(done.failed)
		done.overtaken = false
		if err := e.sweepRecords(ctx, done.some(keys, overtaken), &done); err != nil {
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
	errs      []error // of records, the first MaxErrors
}

func (d *sweeping) fail(key engagement.RecordKey, err error) {
	if d.failed == nil {
		d.failed = map[engagement.RecordKey]bool{}
	}
	d.failed[key] = true
	d.errs = KeepErrors(d.errs, []error{err})
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
func (e *Engine) sweepRecords(ctx context.Context, keys []engagement.RecordKey, done *sweeping) error {
	return Jointly(ctx, e, keys, func(keys []engagement.RecordKey, tries int) error {
		var bad map[engagement.RecordKey]error
		times := 0
		settled, err := AttemptUpTo(ctx, e, storage.CommandRecord{}, tries, func(u *Unit) (int, error) {
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
func (u *Unit) sweep(ctx context.Context, keys []engagement.RecordKey) (map[engagement.RecordKey]error, error) {
	loaded, err := u.LoadTogether(ctx, keys, false)
	if err != nil {
		return nil, err
	}
	failed := map[engagement.RecordKey]error{}
	for _, key := range keys {
		err := u.Settle(ctx, loaded[key])
		if u.engine.Errors.Troubled(err) {
			return nil, err
		}
		if err := errors.Join(err, u.Record(key).ErrUnreadable(""), u.bad[key.OfCustomer()]); err != nil {
			failed[key] = err
		}
	}
	return failed, nil
}

// SweepSome records one batch of what is due, of the partner and in the engagement of a
// query, and returns how much it was. What goes wrong with it is for Sweep to tell.
func (e *Engine) SweepSome(ctx context.Context, q storage.DueQuery) int {
	q.Limit = sweepBatch
	keys, err := e.Store.Due(ctx, q)
	if err != nil {
		return 0
	}
	var done sweeping
	_ = e.sweepRecords(ctx, keys, &done)
	return done.settled
}

// sweepFirst records what is due in records of other partners before somebody relies
// on it. What cannot be recorded, because a row cannot be read for example, is as true
// without it and stands in nobody's way.
func (e *Engine) sweepFirst(ctx context.Context, keys []engagement.RecordKey) {
	var done sweeping
	err := e.sweepRecords(ctx, keys, &done)
	if err := errors.Join(append(done.errs, err)...); err != nil {
		e.Log.WarnContext(ctx, "a passed deadline could not be recorded", "error", Explain(err))
	}
}

package verify

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Options are for Check and Repair. Their zero value is usable.
type Options struct {
	// Now is the clock of the workflow; nil: time.Now.
	Now func() time.Time

	// After is behind which customer it begins, in the store's own order: where a
	// Progress of one that was broken off was; "": with the first.
	After tenant.Key

	// Persons, if it is given, is the key with the secret of the workflow, PersonSecret:
	// then Check finds customers whom an erasure would not find by somebody whom they
	// name, and those that nobody has looked through with this secret, as all are that
	// older versions of the library wrote. Repair looks them through.
	Persons *engagement.PersonKey

	// Report is told of each finding, by one goroutine; an error of it ends the whole
	// and is returned. nil: findings are only counted.
	Report func(storage.Finding) error

	// Progress is told now and then how far it is; nil: nobody is.
	Progress func(Progress)
}

// Progress says how far a Check or a Repair is.
type Progress struct {
	Customers int        // that have been looked at
	Events    int        // of their histories
	Findings  int        // all of them
	Mended    int        // of the findings
	At        tenant.Key // the last customer that has been looked at
}

// Check reports all that is wrong with what is stored. The error is that of the
// context, of Report, or of a store that cannot be reached; what is wrong is none.
func Check(ctx context.Context, s storage.Inspector, o Options) (Progress, error) {
	return run(ctx, s, o, false)
}

// Repair does what Check does, and makes anew what is made of something else; it
// reports that as Mended. A Check afterwards finds the rest only. Records that are
// repaired get another version.
func Repair(ctx context.Context, s storage.Inspector, o Options) (Progress, error) {
	return run(ctx, s, o, true)
}

// batch is how many customers are asked for at a time.
const batch = 1000

// checking is a Check or a Repair.
type checking struct {
	ctx   context.Context
	store storage.Inspector
	Options
	mend     bool
	progress Progress
}

func run(ctx context.Context, s storage.Inspector, o Options, mend bool) (Progress, error) {
	ctx = storage.Current(ctx)
	c := &checking{ctx: ctx, store: s, Options: o, mend: mend, progress: Progress{At: o.After}}
	if c.Now == nil {
		c.Now = time.Now
	}
	// First, since counts are kept by differences.
	if err := s.CheckRest(ctx, mend, c.report); err != nil {
		return c.progress, err
	}
	for {
		keys, err := s.CustomerKeys(ctx, c.progress.At, batch)
		if err != nil {
			return c.progress, err
		}
		for _, key := range keys {
			if err := c.customer(key); err != nil {
				return c.progress, err
			}
			c.progress.Customers++
			c.progress.At = key
		}
		if c.Progress != nil {
			c.Progress(c.progress)
		}
		if len(keys) < batch {
			return c.progress, nil
		}
	}
}

func (c *checking) report(f storage.Finding) error {
	c.progress.Findings++
	if f.Mended {
		c.progress.Mended++
	}
	if c.Report == nil {
		return nil
	}
	return c.Report(f)
}

// attempts is how often a customer is repaired again because others were faster.
const attempts = 100

// customer checks all that is stored of a customer, and repairs it.
func (c *checking) customer(key tenant.Key) error {
	var mended []*storage.Finding
	for attempt := 1; ; attempt++ {
		w, err := c.store.Whole(c.ctx, key)
		if err != nil {
			return err
		}
		k := &customer{checking: c, Whole: w, key: key, now: c.Now().UTC().Truncate(time.Microsecond)}
		err = k.check()
		if err == nil && c.mend {
			err = k.repair()
		}
		if errors.Is(err, storage.ErrConflict) && attempt < attempts { // what was read is no more
			mended = append(mended, slices.DeleteFunc(k.found, func(f *storage.Finding) bool { return !f.Mended })...)
			continue
		}
		if err != nil {
			return err
		}
		c.progress.Events += k.events
		for _, f := range append(mended, k.found...) {
			if err := c.report(*f); err != nil {
				return err
			}
		}
		return nil
	}
}

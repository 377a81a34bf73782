package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func raceCases() []Case {
	return []Case{
		{"one winner", "Of many Apply calls at once that were decided on the same version, exactly one succeeds; no update is lost.", checkOneWinner},
		{"one command", "Of many Apply calls at once with the same command key, exactly one succeeds.", checkOneCommand},
		{"whole states", "Each method sees one committed state; nobody sees a part of an Apply.", checkWholeStates},
		{"exclusive leases", "Of Lease calls at once, no message is in two.", checkExclusiveLeases},
	}
}

const (
	racers = 8
	rounds = 20
)

// race calls f from many goroutines at once, by turns with either handle.
func race(a, b storage.Store, f func(s storage.Store, n int) error) []error {
	errs := make([]error, racers)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for n := range racers {
		wg.Go(func() {
			<-start
			errs[n] = f([]storage.Store{a, b}[n%2], n)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// winners returns how many succeeded, and an error for every failure that is no
// conflict.
func winners(errs []error) (int, error) {
	n := 0
	for _, err := range errs {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, storage.ErrConflict):
			return n, err
		}
	}
	return n, nil
}

func checkOneWinner(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, engagement.Place{Key: placeOf(migration, 1)})); err != nil {
		return err
	}
	for round := range rounds {
		read, err := load(ctx, a, placeOf(migration, 1))
		if err != nil {
			return err
		}
		n, err := winners(race(a, b, func(s storage.Store, n int) error {
			mine := read
			mine.ClaimLimit = racers*round + n
			return s.Apply(ctx, changed(start, mine))
		}))
		if err := errors.Join(err, same("the number of winners", n, 1)); err != nil {
			return err
		}
		after, err := load(ctx, b, placeOf(migration, 1))
		if err := errors.Join(err, same("the version after one winner", after.Version, read.Version+1)); err != nil {
			return err
		}
	}
	return nil
}

func checkOneCommand(ctx context.Context, a, b storage.Store) error {
	for round := range rounds {
		n, err := winners(race(a, b, func(s storage.Store, n int) error {
			c := changed(start, known(northwind, migration, 1000*round+n+1, "Racer", start))
			c.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: northwind, Key: fmt.Sprint(round)}, At: start}
			return s.Apply(ctx, c)
		}))
		if err := errors.Join(err, same("the number of winners", n, 1)); err != nil {
			return err
		}
	}
	return nil
}

// checkWholeStates writes two places and a customer together, and reads them
// together.
func checkWholeStates(ctx context.Context, a, b storage.Store) error {
	one, two := known(northwind, migration, 1, "One", start), known(northwind, migration, 2, "Two", start)
	c, customer := told(changed(start, one, two), newCustomer(northwind, 1), event(engagement.CustomerAdded))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		defer close(done)
		customer := customer
		for n := range 10 * rounds {
			one.Version, two.Version = int64(n+1), int64(n+1)
			one.ClaimLimit, two.ClaimLimit = n+2, n+2
			var c storage.Changes
			c, customer = told(changed(start, one, two), customer, event(engagement.ConsentSent))
			if err := a.Apply(ctx, c); err != nil {
				done <- err
				return
			}
		}
	}()
	want := storage.Want{Places: []engagement.PlaceKey{placeOf(migration, 1), placeOf(migration, 2)}, Customers: []engagement.CustomerKey{customer.Key}}
	for {
		select {
		case err := <-done:
			return err
		default:
		}
		loaded, err := b.Load(ctx, want)
		if err != nil {
			return err
		}
		version := loaded.Places[want.Places[0]].Version
		if err := errors.Join(same("the version of the second of two places that change together", loaded.Places[want.Places[1]].Version, version),
			same("the number of events that a customer has with that version", loaded.Customers[customer.Key].History.Seq, version)); err != nil {
			return err
		}
		page, err := b.Page(ctx, pageQuery(engagement.TabEligible, 2))
		if err != nil {
			return err
		}
		if len(page.Rows) != 2 || page.Counts[engagement.TabEligible] != 2 || page.Rows[0].Place.ClaimLimit != page.Rows[1].Place.ClaimLimit {
			return fmt.Errorf("a page shows a part of an Apply: %+v", page)
		}
	}
}

func checkExclusiveLeases(ctx context.Context, a, b storage.Store) error {
	var c storage.Changes
	for n := range 5 * racers {
		c.Messages = append(c.Messages, message(fmt.Sprintf("m-%03d", n), northwind, 1, start, "ana@contoso.com"))
	}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	var mu sync.Mutex
	handed := map[engagement.MessageID]int{}
	errs := race(a, b, func(s storage.Store, _ int) error {
		for {
			got, err := lease(ctx, s, start, 3)
			if err != nil || len(got) == 0 {
				return err
			}
			mu.Lock()
			for _, m := range got {
				handed[m.ID]++
			}
			mu.Unlock()
		}
	})
	for id, n := range handed {
		if n > 1 {
			return fmt.Errorf("message %s is handed out %d times", id, n)
		}
	}
	return errors.Join(errors.Join(errs...), same("the number of messages handed out", len(handed), len(c.Messages)))
}

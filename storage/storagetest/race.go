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
		{"one begins", "Of many Apply calls at once that begin a participation in the same record, exactly one succeeds, and the others are told of a conflict.", checkOneBegins},
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

// checkOneWinner lets partners change what they share, and one partner its record.
func checkOneWinner(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, changed(start, of(added(northwind, migration, 1, start)))); err != nil {
		return err
	}
	for round := range rounds {
		read, err := load(ctx, a, keyOf(migration, 1))
		if err != nil {
			return err
		}
		n, err := winners(race(a, b, func(s storage.Store, n int) error {
			if round%2 == 0 {
				return s.Apply(ctx, becoming(start, read, read.limited(2+racers*round+n)))
			}
			mine := read.record(northwind)
			mine.FriendlyName = fmt.Sprint(racers*round + n)
			return s.Apply(ctx, becoming(start, read, read.with(mine)))
		}))
		if err := errors.Join(err, same("the number of winners", n, 1)); err != nil {
			return err
		}
		after, err := load(ctx, b, keyOf(migration, 1))
		if err := errors.Join(err, same("the versions after one winner", after.shared.Version+after.record(northwind).Version, read.shared.Version+read.record(northwind).Version+1)); err != nil {
			return err
		}
	}
	return nil
}

// checkOneBegins lets one partner begin a participation several times at once, where
// nobody takes part yet and where another partner does.
func checkOneBegins(ctx context.Context, a, b storage.Store) error {
	for round := range rounds {
		customer := round + 1
		if round%2 == 1 {
			if err := a.Apply(ctx, changed(start, of(added(fabrikam, migration, customer, start)))); err != nil {
				return err
			}
		}
		read, err := load(ctx, a, keyOf(migration, customer))
		if err != nil {
			return err
		}
		n, err := winners(race(a, b, func(s storage.Store, n int) error {
			p := added(northwind, migration, customer, start)
			p.ID = engagement.ParticipationID(fmt.Sprintf("p-%d-%d", round, n))
			return s.Apply(ctx, becoming(start, read, read.enter(p)))
		}))
		if err := errors.Join(err, same("the number of winners", n, 1)); err != nil {
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

// checkWholeStates writes two scenes and a customer together, and reads them together.
// What is shared in both changes with each, and so do the rows of two partners.
func checkWholeStates(ctx context.Context, a, b storage.Store) error {
	scenes := []scene{}
	for n := range 2 {
		scenes = append(scenes, known(fabrikam, migration, n+1, "Waits", start).enter(granted(added(northwind, migration, n+1, start), start)))
	}
	c, customer := told(changed(start, scenes...), newCustomer(northwind, 1), event(engagement.EventCustomerAdded))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		defer close(done)
		customer := customer
		for n := range 10 * rounds {
			c := storage.Changes{At: start}
			for i, s := range scenes {
				s.shared.Version = int64(n + 1)
				r := s.record(northwind)
				r.Version = int64(n + 1)
				s = s.with(r)
				p := granted(added(northwind, migration, i+1, start), start)
				p.Identity.Name, p.Owner = fmt.Sprintf("Name %03d", n), fmt.Sprint(n)
				add(&c, s, s.limited(2-n%2).enter(p))
			}
			c, customer = told(c, customer, event(engagement.EventConsentSent))
			if err := a.Apply(ctx, c); err != nil {
				done <- err
				return
			}
			for i := range scenes {
				scenes[i] = scenes[i].limited(2 - n%2)
			}
		}
	}()
	records := []engagement.RecordKey{recordOf(northwind, migration, 1), recordOf(northwind, migration, 2)}
	want := storage.Want{Records: records, Customers: []engagement.CustomerKey{customer.Key}}
	theirs := pageOf(engagement.TabEligible, 2)
	theirs.Partner = fabrikam
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
		version := loaded.Records[records[0]].Version
		if err := errors.Join(same("the version of the second of two records that change together", loaded.Records[records[1]].Version, version),
			same("the version of what is shared with that", loaded.Shared[records[0].Shared()].Version, version),
			same("the number of events that a customer has with that version", loaded.Customers[customer.Key].History.Seq, version)); err != nil {
			return err
		}
		page, err1 := b.List(ctx, pageOf(engagement.TabEligible, 2))
		other, err2 := b.List(ctx, theirs)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if len(page.Rows) != 2 || page.Tabs[engagement.TabEligible] != 2 || page.Rows[0].Entry.Shown.Participation.Owner != page.Rows[1].Entry.Shown.Participation.Owner {
			return fmt.Errorf("a page shows a part of an Apply: %+v", page)
		}
		if n := len(other.Rows); n == 1 || other.Tabs[engagement.TabEligible] != n || other.Tabs[engagement.TabIneligible] != 2-n {
			return fmt.Errorf("another partner's page shows a part of an Apply: %d rows, of %v", n, other.Tabs)
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

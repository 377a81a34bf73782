package storagetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

func loadCases() []Case {
	return []Case{
		{"nothing", "What does not exist is no error: every wanted place is there, empty and with version 0.", checkNothing},
		{"participation", "A wanted participation brings its place and its customer; another partner's is not found.", checkParticipation},
		{"link", "A wanted link brings its participation, its place and its customer, and stays found for good.", checkLink},
		{"history", "History returns the events in order of Seq, or the newest first, of one participation if asked, between the given ones, at most limit.", checkHistory},
		{"customers", "Customers returns the partner's customers in order of their keys, only known ones if asked, after the given key, at most limit.", checkCustomers},
	}
}

func checkNothing(ctx context.Context, a, _ storage.Store) error {
	key := engagement.CustomerKey{Partner: northwind, Customer: customerOf(1)}
	loaded, err := a.Load(ctx, storage.Want{
		Command: storage.CommandKey{Partner: northwind, Key: "k"}, Places: []engagement.PlaceKey{placeOf(migration, 1), placeOf(security, 1)},
		Customers: []engagement.CustomerKey{key}, Participation: storage.ParticipationKey{Partner: northwind, ID: "p"},
	})
	if err != nil {
		return err
	}
	page, err := a.Page(ctx, storage.PageQuery{Partner: northwind, Engagement: migration, Tab: engagement.TabComplete, Sort: storage.BySince, Limit: 5, Now: start})
	if err != nil {
		return err
	}
	return errors.Join(
		same("places", loaded.Places, map[engagement.PlaceKey]engagement.Place{placeOf(migration, 1): {Key: placeOf(migration, 1)}, placeOf(security, 1): {Key: placeOf(security, 1)}}),
		same("the number of customers", len(loaded.Customers), 0),
		same("whether there is a command or a participation", loaded.Command != nil || loaded.Participation != nil, false),
		same("the rows of a page of nothing", len(page.Rows)+len(page.Overdue)+page.Counts[engagement.TabComplete], 0))
}

func checkParticipation(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, everything(1)); err != nil {
		return err
	}
	key := storage.ParticipationKey{Partner: northwind, ID: added(northwind, migration, 1, start).ID}
	loaded, err := b.Load(ctx, storage.Want{Participation: key})
	if err != nil {
		return err
	}
	if loaded.Participation == nil {
		return errors.New("a stored participation is not found")
	}
	if err := errors.Join(same("the participation found", *loaded.Participation, key), same("its place", loaded.At, placeOf(migration, 1)),
		same("the version of its place", loaded.Places[loaded.At].Version, int64(1)),
		same("its customer's events", loaded.Customers[newCustomer(northwind, 1).Key].History.Seq, int64(2))); err != nil {
		return err
	}
	key.Partner = fabrikam
	loaded, err = b.Load(ctx, storage.Want{Participation: key})
	return errors.Join(err, same("whether another partner finds it", loaded.Participation != nil || len(loaded.Places) > 0, false))
}

func checkLink(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, everything(1)); err != nil {
		return err
	}
	later := storage.Changes{Tokens: []storage.Token{{Hash: consent.Hash{99}, Participation: storage.ParticipationKey{Partner: northwind, ID: added(northwind, migration, 1, start).ID}, Place: placeOf(migration, 1)}}}
	if err := b.Apply(ctx, later); err != nil {
		return err
	}
	for _, h := range []consent.Hash{{1}, {99}} {
		loaded, err := b.Load(ctx, storage.Want{Link: h})
		if err != nil || loaded.Participation == nil {
			return fmt.Errorf("the participation of a link is not found: %v", err)
		}
		if err := errors.Join(same("the link's place", loaded.At, placeOf(migration, 1)), same("the link's customers", len(loaded.Customers), 1)); err != nil {
			return err
		}
	}
	// A token that is there stays what it is, and who comes second decides again.
	again := everything(3)
	again.Tokens[0].Hash = consent.Hash{99}
	if err := a.Apply(ctx, again); !errors.Is(err, storage.ErrConflict) {
		return fmt.Errorf("the same token a second time: %w, want a conflict", err)
	}
	loaded, err := b.Load(ctx, storage.Want{Link: consent.Hash{99}, Places: []engagement.PlaceKey{placeOf(migration, 3)}})
	if err := errors.Join(err, same("the link's place", loaded.At, placeOf(migration, 1)), same("what came with the second", loaded.Places[placeOf(migration, 3)].Version, int64(0))); err != nil {
		return err
	}
	loaded, err = b.Load(ctx, storage.Want{Link: consent.Hash{2}})
	return errors.Join(err, same("whether an unknown link finds anything", loaded.Participation != nil, false))
}

func checkHistory(ctx context.Context, a, b storage.Store) error {
	var events []engagement.Event
	for i := range 7 {
		e := event(engagement.ConsentSent)
		e.Participation = []engagement.ParticipationID{"p-0", "p-1", ""}[i%3]
		events = append(events, e)
	}
	c, customer := told(storage.Changes{}, newCustomer(northwind, 1), events...)
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	var got []engagement.Event
	for after := int64(0); ; {
		batch, err := b.History(ctx, storage.HistoryQuery{Customer: customer.Key, After: after, Limit: 3})
		if err != nil {
			return err
		}
		if len(batch) == 0 || len(batch) > 3 {
			break
		}
		got, after = append(got, batch...), batch[len(batch)-1].Seq
	}
	other, err := b.History(ctx, storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: fabrikam, Customer: customerOf(1)}, Limit: 10})
	errs := []error{err, same("the history in batches", got, c.Events), same("another partner's history", len(other), 0)}
	for _, q := range []storage.HistoryQuery{
		{Newest: true, Limit: 10}, {Newest: true, Limit: 3}, {Newest: true, Before: 5, Limit: 3}, {Before: 5, Limit: 10}, {After: 2, Before: 5, Limit: 10},
		{After: 6, Before: 3, Limit: 10}, {Participation: "p-1", Limit: 10}, {Participation: "p-1", Newest: true, Limit: 1},
		{Participation: "p-0", After: 1, Before: 7, Limit: 10}, {Participation: "nobody's", Limit: 10},
	} {
		q.Customer = customer.Key
		var want []engagement.Event
		for i := range c.Events {
			if q.Newest {
				i = len(c.Events) - 1 - i
			}
			if q.Has(c.Events[i]) && len(want) < q.Limit {
				want = append(want, c.Events[i])
			}
		}
		got, err := b.History(ctx, q)
		errs = append(errs, err, same(fmt.Sprintf("what History returns for %+v", q), append([]engagement.Event(nil), got...), want))
	}
	return errors.Join(errs...)
}

func checkCustomers(ctx context.Context, a, b storage.Store) error {
	var c storage.Changes
	for _, n := range []int{5, 3, 11, 2, 7, 13} {
		customer := newCustomer(northwind, n)
		if n%2 == 1 {
			customer.KnownSince = start
		}
		c, _ = told(c, customer, event(engagement.CustomerAdded))
	}
	c, _ = told(c, newCustomer(fabrikam, 4), event(engagement.CustomerAdded))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	for _, try := range []struct {
		known bool
		want  string
	}{{false, "tpid:11 tpid:13 tpid:2 tpid:3 tpid:5 tpid:7 "}, {true, "tpid:11 tpid:13 tpid:3 tpid:5 tpid:7 "}} {
		got, after := "", tenant.Key("")
		for range 10 {
			batch, err := b.Customers(ctx, storage.CustomersQuery{Partner: northwind, Known: try.known, After: after, Limit: 2})
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			if len(batch) > 2 {
				return fmt.Errorf("a limit of 2 gives %d customers", len(batch))
			}
			for _, x := range batch {
				got += string(x.Key.Customer) + " "
			}
			after = batch[len(batch)-1].Key.Customer
		}
		if err := same(fmt.Sprintf("the customers in batches, only known %t,", try.known), got, try.want); err != nil {
			return err
		}
	}
	_, err := a.Customers(ctx, storage.CustomersQuery{Partner: northwind})
	return matches("a limit of 0", err, storage.ErrInvalid)
}

package storagetest_test

import (
	"context"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// TestBrokenPersons shows that the kit fails stores that find too many or too few of
// those who name somebody, or forget who is named.
func TestBrokenPersons(t *testing.T) {
	query := func(change func(*storage.CustomersQuery)) func() storage.Store {
		return func() storage.Store { return &misled{Store: memory.New(), query: change} }
	}
	apply := func(change func(*storage.Changes)) func() storage.Store {
		return func() storage.Store { return &misnames{Store: memory.New(), change: change} }
	}
	both := func() []string { return []string{"persons", "persons stay", "model"} }
	expectFailures(t, []brokenStore{
		{"everybody's persons", both(), query(func(q *storage.CustomersQuery) { q.Naming = engagement.Persons{} })},
		{"the first of several persons", []string{"persons", "model"}, query(func(q *storage.CustomersQuery) { q.Naming.Digests = q.Naming.Digests[:min(1, len(q.Naming.Digests))] })},
		{"persons of one key", both(), func() storage.Store { return &ofOneKey{memory.New()} }},
		{"persons that are lost with the next event", []string{"persons stay", "model"}, apply(func(c *storage.Changes) {
			for _, x := range c.Customers {
				if len(c.Persons) == 0 {
					c.Persons = append(c.Persons, storage.CustomerPersons{Key: x.Key})
				}
			}
		})},
		{"persons that are never taken away", []string{"persons stay", "model"}, func() storage.Store { return &addsPersons{memory.New()} }},
		{"persons that are not written", both(), apply(func(c *storage.Changes) { c.Persons = nil })},
	})
}

// misled finds customers by another query.
type misled struct {
	storage.Store
	query func(*storage.CustomersQuery)
}

func (s *misled) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	s.query(&q)
	return s.Store.Customers(ctx, q)
}

// misnames writes other changes, if they are right.
type misnames struct {
	storage.Store
	change func(*storage.Changes)
}

func (s *misnames) Apply(ctx context.Context, c storage.Changes) error {
	if err := c.Check(); err != nil {
		return err
	}
	s.change(&c)
	return s.Store.Apply(ctx, c)
}

// ofOneKey finds only by digests.
type ofOneKey struct{ storage.Store }

func (s *ofOneKey) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	list, err := s.Store.Customers(ctx, q)
	if q.Naming.Key.IsZero() {
		return list, err
	}
	var out []engagement.Customer
	for _, x := range list {
		if x.Persons.Key == q.Naming.Key {
			out = append(out, x)
		}
	}
	return out, err
}

// addsPersons keeps whoever was named once.
type addsPersons struct{ storage.Store }

func (s *addsPersons) Apply(ctx context.Context, c storage.Changes) error {
	if err := c.Check(); err != nil {
		return err
	}
	all := append([]storage.CustomerPersons(nil), c.Persons...)
	for i, p := range all {
		loaded, err := s.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{p.Key}})
		if had := loaded.Customers[p.Key].Persons; err == nil && had.Key == p.Persons.Key {
			all[i].Persons = p.Persons.With(had.Digests)
		}
	}
	c.Persons = all
	return s.Store.Apply(ctx, c)
}

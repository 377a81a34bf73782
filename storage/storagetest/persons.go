package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func personCases() []Case {
	return []Case{
		{"persons", "Customers that name somebody are found by any of the digests asked for, each once, in order of their keys, and with them those whose digests are of another key and those of whom nobody has looked; another partner's are not.", checkPersons},
		{"persons stay", "The persons of a customer are replaced where Changes.Persons has the customer, and stay as they are stored where it has not.", checkPersonsStay},
	}
}

// digest is that of a person.
func digest(n int) engagement.PersonDigest {
	return engagement.PersonDigest{byte(200 + n), 0, byte(n >> 8), byte(n), 255}
}

// naming are persons whose digests are made with a key.
func naming(key int, digests ...int) engagement.Persons {
	p := engagement.Persons{Key: digest(100 + key)}
	for _, n := range digests {
		p = p.With([]engagement.PersonDigest{digest(n)})
	}
	return p
}

// withPersons adds a customer that names persons.
func withPersons(c storage.Changes, x engagement.Customer, p engagement.Persons) storage.Changes {
	c, _ = told(c, x, event(engagement.EventCustomerAdded))
	c.Persons = append(c.Persons, storage.CustomerPersons{Key: x.Key, Persons: p})
	return c
}

// customersNaming are all that a store gives for a query, in pages of two.
func customersNaming(ctx context.Context, s storage.Store, q storage.CustomersQuery) (string, error) {
	got := ""
	for q.Limit = 2; len(got) < 1000; {
		batch, err := s.Customers(ctx, q)
		if err != nil {
			return got, err
		}
		for _, x := range batch {
			got += string(x.Key.Customer) + " "
		}
		if len(batch) < 2 {
			return got, nil
		}
		q.After = batch[1].Key.Customer
	}
	return got, nil
}

func checkPersons(ctx context.Context, a, b storage.Store) error {
	known := newCustomer(northwind, 6)
	known.KnownSince = start
	var c storage.Changes
	c = withPersons(c, newCustomer(northwind, 1), naming(1, 1, 2, 3))
	c = withPersons(c, newCustomer(northwind, 2), naming(1, 3, 4))
	c = withPersons(c, newCustomer(northwind, 3), naming(1))
	c = withPersons(c, newCustomer(northwind, 4), naming(2, 1))
	c = withPersons(c, newCustomer(northwind, 5), naming(2))
	c = withPersons(c, known, naming(1, 2))
	c = withPersons(c, newCustomer(northwind, 7), engagement.Persons{})
	c, _ = told(c, newCustomer(northwind, 8), event(engagement.EventCustomerAdded)) // nobody has looked
	c = withPersons(c, newCustomer(fabrikam, 1), naming(1, 9))
	c = withPersons(c, newCustomer(fabrikam, 9), naming(1, 1))
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	var errs []error
	for _, try := range []struct {
		q    storage.CustomersQuery
		want string
	}{
		{storage.CustomersQuery{Naming: naming(1, 1)}, "tpid:1 tpid:4 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(1, 3)}, "tpid:1 tpid:2 tpid:4 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(1, 1, 2, 3, 4)}, "tpid:1 tpid:2 tpid:4 tpid:6 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(1, 99)}, "tpid:4 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(1)}, "tpid:4 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(2, 1)}, "tpid:1 tpid:2 tpid:4 tpid:6 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(3, 1)}, "tpid:1 tpid:2 tpid:4 tpid:6 tpid:7 tpid:8 "},
		{storage.CustomersQuery{Naming: naming(1, 2), Known: true}, "tpid:6 "},
		{storage.CustomersQuery{Naming: naming(1, 2), After: "tpid:5"}, "tpid:6 tpid:7 tpid:8 "},
		{storage.CustomersQuery{}, "tpid:1 tpid:2 tpid:3 tpid:4 tpid:5 tpid:6 tpid:7 tpid:8 "},
	} {
		try.q.Partner = northwind
		got, err := customersNaming(ctx, b, try.q)
		errs = append(errs, err, same(fmt.Sprintf("who is found for %+v", try.q), got, try.want))
	}
	loaded, err := b.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{known.Key}})
	_, noKey := b.Customers(ctx, storage.CustomersQuery{Partner: northwind, Naming: engagement.Persons{Digests: naming(1, 1).Digests}, Limit: 1})
	_, noPartner := b.Customers(ctx, storage.CustomersQuery{Naming: naming(1, 1), Limit: 1})
	errs = append(errs, matches("a query for persons of no partner", noPartner, storage.ErrInvalid))
	errs = append(errs, err, same("the persons of a customer that is loaded", loaded.Customers[known.Key].Persons, naming(1, 2)), matches("a query for persons of no key", noKey, storage.ErrInvalid))
	for what, p := range map[string][]storage.CustomerPersons{
		"persons of a customer that is not changed": {{Key: newCustomer(northwind, 12).Key}},
		"persons of a customer twice":               {{Key: newCustomer(northwind, 11).Key}, {Key: newCustomer(northwind, 11).Key}},
		"digests of no key":                         {{Key: newCustomer(northwind, 11).Key, Persons: engagement.Persons{Digests: naming(1, 1).Digests}}},
		"digests in no order":                       {{Key: newCustomer(northwind, 11).Key, Persons: engagement.Persons{Key: digest(1), Digests: []engagement.PersonDigest{digest(2), digest(1)}}}},
		"a digest that is none":                     {{Key: newCustomer(northwind, 11).Key, Persons: engagement.Persons{Key: digest(1), Digests: []engagement.PersonDigest{{}}}}},
	} {
		bad, _ := told(storage.Changes{}, newCustomer(northwind, 11), event(engagement.EventCustomerAdded))
		bad.Persons = p
		errs = append(errs, matches(what, a.Apply(ctx, bad), storage.ErrInvalid))
	}
	return errors.Join(errs...)
}

func checkPersonsStay(ctx context.Context, a, b storage.Store) error {
	key := newCustomer(northwind, 1).Key
	var errs []error
	// next changes the customer, with an event or without one, and looks who is named then.
	next := func(step string, with bool, persons *engagement.Persons, want engagement.Persons, found ...int) {
		loaded, err := b.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
		x, is := loaded.Customers[key]
		if !is {
			x = newCustomer(northwind, 1)
		}
		x.Persons = naming(3, 8) // which nobody looks at
		c := storage.Changes{Customers: []engagement.Customer{x}}
		if with {
			c, _ = told(storage.Changes{}, x, event(engagement.EventCustomerAdded))
		}
		if persons != nil {
			c.Persons = []storage.CustomerPersons{{Key: key, Persons: *persons}}
		}
		errs = append(errs, err, a.Apply(ctx, c))
		loaded, err = b.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
		errs = append(errs, err, same(step+": who is named", loaded.Customers[key].Persons, want))
		for n := range 10 {
			list, err := b.Customers(ctx, storage.CustomersQuery{Partner: northwind, Naming: naming(1, n), Limit: 9})
			errs = append(errs, err, same(fmt.Sprintf("%s: whether it is found by person %d", step, n), len(list) == 1, slices.Contains(found, n)))
		}
	}
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	persons := func(p engagement.Persons) *engagement.Persons { return &p }
	next("at first", true, nil, engagement.Persons{}, all...)
	next("once somebody has looked", false, persons(naming(1, 1, 2)), naming(1, 1, 2), 1, 2)
	next("with another event", true, nil, naming(1, 1, 2), 1, 2)
	next("with one more", true, persons(naming(1, 1, 2, 3)), naming(1, 1, 2, 3), 1, 2, 3)
	next("without an event", false, nil, naming(1, 1, 2, 3), 1, 2, 3)
	next("with one less", true, persons(naming(1, 1, 3)), naming(1, 1, 3), 1, 3)
	next("with another key", true, persons(naming(2, 1)), naming(2, 1), all...)
	next("with nobody, by another key", true, persons(naming(2)), naming(2))
	next("when nobody has looked any more", true, persons(engagement.Persons{}), engagement.Persons{}, all...)
	next("in the end", true, persons(naming(1)), naming(1))
	return errors.Join(errs...)
}

// addPersons changes who is named, of some customers that are changed.
func (d *driver) addPersons(c *storage.Changes) {
	for _, x := range c.Customers {
		if d.IntN(3) == 0 {
			p := d.persons()
			if d.IntN(6) == 0 {
				p = engagement.Persons{}
			}
			c.Persons = append(c.Persons, storage.CustomerPersons{Key: x.Key, Persons: p})
		}
	}
}

func (d *driver) persons() engagement.Persons {
	p := naming(1 + d.IntN(8)/7)
	for range d.IntN(4) {
		p = p.With([]engagement.PersonDigest{digest(d.IntN(12))})
	}
	return p
}

// customersQuery asks for customers, of whom some name somebody.
func (d *driver) customersQuery() storage.CustomersQuery {
	q := storage.CustomersQuery{Partner: d.partner(), Known: d.IntN(2) == 0, Limit: 1 + d.IntN(9)}
	if d.IntN(2) == 0 {
		q.Naming = d.persons()
	}
	if d.IntN(2) == 0 {
		q.After = customerOf(d.IntN(40))
	}
	return q
}

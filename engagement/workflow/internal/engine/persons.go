package engine

import (
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// namePersons has customers found by whomever the unit names with them: those who are
// named for the first time are added to the persons of the customer. Nobody is named
// without an event, or a change of the customer's own row.
//
// A customer whom an older version of the library wrote, or who was looked through with
// another secret, cannot be added to without looking through its whole history. It is
// noted as one that nobody has looked through, also if it was that when it was loaded:
// somebody may have looked meanwhile, and not seen whom this names.
func (u *Unit) namePersons() {
	for _, key := range slices.SortedFunc(maps.Keys(u.touched), CompareCustomers) {
		if u.named[key] {
			continue
		}
		c, id := u.customers[key], u.engine.Persons.ID()
		found := u.engine.Persons.Digests(key.Partner, func(m engagement.Mentions) { u.mention(m, c) })
		next := engagement.Persons{}
		switch {
		case c.Persons.Key == id:
			if next = c.Persons.With(found); next.Equal(c.Persons) {
				continue
			}
		case c.History.Seq == 0 && c.Persons.Key.IsZero(): // it is new
			next = engagement.Persons{Key: id}.With(found)
		case len(found) == 0:
			continue
		}
		u.PutPersons(c, next)
	}
}

// mention tells of whomever the unit's changes name with a customer.
func (u *Unit) mention(m engagement.Mentions, c engagement.Customer) {
	m.Customer(c)
	for _, e := range u.events {
		if e.Partner == c.Key.Partner && e.Customer == c.Key.Customer {
			m.Event(e)
		}
	}
	for key, ids := range u.changed {
		if key.OfCustomer() != c.Key {
			continue
		}
		r := u.records[key]
		for _, id := range ids {
			if p, is := r.Participation(id); is {
				m.Participation(p)
			}
		}
		r.Participations = nil
		m.Record(r)
	}
}

// PutPersons changes who is named with a customer.
func (u *Unit) PutPersons(c engagement.Customer, next engagement.Persons) {
	c.Persons = next
	u.PutCustomer(c)
	u.named[c.Key] = true
	u.Changes.Persons = append(u.Changes.Persons, storage.CustomerPersons{Key: c.Key, Persons: next})
}

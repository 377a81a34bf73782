package verify

import (
	"errors"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// nameless is a customer whose persons do not say whom it names.
type nameless struct {
	customer engagement.Customer
	persons  engagement.Persons // as they are to be
	found    *storage.Finding
}

// name notes whom an event names.
func (h *history) name(e engagement.Event) {
	if h.Persons != nil {
		h.persons = append(h.persons, h.Persons.Digests(h.of.Key.Partner, func(m engagement.Mentions) { m.Event(e) })...)
	}
}

// checkPersons finds out whether the customer is found by whomever is named. That it is
// found by others, too, who were named once, is nothing wrong. Where something cannot be
// read nobody knows.
func (h *history) checkPersons() {
	c := h.of
	if h.Persons == nil || h.bad {
		return
	}
	lost := false
	all := h.Persons.Digests(c.Key.Partner, func(m engagement.Mentions) {
		m.Customer(c)
		for _, key := range h.recordKeys() {
			if key.Partner == c.Key.Partner {
				lost = lost || len(h.Records[key].Unreadable) > 0
				m.Record(h.Records[key])
			}
		}
	})
	next := engagement.Persons{Key: h.Persons.ID()}.With(slices.Concat(all, h.persons))
	missing := slices.ContainsFunc(next.Digests, func(d engagement.PersonDigest) bool { return !c.Persons.Has(d) })
	if lost || c.Persons.Key == next.Key && !missing {
		return
	}
	problem := "it is not found by somebody whom it names"
	if c.Persons.Key != next.Key {
		problem = "nobody has looked with this secret who is named"
	}
	f := h.find(storage.Finding{Kind: storage.FindingPersons, Partner: c.Key.Partner, Problem: problem})
	h.nameless = append(h.nameless, nameless{c, next, f})
}

// repairPersons has customers found by whomever they name.
func (k *customer) repairPersons() error {
	for _, n := range k.nameless {
		err := k.store.Apply(k.ctx, storage.Changes{
			At: k.now, Customers: []engagement.Customer{n.customer}, Persons: []storage.CustomerPersons{{Key: n.customer.Key, Persons: n.persons}},
		})
		switch {
		case errors.Is(err, storage.ErrInvalid), errors.Is(err, storage.ErrUnreadable):
			continue // something else is wrong, too, and is reported
		case err != nil:
			return err
		}
		n.found.Mended = true
	}
	return nil
}

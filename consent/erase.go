package consent

import (
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// Erase removes a person from the state: their address, in any spelling, is gone from
// links, and so from the evidence, and from the partner's contacts, with name and
// telephone number and what was kept of the client. It reports whether it was found.
// A link whose contact was erased keeps an empty contact, which [link.Link.Erased] and
// [Evidence] tell as such, and stays what it was: its token still opens it, so that
// the person can still answer and withdraw. What was proven stays, and [NewReceipt]
// still makes receipts. Nobody erased is written to again.
func (s State) Erase(person tenant.Email) (State, bool) {
	if person.IsZero() {
		return s, false
	}
	next := s.clone()
	next.Partner = slices.DeleteFunc(next.Partner, func(c link.Contact) bool { return c.Email.Same(person) })
	next.Customer = slices.DeleteFunc(next.Customer, func(c link.Contact) bool { return c.Email.Same(person) })
	found := len(next.Partner) != len(s.Partner) || len(next.Customer) != len(s.Customer)
	for i := range next.Links {
		if next.Links[i].Contact.Email.Same(person) {
			next.Links[i].Contact = link.Contact{}
			found = true
			for _, a := range []*Answer{&next.Answer, &next.Withdrawal} {
				if a.Link == next.Links[i].ID {
					a.Client = Client{}
				}
			}
		}
	}
	return next, found
}

// Scrub puts the names of all contacts through clean, which takes out what names a
// person, and reports whether that changed any.
func (s State) Scrub(clean func(string) string) (State, bool) {
	next, changed := s.clone(), false
	scrub := func(c *link.Contact) {
		if c.Name == "" {
			return
		}
		if name := clean(c.Name); name != c.Name {
			c.Name, changed = name, true
		}
	}
	for i := range next.Partner {
		scrub(&next.Partner[i])
	}
	for i := range next.Customer {
		scrub(&next.Customer[i])
	}
	for i := range next.Links {
		scrub(&next.Links[i].Contact)
	}
	return next, changed
}

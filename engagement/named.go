package engagement

import (
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
)

// MaxNamed is for how many locations a customer's contacts are kept: those through
// which contacts were named last.
const MaxNamed = 20

// NamedContacts are the contacts of both sides who were named last for a customer
// through a location, to be offered again.
type NamedContacts struct {
	Location LocationID     `json:"location"`
	Customer []link.Contact `json:"customer,omitempty"`
	Partner  []link.Contact `json:"partner,omitempty"`
}

// LogValue hides the persons.
func (n NamedContacts) LogValue() slog.Value {
	return slog.GroupValue(slog.String("location", string(n.Location)), slog.Int("customer", len(n.Customer)), slog.Int("partner", len(n.Partner)))
}

// Naming returns the customer with the contacts that were named through a location.
// A side that is nil stays as it was there.
func (c Customer) Naming(at LocationID, customer, partner []link.Contact) Customer {
	if customer == nil && partner == nil {
		return c
	}
	named := NamedContacts{Location: at}
	all := slices.Clone(c.Named)
	if i := slices.IndexFunc(all, func(n NamedContacts) bool { return n.Location == at }); i >= 0 {
		named = all[i]
		all = slices.Delete(all, i, i+1)
	}
	if customer != nil {
		named.Customer = slices.Clone(customer)
	}
	if partner != nil {
		named.Partner = slices.Clone(partner)
	}
	all = append(all, named)
	c.Named = all[max(0, len(all)-MaxNamed):]
	return c
}

// LastNamed returns the contacts of each side that were named last through the
// location or else through one of those within which the asker acts.
func (c Customer) LastNamed(at LocationID, within func(LocationID) bool) (customer, partner []link.Contact) {
	all := slices.DeleteFunc(slices.Clone(c.Named), func(n NamedContacts) bool { return !within(n.Location) })
	if i := slices.IndexFunc(all, func(n NamedContacts) bool { return n.Location == at }); i >= 0 {
		all = append(all, all[i])
	}
	for _, n := range slices.Backward(all) {
		if len(customer) == 0 {
			customer = slices.Clone(n.Customer)
		}
		if len(partner) == 0 {
			partner = slices.Clone(n.Partner)
		}
	}
	return customer, partner
}

package workflow

import (
	"errors"
	"log/slog"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Contacts are those of both sides, as an add or a claim names them already, and as
// they are offered again.
type Contacts struct {
	Customer []Contact `json:"customer,omitzero"` // who will be asked for consent
	Partner  []Contact `json:"partner,omitzero"`  // whom the customer can ask, and who are told the answer
	Reason   string    `json:"reason,omitzero"`   // see RequestConsent.Reason
}

// LogValue hides the persons.
func (c Contacts) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("customer", len(c.Customer)), slog.Int("partner", len(c.Partner)))
}

// IsZero reports whether nobody is named.
func (c Contacts) IsZero() bool { return c.Customer == nil && c.Partner == nil && c.Reason == "" }

// bothSides are contacts that were read. What is nil was not named.
type bothSides struct {
	customer, partner []link.Contact
	reason            string
}

// read returns nobody where anything is wrong.
func (c Contacts) read() (bothSides, error) {
	customer, err1 := readContacts("contacts.customer", c.Customer)
	partner, err2 := readContacts("contacts.partner", c.Partner)
	err := checkReason(c.Reason)
	if bad := (*InputError)(nil); errors.As(err, &bad) {
		bad.Field = "contacts." + bad.Field
	}
	if err = problems.Join(err1, err2, err); err != nil {
		return bothSides{}, err
	}
	return bothSides{customer, partner, engine.Plain(c.Reason)}, nil
}

// lastNamed returns who is offered as contacts of a customer.
func lastNamed(c engagement.Customer, at engagement.LocationID, scope Scope) Contacts {
	customer, partner := c.LastNamed(at, scope.Has)
	return Contacts{Customer: Typed(customer), Partner: Typed(partner)}
}

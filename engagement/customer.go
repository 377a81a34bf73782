package engagement

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// CustomerKey names a customer as one partner has it. The same organisation is
// a customer of its own for every partner.
type CustomerKey struct {
	Partner  PartnerID  `json:"partner"`
	Customer tenant.Key `json:"customer"`
}

// In returns the key of what the partner has of the customer in an engagement.
func (k CustomerKey) In(id ID) RecordKey {
	return RecordKey{Partner: k.Partner, Engagement: id, Customer: k.Customer}
}

// InEach returns those in each of the engagements, in their order.
func (k CustomerKey) InEach(all []Engagement) []RecordKey {
	keys := make([]RecordKey, len(all))
	for i, e := range all {
		keys[i] = k.In(e.ID)
	}
	return keys
}

// Customer is an organisation as one partner knows it, with the head of the
// history that the partner has with it.
type Customer struct {
	Key             CustomerKey     `json:"key"`
	Identity        tenant.Identity `json:"identity"`
	FriendlyName    string          `json:"friendly_name,omitzero"`
	KnownSince      time.Time       `json:"known_since,omitzero"`      // first consent granted to this partner; zero: not a known customer
	DisassociatedAt time.Time       `json:"disassociated_at,omitzero"` // disassociated: known, and off the Customers pages until it is associated again
	Named           []NamedContacts `json:"named,omitempty"`           // one for each location at most, the last one last
	History         Head            `json:"history,omitzero"`
	Persons         Persons         `json:"persons,omitzero"` // who is named in all that the partner keeps of it
}

// LogValue names the customer, and keeps its contacts out of logs.
func (c Customer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("partner", string(c.Key.Partner)), slog.String("customer", string(c.Key.Customer)))
}

// Known reports whether the customer has granted this partner consent in any
// engagement, ever.
func (c Customer) Known() bool { return !c.KnownSince.IsZero() }

// Associated reports whether the customer is known and stands on the partner's
// Customers pages: not disassociated.
func (c Customer) Associated() bool { return c.Known() && c.DisassociatedAt.IsZero() }

// Name returns the customer's name as people know it.
func (c Customer) Name() string { return displayName(c.Identity, c.FriendlyName) }

package engagement

import (
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// CustomerKey names a customer as one partner has it. The same organisation is
// a customer of its own for every partner.
type CustomerKey struct {
	Partner  PartnerID  `json:"partner"`
	Customer tenant.Key `json:"customer"`
}

// Customer is an organisation as one partner knows it, with the head of the
// history that the partner has with it.
type Customer struct {
	Key          CustomerKey     `json:"key"`
	Identity     tenant.Identity `json:"identity"`
	FriendlyName string          `json:"friendly_name,omitzero"`
	KnownSince   time.Time       `json:"known_since,omitzero"` // first consent granted to this partner; zero: not a known customer
	History      Head            `json:"history,omitzero"`
}

// Known reports whether the customer has granted this partner consent in any
// engagement, ever.
func (c Customer) Known() bool { return !c.KnownSince.IsZero() }

// Name returns the customer's name as people know it.
func (c Customer) Name() string { return displayName(c.Identity, c.FriendlyName) }

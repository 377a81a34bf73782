package program

import (
	"encoding/json"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// The documents, as they are written. What they have besides these members, and what
// is left out where, is in the package comment.

type programDocument struct {
	Program     string                `json:"program,omitzero"`
	Version     string                `json:"version,omitzero"`
	Currency    string                `json:"currency,omitzero"`
	TimeZone    string                `json:"time_zone,omitzero"`
	Types       []engagement.TypeInfo `json:"types,omitempty"`
	Engagements []engagementDocument  `json:"engagements,omitempty"`
	Partners    []partnerDocument     `json:"partners,omitempty"`
}

// engagementDocument has the members of an engagement as the type itself names them, and
// those below; so a field that the type gets is read and written, too.
type engagementDocument struct {
	engagement.Engagement
	TimeZone      string            `json:"time_zone,omitzero"`
	Rate          string            `json:"rate,omitzero"`
	Location      json.RawMessage   `json:"location,omitempty"`
	Customer      json.RawMessage   `json:"customer,omitempty"`
	LaterLocation []json.RawMessage `json:"later_location,omitempty"`
	LaterCustomer []json.RawMessage `json:"later_customer,omitempty"`
}

type partnerDocument struct {
	ID        engagement.PartnerID `json:"id"`
	Name      string               `json:"name"`
	Domains   []tenant.Domain      `json:"domains,omitempty"`
	Locations []locationDocument   `json:"locations,omitempty"`
}

// locationDocument has, besides these, each fact of the registry by its name.
type locationDocument struct {
	ID       engagement.LocationID `json:"id"`
	Name     string                `json:"name,omitzero"`
	Enrolled *bool                 `json:"enrolled,omitempty"`
	Payee    string                `json:"payee_profile,omitzero"`
	PayeeURL string                `json:"payee_url,omitzero"`

	facts eligibility.Facts
}

package tenant

import "github.com/partnerengage/partnerengage/internal/enum"

// IDKind says by what a customer is nominated: by its domain alone, or by an ID
// of one kind. The zero IDKind means unknown.
type IDKind string

// The kinds of ID.
const (
	IDKindDomain       IDKind = "domain" // no ID was given
	IDKindTenant       IDKind = "tenant ID"
	IDKindTPID         IDKind = "TPID"
	IDKindSubscription IDKind = "subscription ID"
	IDKindOpportunity  IDKind = "opportunity ID"
)

// AllIDKinds returns every kind of ID.
func AllIDKinds() []IDKind {
	return []IDKind{IDKindDomain, IDKindTenant, IDKindTPID, IDKindSubscription, IDKindOpportunity}
}

// ParseIDKind reads the documented spelling of a kind of ID and nothing else.
// The error is a [*MalformedError] of the field "id_kind".
func ParseIDKind(s string) (IDKind, error) {
	return enum.Parse("id_kind", s, AllIDKinds(), unknownText)
}

// MarshalText returns the documented spelling; a value that is no kind of ID is an error.
func (k IDKind) MarshalText() ([]byte, error) {
	return enum.Marshal("id_kind", k, enum.OrZero(AllIDKinds()), unknownText)
}

// UnmarshalText reads what [ParseIDKind] reads; empty text gives the zero IDKind.
func (k *IDKind) UnmarshalText(text []byte) error {
	return enum.Unmarshal("id_kind", k, text, enum.OrZero(AllIDKinds()), unknownText)
}

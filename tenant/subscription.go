package tenant

// SubscriptionID is the ID of one subscription of a customer to the vendor's
// services, a GUID. The zero SubscriptionID means none.
type SubscriptionID [16]byte

// ParseSubscriptionID reads a GUID in the spellings that [ParseID] reads. The
// error is a [*MalformedError] of the field "subscription_id". The nil GUID, all
// zeros, names no subscription and is refused too.
func ParseSubscriptionID(s string) (SubscriptionID, error) {
	return parseGUID(s, "subscription_id", "subscription")
}

// String returns the canonical spelling, or "" for the zero SubscriptionID.
func (id SubscriptionID) String() string { return formatGUID(id) }

// IsZero reports whether id is the zero SubscriptionID.
func (id SubscriptionID) IsZero() bool { return id == SubscriptionID{} }

// MarshalText returns the canonical spelling.
func (id SubscriptionID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what [ParseSubscriptionID] reads; empty text gives the
// zero SubscriptionID.
func (id *SubscriptionID) UnmarshalText(text []byte) error {
	return unmarshal(id, text, ParseSubscriptionID)
}

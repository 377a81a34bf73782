package tenant

import "strings"

// OpportunityID is the number under which a vendor's sales system keeps one
// opportunity with a customer, such as 7-3ABCD1234X. The zero OpportunityID
// means none.
type OpportunityID struct {
	upper string
}

// ParseOpportunityID reads 1 to 64 ASCII letters, digits and hyphens in any
// case, with blanks around them. Hyphens alone, which people type for "none",
// are refused: all who do would be one customer. The error is a
// [*MalformedError] of the field "opportunity_id".
func ParseOpportunityID(s string) (OpportunityID, error) {
	text := trim(s)
	switch {
	case text == "":
		return OpportunityID{}, malformed("opportunity_id", "an opportunity ID is needed")
	case strings.ContainsFunc(text, func(r rune) bool { return r != '-' && !alphanumeric(r) }):
		return OpportunityID{}, malformed("opportunity_id", quote(s)+" is not an opportunity ID; one is written in letters, digits and hyphens, such as 7-3ABCD1234X")
	case len(text) > 64:
		return OpportunityID{}, malformed("opportunity_id", quote(s)+" is longer than the 64 characters of an opportunity ID")
	case strings.Trim(text, "-") == "":
		return OpportunityID{}, malformed("opportunity_id", quote(s)+" is not an opportunity ID; leave it out if there is none")
	}
	return OpportunityID{strings.ToUpper(text)}, nil
}

// String returns the ID in upper case, or "" for the zero OpportunityID.
func (id OpportunityID) String() string { return id.upper }

// IsZero reports whether id is the zero OpportunityID.
func (id OpportunityID) IsZero() bool { return id == OpportunityID{} }

// MarshalText returns the ID in upper case.
func (id OpportunityID) MarshalText() ([]byte, error) { return []byte(id.upper), nil }

// UnmarshalText reads what [ParseOpportunityID] reads; empty text gives the zero
// OpportunityID.
func (id *OpportunityID) UnmarshalText(text []byte) error {
	return unmarshal(id, text, ParseOpportunityID)
}

package tenant

// ID is the ID of a directory tenant, a GUID. The zero ID means none.
type ID [16]byte

// ParseID reads a GUID in any of its usual spellings: upper or lower case,
// with or without hyphens, in braces or parentheses, after "urn:uuid:", with
// blanks around it. The error is a [*MalformedError] of the field "tenant_id".
// The nil GUID, all zeros, names no tenant and is refused too.
func ParseID(s string) (ID, error) { return parseGUID(s, "tenant_id", "tenant") }

// String returns the canonical spelling, or "" for the zero ID.
func (id ID) String() string { return formatGUID(id) }

// IsZero reports whether id is the zero ID.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText returns the canonical spelling.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what [ParseID] reads; empty text gives the zero ID.
func (id *ID) UnmarshalText(text []byte) error { return unmarshal(id, text, ParseID) }

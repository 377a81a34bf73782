package tenant

import (
	"encoding/hex"
	"strings"
)

// ID is the ID of a directory tenant, a GUID. The zero ID means none.
type ID [16]byte

// ParseID reads a GUID in any of its usual spellings: upper or lower case,
// with or without hyphens, in braces or parentheses, after "urn:uuid:", with
// blanks around it. The error is a [*MalformedError] of the field "tenant_id".
// The nil GUID, all zeros, names no tenant and is refused too.
func ParseID(s string) (ID, error) {
	text := trim(s)
	if text == "" {
		return ID{}, malformed("tenant_id", "a tenant ID is needed")
	}
	if n := len(text); n > 2 && (text[0] == '{' && text[n-1] == '}' || text[0] == '(' && text[n-1] == ')') {
		text = text[1 : n-1]
	} else if urn := len("urn:uuid:"); n > urn && strings.EqualFold(text[:urn], "urn:uuid:") {
		text = text[urn:]
	}
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	var id ID
	if len(text) != 2*len(id) {
		return ID{}, notGUID(s)
	}
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return ID{}, notGUID(s)
	}
	if id.IsZero() {
		return ID{}, malformed("tenant_id", "the GUID of zeros names no tenant")
	}
	return id, nil
}

func notGUID(s string) error {
	return malformed("tenant_id", quote(s)+" is not a GUID; one looks like 3f2504e0-4f89-41d3-9a0c-0305e82c3301")
}

// String returns the canonical spelling, or "" for the zero ID.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	b := make([]byte, 0, 36)
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return string(b)
}

// IsZero reports whether id is the zero ID.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText returns the canonical spelling.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what [ParseID] reads; empty text gives the zero ID.
func (id *ID) UnmarshalText(text []byte) error { return unmarshal(id, text, ParseID) }

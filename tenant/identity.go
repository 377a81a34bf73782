package tenant

import (
	"context"
	"strings"
)

// Identity is who a customer is. At least one of Tenant and TPID is set in an
// identity that came from [Resolve]; the rest is what is known besides.
type Identity struct {
	Tenant ID     `json:"tenant_id,omitzero"`
	TPID   TPID   `json:"tpid,omitzero"`
	Domain Domain `json:"domain,omitzero"` // the one it was looked up by
	Name   string `json:"name,omitzero"`   // as the directory shows it: foreign text
	Cloud  Cloud  `json:"cloud,omitzero"`
}

// Key returns the key under which the customer is recorded: its tenant's when
// it has one, else its TPID's, else "".
func (i Identity) Key() Key { return key(i.Tenant, i.TPID) }

// Key is the one ID under which a customer is recorded: "tenant:" and a
// canonical [ID], or "tpid:" and a canonical [TPID]. The zero Key means none.
// A customer that is known by its tenant and one that is known by its TPID are
// two customers: what holds for one key says nothing about another.
type Key string

// TenantKey returns the key of a tenant, "" for the zero ID.
func TenantKey(id ID) Key { return key(id, 0) }

// TPIDKey returns the key of a TPID, "" for one that is not positive.
func TPIDKey(id TPID) Key { return key(ID{}, id) }

func key(id ID, tpid TPID) Key {
	switch {
	case !id.IsZero():
		return Key("tenant:" + id.String())
	case tpid > 0:
		return Key("tpid:" + tpid.String())
	}
	return ""
}

// ParseKey reads a key in its canonical spelling and no other, because keys
// are compared as text. The error is a [*MalformedError] of the field "key".
func ParseKey(s string) (Key, error) {
	kind, value, _ := strings.Cut(s, ":")
	var k Key
	switch kind {
	case "tenant":
		id, _ := ParseID(value)
		k = TenantKey(id)
	case "tpid":
		id, _ := ParseTPID(value)
		k = TPIDKey(id)
	}
	if k == "" || string(k) != s {
		return "", malformed("key", quote(s)+` is not a customer's key; one is "tenant:" and a GUID in lower case, or "tpid:" and a number`)
	}
	return k, nil
}

// String returns the key as text.
func (k Key) String() string { return string(k) }

// MarshalText returns the key; a value that is no key is an error.
func (k Key) MarshalText() ([]byte, error) { return marshalText(k, ParseKey) }

// UnmarshalText reads what [ParseKey] reads; empty text gives the zero Key.
func (k *Key) UnmarshalText(text []byte) error { return unmarshal(k, text, ParseKey) }

// Entry is one customer that a directory knows for a domain. At least one of
// Tenant and TPID is set.
type Entry struct {
	Tenant ID     `json:"tenant_id,omitzero"`
	TPID   TPID   `json:"tpid,omitzero"`
	Name   string `json:"name,omitzero"` // foreign text: whoever owns the tenant chose it
	Cloud  Cloud  `json:"cloud,omitzero"`
}

// Key returns the entry's key: its tenant's when it has one, else its TPID's.
func (e Entry) Key() Key { return key(e.Tenant, e.TPID) }

// Directory knows which customers a domain belongs to. A host may bring its
// own; package tenanttest has a kit that tells whether it keeps these rules:
//
//   - Lookup answers for exactly the domain it is asked, never for its parent
//     or its subdomains.
//   - No entry and no error means that the directory was asked and knows
//     nobody. Several entries mean that the domain is ambiguous: it belongs to
//     a tenant in each of several clouds, say.
//   - An error means that the directory could not be asked, whatever the cause.
//     The same lookup may succeed later. Entries beside an error are ignored.
//     It matches none of this package's sentinels but ErrUnavailable, so that it
//     is not taken for another refusal.
//   - Every entry has a Tenant or a TPID. The caller may keep and change the
//     slice.
//   - Lookup returns when ctx ends, with an error that wraps its cause unless
//     the answer is at hand.
//   - Lookup may be called from many goroutines at once.
type Directory interface {
	Lookup(ctx context.Context, d Domain) ([]Entry, error)
}

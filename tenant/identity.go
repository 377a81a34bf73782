package tenant

import (
	"context"
	"strings"
)

// Identity is who a customer is. At least one of its IDs is set in an identity
// that came from [Resolve], and a subscription or an opportunity is the only
// one; the rest is what is known besides.
type Identity struct {
	Tenant       ID             `json:"tenant_id,omitzero"`
	TPID         TPID           `json:"tpid,omitzero"`
	Subscription SubscriptionID `json:"subscription_id,omitzero"`
	Opportunity  OpportunityID  `json:"opportunity_id,omitzero"`
	Domain       Domain         `json:"domain,omitzero"` // the one it was looked up by
	Name         string         `json:"name,omitzero"`   // as the directory shows it: foreign text
	Cloud        Cloud          `json:"cloud,omitzero"`
	// BasisStated says that the ID is what somebody stated, for a reason, and that no
	// directory confirms it.
	Stated bool `json:"stated,omitzero"`
}

// Key returns the key under which the customer is recorded: that of its
// opportunity when it has one, else its subscription's, else its tenant's, else
// its TPID's, else "".
func (i Identity) Key() Key {
	_, k := i.deciding()
	return k
}

// deciding returns the kind of the ID that decides the key, and the key.
func (i Identity) deciding() (IDKind, Key) {
	switch {
	case !i.Opportunity.IsZero():
		return IDKindOpportunity, OpportunityKey(i.Opportunity)
	case !i.Subscription.IsZero():
		return IDKindSubscription, SubscriptionKey(i.Subscription)
	case !i.Tenant.IsZero():
		return IDKindTenant, TenantKey(i.Tenant)
	case i.TPID > 0:
		return IDKindTPID, TPIDKey(i.TPID)
	}
	return IDKindDomain, ""
}

// NamedBy returns by which kinds of ID the customer who is known by this identity
// can be named, the one that decides its key first. A customer who is known by its
// tenant counts as named by its domain, too: that is how tenants are found.
func (i Identity) NamedBy() []IDKind {
	kind, _ := i.deciding()
	if kind == IDKindTenant {
		return []IDKind{IDKindTenant, IDKindDomain}
	}
	return []IDKind{kind}
}

// alone reports whether the customer is nominated by an ID beside which there is
// no other, and of which a lookup by domain says nothing: a subscription's or an opportunity's.
func (i Identity) alone() bool { return !i.Subscription.IsZero() || !i.Opportunity.IsZero() }

// Key is the one ID under which a customer is recorded: "tenant:" and a
// canonical [ID], "tpid:" and a canonical [TPID], "subscription:" and a
// canonical [SubscriptionID], or "opportunity:" and a canonical [OpportunityID].
// The zero Key means none. A customer that is known by its tenant and one that
// is known by its TPID are two customers, and so on for every two kinds: what
// holds for one key says nothing about another.
type Key string

// TenantKey returns the key of a tenant, "" for the zero ID.
func TenantKey(id ID) Key { return key("tenant:", id.String()) }

// TPIDKey returns the key of a TPID, "" for one that is not positive.
func TPIDKey(id TPID) Key { return key("tpid:", max(id, 0).String()) }

// SubscriptionKey returns the key of a subscription, "" for the zero SubscriptionID.
func SubscriptionKey(id SubscriptionID) Key { return key("subscription:", id.String()) }

// OpportunityKey returns the key of an opportunity, "" for the zero OpportunityID.
func OpportunityKey(id OpportunityID) Key { return key("opportunity:", id.String()) }

func key(prefix, id string) Key {
	if id == "" {
		return ""
	}
	return Key(prefix + id)
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
	case "subscription":
		id, _ := ParseSubscriptionID(value)
		k = SubscriptionKey(id)
	case "opportunity":
		id, _ := ParseOpportunityID(value)
		k = OpportunityKey(id)
	}
	if k == "" || string(k) != s {
		return "", malformed("key", quote(s)+` is not a customer's key; one is "tenant:" or "subscription:" and a GUID in lower case, "tpid:" and a number, or "opportunity:" and an ID in upper case`)
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
func (e Entry) Key() Key { return Identity{Tenant: e.Tenant, TPID: e.TPID}.Key() }

// Directory knows which customers a domain belongs to. A host may bring its
// own; package tenanttest has a kit that tells whether it keeps these rules:
//
//   - Lookup answers for exactly the domain it is asked, never for its parent
//     or its subdomains.
//   - No entry and no error means that the directory was asked and knows
//     nobody. Several entries mean that the domain is ambiguous: it belongs to
//     a tenant in each of several clouds, say.
//   - An error means that the directory could not be asked, whatever the cause.
//     The same lookup may succeed later, unless the error has a method Code which
//     returns "internal". Entries beside an error are ignored.
//     It is, and wraps, none of this package's errors but UnavailableError, so that
//     it is not taken for a refusal.
//   - Every entry has a Tenant or a TPID. The caller may keep and change the
//     slice.
//   - Lookup returns when ctx ends, with an error that wraps its cause unless
//     the answer is at hand.
//   - Lookup may be called from many goroutines at once.
type Directory interface {
	Lookup(ctx context.Context, d Domain) ([]Entry, error)
}

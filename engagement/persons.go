package engagement

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/tenant"
)

// PersonDigest is a digest of a person, or of a secret by which such digests are made:
// the first 8 bytes of an HMAC with SHA-256. As text it is 16 hexadecimal digits, or
// nothing when zero. Two persons can have the same one, by chance once in some 10^19
// times: what is found by it is looked into.
type PersonDigest [8]byte

// IsZero reports whether the digest is missing.
func (d PersonDigest) IsZero() bool { return d == PersonDigest{} }

func (d PersonDigest) String() string {
	if d.IsZero() {
		return ""
	}
	return hex.EncodeToString(d[:])
}

// Compare orders digests.
func (d PersonDigest) Compare(other PersonDigest) int { return bytes.Compare(d[:], other[:]) }

// MarshalText returns String.
func (d PersonDigest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText refuses everything but what MarshalText gives.
func (d *PersonDigest) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = PersonDigest{}
		return nil
	}
	var read PersonDigest
	if len(b) == hex.EncodedLen(len(d)) {
		_, _ = hex.Decode(read[:], b)
	}
	if read.IsZero() || read.String() != string(b) {
		return &InvalidError{Of: "digest of a person", Field: "text", Problem: fmt.Sprintf("is not one: use %d lower-case hexadecimal digits, not all zero, or no text for none", hex.EncodedLen(len(d)))}
	}
	*d = read
	return nil
}

// Persons says who is named in what a partner keeps of a customer, by digests: by them
// the customer is found when somebody is to be erased. It covers contacts and users, and
// addresses that stand in texts, but not names.
type Persons struct {
	// Key is the digest of the secret by which the digests are made. Zero: nobody has
	// looked who is named, as of a customer that an older version of the library wrote.
	Key PersonDigest `json:"key,omitzero"`
	// Digests are in order, each once.
	Digests []PersonDigest `json:"digests,omitempty"`
}

// Has reports whether a digest is one of them.
func (p Persons) Has(d PersonDigest) bool {
	_, found := slices.BinarySearchFunc(p.Digests, d, PersonDigest.Compare)
	return found
}

// May reports whether one of the others may be named: where a digest is in both, and
// where these are made with another secret, of which nothing can be told. Who names
// nobody with another secret names nobody.
func (p Persons) May(others Persons) bool {
	switch {
	case p.Key.IsZero():
		return true
	case p.Key != others.Key:
		return len(p.Digests) > 0
	}
	return slices.ContainsFunc(others.Digests, p.Has)
}

// Equal reports whether two are the same.
func (p Persons) Equal(other Persons) bool {
	return p.Key == other.Key && slices.Equal(p.Digests, other.Digests)
}

// With returns them with more of the same secret.
func (p Persons) With(more []PersonDigest) Persons {
	p.Digests = sortedDigests(slices.Concat(p.Digests, more))
	return p
}

func sortedDigests(all []PersonDigest) []PersonDigest {
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, PersonDigest.Compare)
	return slices.Compact(all)
}

// PersonKey makes digests of persons with a secret. Whoever has no secret cannot tell
// from a digest whether it is that of somebody whom he guesses. The zero value has no
// secret: then everybody can.
type PersonKey struct{ secret string }

// NewPersonKey returns the key with a secret of whatever length; 32 random bytes are
// enough. Without any it is the zero PersonKey.
func NewPersonKey(secret []byte) PersonKey { return PersonKey{string(secret)} }

// LogValue keeps the secret out of logs.
func (PersonKey) LogValue() slog.Value { return slog.StringValue("[secret]") }

// String keeps the secret out of whatever prints it.
func (PersonKey) String() string { return "[secret]" }

// GoString keeps the secret out of whatever prints it.
func (PersonKey) GoString() string { return "[secret]" }

// Secret reports whether there is a secret.
func (k PersonKey) Secret() bool { return k.secret != "" }

// ID is a digest of the secret itself, by which it is known again.
func (k PersonKey) ID() PersonDigest { return k.digest("key", "", "") }

// Address is the digest of an address, the same for all spellings that are the Same. It
// is a partner's own, so that digests do not tell that two partners know somebody.
func (k PersonKey) Address(of PartnerID, address tenant.Email) PersonDigest {
	return k.digest("address", of, address.Folded())
}

// User is the digest of a user, as the host names it in the workflow's Actor.User.
func (k PersonKey) User(of PartnerID, user string) PersonDigest { return k.digest("user", of, user) }

// Name is the digest of the words of a name, folded.
func (k PersonKey) Name(of PartnerID, words string) PersonDigest {
	return k.digest("name", of, words)
}

func (k PersonKey) digest(kind string, of PartnerID, what string) PersonDigest {
	h := hmac.New(sha256.New, []byte(k.secret))
	h.Write([]byte("partnerengage person\x00" + kind + "\x00" + string(of) + "\x00" + what))
	var d PersonDigest
	copy(d[:], h.Sum(nil))
	if d.IsZero() {
		d[0] = 1
	}
	return d
}

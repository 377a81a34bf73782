package link

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Token is the secret that opens a link: 256 random bits, and beside them, in clear,
// the slot in which storage finds what it opens. Whoever holds it may answer for the
// contact, so it is written into the one message and nowhere else: it hides itself in
// logs and from package fmt, and refuses to be marshalled. The zero Token opens
// nothing.
type Token struct {
	secret [32]byte
	slot   uint16
}

// MaxSlot is the greatest slot that a token carries.
const MaxSlot = 1024

// Hash is the SHA-256 of a token's 32 bytes, which is all that is kept of it.
type Hash [32]byte

// NewToken makes a token and its hash. Give it crypto/rand.Reader, and a slot from 1
// to MaxSlot or, where nothing is kept by slots, 0. The error is the reader's, or an
// [*InvalidError] for another slot.
func NewToken(rand io.Reader, slot int) (Token, Hash, error) {
	if slot < 0 || slot > MaxSlot {
		return Token{}, Hash{}, invalid("slot", fmt.Sprintf("it is %d: use 0 to %d", slot, MaxSlot))
	}
	t := Token{slot: uint16(slot)}
	if _, err := io.ReadFull(rand, t.secret[:]); err != nil {
		return Token{}, Hash{}, fmt.Errorf("make a token: %w", err)
	}
	return t, t.Hash(), nil
}

// ParseToken reads what [Token.Secret] writes, exactly: there is one spelling of
// each token. The error is an [*InvalidError] that does not repeat the text.
func ParseToken(s string) (Token, error) {
	var t Token
	secret, slot := s, ""
	if len(s) == secretLength+slotLength {
		secret, slot = s[:secretLength], s[secretLength:]
	}
	if !decode32(t.secret[:], secret) || !t.decodeSlot(slot) {
		return Token{}, invalid("token", "it is not 43 or 45 letters, digits, - and _; use the link in the message whole")
	}
	return t, nil
}

// Secret returns the token as it stands in a link: 43 characters that need no
// escaping in a URL (base64url of RFC 4648, section 5, without padding), and two more
// for the slot, if it has one: its upper and its lower six bits, in the same alphabet.
func (t Token) Secret() string {
	s := base64.RawURLEncoding.EncodeToString(t.secret[:])
	if t.slot > 0 {
		s += string([]byte{alphabet[t.slot>>6], alphabet[t.slot&63]})
	}
	return s
}

// Slot returns the slot that the token carries, or 0.
func (t Token) Slot() int { return int(t.slot) }

const (
	secretLength = 43 // characters
	slotLength   = 2
	alphabet     = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// decodeSlot reads what Secret writes of a slot, and nothing.
func (t *Token) decodeSlot(s string) bool {
	if s == "" {
		return true
	}
	upper, lower := strings.IndexByte(alphabet, s[0]), strings.IndexByte(alphabet, s[1])
	if slot := upper<<6 | lower; upper >= 0 && lower >= 0 && slot > 0 && slot <= MaxSlot {
		t.slot = uint16(slot)
		return true
	}
	return false
}

// Hash returns what is kept of the token. The slot is no part of it.
func (t Token) Hash() Hash { return sha256.Sum256(t.secret[:]) }

// IsZero reports whether t is the zero Token.
func (t Token) IsZero() bool { return t == Token{} }

const hidden = "link.Token(hidden)"

// Format hides the token, whatever the verb.
func (Token) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// String hides the token; see [Token.Secret].
func (Token) String() string { return hidden }

// LogValue hides the token.
func (Token) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText always fails: a token is not for storing.
func (Token) MarshalText() ([]byte, error) {
	return nil, invalid("token", "a token is never stored; store its hash")
}

// ParseHash reads what [Hash.String] writes, exactly. The error is an [*InvalidError].
func ParseHash(s string) (Hash, error) {
	var h Hash
	if !decode32(h[:], s) {
		return Hash{}, invalid("token hash", "it is not 43 characters of base64url")
	}
	return h, nil
}

// String returns the hash in base64url without padding: 43 characters.
func (h Hash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// MarshalText returns what String returns.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what [ParseHash] reads.
func (h *Hash) UnmarshalText(text []byte) error {
	parsed, err := ParseHash(string(text))
	if err == nil {
		*h = parsed
	}
	return err
}

// Equal compares in constant time.
func (h Hash) Equal(other Hash) bool { return subtle.ConstantTimeCompare(h[:], other[:]) == 1 }

// IsZero reports whether h is the zero Hash, which no token has.
func (h Hash) IsZero() bool { return h == Hash{} }

// decode32 decodes 32 bytes, and refuses every spelling but the usual one. The
// decoder skips line ends; what holds one is too short then.
func decode32(dst []byte, s string) bool {
	if len(s) != secretLength {
		return false
	}
	n, err := base64.RawURLEncoding.Strict().Decode(dst, []byte(s))
	return err == nil && n == 32
}

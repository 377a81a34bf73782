package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Secret is what an endpoint and the host share, to sign with. It shows itself nowhere
// but in Reveal.
type Secret struct{ key string }

const (
	secretPrefix   = "whsec_"
	shortestSecret = 24 // bytes
	longestSecret  = 64
)

// NewSecret returns a random Secret.
func NewSecret() Secret {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return Secret{string(key[:])}
}

// ParseSecret reads what [Secret.Reveal] gives. Its error does not repeat it.
func ParseSecret(text string) (Secret, error) {
	encoded, found := strings.CutPrefix(text, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !found || err != nil || len(key) < shortestSecret || len(key) > longestSecret {
		return Secret{}, fmt.Errorf("webhook: a secret is %s and %d to %d bytes in base64", secretPrefix, shortestSecret, longestSecret)
	}
	return Secret{string(key)}, nil
}

// Reveal returns the secret as its receiver needs it, "whsec_…", for a page that shows it
// once or for a vault.
func (s Secret) Reveal() string {
	return secretPrefix + base64.StdEncoding.EncodeToString([]byte(s.key))
}

// IsZero reports whether there is none.
func (s Secret) IsZero() bool { return s.key == "" }

// String hides the secret.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret.
func (Secret) GoString() string { return "[secret]" }

// MarshalText hides the secret: who stores it stores what Reveal gives.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Headers of Standard Webhooks.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

// sign returns the value of the signature's header, with one signature for each secret.
func sign(id, timestamp string, body []byte, secrets []Secret) string {
	var all []string
	for _, s := range secrets {
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(s.mac(id, timestamp, body)))
	}
	return strings.Join(all, " ")
}

func (s Secret) mac(id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(s.key))
	_, _ = h.Write([]byte(id + "." + timestamp + "."))
	_, _ = h.Write(body)
	return h.Sum(nil)
}

// tolerance is how far a receiver's clock may be from the sender's.
const tolerance = 5 * time.Minute

// ErrNotSigned says that a request was not signed with any of the secrets, or not at
// about this time.
var ErrNotSigned = errors.New("webhook: the request is not signed with this secret, or it is not of this time")

// Verify is for receivers. It returns nil if a request with this header and body was
// signed with one of the secrets, less than five minutes from now, and else
// [ErrNotSigned]. The body has to be the bytes that came.
func Verify(header http.Header, body []byte, now time.Time, secrets ...Secret) error {
	id, timestamp := header.Get(headerID), header.Get(headerTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return ErrNotSigned
	}
	for signature := range strings.FieldsSeq(header.Get(headerSignature)) {
		encoded, found := strings.CutPrefix(signature, "v1,")
		mac, err := base64.StdEncoding.DecodeString(encoded)
		if !found || err != nil {
			continue
		}
		for _, s := range secrets {
			if !s.IsZero() && hmac.Equal(mac, s.mac(id, timestamp, body)) {
				return nil
			}
		}
	}
	return ErrNotSigned
}

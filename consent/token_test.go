package consent_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
)

func TestTokenRoundTrip(t *testing.T) {
	token, hash, err := consent.NewToken(rand.Reader, 0)
	noError(t, err)
	check(t, !token.IsZero())
	equal(t, 43, len(token.Secret()))
	raw, err := base64.RawURLEncoding.DecodeString(token.Secret())
	noError(t, err)
	equal(t, 32, len(raw), "256 bits")
	equal(t, consent.Hash(sha256.Sum256(raw)), hash)
	equal(t, hash, token.Hash())
	back, err := consent.ParseToken(token.Secret())
	noError(t, err)
	equal(t, token, back)

	other, _, err := consent.NewToken(rand.Reader, 0)
	noError(t, err)
	check(t, token != other)
	check(t, hash.Equal(back.Hash()))
	check(t, !hash.Equal(other.Hash()))
}

func TestTokenNeedsItsRandomness(t *testing.T) {
	_, _, err := consent.NewToken(strings.NewReader("too short"), 0)
	check(t, err != nil)
	_, err = consent.NewLinkID(strings.NewReader("too short"))
	check(t, err != nil)
	a, err := consent.NewLinkID(rand.Reader)
	noError(t, err)
	b, err := consent.NewLinkID(rand.Reader)
	noError(t, err)
	check(t, a != b)
	_, err = a.MarshalText()
	noError(t, err)
}

// The slot stands behind the secret, in clear, and is no part of the hash.
func TestTokenCarriesItsSlot(t *testing.T) {
	for slot, end := range map[int]string{1: "AB", 63: "A_", 64: "BA", 777: "MJ", consent.MaxSlot: "QA"} {
		token, hash, err := consent.NewToken(&numbers{}, slot)
		noError(t, err)
		equal(t, slot, token.Slot())
		plain, _, err := consent.NewToken(&numbers{}, 0)
		noError(t, err)
		equal(t, 0, plain.Slot())
		equal(t, plain.Secret()+end, token.Secret())
		equal(t, plain.Hash(), hash)
		back, err := consent.ParseToken(token.Secret())
		noError(t, err)
		equal(t, token, back)
	}
	for _, slot := range []int{-1, consent.MaxSlot + 1, 1 << 16} {
		_, _, err := consent.NewToken(&numbers{}, slot)
		errorIs(t, err, consent.ErrInvalid)
	}
}

// A token shows itself nowhere but in Secret.
func TestTokenHides(t *testing.T) {
	token, _, err := consent.NewToken(&numbers{}, 0)
	noError(t, err)
	secret := token.Secret()
	holder := struct{ T consent.Token }{token}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb, token, &token, holder)
	}
	fmt.Fprint(&out, token, token.String(), errors.New(fmt.Sprint(token)))
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", token, "holder", holder)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", token, "holder", holder)
	lacks(t, out.String(), secret)
	raw, _ := base64.RawURLEncoding.DecodeString(secret)
	lacks(t, out.String(), fmt.Sprintf("%x", raw)[:16])
	lacks(t, strings.ToLower(out.String()), fmt.Sprintf("%x", raw)[:16])
	lacks(t, out.String(), fmt.Sprint(raw)[1:20])
	_, err = json.Marshal(holder)
	errorIs(t, err, consent.ErrInvalid, "a token is not for storing")
}

func TestParseTokenIsStrict(t *testing.T) {
	token, hash, err := consent.NewToken(rand.Reader, 0)
	noError(t, err)
	s := token.Secret()
	last := map[byte]string{} // a last letter with its two spare bits set
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		if i%4 != 0 {
			last[c] = s[:42] + string(c)
		}
	}
	bad := []string{"", "x", s[:42], s + "A", s + "=", s[:42] + "=", s[:42] + "+", s[:42] + "/", s[:42] + "\n", s[:41] + "\r\n", s[:21] + "\n" + s[22:], " " + s[:42], s + "\n", strings.Repeat("ã", 21) + "a", strings.Repeat("A", 4096),
		s + "AA", s + "QB", s + "__", s + "A=", s + "A\n", s + "+A", s + "ã", s[:42] + "\nAB", s + "ABC"}
	for _, text := range last {
		bad = append(bad, text)
	}
	for _, text := range bad {
		_, err := consent.ParseToken(text)
		errorIs(t, err, consent.ErrInvalid, "%q", text)
		if len(text) > 5 {
			lacks(t, err.Error(), text[:5], "the error does not repeat what may be nearly a token")
		}
		_, err = consent.ParseHash(text)
		errorIs(t, err, consent.ErrInvalid)
	}
	h, err := consent.ParseHash(hash.String())
	noError(t, err)
	equal(t, hash, h)
}

func FuzzParseToken(f *testing.F) {
	token, _, err := consent.NewToken(&numbers{}, 0)
	noError(f, err)
	for _, s := range []string{token.Secret(), token.Secret()[:42] + "\n", token.Secret() + "AB", token.Secret() + "QA", token.Secret() + "QB", token.Secret() + "AA", "", "=", strings.Repeat("A", 43), strings.Repeat("_", 43), strings.Repeat("-", 42) + "8", "../../etc/passwd", strings.Repeat("é", 22)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		token, err := consent.ParseToken(s)
		if err != nil {
			if !errors.Is(err, consent.ErrInvalid) || !token.IsZero() {
				t.Fatalf("ParseToken(%q) = %v", s, err)
			}
			return
		}
		if token.Secret() != s {
			t.Fatalf("one token has two spellings: %q", s)
		}
		if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			t.Fatalf("%q needs escaping in a URL", s)
		}
		if bytes.Contains([]byte(fmt.Sprintf("%v %+v %#v", token, token, token)), []byte(s)) {
			t.Fatal("a token shows itself")
		}
		back, err := consent.ParseHash(token.Hash().String())
		if err != nil || !back.Equal(token.Hash()) {
			t.Fatalf("hash of %q does not survive its text: %v", s, err)
		}
	})
}

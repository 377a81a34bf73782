package link_test

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

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/stretchr/testify/require"
)

func TestTokenRoundTrip(t *testing.T) {
	token, hash, err := link.NewToken(rand.Reader, 0)
	require.NoError(t, err)
	require.False(t, token.IsZero())
	require.Equal(t, 43, len(token.Secret()))
	raw, err := base64.RawURLEncoding.DecodeString(token.Secret())
	require.NoError(t, err)
	require.Equal(t, 32, len(raw), "256 bits")
	require.Equal(t, link.Hash(sha256.Sum256(raw)), hash)
	require.Equal(t, hash, token.Hash())
	back, err := link.ParseToken(token.Secret())
	require.NoError(t, err)
	require.Equal(t, token, back)

	other, _, err := link.NewToken(rand.Reader, 0)
	require.NoError(t, err)
	require.True(t, token != other)
	require.True(t, hash.Equal(back.Hash()))
	require.False(t, hash.Equal(other.Hash()))
}

func TestTokenNeedsItsRandomness(t *testing.T) {
	_, _, err := link.NewToken(strings.NewReader("too short"), 0)
	require.Error(t, err)
	_, err = link.NewID(strings.NewReader("too short"))
	require.Error(t, err)
	a, err := link.NewID(rand.Reader)
	require.NoError(t, err)
	b, err := link.NewID(rand.Reader)
	require.NoError(t, err)
	require.True(t, a != b)
	_, err = a.MarshalText()
	require.NoError(t, err)
}

// The slot stands behind the secret, in clear, and is no part of the hash.
func TestTokenCarriesItsSlot(t *testing.T) {
	for slot, end := range map[int]string{1: "AB", 63: "A_", 64: "BA", 777: "MJ", link.MaxSlot: "QA"} {
		token, hash, err := link.NewToken(&numbers{}, slot)
		require.NoError(t, err)
		require.Equal(t, slot, token.Slot())
		plain, _, err := link.NewToken(&numbers{}, 0)
		require.NoError(t, err)
		require.Equal(t, 0, plain.Slot())
		require.Equal(t, plain.Secret()+end, token.Secret())
		require.Equal(t, plain.Hash(), hash)
		back, err := link.ParseToken(token.Secret())
		require.NoError(t, err)
		require.Equal(t, token, back)
	}
	for _, slot := range []int{-1, link.MaxSlot + 1, 1 << 16} {
		_, _, err := link.NewToken(&numbers{}, slot)
		require.ErrorAs(t, err, new(*link.InvalidError))
	}
}

// A token shows itself nowhere but in Secret.
func TestTokenHides(t *testing.T) {
	token, _, err := link.NewToken(&numbers{}, 0)
	require.NoError(t, err)
	secret := token.Secret()
	holder := struct{ T link.Token }{token}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb, token, &token, holder)
	}
	fmt.Fprint(&out, token, token.String(), errors.New(fmt.Sprint(token)))
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", token, "holder", holder)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", token, "holder", holder)
	require.NotContains(t, out.String(), secret)
	raw, _ := base64.RawURLEncoding.DecodeString(secret)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", raw)[:16])
	require.NotContains(t, strings.ToLower(out.String()), fmt.Sprintf("%x", raw)[:16])
	require.NotContains(t, out.String(), fmt.Sprint(raw)[1:20])
	_, err = json.Marshal(holder)
	require.ErrorAs(t, err, new(*link.InvalidError), "a token is not for storing")
}

func TestParseTokenIsStrict(t *testing.T) {
	token, hash, err := link.NewToken(rand.Reader, 0)
	require.NoError(t, err)
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
		_, err := link.ParseToken(text)
		require.ErrorAs(t, err, new(*link.InvalidError), "%q", text)
		if len(text) > 5 {
			require.NotContains(t, err.Error(), text[:5], "the error does not repeat what may be nearly a token")
		}
		_, err = link.ParseHash(text)
		require.ErrorAs(t, err, new(*link.InvalidError))
	}
	h, err := link.ParseHash(hash.String())
	require.NoError(t, err)
	require.Equal(t, hash, h)
}

func FuzzParseToken(f *testing.F) {
	token, _, err := link.NewToken(&numbers{}, 0)
	require.NoError(f, err)
	for _, s := range []string{token.Secret(), token.Secret()[:42] + "\n", token.Secret() + "AB", token.Secret() + "QA", token.Secret() + "QB", token.Secret() + "AA", "", "=", strings.Repeat("A", 43), strings.Repeat("_", 43), strings.Repeat("-", 42) + "8", "../../etc/passwd", strings.Repeat("é", 22)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		token, err := link.ParseToken(s)
		if err != nil {
			if !errors.As(err, new(*link.InvalidError)) || !token.IsZero() {
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
		back, err := link.ParseHash(token.Hash().String())
		if err != nil || !back.Equal(token.Hash()) {
			t.Fatalf("hash of %q does not survive its text: %v", s, err)
		}
	})
}

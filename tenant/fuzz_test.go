package tenant_test

import (
	"encoding"
	"errors"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/tenant"
)

// canonical checks what holds for every parser: junk is a MalformedError whose
// text is safe to print and a zero value, and what is accepted has a spelling
// without control characters that reads back, parsed or unmarshalled, as the
// same value and spelling.
func canonical[T interface {
	comparable
	encoding.TextMarshaler
	String() string
}](t *testing.T, s, field string, v T, err error, parse func(string) (T, error), unmarshal func(*T, []byte) error) bool {
	t.Helper()
	var zero T
	if err != nil {
		var malformed *tenant.MalformedError
		if !errors.As(err, &malformed) || malformed.Field != field {
			t.Fatalf("%q: got error %v", s, err)
		}
		if v != zero {
			t.Fatalf("%q: got %v beside its error", s, v)
		}
		safe(t, err)
		return false
	}
	text := v.String()
	if v == zero || text == "" {
		t.Fatalf("%q is accepted as nothing", s)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f && r <= 0xa0 }) {
		t.Fatalf("%q is accepted as %q", s, text)
	}
	again, err := parse(text)
	if err != nil || again != v || again.String() != text {
		t.Fatalf("%q is accepted as %q, which reads back as %q, %v", s, text, again, err)
	}
	b, err := v.MarshalText()
	if err != nil || string(b) != text {
		t.Fatalf("%q marshals to %q, %v", text, b, err)
	}
	var read T
	if err := unmarshal(&read, b); err != nil || read != v {
		t.Fatalf("%q unmarshals to %v, %v", b, read, err)
	}
	return true
}

// keyReadsBack checks that keys, unless there is none, read back as themselves.
func keyReadsBack(t *testing.T, keys ...tenant.Key) {
	t.Helper()
	for _, k := range keys {
		if got, err := tenant.ParseKey(string(k)); k != "" && (err != nil || got != k) {
			t.Fatalf("the key %q reads back as %q, %v", k, got, err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"4966865e-6df6-5cd4-92d1-832a5ad4d4f4", "{4966865E-6DF6-5CD4-92D1-832A5AD4D4F4}", "urn:uuid:4966865e6df65cd492d1832a5ad4d4f4", "not-a-guid", "00000000-0000-0000-0000-000000000000", "\n", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tenant.ParseID(s)
		if canonical(t, s, "tenant_id", v, err, tenant.ParseID, (*tenant.ID).UnmarshalText) && len(v.String()) != 36 {
			t.Fatalf("%q is accepted as %q", s, v)
		}
		// A subscription's GUID is spelt like a tenant's.
		subscription, subscriptionErr := tenant.ParseSubscriptionID(s)
		canonical(t, s, "subscription_id", subscription, subscriptionErr, tenant.ParseSubscriptionID, (*tenant.SubscriptionID).UnmarshalText)
		if (err == nil) != (subscriptionErr == nil) || tenant.ID(subscription) != v {
			t.Fatalf("%q is the tenant %q, %v, and the subscription %q, %v", s, v, err, subscription, subscriptionErr)
		}
		keyReadsBack(t, tenant.TenantKey(v), tenant.SubscriptionKey(subscription))
	})
}

func FuzzParseTPID(f *testing.F) {
	for _, s := range []string{"640037", " 007 ", "0", "-1", "9223372036854775807", "9223372036854775808", "١", "1\n", "", "7-3abcd1234x", "-", "7_3", "７-3", strings.Repeat("7", 65)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tenant.ParseTPID(s)
		if canonical(t, s, "tpid", v, err, tenant.ParseTPID, (*tenant.TPID).UnmarshalText) && v <= 0 {
			t.Fatalf("%q is accepted as %d", s, v)
		}
		opportunity, err := tenant.ParseOpportunityID(s)
		if canonical(t, s, "opportunity_id", opportunity, err, tenant.ParseOpportunityID, (*tenant.OpportunityID).UnmarshalText) {
			if text := opportunity.String(); len(text) > 64 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
				t.Fatalf("%q is accepted as %q", s, text)
			}
		}
		keyReadsBack(t, tenant.TPIDKey(v), tenant.OpportunityKey(opportunity))
	})
}

func FuzzParseDomain(f *testing.F) {
	for _, s := range []string{"contoso.com", "CONTOSO.COM.", "cervejariasãojoão.pt", "xn--cervejariasojoo-ukbd.pt", "straße.de", "ｃｏｎｔｏｓｏ。ｃｏｍ", "-bad-.com", "xn--a.com", "127.0.0.1", "a..b", "contoso.com\r\nBcc: x", "\u202econtoso.com", "א.example", "r3---sn.example", "localhost", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tenant.ParseDomain(s)
		if !canonical(t, s, "domain", v, err, tenant.ParseDomain, (*tenant.Domain).UnmarshalText) {
			return
		}
		text := v.String()
		if len(text) > 253 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Fatalf("%q is accepted as %q", s, text)
		}
		for _, shown := range []string{v.Unicode(), v.Native()} {
			if back, err := tenant.ParseDomain(shown); err != nil || back != v {
				t.Fatalf("%q shows as %q, which reads back as %q, %v", text, shown, back, err)
			}
		}
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"ana@contoso.com", "ANA@CONTOSO.COM.", "ana+mci@contoso.com", "joão@cervejariasãojoão.pt", "a@b@c.com", "ana@contoso.com\nBcc: x@y.z", `"ana"@contoso.com`, "Ana <ana@contoso.com>", "ana@[127.0.0.1]", "=?utf-8?q?x?=@contoso.com", "ana@-bad-.com", "\xff@contoso.com", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tenant.ParseEmail(s)
		if !canonical(t, s, "email", v, err, tenant.ParseEmail, (*tenant.Email).UnmarshalText) {
			return
		}
		text := v.String()
		if len(text) > 254 || strings.Count(text, "@") != 1 || !strings.HasSuffix(text, "@"+v.Domain().String()) {
			t.Fatalf("%q is accepted as %q", s, text)
		}
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text || a.Name != "" {
			t.Fatalf("%q is another address to net/mail: %v, %v", text, a, err)
		}
	})
}

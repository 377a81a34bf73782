package tenant_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"testing"
	"testing/quick"
	"unicode"

	"golang.org/x/text/unicode/rangetable"

	"github.com/partnerengage/partnerengage/tenant"
)

// refused checks that err is the malformed error of a field and safe to print.
func refused(t *testing.T, err error, field string) {
	t.Helper()
	var malformed *tenant.MalformedError
	if !errors.As(err, &malformed) || !errors.As(err, new(*tenant.MalformedError)) {
		t.Fatalf("got error %v (%T), want a MalformedError", err, err)
	}
	if malformed.Field != field {
		t.Errorf("the error names the field %q, want %q", malformed.Field, field)
	}
	safe(t, err)
}

// safe checks that an error stays on one line, shows all its characters and is short.
func safe(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("the error echoes a character that does not show: %q", text)
	}
	if len(text) > 1200 {
		t.Errorf("the error has %d bytes: %q", len(text), text)
	}
}

func TestParseID(t *testing.T) {
	const want = "4966865e-6df6-5cd4-92d1-832a5ad4d4f4"
	for _, s := range []string{
		want,
		"4966865E-6DF6-5CD4-92D1-832A5AD4D4F4",
		"4966865E6df65CD492d1832A5AD4D4F4",
		"{4966865e-6df6-5cd4-92d1-832a5ad4d4f4}",
		"(4966865e-6df6-5cd4-92d1-832a5ad4d4f4)",
		"{4966865e6df65cd492d1832a5ad4d4f4}",
		"urn:uuid:4966865e-6df6-5cd4-92d1-832a5ad4d4f4",
		"URN:UUID:4966865e-6df6-5cd4-92d1-832a5ad4d4f4",
		" \t4966865e-6df6-5cd4-92d1-832a5ad4d4f4\u00a0 ",
	} {
		id, err := tenant.ParseID(s)
		if err != nil || id.String() != want {
			t.Errorf("ParseID(%q) = %v, %v, want %s", s, id, err, want)
		}
	}
	for _, s := range []string{
		"", " ", "{}", "not-a-guid",
		"4966865e-6df6-5cd4-92d1-832a5ad4d4f",                                          // a digit short
		"4966865e-6df6-5cd4-92d1-832a5ad4d4f44",                                        // a digit over
		"4966865e-6df6-5cd4-92d1-832a5ad4d4fg",                                         // not hexadecimal
		"4966865e6-df6-5cd4-92d1-832a5ad4d4f4",                                         // a hyphen elsewhere
		"4966865e-6df65cd4-92d1-832a5ad4d4f4",                                          // a hyphen short
		"4966865e_6df6-5cd4-92d1-832a5ad4d4f4", "4966865e-6df6_5cd4-92d1-832a5ad4d4f4", // another separator
		"4966865e-6df6-5cd4_92d1-832a5ad4d4f4", "4966865e-6df6-5cd4-92d1_832a5ad4d4f4",
		"{4966865e-6df6-5cd4-92d1-832a5ad4d4f4",           // a brace short
		"{4966865e-6df6-5cd4-92d1-832a5ad4d4f4)",          // braces that do not match
		"({4966865e-6df6-5cd4-92d1-832a5ad4d4f4})",        // both
		"urn:uuid:{4966865e-6df6-5cd4-92d1-832a5ad4d4f4}", // both
		"urn:uuid:", "urn:4966865e-6df6-5cd4-92d1-832a5ad4d4f4",
		"4966865e-6df6-5cd4-92d1-832a5ad4d4f4\n",
		"00000000-0000-0000-0000-000000000000",
		strings.Repeat("4", 100_000),
		"４966865e-6df6-5cd4-92d1-832a5ad4d4f4", // a full-width digit
	} {
		id, err := tenant.ParseID(s)
		refused(t, err, "tenant_id")
		if !id.IsZero() {
			t.Errorf("ParseID(%.50q) returns %v beside its error", s, id)
		}
	}
}

func TestParseTPID(t *testing.T) {
	for s, want := range map[string]tenant.TPID{
		"640037": 640037, " 640037\t": 640037, "007": 7, "9223372036854775807": 1<<63 - 1,
	} {
		if got, err := tenant.ParseTPID(s); err != nil || got != want {
			t.Errorf("ParseTPID(%q) = %d, %v, want %d", s, got, err, want)
		}
	}
	for _, s := range []string{
		"", " ", "0", "000", "-1", "+1", "1.0", "1e3", "0x10", "64 0037", "640,037", "640037\n", "٣", "１", "1_000",
		"9223372036854775808", strings.Repeat("9", 100_000), "tpid",
	} {
		got, err := tenant.ParseTPID(s)
		refused(t, err, "tpid")
		if got != 0 {
			t.Errorf("ParseTPID(%.50q) returns %v beside its error", s, got)
		}
	}
	if _, err := tenant.TPID(-1).MarshalText(); err == nil {
		t.Error("a negative TPID can be marshalled, but not read again")
	}
}

func TestParseDomain(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	longest := strings.Repeat(label63+".", 3) + strings.Repeat("a", 61) // 253 bytes
	for s, want := range map[string]string{
		"contoso.com":                      "contoso.com",
		"CONTOSO.com.":                     "contoso.com",
		" \tcontoso.com ":                  "contoso.com",
		"mail.contoso.com":                 "mail.contoso.com",
		"contoso.onmicrosoft.com":          "contoso.onmicrosoft.com",
		"cervejariasãojoão.pt":             "xn--cervejariasojoo-ukbd.pt",
		"CERVEJARIASÃOJOÃO.PT":             "xn--cervejariasojoo-ukbd.pt",
		"cervejariasa\u0303ojoa\u0303o.pt": "xn--cervejariasojoo-ukbd.pt", // decomposed
		"XN--cervejariasojoo-UKBD.pt":      "xn--cervejariasojoo-ukbd.pt",
		"müller-söhne.de":                  "xn--mller-shne-kcb9d.de",
		"straße.de":                        "xn--strae-oqa.de", // not strasse.de
		"ｃｏｎｔｏｓｏ。ｃｏｍ．":                     "contoso.com",      // full-width, with full-width stops
		"21vianet.com":                     "21vianet.com",
		"r3---sn.example":                  "r3---sn.example",
		label63 + ".com":                   label63 + ".com",
		longest:                            longest,
		longest + ".":                      longest,
		"пример.рф":                        "xn--e1afmkfd.xn--p1ai",
	} {
		d, err := tenant.ParseDomain(s)
		if err != nil || d.String() != want {
			t.Errorf("ParseDomain(%q) = %q, %v, want %q", s, d, err, want)
		}
	}
	for _, s := range []string{
		"", " ", ".", "..", "com", "localhost", "contoso", ".contoso.com", "contoso..com", "contoso.com..",
		"-bad-.com", "-bad.com", "bad-.com", "contoso.-com", "con_toso.com", "con toso.com", "contoso .com",
		"contoso.com\n", "contoso.com\x00", "contoso.com\r\nBcc: x", "con\u200btoso.com\u2028",
		"127.0.0.1", "10.1", "contoso.123", "[127.0.0.1]", "::1", "contoso.com:443", "https://contoso.com", "contoso.com/x",
		"ana@contoso.com", "@contoso.com", "contoso.com?x", "contoso.com#x", "contoso%2ecom.", "con'toso.com", "*.contoso.com",
		"xn--a.com", "xn--.com", "xn--contoso-.com", "xn--zzzzzzzzzzzz99.com", "\xff.com", "\u202econtoso.com",
		label63 + "a.com", longest + "a", strings.Repeat("ã", 60) + ".pt.", strings.Repeat("a.", 100_000) + "com",
		"אa.com",      // breaks the Bidi rule
		"\u2135a.com", // so does what it becomes
	} {
		d, err := tenant.ParseDomain(s)
		if err == nil {
			t.Errorf("ParseDomain(%.60q) = %q, want an error", s, d)
			continue
		}
		refused(t, err, "domain")
		if !d.IsZero() {
			t.Errorf("ParseDomain(%.60q) returns %q beside its error", s, d)
		}
	}
}

func TestDomainUnicode(t *testing.T) {
	d, err := tenant.ParseDomain("xn--cervejariasojoo-ukbd.pt")
	if err != nil || d.Unicode() != "cervejariasãojoão.pt" {
		t.Errorf("got %q, %v", d.Unicode(), err)
	}
	for _, test := range []struct {
		domain, shown string
		scripts       []*unicode.RangeTable
	}{
		{"müller-söhne.de", "müller-söhne.de", nil},
		{"straße1.de", "straße1.de", nil},
		{"contoso.com", "contoso.com", nil},
		{"пример.рф", "xn--e1afmkfd.xn--p1ai", nil},
		{"пример.рф", "пример.рф", []*unicode.RangeTable{unicode.Greek, unicode.Cyrillic}},
		{"пример.com", "пример.com", []*unicode.RangeTable{unicode.Cyrillic}},
		{"contos\u043e.com", "xn--contos-1qf.com", nil}, // a Cyrillic o
		{"contos\u043e.com", "xn--contos-1qf.com", []*unicode.RangeTable{unicode.Cyrillic}},
		{"\u0430\u0440\u0440\u04cf\u0435.com", "xn--80ak6aa92e.com", []*unicode.RangeTable{unicode.Greek}},
		{"例え.jp", "xn--r8jz45g.jp", []*unicode.RangeTable{unicode.Han, unicode.Hiragana}},
		{"例え.jp", "例え.jp", []*unicode.RangeTable{rangetable.Merge(unicode.Han, unicode.Hiragana, unicode.Katakana)}},
	} {
		d, err := tenant.ParseDomain(test.domain)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Unicode(test.scripts...); got != test.shown {
			t.Errorf("%s (%s) shows as %q, want %q", test.domain, d, got, test.shown)
		}
	}
	if got := (tenant.Domain{}).Unicode(); got != "" {
		t.Errorf("the zero domain shows as %q", got)
	}
}

func TestParseEmail(t *testing.T) {
	local64 := strings.Repeat("a", 64)
	domain189 := strings.Repeat(strings.Repeat("b", 61)+".", 3) + "com" // 64+1+189 = 254
	for s, want := range map[string]string{
		"ana@contoso.com":                 "ana@contoso.com",
		"ANA@CONTOSO.COM.":                "ANA@contoso.com",
		"ana+mci@contoso.com":             "ana+mci@contoso.com",
		" \tana.b@contoso.com\u00a0":      "ana.b@contoso.com",
		"vendas@cervejariasãojoão.pt":     "vendas@xn--cervejariasojoo-ukbd.pt",
		"joão@contoso.com":                "joão@contoso.com",
		"joa\u0303o@contoso.com":          "joão@contoso.com", // decomposed
		"!#$%&'*+-/=?^_`{|}~@contoso.com": "!#$%&'*+-/=?^_`{|}~@contoso.com",
		local64 + "@contoso.com":          local64 + "@contoso.com",
		local64 + "@" + domain189:         local64 + "@" + domain189,
	} {
		e, err := tenant.ParseEmail(s)
		if err != nil || e.String() != want {
			t.Errorf("ParseEmail(%q) = %q, %v, want %q", s, e, err, want)
		}
		if at := strings.LastIndex(want, "@"); e.Domain().String() != want[at+1:] {
			t.Errorf("ParseEmail(%q) has the domain %q", s, e.Domain())
		}
	}
	for _, s := range []string{
		"", " ", "@", "ana", "ana@", "@contoso.com", "a@b@c.com", "not an address", "ana contoso.com",
		"ana@contoso.com\nBcc: x@y.z", "ana@contoso.com\r\nBcc: x", "ana@contoso.com\n", "\nana@contoso.com", "ana\x00@contoso.com",
		"ana\t@contoso.com", "ana @contoso.com", "ana@ contoso.com", "an\u00a0a@contoso.com", "ana\u2028@contoso.com", "an\u200ba@contoso.com", "\u202eana@contoso.com",
		"Ana <ana@contoso.com>", "<ana@contoso.com>", "ana@contoso.com, x@y.example", "ana@contoso.com;x@y.example",
		`"ana silva"@contoso.com`, `"ana"@contoso.com`, `ana\@contoso.com`, "ana(comment)@contoso.com", "ana@[127.0.0.1]", "ana@127.0.0.1", "ana@localhost",
		".ana@contoso.com", "ana.@contoso.com", "an..a@contoso.com", "ana@-bad-.com", "ana@contoso..com", "mailto:ana@contoso.com",
		"x@\u2135a.com", "\xff@contoso.com", local64 + "a@contoso.com", local64 + "@b" + domain189, strings.Repeat("ã", 33) + "@contoso.com",
		strings.Repeat("a", 100_000) + "@contoso.com", "ana@" + strings.Repeat("a", 100_000),
	} {
		e, err := tenant.ParseEmail(s)
		if err == nil {
			t.Errorf("ParseEmail(%.60q) = %q, want an error", s, e)
			continue
		}
		refused(t, err, "email")
	}
	for _, s := range []string{"secretary@-bad-.com", "secretary@b@c.com", "Secretary <secretary@contoso.com>", "secretary", "secretary..@contoso.com", "secretary@contoso.com\nBcc: secretary@y.z"} {
		if _, err := tenant.ParseEmail(s); err == nil || strings.Contains(strings.ToLower(err.Error()), "secretary") {
			t.Errorf("the error repeats the person's address: %v", err)
		}
	}
}

// The errors say what would help.
func TestMalformedSaysWhatIsWrong(t *testing.T) {
	email := func(s string) error { _, err := tenant.ParseEmail(s); return err }
	domain := func(s string) error { _, err := tenant.ParseDomain(s); return err }
	id := func(s string) error { _, err := tenant.ParseID(s); return err }
	tpid := func(s string) error { _, err := tenant.ParseTPID(s); return err }
	for _, test := range []struct {
		err  error
		want string
	}{
		{email(""), "an e-mail address is needed"},
		{email("Ana <ana@contoso.com>"), "without a name or angle brackets"},
		{email("a@b.example; c@d.example"), "one address is wanted"},
		{email("a@b@c.com"), "only one @"},
		{email("contoso.com"), "has an @"},
		{email("@contoso.com"), "before the @"},
		{email("ana@"), "after the @"},
		{email(".ana@contoso.com"), "a dot stands between"},
		{email(`"a b"@contoso.com`), "another character that an address cannot have"},
		{email("ana@ contoso.com"), "a blank follows the @"},
		{email("ana@contoso.com\nBcc: x@y.z"), "a line end"},
		{email("ana@-bad-.com"), `"-bad-.com" is not a domain name`},
		{domain(""), "a domain is needed"},
		{domain("ana@contoso.com"), "a domain is wanted by itself"},
		{domain("https://contoso.com/"), "a domain is wanted by itself"},
		{domain("contoso"), "not a whole domain name"},
		{domain("127.0.0.1"), "an IP address"},
		{id("not-a-guid"), `"not-a-guid" is not a GUID`},
		{id("00000000-0000-0000-0000-000000000000"), "names no tenant"},
		{id(""), "a tenant ID is needed"},
		{tpid("12a"), "digits alone"},
		{tpid("99999999999999999999"), "too large"},
		{tpid("0"), "zero is not a TPID"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("got %v, want an error with %q", test.err, test.want)
		}
	}
}

// What is accepted is an address to net/mail too, and the same one: the two
// parsers disagree about nothing that reaches a header.
func TestEmailAgreesWithNetMail(t *testing.T) {
	for _, s := range []string{"ana@contoso.com", "ana+mci@contoso.com", "ANA@CONTOSO.COM.", "joão@cervejariasãojoão.pt", "!#$%&'*+-/=?^_`{|}~@contoso.com"} {
		e, err := tenant.ParseEmail(s)
		if err != nil {
			t.Fatal(err)
		}
		a, err := mail.ParseAddress(e.String())
		if err != nil || a.Address != e.String() || a.Name != "" {
			t.Errorf("net/mail reads %q as %v, %v", e, a, err)
		}
	}
}

func TestKeys(t *testing.T) {
	id, _ := tenant.ParseID("4966865e-6df6-5cd4-92d1-832a5ad4d4f4")
	for _, test := range []struct {
		identity tenant.Identity
		want     tenant.Key
	}{
		{tenant.Identity{}, ""},
		{tenant.Identity{Name: "Contoso", Cloud: tenant.CloudPublic}, ""},
		{tenant.Identity{Tenant: id}, "tenant:4966865e-6df6-5cd4-92d1-832a5ad4d4f4"},
		{tenant.Identity{TPID: 640037}, "tpid:640037"},
		{tenant.Identity{Tenant: id, TPID: 640037}, "tenant:4966865e-6df6-5cd4-92d1-832a5ad4d4f4"},
		{tenant.Identity{TPID: -5}, ""},
	} {
		got := test.identity.Key()
		if got != test.want {
			t.Errorf("%+v has the key %q, want %q", test.identity, got, test.want)
		}
		if got == "" {
			continue
		}
		if read, err := tenant.ParseKey(string(got)); err != nil || read != got {
			t.Errorf("ParseKey(%q) = %q, %v", got, read, err)
		}
	}
	if tenant.TenantKey(id) != "tenant:4966865e-6df6-5cd4-92d1-832a5ad4d4f4" || tenant.TPIDKey(7) != "tpid:7" {
		t.Errorf("got %q and %q", tenant.TenantKey(id), tenant.TPIDKey(7))
	}
	if tenant.TenantKey(tenant.ID{}) != "" || tenant.TPIDKey(0) != "" {
		t.Error("no ID has a key")
	}
	for _, s := range []string{
		"", "tenant:", "tpid:", "tpid:0", "tpid:-1", "tpid:007", "tpid: 7", "tenant:4966865E-6DF6-5CD4-92D1-832A5AD4D4F4",
		"4966865e-6df6-5cd4-92d1-832a5ad4d4f4", "640037", "other:7", "tpid:7\n", "tenant:00000000-0000-0000-0000-000000000000",
	} {
		k, err := tenant.ParseKey(s)
		refused(t, err, "key")
		if k != "" {
			t.Errorf("ParseKey(%q) returns %q beside its error", s, k)
		}
	}
}

func TestEnums(t *testing.T) {
	if got := fmt.Sprint(tenant.AllClouds(), tenant.AllBases()); got != "[public us-government china] [derived confirmed stated unchecked]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprintf("%q", tenant.AllIDKinds()); got != `["domain" "tenant ID" "TPID" "subscription ID" "opportunity ID"]` {
		t.Errorf("got %s", got)
	}
	for _, c := range tenant.AllClouds() {
		if got, err := tenant.ParseCloud(string(c)); err != nil || got != c {
			t.Errorf("ParseCloud(%q) = %q, %v", c, got, err)
		}
	}
	for _, b := range tenant.AllBases() {
		if got, err := tenant.ParseBasis(string(b)); err != nil || got != b {
			t.Errorf("ParseBasis(%q) = %q, %v", b, got, err)
		}
	}
	for _, k := range tenant.AllIDKinds() {
		if got, err := tenant.ParseIDKind(string(k)); err != nil || got != k {
			t.Errorf("ParseIDKind(%q) = %q, %v", k, got, err)
		}
	}
	for _, s := range []string{"", "Public", " public", "mars", "derived ", "Domain", "tpid", "tenant_id", "TPID\n"} {
		_, err := tenant.ParseCloud(s)
		refused(t, err, "cloud")
		_, err = tenant.ParseBasis(s)
		refused(t, err, "basis")
		_, err = tenant.ParseIDKind(s)
		refused(t, err, "id_kind")
	}
	for _, v := range []any{tenant.Cloud("mars"), tenant.Basis("guessed"), tenant.IDKind("name"), tenant.Key("opportunity:a"), tenant.Key("tpid:x"), tenant.TPID(-1)} {
		if b, err := json.Marshal(v); !errors.As(err, new(*tenant.MalformedError)) {
			t.Errorf("%T %[1]v marshals to %s, %v; it cannot be read again", v, b, err)
		}
	}
}

func TestJSON(t *testing.T) {
	type all struct {
		Identity   tenant.Identity   `json:"identity"`
		Entry      tenant.Entry      `json:"entry"`
		Email      tenant.Email      `json:"email"`
		Key        tenant.Key        `json:"key"`
		Basis      tenant.Basis      `json:"basis"`
		Candidate  tenant.Candidate  `json:"candidate"`
		Resolution tenant.Resolution `json:"resolution"`
	}
	var zero all
	b, err := json.Marshal(zero)
	if want := `{"identity":{},"entry":{},"email":"","key":"","basis":"","candidate":{},"resolution":{"identity":{},"basis":""}}`; err != nil || string(b) != want {
		t.Errorf("got  %s, %v\nwant %s", b, err, want)
	}
	const full = `{"identity":{"tenant_id":"4966865e-6df6-5cd4-92d1-832a5ad4d4f4","tpid":"640629","domain":"proseware.com","name":"Proseware","cloud":"public"},` +
		`"entry":{"tpid":"640629","cloud":"china"},"email":"it@proseware.com","key":"tpid:640629","basis":"stated",` +
		`"candidate":{"email":"it@proseware.com","tenant_id":"x","reason":"r"},` +
		`"resolution":{"identity":{"tpid":"7"},"email":"it@proseware.com","basis":"stated","reason":"r","found":[{"tpid":"8"}]}}`
	var got all
	if err := json.Unmarshal([]byte(full), &got); err != nil {
		t.Fatal(err)
	}
	if b, err = json.Marshal(got); err != nil || string(b) != full {
		t.Errorf("got  %s, %v\nwant %s", b, err, full)
	}
	// Empty text is the zero value, whatever was there before.
	for _, field := range []string{"tenant_id", "tpid", "domain", "cloud"} {
		if err := json.Unmarshal([]byte(`{"`+field+`":""}`), &got.Identity); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
	if got.Identity != (tenant.Identity{Name: "Proseware"}) {
		t.Errorf("after reading empty text, got %+v", got.Identity)
	}
	// Junk is refused, and nothing is half read.
	got.Entry = tenant.Entry{TPID: 1, Cloud: tenant.CloudChina}
	for _, junk := range []string{`{"tenant_id":"x"}`, `{"tpid":"x"}`, `{"cloud":"mars"}`} {
		if err := json.Unmarshal([]byte(junk), &got.Entry); !errors.As(err, new(*tenant.MalformedError)) {
			t.Errorf("%s: got error %v", junk, err)
		}
	}
	if got.Entry != (tenant.Entry{TPID: 1, Cloud: tenant.CloudChina}) {
		t.Errorf("junk was read as %+v", got.Entry)
	}
}

func TestCodecsRoundTrip(t *testing.T) {
	if err := quick.Check(func(id tenant.ID, n int64) bool {
		tpid := tenant.TPID(n & (1<<63 - 1))
		var gotID tenant.ID
		var gotTPID tenant.TPID
		a, _ := id.MarshalText()
		b, _ := tpid.MarshalText()
		return gotID.UnmarshalText(a) == nil && gotID == id && gotTPID.UnmarshalText(b) == nil && gotTPID == tpid
	}, nil); err != nil {
		t.Error(err)
	}
}

func TestLogsHidePeople(t *testing.T) {
	email, err := tenant.ParseEmail("ana.silva@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("x",
			"email", email,
			"none", tenant.Email{},
			"candidate", tenant.Candidate{Email: "ana.silva@contoso.com", Domain: "Adatum.com", TPID: "640037", TenantID: "4966865E-6DF6-5CD4-92D1-832A5AD4D4F4", Reason: "Ana Silva told us"},
			"misplaced", tenant.Candidate{Domain: "ana.silva@contoso.com", TPID: "ana.silva@contoso.com", TenantID: "ana.silva\nforged=1"},
			"nominated", tenant.Candidate{SubscriptionID: "{3F2504E0-4F89-41D3-9A0C-0305E82C3301}", OpportunityID: "7-3abcd1234x"},
			"misplaced again", tenant.Candidate{SubscriptionID: "ana.silva", OpportunityID: "ana.silva@contoso.com"},
			"resolution", tenant.Resolution{Email: email, Identity: tenant.Identity{TPID: 7}, Basis: tenant.BasisStated, Reason: "Ana Silva told us"})
	}
	text := out.String()
	for _, secret := range []string{"ana", "silva", "told"} {
		if strings.Contains(strings.ToLower(text), secret) {
			t.Errorf("the log shows %q:\n%s", secret, text)
		}
	}
	for _, want := range []string{"***@contoso.com", "tpid:7", "stated", "adatum.com", "640037", "4966865e-6df6-5cd4-92d1-832a5ad4d4f4", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "7-3ABCD1234X", "malformed"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not show %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n != 2 {
		t.Errorf("two records fill %d lines:\n%s", n, text)
	}
}

// What is stored is read in a shorter way, and as the same: in capitals it takes the
// longer one.
func TestParseDomainAsItIsKept(t *testing.T) {
	for _, s := range []string{
		"contoso.com", "a.b", "a-b.c-d.e", "1.2.c", "c.1a", "c.a1", "a.b-", "-a.b", "a.-b", "a..b", ".a.b", "a.b.", "a", "a.1", "a.12", "1.2.3.4", "",
		strings.Repeat("a", 63) + ".b", strings.Repeat("a", 64) + ".b", strings.Repeat("abc.", 63) + "d", strings.Repeat("abc.", 63) + "de",
		"xn--nxasmq6b.com", "axn--b.com", "a_b.com", "a b.com",
	} {
		short, shortErr := tenant.ParseDomain(s)
		long, longErr := tenant.ParseDomain(strings.ToUpper(s))
		if short != long || (shortErr == nil) != (longErr == nil) {
			t.Errorf("%q is %q, %v; in capitals %q, %v", s, short, shortErr, long, longErr)
		}
	}
}

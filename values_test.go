package partnerengage_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/tenant"
)

// reading is a way to read a value: the value, and its text.
type reading struct {
	name string
	read func(s string) (value any, text string, err error)
}

// unmarshaled reads a value by its UnmarshalText; its text is what JSON writes.
func unmarshaled[T comparable, P interface {
	*T
	encoding.TextUnmarshaler
}](name string) reading {
	return reading{name, func(s string) (any, string, error) {
		var v T
		if err := P(&v).UnmarshalText([]byte(s)); err != nil {
			return nil, "", err
		}
		text, err := jsonText(v)
		return v, text, err
	}}
}

// parsed reads a value by a Parse function.
func parsed[T any](name string, parse func(string) (T, error), text func(T) string) reading {
	return reading{name, func(s string) (any, string, error) {
		v, err := parse(s)
		if err != nil {
			return nil, "", err
		}
		return v, text(v), nil
	}}
}

func marshaled[T any](v T) string {
	text, err := jsonText(v)
	if err != nil {
		panic(err)
	}
	return text
}

func jsonText(v any) (text string, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("what was read cannot be written: %w", err)
	}
	return text, json.Unmarshal(b, &text)
}

// readings are all ways in which values come in as text, from people or from
// storage.
var readings = []reading{
	unmarshaled[tenant.Basis]("tenant.Basis"),
	unmarshaled[tenant.ID]("tenant.ID"),
	unmarshaled[tenant.TPID]("tenant.TPID"),
	unmarshaled[tenant.Key]("tenant.Key"),
	unmarshaled[tenant.Email]("tenant.Email"),
	unmarshaled[tenant.Cloud]("tenant.Cloud"),
	unmarshaled[tenant.SubscriptionID]("tenant.SubscriptionID"),
	unmarshaled[tenant.OpportunityID]("tenant.OpportunityID"),
	unmarshaled[tenant.Domain]("tenant.Domain"),
	unmarshaled[tenant.IDKind]("tenant.IDKind"),
	unmarshaled[eligibility.Outcome]("eligibility.Outcome"),
	unmarshaled[eligibility.Result]("eligibility.Result"),
	unmarshaled[eligibility.Kind]("eligibility.Kind"),
	unmarshaled[eligibility.Date]("eligibility.Date"),
	unmarshaled[consent.Status]("consent.Status"),
	unmarshaled[consent.Kind]("consent.Kind"),
	unmarshaled[consent.Decision]("consent.Decision"),
	unmarshaled[consent.Channel]("consent.Channel"),
	unmarshaled[link.Limit]("link.Limit"),
	unmarshaled[link.Hash]("link.Hash"),
	unmarshaled[link.ID]("link.ID"),
	unmarshaled[link.Language]("link.Language"),
	unmarshaled[link.FailureCode]("link.FailureCode"),
	unmarshaled[consent.TextHash]("consent.TextHash"),
	unmarshaled[consent.Role]("consent.Role"),
	unmarshaled[survey.Status]("survey.Status"),
	unmarshaled[survey.Command]("survey.Command"),
	unmarshaled[survey.Kind]("survey.Kind"),
	unmarshaled[survey.Problem]("survey.Problem"),
	unmarshaled[engagement.Type]("engagement.Type"),
	unmarshaled[engagement.Availability]("engagement.Availability"),
	unmarshaled[engagement.Origin]("engagement.Origin"),
	unmarshaled[engagement.Status]("engagement.Status"),
	unmarshaled[engagement.Tab]("engagement.Tab"),
	unmarshaled[engagement.RowType]("engagement.RowType"),
	unmarshaled[engagement.TakenBy]("engagement.TakenBy"),
	unmarshaled[engagement.Action]("engagement.Action"),
	unmarshaled[engagement.ReasonKind]("engagement.ReasonKind"),
	unmarshaled[engagement.EventKind]("engagement.EventKind"),
	unmarshaled[engagement.Party]("engagement.Party"),
	unmarshaled[engagement.ContactDoubt]("engagement.ContactDoubt"),
	unmarshaled[engagement.Digest]("engagement.Digest"),
	unmarshaled[engagement.PersonDigest]("engagement.PersonDigest"),
	unmarshaled[engagement.ChangedField]("engagement.ChangedField"),
	unmarshaled[engagement.Anchor]("engagement.Anchor"),
	unmarshaled[engagement.PaymentModel]("engagement.PaymentModel"),
	unmarshaled[engagement.MessageKind]("engagement.MessageKind"),
	unmarshaled[claim.Status]("claim.Status"),
	unmarshaled[claim.Kind]("claim.Kind"),
	unmarshaled[claim.Side]("claim.Side"),
	unmarshaled[claim.RejectionCode]("claim.RejectionCode"),
	unmarshaled[workflow.Role]("workflow.Role"),
	unmarshaled[workflow.Permission]("workflow.Permission"),
	unmarshaled[workflow.FigureDimension]("workflow.FigureDimension"),
	unmarshaled[workflow.Sort]("workflow.Sort"),
	unmarshaled[workflow.ForeignContacts]("workflow.ForeignContacts"),
	unmarshaled[workflow.Code]("workflow.Code"),
	unmarshaled[consent.Guard]("consent.Guard"),
	unmarshaled[claim.Guard]("claim.Guard"),
	{"eligibility.Money", func(s string) (any, string, error) { // equal amounts can have several values
		var m eligibility.Money
		if err := m.UnmarshalText([]byte(s)); err != nil {
			return nil, "", err
		}
		text, err := jsonText(m)
		return m.String(), text, err
	}},

	parsed("tenant.ParseBasis", tenant.ParseBasis, marshaled),
	parsed("tenant.ParseID", tenant.ParseID, marshaled),
	parsed("tenant.ParseTPID", tenant.ParseTPID, marshaled),
	parsed("tenant.ParseKey", tenant.ParseKey, marshaled),
	parsed("tenant.ParseEmail", tenant.ParseEmail, marshaled),
	parsed("tenant.ParseCloud", tenant.ParseCloud, marshaled),
	parsed("tenant.ParseSubscriptionID", tenant.ParseSubscriptionID, marshaled),
	parsed("tenant.ParseOpportunityID", tenant.ParseOpportunityID, marshaled),
	parsed("tenant.ParseDomain", tenant.ParseDomain, marshaled),
	parsed("tenant.ParseIDKind", tenant.ParseIDKind, marshaled),
	parsed("eligibility.ParseMoney", moneyText, func(s string) string { return s }),
	parsed("eligibility.ParseDecimal", decimalText, func(s string) string { return s }),
	parsed("eligibility.ParseDate", eligibility.ParseDate, marshaled),
	parsed("link.ParseToken", link.ParseToken, link.Token.Secret),
	parsed("link.ParseHash", link.ParseHash, marshaled),
	parsed("link.ParseLanguage", link.ParseLanguage, marshaled),
	parsed("consent.ParseDecision", consent.ParseDecision, marshaled),
}

func moneyText(s string) (string, error) {
	m, err := eligibility.ParseMoney(s)
	return m.String(), err
}

func decimalText(s string) (string, error) {
	d, err := eligibility.ParseDecimal(s)
	return d.StringFixed(max(0, -d.Exponent())), err
}

// notValues are Parse functions whose results are kept as something else.
var notValues = []string{"eligibility.ParseWhen", "eligibility.ParseDays"}

// checkReadings checks that whatever is read of a text can be read again from its
// own text, as the same value: what is accepted is readable for good.
func checkReadings(t *testing.T, s string) {
	t.Helper()
	for _, r := range readings {
		v, text, err := r.read(s)
		if err != nil {
			if strings.Contains(err.Error(), "cannot be written") {
				t.Errorf("%s of %+q: %v", r.name, s, err)
			}
			continue
		}
		again, same, err := r.read(text)
		if err != nil || again != v || same != text {
			t.Errorf("%s reads %+q as %+q, and that as %+q, %v", r.name, s, text, same, err)
		}
	}
}

// spellings are texts of all kinds of values, as they are and as people paste them.
var spellings = []string{
	"", " ", "x", "\x00", "\xff", "contoso.com", "CONTOSO.com.", "cervejariasãojoão.pt", "cervejariasa\u0303o.pt", "\u2135a.com", "אa.com", "xn--a-zhc.com", "faß.de", "ｃｏｎｔｏｓｏ。ｃｏｍ",
	"ana@contoso.com", "jose\u0301@contoso.com", "x@\u2135a.com", "<\u0338@contoso.com", "ａｎａ@ｃｏｎｔｏｓｏ.com",
	"4966865E-6DF6-5CD4-92D1-832A5AD4D4F4", "{4966865e6df65cd492d1832a5ad4d4f4}", "urn:uuid:4966865e-6df6-5cd4-92d1-832a5ad4d4f4",
	"640037", " 007 ", "9223372036854775807", "7-3abcd1234x", "-", "tenant:4966865e-6df6-5cd4-92d1-832a5ad4d4f4", "tpid:640037",
	"2026-02-29", "2024-02-29", "0001-01-01", "9999-12-31", "pt", "PT-pt", "zh-hant-tw", "en-US-x-twain", "sr-Latn",
	"2500.00 USD", "-0.00 EUR", "00012.340 JPY", strings.Repeat("9", 64) + " USD", "0." + strings.Repeat("0", 60) + "1 USD", "-0", "39.9",
	strings.Repeat("A", 43), strings.Repeat("_", 43), strings.Repeat("0", 64), strings.Repeat("ab", 32), "accept", "granted", "public", "derived",
}

func TestWhatIsReadCanBeReadAgain(t *testing.T) {
	for _, s := range spellings {
		checkReadings(t, s)
	}
	// Every character, within a domain and before the @.
	domain, email := reading{}, reading{}
	for _, r := range readings {
		switch r.name {
		case "tenant.ParseDomain":
			domain = r
		case "tenant.ParseEmail":
			email = r
		}
	}
	for c := rune(1); c <= unicode.MaxRune; c++ {
		if !unicode.IsPrint(c) || unicode.In(c, unicode.Han, unicode.Hangul) && c%97 != 0 { // of those alike some will do
			continue
		}
		for _, try := range []struct {
			reading
			text string
		}{{domain, string(c) + "a.com"}, {domain, "a" + string(c) + ".com"}, {domain, string(c) + "." + string(c) + "com"}, {email, "a" + string(c) + "@" + string(c) + "b.com"}} {
			v, text, err := try.read(try.text)
			if err != nil {
				continue
			}
			if again, same, err := try.read(text); err != nil || again != v || same != text {
				t.Errorf("%s reads %+q as %q, and that as %q, %v", try.name, try.text, text, same, err)
			}
		}
	}
}

func FuzzReadings(f *testing.F) {
	for _, s := range spellings {
		f.Add(s)
	}
	f.Fuzz(checkReadings)
}

// No value is left out.
func TestReadingsAreComplete(t *testing.T) {
	var want []string
	for _, dir := range []string{"tenant", "eligibility", "consent", "consent/link", "engagement/survey", "engagement", "engagement/claim", "engagement/workflow"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func \(\w* ?\*(\w+)\) UnmarshalText\(|^func (Parse[A-Z]\w*)\(s string\)`).FindAllStringSubmatch(string(code), -1) {
				want = append(want, filepath.Base(dir)+"."+m[1]+m[2])
			}
		}
	}
	for _, name := range want {
		if !slices.Contains(notValues, name) && !slices.ContainsFunc(readings, func(r reading) bool { return r.name == name }) {
			t.Errorf("%s reads texts: add it to the readings", name)
		}
	}
	if len(want) < 60 {
		t.Errorf("only %d ways to read a text were found", len(want))
	}
}

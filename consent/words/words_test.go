package words_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// Every language of the library has every text, with the same placeholders.
func TestComplete(t *testing.T) {
	c := words.Standard()
	require.Equal(t, []consent.Language{"en", "pt-PT"}, c.Languages())
	same := map[words.Key]bool{ // alike in both languages
		"date.moment": true, "quote": true, "list.separator": true, "zone.UTC": true, "event.with_details": true, "detail.size.one": true, "detail.size.other": true,
	}
	for _, key := range c.Keys() {
		english := c.In("en").Text(key, nil)
		for _, tag := range c.Languages() {
			text := c.In(tag).Text(key, nil)
			assert.NotEmpty(t, text, "%s in %s", key, tag)
			if key != "list.separator" {
				assert.Equal(t, strings.Trim(text, " \n"), text, "%s in %s", key, tag)
			}
			got, want := placeholder.FindAllString(text, -1), placeholder.FindAllString(english, -1)
			slices.Sort(got)
			slices.Sort(want)
			assert.Equal(t, slices.Compact(want), slices.Compact(got), "%s in %s", key, tag)
			if tag != "en" && !same[key] {
				assert.NotEqual(t, english, text, "%s is not translated into %s", key, tag)
			}
		}
	}
}

// A host adds a language, or changes a text, in one value; what it leaves out is
// said in English.
func TestNew(t *testing.T) {
	c, err := words.New(
		words.Words{Language: "fr", Texts: map[words.Key]string{
			"mail.greeting": "Bonjour {name},", "date.day": "{day} {month} {year}", "date.month.12": "décembre",
			"days_left.one": "{n} jour restant", "days_left.other": "{n} jours restants", "zone.Europe/Madrid": "heure de Madrid",
		}},
		words.Words{Language: "en", Texts: map[words.Key]string{"mail.greeting": "Dear {name},"}},
	)
	require.NoError(t, err)
	assert.Equal(t, []consent.Language{"en", "pt-PT", "fr"}, c.Languages())
	fr := c.In("fr-CA")
	assert.Equal(t, "Bonjour Ana,", fr.Text("mail.greeting", words.Values{"name": "Ana"}))
	assert.Equal(t, "27 décembre 2026", fr.Day(time.Date(2026, 12, 27, 9, 0, 0, 0, time.UTC), nil))
	assert.Equal(t, "0 jour restant", fr.Count("days_left", 0), "French counts nothing like one")
	assert.Equal(t, "2 jours restants", fr.Count("days_left", 2))
	assert.Equal(t, "This decision is final.", fr.Text("mail.rejected_final", nil), "what is missing is said in English")
	assert.Equal(t, "Dear Ana,", c.In("en").Text("mail.greeting", words.Values{"name": "Ana"}))
	assert.Equal(t, "Hello Ana,", words.Standard().In("en").Text("mail.greeting", words.Values{"name": "Ana"}), "the library's own is as it was")
	assert.Equal(t, consent.Language("en"), c.In("de").Tag())
	assert.Equal(t, consent.Language("pt-PT"), c.In("de", "pt-BR").Tag())
	assert.Equal(t, "no.such.key", fr.Text("no.such.key", nil))

	polish, err := words.New(words.Words{Language: "pl", Texts: map[words.Key]string{"days_left.few": "zostały {n} dni", "days_left.other": "zostało {n} dni"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"zostały 3 dni", "zostało 5 dni"}, []string{polish.In("pl").Count("days_left", 3), polish.In("pl").Count("days_left", 5)})
}

// All that is wrong with a host's texts is said at once.
func TestNewRefuses(t *testing.T) {
	_, err := words.New(
		words.Words{Language: "French"},
		words.Words{Language: "fr", Texts: map[words.Key]string{
			"mail.greetings":             "Bonjour",
			"mail.greeting":              "Bonjour {nom},",
			"mail.rejected_final":        "  ",
			"mail.ask_for_survey.body":   "Répondez, s'il vous plaît.",
			"days_left.several":          "{n}",
			"mail.claim_paid.subject":    "Payé : {claim}",
			"mail.ask_for_consent.other": "x",
		}},
	)
	var bad *words.Error
	require.ErrorAs(t, err, &bad)
	for _, want := range []string{`"French"`, `"mail.greetings": there is no such text`, `{nom}`, `"mail.rejected_final": it is empty`, `it lacks {link}`, `"days_left.several"`, `"mail.ask_for_consent.other"`} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "claim_paid")
}

// What is put in is put in once: a name that looks like a placeholder is a name.
func TestOnePass(t *testing.T) {
	en := words.Standard().In("en")
	assert.Equal(t, "“{partner}” has declined: {customer}", en.Text("mail.consent_declined.subject", words.Values{
		"customer": "“{partner}”", "partner": "x", "engagement": "{customer}",
	}))
	assert.Equal(t, "“{link}” has declined to take part in the engagement “x”. No action is needed.",
		en.Paragraphs("mail.consent_declined.body", words.Values{"customer": "“{link}”", "engagement": "x"}), "without greeting and portal")
}

func TestTimes(t *testing.T) {
	c := words.Standard()
	at := time.Date(2026, 12, 27, 9, 0, 0, 0, time.UTC)
	zone := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		require.NoError(t, err)
		return l
	}
	for _, tt := range []struct {
		zone   *time.Location
		en, pt string
	}{
		{zone("Europe/Lisbon"), "27 December 2026, 09:00 (Lisbon time)", "27 de dezembro de 2026, 09:00 (hora de Lisboa)"},
		{zone("America/Sao_Paulo"), "27 December 2026, 06:00 (Sao Paulo time)", "27 de dezembro de 2026, 06:00 (hora de Sao Paulo)"},
		{nil, "27 December 2026, 09:00 (UTC)", "27 de dezembro de 2026, 09:00 (UTC)"},
		{time.FixedZone("WET", 3600), "27 December 2026, 10:00 (UTC+01:00)", "27 de dezembro de 2026, 10:00 (UTC+01:00)"},
	} {
		assert.Equal(t, tt.en, c.In("en").Moment(at, tt.zone))
		assert.Equal(t, tt.pt, c.In("pt").Moment(at, tt.zone))
	}
	for m := time.January; m <= time.December; m++ {
		assert.Contains(t, c.In("en").Day(time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC), nil), m.String())
	}
}

func TestMoney(t *testing.T) {
	c := words.Standard()
	for amount, want := range map[string][2]string{
		"12500.00 EUR":   {"EUR\u00a012,500.00", "12\u00a0500,00\u00a0EUR"},
		"999 JPY":        {"JPY\u00a0999", "999\u00a0JPY"},
		"1234567.50 USD": {"USD\u00a01,234,567.50", "1\u00a0234\u00a0567,50\u00a0USD"},
		"1.234 KWD":      {"KWD\u00a01.234", "1,234\u00a0KWD"},
		"-1000.00 EUR":   {"EUR\u00a0-1,000.00", "-1\u00a0000,00\u00a0EUR"},
	} {
		m, err := eligibility.ParseMoney(amount)
		require.NoError(t, err)
		assert.Equal(t, want, [2]string{c.In("en").Money(m), c.In("pt").Money(m)})
	}
	assert.Empty(t, c.In("en").Money(eligibility.Money{}))
}

// A name from elsewhere is short, on one line, in quotation marks and no link.
func TestQuoted(t *testing.T) {
	en := words.Standard().In("en")
	for name, want := range map[string]string{
		"Contoso":                           "“Contoso”",
		"Contoso, Inc.":                     "“Contoso, Inc.”",
		"Cervejaria São João, S.A.":         "“Cervejaria São João, S.A.”",
		"URGENT https://evil.example/login": "“URGENT evil. example/login”",
		"a\r\nBcc: b":                       "“a Bcc: b”",
		"x” and now “y":                     "“x' and now 'y”",
		"\u200b\u200b":                      "",
	} {
		assert.Equal(t, want, en.Quoted(name), "%q", name)
	}
}

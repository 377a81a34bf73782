package words_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// Every language of the library has every text, with the same placeholders, and says
// nothing in the words of another.
func TestComplete(t *testing.T) {
	c := words.Standard()
	require.Equal(t, []link.Language{"en", "pt-PT"}, c.Languages())
	same := map[words.Key]bool{ // alike in both languages
		"date.moment": true, "quote": true, "list.separator": true, "list.comma": true, "theme.link": true, "zone.UTC": true, "event.with_details": true,
		"detail.size": true, "bytes.one": true, "bytes.other": true, "detail.requested": true, "detail.deadline": true, "detail.approved": true, "detail.paid": true, "detail.codes": true,
		"detail.survey": true, "detail.document": true, "detail.changed": true, "detail.reminder": true, "detail.message": true, "detail.failure": true,
		"id.tpid": true, "field.tpid": true, "heading.tpid": true, "wanted.one_of": true,
	}
	keys := c.Keys()
	for _, group := range words.AllGroups() {
		require.NotEmpty(t, c.KeysOf(group), group)
		keys = slices.DeleteFunc(keys, func(key words.Key) bool { return slices.Contains(c.KeysOf(group), key) })
	}
	require.Empty(t, keys, "keys of no group")
	for _, key := range c.Keys() {
		english := c.For("en").Text(key, nil)
		for _, tag := range c.Languages() {
			text := c.For(tag).Text(key, nil)
			assert.NotEmpty(t, text, "%s in %s", key, tag)
			if !strings.HasPrefix(string(key), "list.") {
				assert.Equal(t, strings.Trim(text, " \n"), text, "%s in %s", key, tag)
			}
			assert.NotContains(t, text, "'", "%s in %s: a straight apostrophe", key, tag)
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

// all returns a translation of the groups into an invented language: the English texts
// with something before them.
func all(tag, base link.Language, groups ...words.Group) words.Translation {
	out := words.Translation{Language: tag, Base: base, Texts: map[words.Key]string{}}
	for _, group := range groups {
		for _, key := range words.Standard().KeysOf(group) {
			out.Texts[key] = string(tag) + ":" + words.Standard().For("en").Text(key, nil)
		}
	}
	return out
}

// A host adds a language, or changes a text, in one value.
func TestNew(t *testing.T) {
	fr := all("fr", "", words.AllGroups()...)
	for key, text := range map[words.Key]string{
		"mail.greeting": "Bonjour {name},", "date.day": "{day} {month} {year}", "date.month.12": "décembre",
		"days_left.one": "{n} jour restant", "days_left.other": "{n} jours restants", "zone.Europe/Madrid": "heure de Madrid",
	} {
		fr.Texts[key] = text
	}
	c, err := words.New(fr, words.Translation{Language: "en", Texts: map[words.Key]string{"mail.greeting": "Dear {name},"}})
	require.NoError(t, err)
	assert.Equal(t, []link.Language{"en", "pt-PT", "fr"}, c.Languages())
	french := c.For("fr-CA")
	assert.Equal(t, "Bonjour Ana,", french.Text("mail.greeting", words.Values{"name": "Ana"}))
	assert.Equal(t, "27 décembre 2026", french.Day(time.Date(2026, 12, 27, 9, 0, 0, 0, time.UTC), nil))
	assert.Equal(t, "0 jour restant", french.Count("days_left", 0), "French counts nothing like one")
	assert.Equal(t, "2 jours restants", french.Count("days_left", 2))
	assert.Equal(t, "Dear Ana,", c.For("en").Text("mail.greeting", words.Values{"name": "Ana"}))
	assert.Equal(t, "Hello Ana,", words.Standard().For("en").Text("mail.greeting", words.Values{"name": "Ana"}), "the library's own is as it was")
	assert.Equal(t, link.Language("en"), c.For("de").Language())
	assert.Equal(t, link.Language("pt-PT"), c.For("de", "pt-BR").Language())
	assert.Equal(t, "no.such.key", french.Text("no.such.key", nil))
	assert.Equal(t, "Hello Ana,", words.Words{}.Text("mail.greeting", words.Values{"name": "Ana"}), "no words are the library's English")

	pl := all("pl", "", words.AllGroups()...)
	pl.Texts["days_left.few"], pl.Texts["days_left.other"] = "zostały {n} dni", "zostało {n} dni"
	polish, err := words.New(pl)
	require.NoError(t, err)
	assert.Equal(t, []string{"zostały 3 dni", "zostało 5 dni"}, []string{polish.For("pl").Count("days_left", 3), polish.For("pl").Count("days_left", 5)})
}

// Whoever wants a language that there is not gets the default of the host's.
func TestDefault(t *testing.T) {
	c, err := words.Standard().WithDefault("pt-PT")
	require.NoError(t, err)
	assert.Equal(t, []link.Language{"pt-PT", "en"}, c.Languages())
	assert.Equal(t, link.Language("pt-PT"), c.For("fr").Language())
	assert.Equal(t, link.Language("en"), c.For("fr", "en-GB").Language())
	assert.Equal(t, link.Language("en"), words.Standard().For("fr").Language(), "the other is as it was")
	_, err = c.WithDefault("fr")
	require.ErrorContains(t, err, "the catalogue does not have it")
}

// A language that leaves out texts is refused, with each that it lacks; unless it says
// which language says them, and then none of its groups is half in that one.
func TestBase(t *testing.T) {
	some := all("fr", "", words.GroupBasics, words.GroupMails)
	_, err := words.New(some)
	require.ErrorContains(t, err, `words in "fr": text "todo.submit": it is missing`)
	require.ErrorContains(t, err, `words in "fr": text "page.unknown.body": it is missing`)
	require.NotContains(t, err.Error(), "mail.")
	require.NotContains(t, err.Error(), "zone.", "cities have names without a translation, too")

	some.Base = "pt-PT"
	c, err := words.New(some)
	require.NoError(t, err)
	french := c.For("fr")
	assert.Equal(t, link.Language("fr"), french.Of(words.GroupMails).Language())
	assert.Equal(t, link.Language("pt-PT"), french.Of(words.GroupPages).Language(), "with its dates, too")
	assert.Equal(t, "Esta ligação não funciona", french.Text("page.unknown.heading", nil))

	delete(some.Texts, "mail.unasked")
	_, err = words.New(some)
	require.EqualError(t, err, `words in "fr": text "mail.unasked": it is missing`)
	_, err = words.New(all("fr", "en", words.GroupMails))
	require.ErrorContains(t, err, `text "date.day": it is missing`, "every language has the basics")

	brazil, err := words.New(words.Translation{Language: "pt-BR", Base: "pt-PT", Texts: map[words.Key]string{"mail.greeting": "Oi, {name}!"}})
	require.NoError(t, err, "a variant leaves out what it likes")
	assert.Equal(t, "Oi, Ana!", brazil.For("pt-BR").Text("mail.greeting", words.Values{"name": "Ana"}))
	assert.Equal(t, "Esta decisão é definitiva.", brazil.For("pt-BR").Text("mail.rejected_final", nil))

	for _, base := range []link.Language{"de", "fr", "pt-BR", "none of them"} {
		_, err := words.New(words.Translation{Language: "pt-BR", Base: "pt-PT"}, words.Translation{Language: "fr", Base: base})
		require.ErrorContains(t, err, "is not another language of the catalogue that has all texts itself", base)
	}
}

// All that is wrong with a host's texts is said at once.
func TestNewRefuses(t *testing.T) {
	fr := all("fr", "", words.AllGroups()...)
	for key, text := range map[words.Key]string{
		"mail.greetings":             "Bonjour",
		"mail.greeting":              "Bonjour {nom},",
		"mail.rejected_final":        "  ",
		"mail.ask_for_survey.body":   "Répondez, s'il vous plaît.",
		"days_left.several":          "{n}",
		"mail.claim_paid.subject":    "Payé : {claim}",
		"mail.ask_for_consent.other": "x",
	} {
		fr.Texts[key] = text
	}
	_, err := words.New(words.Translation{Language: "French"}, fr)
	var bad *words.Error
	require.ErrorAs(t, err, &bad)
	for _, want := range []string{`"French"`, `"mail.greetings": there is no such text`, `{nom}`, `"mail.rejected_final": it is empty`, `it lacks {link}`, `"days_left.several"`, `"mail.ask_for_consent.other"`} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "claim_paid")
}

// What is put in is put in once: a name that looks like a placeholder is a name.
func TestOnePass(t *testing.T) {
	en := words.Standard().For("en")
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
		assert.Equal(t, tt.en, c.For("en").Moment(at, tt.zone))
		assert.Equal(t, tt.pt, c.For("pt").Moment(at, tt.zone))
	}
	for m := time.January; m <= time.December; m++ {
		assert.Contains(t, c.For("en").Day(time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC), nil), m.String())
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
		assert.Equal(t, want, [2]string{c.For("en").Money(m), c.For("pt").Money(m)})
	}
	assert.Empty(t, c.For("en").Money(eligibility.Money{}))
}

func TestLists(t *testing.T) {
	en, pt := words.Standard().For("en"), words.Standard().For("pt")
	for n, want := range [][3]string{{"", "", ""}, {"a", "a", "a"}, {"a and b", "a or b", "a e b"}, {"a, b and c", "a, b or c", "a, b e c"}} {
		items := []string{"a", "b", "c"}[:n]
		assert.Equal(t, want, [3]string{en.List(items), en.Or(items), pt.List(items)})
	}
	assert.Equal(t, "a, b; c", en.Series([]string{"a, b", "c"}))
}

// What a criterion wants, and what was found, is said as people say it.
func TestFindings(t *testing.T) {
	for _, tt := range [][6]string{
		{"at least 1000", "999", "at least 1,000", "999", "no mínimo 1 000", "999"},
		{"at most 0", "2", "at most 0", "2", "no máximo 0", "2"},
		{"below 1.5", "-12345.5", "less than 1.5", "-12,345.5", "menos de 1,5", "-12 345,5"},
		{"between 5000.00 EUR and 10000.00 EUR", "4999.00 EUR", "from EUR 5,000.00 to EUR 10,000.00", "EUR 4,999.00", "de 5 000,00 EUR a 10 000,00 EUR", "4 999,00 EUR"},
		{"is true", "false", "yes", "no", "sim", "não"},
		{"is 4711201", "4711202", "4711201", "4711202", "4711201", "4711202"},
		{"one of smb, corporate", "consumer", "smb or corporate", "consumer", "smb ou corporate", "consumer"},
		{"not one of consumer", "consumer", "none of consumer", "consumer", "nenhum de consumer", "consumer"},
		{"contains E5", "none", "includes E5", "none", "inclui E5", "nenhum"},
		{"before 2026-07-01", "2026-07-02", "before 1 July 2026", "2 July 2026", "antes de 1 de julho de 2026", "2 de julho de 2026"},
		{"before 365 days ago or never", "2026-07-02", "more than 365 days ago, or never", "2 July 2026", "há mais de 365 dias, ou nunca", "2 de julho de 2026"},
		{"after 1 days ago", "never", "less than 1 day ago", "never", "há menos de 1 dia", "nunca"},
		{"older than 90 days", "2026-07-02", "more than 90 days ago", "2 July 2026", "há mais de 90 dias", "2 de julho de 2026"},
		{"any of (rooms at least 5; until before 2026-07-01)", "rooms 4; until 2026-07-02", "", "rooms 4; until 2 July 2026", "", "rooms 4; until 2 de julho de 2026"},
		{"a domain that is not theirs", "contoso.com", "a domain that is not theirs", "contoso.com", "a domain that is not theirs", "contoso.com"},
	} {
		var got [6]string
		got[0], got[1] = tt[0], tt[1]
		got[2], got[3] = words.Standard().For("en").Finding(tt[0], tt[1])
		got[4], got[5] = words.Standard().For("pt").Finding(tt[0], tt[1])
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], "\u00a0", " ")
		}
		assert.Equal(t, tt, got)
	}
}

// No ready check is told in English where that is not asked for.
func TestEveryOp(t *testing.T) {
	for _, op := range eligibility.AllOps() {
		wanted, _ := words.Standard().For("pt").Finding(string(op)+" (x)", "x")
		assert.NotContains(t, wanted, string(op)+" ", op)
	}
}

// A name from elsewhere is short, on one line, in quotation marks and no link.
func TestQuoted(t *testing.T) {
	en := words.Standard().For("en")
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

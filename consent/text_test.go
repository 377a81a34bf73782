package consent_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// The texts that were sent are evidence. If this fails because a text was meant to
// change, give it a new version and keep the old one.
func TestStandardTextsStayWhatTheyAre(t *testing.T) {
	want := map[string]string{
		"2026-07 en":    "d10a7d29e3c829dfb5c7d5c5584b3ba7284405117ce308a89181d21f68cd5bc7",
		"2026-07 pt-PT": "57b2e60d9a7d980b5ccbb5bb78bf720d56a81a0eb12912adcef96e6ad392ab5d",
	}
	for _, text := range consent.StandardTexts().All() {
		noError(t, text.Validate())
		key := text.Version + " " + string(text.Language)
		equal(t, want[key], text.Hash().String(), key)
		delete(want, key)
	}
	equal(t, 0, len(want))
}

func TestTextsOfAllLanguagesHaveTheSamePurposes(t *testing.T) {
	english := consent.StandardTexts().For("en")
	for _, l := range consent.StandardTexts().Languages() {
		text := consent.StandardTexts().For(l)
		equal(t, len(english.Purposes), len(text.Purposes))
		equal(t, len(english.Paragraphs), len(text.Paragraphs))
		for i := range text.Purposes {
			equal(t, english.Purposes[i].ID, text.Purposes[i].ID)
			if l != "en" {
				check(t, english.Purposes[i].Text != text.Purposes[i].Text)
			}
		}
	}
}

func TestTextHash(t *testing.T) {
	text := consent.StandardTexts().For("en")
	equal(t, fmt.Sprintf("%x", sha256.Sum256([]byte(text.Canonical()))), text.Hash().String())
	check(t, strings.HasPrefix(text.Canonical(), "version: 2026-07\nlanguage: en\ntitle: Consent"))
	check(t, strings.HasSuffix(text.Canonical(), "\nwithdraw: Withdraw my consent\n"))

	// Whatever is changed, the hash is another.
	seen := map[consent.TextHash]bool{text.Hash(): true}
	for i, change := range []func(*consent.Text){
		func(t *consent.Text) { t.Version += "x" },
		func(t *consent.Text) { t.Language = "fr" },
		func(t *consent.Text) { t.Title += "x" },
		func(t *consent.Text) { t.Paragraphs[1] += "x" },
		func(t *consent.Text) { t.Paragraphs = t.Paragraphs[:1] },
		func(t *consent.Text) { t.Purposes[0].ID += "x" },
		func(t *consent.Text) { t.Purposes[0].Text += "x" },
		func(t *consent.Text) { t.Validity += "x" },
		func(t *consent.Text) { t.Withdrawal += "x" },
		func(t *consent.Text) { t.Accept += "x" },
		func(t *consent.Text) { t.Decline += "x" },
		func(t *consent.Text) { t.Withdraw += "x" },
		func(t *consent.Text) { t.Paragraphs[0], t.Paragraphs[1] = t.Paragraphs[1], t.Paragraphs[0] },
	} {
		other := consent.StandardTexts().For("en")
		change(&other)
		check(t, !seen[other.Hash()], "change %d", i)
		seen[other.Hash()] = true
	}
	var h consent.TextHash
	b, err := json.Marshal(text.Hash())
	noError(t, err)
	noError(t, json.Unmarshal(b, &h))
	equal(t, text.Hash(), h)
	for _, junk := range []string{"", "zz", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("0", 66), strings.Repeat("g", 64)} {
		errorIs(t, h.UnmarshalText([]byte(junk)), errtest.Type[*link.InvalidError](), "%q", junk)
	}
	equal(t, text.Hash(), h, "junk changes nothing")
}

func TestTextValidate(t *testing.T) {
	for field, change := range map[string]func(*consent.Text){
		"text.version":          func(t *consent.Text) { t.Version = "" },
		"text.language":         func(t *consent.Text) { t.Language = "english" },
		"text.title":            func(t *consent.Text) { t.Title = "a\nb" },
		"text.paragraphs":       func(t *consent.Text) { t.Paragraphs = nil },
		"text.paragraph":        func(t *consent.Text) { t.Paragraphs[0] = "a\x00b" },
		"text.purposes":         func(t *consent.Text) { t.Purposes = nil },
		"text.purpose delivery": func(t *consent.Text) { t.Purposes[0].Text = "\xff" },
		"text.validity":         func(t *consent.Text) { t.Validity = " " },
		"text.withdrawal":       func(t *consent.Text) { t.Withdrawal = "" },
		"text.accept":           func(t *consent.Text) { t.Accept = "" },
		"text.decline":          func(t *consent.Text) { t.Decline = "" },
		"text.withdraw":         func(t *consent.Text) { t.Withdraw = "" },
	} {
		text := consent.StandardTexts().For("en")
		change(&text)
		var invalid *link.InvalidError
		errorAs(t, text.Validate(), &invalid, field)
		equal(t, field, invalid.Field)
		_, err := consent.NewTexts(text)
		errorIs(t, err, errtest.Type[*link.InvalidError](), field)
	}
	for _, change := range []func(*consent.Text){
		func(t *consent.Text) { t.Language = "PT-pt" },
		func(t *consent.Text) { t.Purposes[1].ID = t.Purposes[0].ID },
		func(t *consent.Text) { t.Purposes[1].ID = "a: b" },
		func(t *consent.Text) { t.Purposes[1].ID = "" },
	} {
		text := consent.StandardTexts().For("en")
		change(&text)
		errorIs(t, text.Validate(), errtest.Type[*link.InvalidError]())
	}
	// All that is wrong is told at once.
	check(t, strings.Count(consent.Text{}.Validate().Error(), "\n") >= 7)
}

// french is a text of a host's own.
func french(version string) consent.Text {
	text := consent.StandardTexts().For("en")
	text.Version, text.Language, text.Title = version, "fr", "Consentement "+version
	return text
}

func TestHostsOwnTexts(t *testing.T) {
	texts, err := consent.NewTexts(append(consent.StandardTexts().All(), french("1"), french("2"))...)
	noError(t, err)
	equal(t, []link.Language{"en", "pt-PT", "fr"}, texts.Languages())
	equal(t, "2", texts.For("fr-BE").Version, "the last given is the one to send")
	old, err := texts.Lookup(french("1").Ref())
	noError(t, err)
	equal(t, french("1"), old, "what was sent before is still found")

	changed := french("1")
	changed.Title = "Autre"
	_, err = texts.Lookup(changed.Ref())
	errorIs(t, err, consent.ErrUnknownText)
	_, err = consent.NewTexts(french("1"), changed)
	errorIs(t, err, errtest.Type[*link.InvalidError](), "one version, two texts")
	_, err = consent.NewTexts(french("1"), french("1"))
	noError(t, err, "the same twice is no harm")
	_, err = consent.NewTexts()
	errorIs(t, err, errtest.Type[*link.InvalidError]())

	got := texts.For("fr")
	got.Paragraphs[0], got.Purposes[0].Text = "x", "x"
	equal(t, french("2"), texts.For("fr"), "a catalogue cannot be changed from outside")
}

func TestLanguageFallback(t *testing.T) {
	texts := consent.StandardTexts()
	for wanted, want := range map[link.Language]link.Language{
		"en": "en", "EN_us": "en", "en-GB": "en", "pt": "pt-PT", "pt-PT": "pt-PT", "pt-BR": "pt-PT", "PT_br": "pt-PT", "pt-Latn-BR": "pt-PT",
		"fr": "en", "": "en", "*": "en", "x": "en",
	} {
		equal(t, want, texts.For(wanted).Language, "%q", wanted)
	}
	equal(t, link.Language("pt-PT"), texts.For("fr", "pt-BR", "en").Language, "the first that can be had")
}

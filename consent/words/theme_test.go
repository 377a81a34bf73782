package words_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a page or a mail could not show, or could be made to do something else by, is
// refused, and all of it at once.
func TestNewThemeRefuses(t *testing.T) {
	_, err := words.NewTheme(words.Brand{
		Name: "a\nb", Logo: words.Image{MediaType: "text/html", Data: []byte("<script>")}, Accent: "#fff;}*{x:y", DarkAccent: "#000000",
		ImprintURL: "javascript:alert(1)", PrivacyURL: "https://user@vendor.example/", Note: words.Text{"English": "x", "pt-pt": "x", "en": "a\u0000b"},
	})
	for _, want := range []string{"theme: name ", `theme: logo is of the type "text/html"`, `theme: accent is "#fff;}*{x:y"`, "theme: dark_accent #000000 cannot be read well on a dark page",
		"theme: imprint_url ", "theme: privacy_url ", "theme: note.English ", "theme: note.pt-pt ", "theme: note.en "} {
		assert.ErrorContains(t, err, want)
	}
	for name, b := range map[string]words.Brand{
		"another picture": {Name: "x", Logo: words.Image{MediaType: "image/png", Data: []byte("GIF89a")}},
		"no picture":      {Name: "x", Logo: words.Image{MediaType: "image/png"}},
		"a large picture": {Name: "x", Logo: words.Image{MediaType: "image/jpeg", Data: []byte("\xff\xd8\xff" + strings.Repeat("x", 64<<10))}},
		"no name":         {Logo: words.Image{MediaType: "image/jpeg", Data: []byte("\xff\xd8\xff")}},
		"a light colour":  {Accent: "#ffee00"},
		"no colour":       {Accent: "red"},
		"no hexadecimal":  {Accent: "#0b4f9g"},
		"an http address": {PrivacyURL: "http://vendor.example/"},
		"a bare address":  {PrivacyURL: "https:///privacy"},
	} {
		_, err := words.NewTheme(b)
		assert.Error(t, err, name)
	}
}

func TestStyle(t *testing.T) {
	for _, tt := range []struct {
		brand words.Brand
		want  string
	}{
		{words.Brand{}, ""},
		{words.Brand{Accent: "#0B4F9E"}, ":root{--act:#0B4F9E;--on:#ffffff}\n@media (prefers-color-scheme:dark){:root{--act:#5b89be;--on:#000000}}\n"},
		{words.Brand{Accent: "#000000", DarkAccent: "#ffffff"}, ":root{--act:#000000;--on:#ffffff}\n@media (prefers-color-scheme:dark){:root{--act:#ffffff;--on:#000000}}\n"},
		{words.Brand{DarkAccent: "#ffee00"}, "@media (prefers-color-scheme:dark){:root{--act:#ffee00;--on:#000000}}\n"},
	} {
		theme, err := words.NewTheme(tt.brand)
		require.NoError(t, err)
		assert.Equal(t, tt.want, theme.Style())
	}
	assert.Empty(t, (*words.Theme)(nil).Style())
}

func TestFooter(t *testing.T) {
	theme, err := words.NewTheme(words.Brand{ImprintURL: "https://vendor.example/legal", PrivacyURL: "https://vendor.example/privacy", Note: words.Text{"pt-PT": "Da Contoso.", "en": "From Contoso."}})
	require.NoError(t, err)
	assert.Equal(t, "From Contoso.\nLegal notice: https://vendor.example/legal\nPrivacy notice: https://vendor.example/privacy", theme.Footer(words.Words{}))
	assert.Equal(t, "Da Contoso.\nInformação legal: https://vendor.example/legal\nAviso de privacidade: https://vendor.example/privacy", theme.Footer(words.Standard().For("pt")))
	assert.Empty(t, (*words.Theme)(nil).Footer(words.Words{}))

	b := theme.Brand()
	b.Note["en"] = "changed"
	assert.Contains(t, theme.Footer(words.Words{}), "From Contoso.")
}

func TestText(t *testing.T) {
	text := words.Text{"pt-PT": "Migração", "de": "Umzug", "en": "Migration"}
	for wanted, want := range map[string]string{"pt-BR": "Migração", "de-AT": "Umzug", "en-GB": "Migration", "fr": ""} {
		got, ok := text.For(words.Text{}.Languages()...)
		assert.False(t, ok)
		assert.Empty(t, got)
		got, ok = text.For(languages(wanted)...)
		assert.Equal(t, want != "", ok, wanted)
		assert.Equal(t, want, got, wanted)
	}
	assert.Equal(t, "Migração", text.In(words.Standard().For("pt")))
	assert.Equal(t, "Umzug", words.Text{"fr": "Migration", "de": "Umzug"}.In(words.Words{}), "the first that there is")
	assert.Empty(t, words.Text(nil).In(words.Words{}))
	assert.Len(t, words.Text{"PT": "x", "en": "", "not a tag": "x", "de": "bad", "fr": "good"}.Check(func(s string) string {
		if s == "bad" {
			return "is bad"
		}
		return ""
	}), 4)
}

func languages(tag string) []link.Language { return []link.Language{link.Language(tag)} }

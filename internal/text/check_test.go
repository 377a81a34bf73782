package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/internal/text"
)

func TestVisible(t *testing.T) {
	for _, s := range []string{"a", " ★ ", "\u200b.", "日本", "e\u0301", "\u202e1"} {
		require.True(t, text.Visible(s), "%+q", s)
	}
	for _, s := range []string{"", " ", "\u200b\u200b", "\u00a0\u3000", "\u0301", "\u2800", "\u3164", "\u115f\u1160", "\u202e", "\u00ad", "\ufe0f", "\U000e0041", "\x00", "\n\t", "\u2060\ufeff"} {
		require.False(t, text.Visible(s), "%+q", s)
	}
}

func TestProse(t *testing.T) {
	for _, s := range []string{"", "x", " over the cap \n agreed\twith Ana", "مرحبا\u200f", "👩\u200d💻", strings.Repeat("ã", 100)} {
		require.Empty(t, text.Prose(s, 100), "%+q", s)
	}
	for s, want := range map[string]string{
		" ":                      "nothing to see",
		"\u200b":                 "nothing to see",
		"a\x00":                  "control character U+0000",
		"a\x1bb":                 "control character U+001B",
		"\xff":                   "UTF-8",
		strings.Repeat("ã", 101): "has 101 characters: say it in at most 100",
	} {
		require.Contains(t, text.Prose(s, 100), want, "%+q", s)
	}
}

func TestParagraph(t *testing.T) {
	for _, s := range []string{"", "How satisfied are you?", "می\u200cخواهم", "👩\u200d💻", "مرحبا\u200f"} {
		require.Empty(t, text.Paragraph(s, 100), "%+q", s)
	}
	for s, want := range map[string]string{
		"\u200b\u200b":           "nothing to see",
		"a\nb":                   "more than one line",
		"a\u2028b":               "more than one line",
		"a\x00":                  "control character U+0000",
		"\xff":                   "UTF-8",
		strings.Repeat("ã", 101): "at most 100",
	} {
		require.Contains(t, text.Paragraph(s, 100), want, "%+q", s)
	}
}

func TestLine(t *testing.T) {
	for _, s := range []string{"", "Contoso, S.A.", "日本 株式会社", "שלום", strings.Repeat("ã", 100)} {
		require.Empty(t, text.Line(s, 100), "%+q", s)
	}
	for s, want := range map[string]string{
		" ":                      "nothing to see",
		"\u200b\u200b":           "U+200B, which does not show",
		"Contoso\u202e":          "U+202E, which changes the direction",
		"Con\u00adtoso":          "U+00AD, which does not show",
		"a\nb":                   "control character U+000A",
		"a\u2028b":               "more than one line",
		"a\x00":                  "control character U+0000",
		"\xff":                   "UTF-8",
		strings.Repeat("ã", 101): "at most 100",
	} {
		require.Contains(t, text.Line(s, 100), want, "%+q", s)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		" Contoso\t Ltd \r\n":           "Contoso Ltd",
		"\u202eContoso\u200b":           "Contoso",
		"\u200b \u200b":                 "",
		"caf\xe9":                       "caf\uFFFD",
		strings.Repeat("é", 250):        strings.Repeat("é", 200),
		strings.Repeat("a", 199) + " b": strings.Repeat("a", 199),
	} {
		require.Equal(t, want, text.Clean(in, 200), "%+q", in)
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Contoso, S.A.":                           "Contoso, S.A.",
		"Big Data: Solutions":                     "Big Data: Solutions",
		"URGENT https://evil.example/login":       "URGENT evil. example/login",
		"Amazon.com, Inc.":                        "Amazon. com, Inc.",
		"www.evil.example":                        "www. evil. example",
		"call ana@evil.example":                   "call ana @ evil. example",
		"mailto:ana@evil.example":                 "ana @ evil. example",
		"javascript:alert(1)":                     "alert(1)",
		"httphttps://s://evil.example":            "evil. example",
		"evil\u200b.\u200bexample":                "evil. example",
		"evil。example ｅｖｉｌ．ｃｏｍ":                   "evil。 example ｅｖｉｌ． ｃｏｍ",
		"//evil.example\\\\share":                 "/ evil. example\\ share",
		"a “quoted” \"name\"":                     "a 'quoted' 'name'",
		"<a href=x>Contoso</a>":                   "a href=x Contoso /a",
		"Visit 8.8.8.8 or 10.0.0.1:80":            "Visit 8. 8. 8. 8 or 10. 0. 0. 1:80",
		"[pay](https://evil.example) ![x][y]":     "[pay] (evil. example) ![x] [y]",
		"Industry 4.0, v2.10.1":                   "Industry 4.0, v2. 10.1",
		"שלום evil.example":                       "שלום evil. example",
		"two\r\nlines":                            "two lines",
		"\u202etxet":                              "txet",
		"\u200b":                                  "",
		"":                                        "",
		strings.Repeat("long name ", 10) + "tail": "long name long name long name long name long name long name…",
	} {
		require.Equal(t, want, text.Plain(in), "%+q", in)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"", "https://evil.example", "a@b.cc", "hthttp://tp://x.yy", "....com", "//a.bb", strings.Repeat("a.", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := text.Plain(s)
		if got == "" {
			return
		}
		require.LessOrEqual(t, utf8.RuneCountInString(got), 60)
		require.True(t, text.Visible(got))
		require.Empty(t, text.Line(got, 60))
		for _, never := range []string{"//", "“", "”", `"`, "<", ">", "\n", "mailto:a", "https:a"} {
			require.NotContains(t, got, never)
		}
		require.NotRegexp(t, `[\pL\pN\-]\.[\pL\pN\-]{2}`, got, "a domain name")
		require.NotRegexp(t, `\S@|@\S`, got, "an address")
	})
}

package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/internal/text"
)

func TestFind(t *testing.T) {
	words := text.FindWords("Ana  SILVÁ")
	require.Equal(t, []string{"ana", "silva"}, words)
	for s, want := range map[string][]string{
		"":                          nil,
		"Ana Silva":                 {"Ana Silva"},
		"Ana\u00a0Silva was there.": {"Ana\u00a0Silva"},
		"by ana_silva.pdf, ANA-SILVA; Ana\u2003Silva": {"ana_silva", "ANA-SILVA", "Ana\u2003Silva"},
		"A\u00adna Sil\u200bva!":                      {"A\u00adna Sil\u200bva"},
		"ａｎａ ｓｉｌｖａ":                                   {"ａｎａ ｓｉｌｖａ"},
		"Ana Silva\u0301 (x)":                         {"Ana Silva\u0301"},
		"ana_silva2026.pdf":                           {"ana_silva"},
		"Mariana Silva, Ana Silvada, Ana da Silva":    nil,
		"Ana\nSilva":                                  {"Ana\nSilva"},
		"\xffAna\xff Silva":                           {"Ana\xff Silva"},
	} {
		var got []string
		for _, at := range text.Find(s, words) {
			got = append(got, s[at[0]:at[1]])
		}
		require.Equal(t, want, got, "%+q", s)
	}
	require.Nil(t, text.Find("anything", nil))
}

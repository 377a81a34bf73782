package engagement_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
)

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		"  ":                            "",
		"Contoso":                       "Contoso",
		" Contoso\t Ltd \r\n":           "Contoso Ltd",
		"Con\x00toso\u0085x":            "Con toso x",
		"a\u00a0\u2028b":                "a b",
		"=1+1":                          "=1+1",
		"caf\xe9":                       "caf\uFFFD",
		strings.Repeat("é", 250):        strings.Repeat("é", 200),
		strings.Repeat("a", 199) + " b": strings.Repeat("a", 199),
	} {
		require.Equal(t, want, engagement.CleanName(in), "%q", in)
	}
}

// Whatever a name is, what is kept of it is one short line, and cleaning it
// again changes nothing.
func FuzzCleanName(f *testing.F) {
	for _, seed := range []string{"", "Contoso", " a  b ", "a\x00\xff", strings.Repeat("é ", 300), "İ\u2028ǅ", strings.Repeat("a", 199) + "  b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := engagement.CleanName(name)
		require.Equal(t, got, engagement.CleanName(got))
		require.True(t, utf8.ValidString(got))
		require.LessOrEqual(t, utf8.RuneCountInString(got), 200)
		require.Equal(t, strings.TrimSpace(got), got)
		require.False(t, strings.ContainsFunc(got, unicode.IsControl))
		if utf8.RuneCountInString(name) <= 200 {
			require.Equal(t, text.Fold(name), text.Fold(got), "cleaning changes nothing that a search sees")
		}
	})
}

package text_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/partnerengage/partnerengage/internal/text"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		" \t\n":                        "",
		"contoso, ltd.":                "contoso, ltd.",
		"  CONTOSO,\n Ltd. ":           "contoso, ltd.",
		"a  b":                         "a b",
		"Cervejaria São João":          "cervejaria sao joao",
		"sa\u0303o":                    "sao",
		"STRASSE":                      "strasse",
		"Straße":                       "strasse",
		"ẞ":                            "ss",
		"ŁÓDŹ":                         "lodz",
		"Smørrebrød ÆØÅ":               "smorrebrod aeoa",
		"Đorđević":                     "dordevic",
		"Þór Œuvre":                    "thor oeuvre",
		"Kadıköy İSTANBUL":             "kadikoy istanbul",
		"Ana\u00a0\u3000Silva":         "ana silva",
		"Ana\u2028Silva\x00":           "ana silva",
		"Si\u00adl\u200bva\u2060":      "silva",
		"\u202eevil":                   "evil",
		"\ufeffContoso":                "contoso",
		"ＣＯＮＴＯＳＯ ｋ．ｋ．":                 "contoso k.k.",
		"ﬁlm Ⅷ ①":                      "film viii 1",
		"O’Neill – Söhne":              "o'neill - sohne",
		"ΣΊΣΥΦΟΣ σίσυφος":              "σισυφοσ σισυφοσ",
		"Андрей Ёлкин":                 "андреи елкин",
		"\u05e9\u05b8\u05c1לוֹם":       "שלום",
		"がギ":                           "がギ",
		"ｶﾞ":                           "ガ",
		"किताब कु":                     "किताब कु", // without its vowels a word is another
		"กุ่ง":                         "กุ่ง",
		"\u1100\u1161":                 "가",
		"caf\xe9":                      "caf\uFFFD",
		"\u2800\u3164":                 "",
		"e\u034f\u0301":                "e",
		strings.Repeat("A\u0301", 300): strings.Repeat("a", 300),
	} {
		require.Equal(t, want, text.Fold(in), "%q", in)
	}
}

// sample returns a text of characters that are hard on normal forms.
func sample(r *rand.Rand) string {
	pools := []func() rune{
		func() rune { return rune(r.IntN(0x180)) },
		func() rune { return rune(0x300 + r.IntN(0x70)) },
		func() rune { return rune(0x1e00 + r.IntN(0x200)) },
		func() rune { return rune(0xff00 + r.IntN(0xf0)) },
		func() rune { return rune(0x2000 + r.IntN(0x70)) },
		func() rune { return rune(r.IntN(unicode.MaxRune)) },
		func() rune {
			return []rune("ıİſßẞŉǰΐΰᾳſt\u0345\u034f\u00ad\u200d\ufe0f\u1160")[r.IntN(16)]
		},
	}
	var out strings.Builder
	for range r.IntN(12) {
		out.WriteRune(pools[r.IntN(len(pools))]())
	}
	return out.String()
}

// What is folded is folded for good, whatever the spelling it came from.
func checkFold(t *testing.T, s string) {
	t.Helper()
	folded := text.Fold(s)
	require.Equal(t, folded, text.Fold(folded), "%+q", s)
	require.True(t, utf8.ValidString(folded))
	require.NotContains(t, folded, "\n")
	require.NotContains(t, folded, "  ")
	require.Equal(t, strings.TrimSpace(folded), folded)
	valid := strings.ToValidUTF8(s, "\uFFFD")
	require.Equal(t, folded, text.Fold(norm.NFD.String(valid)), "%+q decomposed", s)
	require.Equal(t, folded, text.Fold(norm.NFC.String(valid)), "%+q composed", s)
	require.Equal(t, text.SortKey(s), text.SortKey(folded), "%+q", s)
	require.False(t, strings.ContainsFunc(text.SortKey(s), unicode.IsControl))
}

func TestFoldIsIdempotent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		checkFold(t, sample(r))
	}
}

func TestFoldEveryCharacter(t *testing.T) {
	for r := range rune(0x20000) {
		if folded := text.Fold(string(r)); text.Fold(folded) != folded {
			t.Errorf("%U folds to %+q, and that to %+q", r, folded, text.Fold(folded))
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "São João", "ı̇", "ŉ", "\u1100\u1161\u11a8", "a\u0345\u0301", "\xff", "ΐ\u034f"} {
		f.Add(s)
	}
	f.Fuzz(checkFold)
}

func TestSortKeyOrder(t *testing.T) {
	names := []string{
		"", "100 Anos", "7-Eleven", "Águas", "aguas", "Aguas Belas", "Ärzte", "Česko", "Contoso", "Çontoso", "Łódź", "Lodz Trade", "Ørsted", "osten",
		"Straße", "strasse 2", "Zebra", "zoo", "Ωmega", "Åland",
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(text.SortKey(a), text.SortKey(b)) })
	require.Equal(t, []string{
		"", "100 Anos", "7-Eleven", "Águas", "aguas", "Aguas Belas", "Åland", "Ärzte", "Česko", "Contoso", "Çontoso", "Łódź", "Lodz Trade", "Ørsted", "osten",
		"Straße", "strasse 2", "Zebra", "zoo", "Ωmega",
	}, names)
}

// The keys' order is the collation's, in its base letters and then in the folded
// text.
func TestSortKeyIsTheCollations(t *testing.T) {
	c := collate.New(language.Und, collate.Loose)
	r := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		a, b := text.Fold(sample(r)), text.Fold(sample(r))
		want := c.CompareString(a, b)
		if len(a)+len(b) > 300 { // keys are cut
			continue
		}
		if want == 0 {
			want = strings.Compare(a, b)
		}
		if a != "" && b != "" {
			require.Equal(t, want, strings.Compare(text.SortKey(a), text.SortKey(b)), "%+q and %+q", a, b)
		}
	}
}

func TestSortKeyOfLongNames(t *testing.T) {
	long := strings.Repeat("São ", 100)
	require.LessOrEqual(t, text.SortKey(long+"a"), text.SortKey(long+"b"))
	for _, name := range []string{long, strings.Repeat("\ufdfa", 200), strings.Repeat("a", 1000), strings.Repeat("日", 1000)} {
		require.LessOrEqual(t, len(text.SortKey(name)), 487)
		require.True(t, utf8.ValidString(text.SortKey(name)))
	}
}

// A collator is for one goroutine; keys are made by many.
func TestSortKeyByManyAtOnce(t *testing.T) {
	names := []string{"Águas", "Zebra", "Łódź", strings.Repeat("Straße ", 20)}
	want := make([]string, len(names))
	for i, name := range names {
		want[i] = text.SortKey(name)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				for i, name := range names {
					if text.SortKey(name) != want[i] {
						t.Errorf("another key of %q", name)
					}
				}
			}
		})
	}
	all.Wait()
}

// When this test fails, what is stored does not compare with what is made from now
// on: raise the number with which Version begins, and then take the new sum.
func TestVersion(t *testing.T) {
	h := sha256.New()
	for _, name := range []string{"Águas", "Zebra", "Łódź", "Straße 12", "ＣＯＮＴＯＳＯ", "O’Neill – Söhne", "がギ", "किताब", "Ana\u00a0Silva", "７-ELEVEN ★"} {
		h.Write([]byte(text.SortKey(name) + "\n"))
		for w := range text.Words(text.Fold(name)) {
			h.Write([]byte(w + "\n"))
		}
		for w := range text.Joined(text.Fold(name)) {
			h.Write([]byte(w + "\n"))
		}
	}
	require.Equal(t, "cf6341a58fa0b2e8f36559f97652b6e5b0f3b28a56f91d239068da32c2fe34ec", hex.EncodeToString(h.Sum(nil)))
	require.True(t, strings.HasPrefix(text.Version, "2/"))
}

func TestWords(t *testing.T) {
	for in, want := range map[string][]string{
		"":                      nil,
		"Cervejaria São João":   {"cervejaria", "sao", "joao"},
		"contoso.co.uk":         {"contoso", "co", "uk"},
		"O'Neill & Söhne, Ltd.": {"o", "neill", "sohne", "ltd"},
		"C++ (R&D) ★":           {"c++", "r", "d", "★"},
		"...":                   nil,
	} {
		require.Equal(t, want, slices.Collect(text.Words(text.Fold(in))), in)
	}
}

func TestJoined(t *testing.T) {
	for in, want := range map[string][]string{
		"":                       nil,
		"Contoso, Ltd.":          nil,
		"L'Oréal":                {"loreal"},
		"L’Oréal (S.A.)":         {"loreal"},
		"O‘Neill":                {"oneill"},
		"AT&T":                   {"att"},
		"Coca‐Cola, www":         {"cocacola"},
		"https://coca-cola.com/": {"cocacola"},
		"a-b-c d'e":              {"abc", "de"},
		"-- 'quoted' R & D ''":   nil,
	} {
		require.Equal(t, want, slices.Collect(text.Joined(text.Fold(in))), in)
	}
}

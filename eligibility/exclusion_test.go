package eligibility_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

// However a value is spelled that a rule excludes, nobody is eligible by it.
func TestExclusionNeverFailsOpen(t *testing.T) {
	long := []string{"CU", "KP", "a", "b", "c", "d", "e", "f", "g", "Côte d'Ivoire"}
	for name, check := range map[string]eligibility.Check{
		"not one of":            eligibility.NotOneOf(segment, "CU", "KP", "Côte d'Ivoire"),
		"not one of many":       eligibility.NotOneOf(segment, long...),
		"not, one of many":      eligibility.Not(eligibility.OneOf(segment, long...)),
		"none of each":          eligibility.All(eligibility.Not(eligibility.Is(segment, "KP")), eligibility.Not(eligibility.Is(segment, "Côte d'Ivoire"))),
		"not any":               eligibility.Not(eligibility.Any(eligibility.Is(segment, "KP"), eligibility.Is(segment, "Côte d'Ivoire"))),
		"not not not":           eligibility.Not(eligibility.Not(eligibility.Not(eligibility.OneOf(segment, "KP", "Côte d'Ivoire")))),
		"within a disjunction":  eligibility.Any(eligibility.Is(segment, "PT"), eligibility.NotOneOf(segment, "KP", "Côte d'Ivoire")),
		"an admission, negated": eligibility.Not(eligibility.NotOneOf(segment, "PT")),
	} {
		for _, found := range []string{"KP", "kp", "Kp", " KP", "KP\t", "ＫＰ", "K\u200bP", "ḰP", "Côte d'Ivoire", "CÔTE D'IVOIRE", "co\u0302te  d'ivoire", "Cote d'Ivoire", "", " ", "\u200b"} {
			assert.NotEqual(t, eligibility.ResultPass, result(t, check, with(segment, found)), "%s: %q", name, found)
		}
		assert.Equal(t, eligibility.ResultPass, result(t, check, with(segment, "PT")), name)
	}
	lists := eligibility.Not(eligibility.Contains(designations, "Embargoed"))
	assert.Equal(t, eligibility.ResultFail, result(t, lists, with(designations, []string{"Azure", "EMBARGOED "})))
	assert.Equal(t, eligibility.ResultPass, result(t, lists, with(designations, []string{"Azure"})))

	// What a rule admits is compared letter by letter.
	assert.Equal(t, eligibility.ResultFail, result(t, eligibility.OneOf(segment, "PT"), with(segment, "pt")))

	_, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "a", Version: "1", Rules: []eligibility.Rule{
		{ID: "a", Doc: "A.", Check: eligibility.NotOneOf(segment, "KP", "\u200b")},
	}})
	require.ErrorAs(t, err, new(*eligibility.RuleSetError))
}

// Codes that are excluded are found in small and in capital letters, among few and
// among many; what merely resembles one is not excluded.
func TestExcludedCodes(t *testing.T) {
	few := []string{"KP", "cu", "12", "Q1234567"}
	many := append([]string{"AA", "BB", "CC", "DD", "EE", "FF", "longer than eight"}, few...)
	for _, codes := range [][]string{few, many} {
		for _, check := range []eligibility.Check{eligibility.NotOneOf(segment, codes...), eligibility.Not(eligibility.OneOf(segment, codes...))} {
			for _, excluded := range []string{"KP", "kp", "kP", "CU", "cu", "12", "q1234567", "Q1234567", " kp", "１２"} {
				assert.Equal(t, eligibility.ResultFail, result(t, check, with(segment, excluded)), "%q", excluded)
			}
			for _, other := range []string{"K", "KPP", "PK", "k0", "1", "21", "R1234567", "Q12345678", "QQ1234567", "PT", "@p"} {
				assert.Equal(t, eligibility.ResultPass, result(t, check, with(segment, other)), "%q", other)
			}
			assert.Equal(t, eligibility.ResultUnknown, result(t, check, with(segment, "\x11\x12")), "control characters are no digits")
		}
	}
}

func result(t *testing.T, check eligibility.Check, facts ...func(*eligibility.Facts)) eligibility.Result {
	t.Helper()
	return found(t, check, facts...).Result
}

// Spelling a value otherwise never makes anybody eligible: whoever passes in some
// spelling passes by plain logic where everything is spelled as the rules have it.
func TestSpellingNeverHelps(t *testing.T) {
	words := []string{"kp", "cu", "pt", "smb"}
	r := rand.New(rand.NewPCG(3, 4))
	spell := func(w string) string {
		return []string{w, strings.ToUpper(w), w + " ", "\u200b" + w, strings.ToUpper(w[:1]) + w[1:]}[r.IntN(5)]
	}
	passes := 0
	for range 20_000 {
		value, entries := words[r.IntN(4)], []string{words[r.IntN(4)], words[r.IntN(4)]}
		check, plain := randomCheck(r, words, value, entries, 3)
		spelled := found(t, check, with(segment, spell(value)), with(designations, []string{spell(entries[0]), spell(entries[1])}))
		if spelled.Result == eligibility.ResultPass {
			passes++
			require.True(t, plain, "%s, found %s", check, spelled.Found)
		}
		require.Equal(t, plain, found(t, check, with(segment, value), with(designations, entries)).Result == eligibility.ResultPass, "%s", check)
	}
	require.Greater(t, passes, 1000)
}

// randomCheck returns a check and what it comes to by plain logic.
func randomCheck(r *rand.Rand, words []string, value string, entries []string, depth int) (eligibility.Check, bool) {
	w, v := words[r.IntN(4)], words[r.IntN(4)]
	n := r.IntN(7)
	if depth == 0 {
		n = r.IntN(4)
	}
	switch n {
	case 0:
		return eligibility.Is(segment, w), value == w
	case 1:
		return eligibility.OneOf(segment, w, v), value == w || value == v
	case 2:
		return eligibility.NotOneOf(segment, w, v), value != w && value != v
	case 3:
		return eligibility.Contains(designations, w), entries[0] == w || entries[1] == w
	case 4:
		c, is := randomCheck(r, words, value, entries, depth-1)
		return eligibility.Not(c), !is
	}
	a, left := randomCheck(r, words, value, entries, depth-1)
	b, right := randomCheck(r, words, value, entries, depth-1)
	if n == 5 {
		return eligibility.All(a, b), left && right
	}
	return eligibility.Any(a, b), left || right
}

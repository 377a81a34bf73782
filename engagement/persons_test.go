package engagement_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// Spellings of one address have one digest; partners, kinds and secrets have digests of
// their own.
func TestPersonDigests(t *testing.T) {
	k := engagement.NewPersonKey([]byte("quite hidden"))
	ana := k.Address("northwind", email("ana.sousa@contoso.com"))
	for _, same := range []string{"Ana.SOUSA@Contoso.COM", "ａna.sousa@contoso.com"} {
		require.Equal(t, ana, k.Address("northwind", email(same)), same)
	}
	others := []engagement.PersonDigest{
		ana, k.Address("fabrikam", email("ana.sousa@contoso.com")), k.Address("northwind", email("ana.sousa+x@contoso.com")), k.User("northwind", "ana.sousa@contoso.com"),
		k.Name("northwind", "ana.sousa@contoso.com"), engagement.PersonKey{}.Address("northwind", email("ana.sousa@contoso.com")), k.ID(), engagement.PersonKey{}.ID(),
		engagement.NewPersonKey([]byte("another")).ID(),
	}
	slices.SortFunc(others, engagement.PersonDigest.Compare)
	require.Len(t, slices.Compact(others), 9)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", k, k, k, k), "hidden")
	require.True(t, k.Secret())
	require.Equal(t, engagement.PersonKey{}, engagement.NewPersonKey(nil))
}

// told are the addresses that a text quotes.
func told(text string) []string {
	var all []string
	m := engagement.Mentions{Address: func(e tenant.Email) { all = append(all, e.Folded()) }}
	m.Customer(engagement.Customer{FriendlyName: text})
	return all
}

// Whatever an erasure would take out of a text, its customer is found by.
func TestMentionsInTexts(t *testing.T) {
	for text, want := range map[string]string{
		"":       "",
		"@":      "",
		"nobody": "",
		"a@b@c":  "",
		"Ask <ANA@Contoso.com>, or rui.r@x.example.": "ana@contoso.com rui.r@x.example",
		"(ana@contoso.com)":                          "ana@contoso.com",
		"mailto:ana@contoso.com?subject=x":           "ana@contoso.com",
		"ana＠contoso.com":                            "ana@contoso.com",
		"an\u00ada@contoso.com...":                   "ana@contoso.com",
		"x!ana@contoso.com":                          "x!ana@contoso.com ana@contoso.com",
		"ana@müller.example":                         "ana@xn--mller-kva.example",
		"ana@contoso.com-":                           "",
		"joão@contoso.com":                           "joão@contoso.com",
		strings.Repeat("a", 300) + "@contoso.com":    "",
	} {
		require.Equal(t, want, strings.Join(told(text), " "), "%q", text)
	}
}

// Who may be named: by a digest, or by what nobody has looked through.
func TestPersonsMay(t *testing.T) {
	key, other := engagement.PersonDigest{1}, engagement.PersonDigest{2}
	a, b := engagement.PersonDigest{3}, engagement.PersonDigest{4}
	asked := engagement.Persons{Key: key, Digests: []engagement.PersonDigest{a}}
	for _, try := range []struct {
		p    engagement.Persons
		want bool
	}{
		{engagement.Persons{}, true},
		{engagement.Persons{Key: key}, false},
		{engagement.Persons{Key: key}.With([]engagement.PersonDigest{b, a, b}), true},
		{engagement.Persons{Key: key}.With([]engagement.PersonDigest{b}), false},
		{engagement.Persons{Key: other}, false},
		{engagement.Persons{Key: other}.With([]engagement.PersonDigest{b}), true},
	} {
		require.Equal(t, try.want, try.p.May(asked), "%v", try.p)
	}
}

package engagement_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
)

// The keys that an entry is given anew are those with which it was stored: what its
// row is found by, it is still found by.
func TestKeysMadeAnew(t *testing.T) {
	p := accepted(asked(began(northwind, engagement.Added)))
	p.FriendlyName, p.ClaimNumber, p.Owner, p.Labels = "Café", "C-1", "Joana", []string{"VIP"}
	p.Referral = engagement.Referral{Reference: "REF-4711", At: start}
	pl := placeOf(1, p, known(fabrikam, eligibility.OutcomeEligible))
	entries := pl.Entries(start)
	require.Len(t, entries, 2)
	for _, e := range entries {
		name, search, ok := pl.Keys(e.Partner, e.Row)
		require.True(t, ok, e.Row)
		require.Equal(t, []string{e.Name, e.Search}, []string{name, search}, e.Row)
	}
	mine := entries[slices.IndexFunc(entries, func(e engagement.Entry) bool { return e.Participation == p.ID })]
	for _, text := range []string{"cafe", "C-1", "joana", "vip", "4711"} {
		for _, w := range engagement.SearchWords(text) {
			require.True(t, w.In(mine), "%s in %q", text, mine.Search)
		}
	}
}

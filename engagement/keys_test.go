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
	p := accepted(asked(began(northwind, engagement.OriginAdded)))
	p.FriendlyName, p.ClaimNumber, p.Owner, p.Labels = "Café", "C-1", "Joana", []string{"VIP"}
	p.Referral = engagement.Referral{Reference: "REF-4711", At: start}
	pl := placeOf(1, p, known(fabrikam, eligibility.OutcomeEligible))
	entries := pl.entries(start)
	require.Len(t, entries, 3)
	for _, e := range entries {
		old := e
		old.Name, old.Search = "by older rules", "by older rules"
		require.Equal(t, e, old.Keys(), e.Row)
	}
	mine := entries[slices.IndexFunc(entries, func(e engagement.Entry) bool { return e.Participation == p.ID })]
	for _, text := range []string{"cafe", "C-1", "joana", "vip", "4711"} {
		for _, w := range engagement.SearchWords(text) {
			require.True(t, w.In(mine), "%s in %q", text, mine.Search)
		}
	}
}

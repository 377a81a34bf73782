package engagement_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/stretchr/testify/require"
)

// A mailbox was asked in whatever participation of the record, once for each link:
// those that have ended are remembered by digests, and not counted twice where they
// are still there.
func TestAskedFor(t *testing.T) {
	first, second := cancelled(asked(began(northwind, engagement.OriginAdded))), asked(began(northwind, engagement.OriginClaimed))
	second.Consent.Links = append([]link.Link(nil), second.Consent.Links...)
	second.Consent.Links[0].IssuedAt = start.Add(time.Hour)
	want := []link.Earlier{{At: start.Add(time.Minute), Here: true}, {At: start.Add(time.Hour), Here: true}}
	ana, other := email("ana+work@contoso.com"), email("rui@contoso.com")

	r := engagement.PartnerRecord{Key: keyOf(northwind), Participations: []engagement.Participation{first, second}}
	require.Equal(t, want, r.AskedFor(ana))
	require.Empty(t, r.AskedFor(other))

	r = r.Ending(first, start)
	require.Len(t, r.Asked, 1)
	require.Equal(t, r, r.Ending(first, start), "doing it twice is doing it once")
	require.Equal(t, want, r.AskedFor(ana), "it is counted once")
	r.Participations = []engagement.Participation{second}
	require.Equal(t, want, r.AskedFor(ana), "and goes on to count when it has left the record")
	require.Empty(t, r.AskedFor(other))
	require.Len(t, r.Ending(second, start.Add(30*time.Minute)).Asked, 1, "what is older than the limits go is not kept")

	forgotten, was := r.Forgetting(ana)
	require.True(t, was)
	require.Empty(t, forgotten.Asked)
	require.Len(t, r.Asked, 1)
	_, was = r.Forgetting(other)
	require.False(t, was)

	// The row that offers to ask again knows all of it.
	ask := func(r engagement.PartnerRecord, most int) []engagement.Action {
		now := start.Add(2 * day)
		row, _ := r.EntryOf(second, engagement.Room{}, now).RowAt(offer(), link.Policy{MaxPerEngagement: most}, now)
		return row.Actions
	}
	whole := engagement.PartnerRecord{Key: keyOf(northwind), Participations: []engagement.Participation{first, second}}
	for _, r := range []engagement.PartnerRecord{r, whole} {
		require.Contains(t, ask(r, 3), engagement.ActionResendConsent)
		require.NotContains(t, ask(r, 2), engagement.ActionResendConsent)
	}
}

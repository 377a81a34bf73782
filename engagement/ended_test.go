package engagement_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// A participation has ended, as recorded, in these statuses, and else it is a part of its
// record: an approved one still waits for its payment, and a rejected one can be disputed
// until that time is recorded to be over.
func TestEnded(t *testing.T) {
	ends := []engagement.Status{
		engagement.StatusConsentDeclined, engagement.StatusConsentExpired, engagement.StatusConsentWithdrawn, engagement.StatusCanceled,
		engagement.StatusPaid, engagement.StatusRejectedFinal, engagement.StatusNotSubmittedExpired, engagement.StatusPostSubmissionExpired, engagement.StatusDisputedExpired,
	}
	seen := map[engagement.Status]bool{}
	for seed := range uint64(200) {
		w := newWalk(seed, offers())
		for range 30 {
			w.step()
			w.now = w.now.Add(time.Duration(w.IntN(3*24*60)) * time.Minute)
			if settled, err := w.p.Settle(w.now); err == nil && w.one(4) {
				w.p = settled
			}
			recorded := w.p.StatusAt(time.Time{})
			seen[recorded] = true
			want := slices.Contains(ends, recorded) || recorded == engagement.StatusRejected && w.p.Claim.Status == claim.Undisputed
			require.Equal(t, want, w.p.Ended(), "%s, seed %d", recorded, seed)
		}
	}
	for _, s := range engagement.AllStatuses() {
		require.True(t, seen[s], "the walks come to %s", s)
	}
}

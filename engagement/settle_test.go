package engagement_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/text"
)

// randomPlace is a place with up to four partners, each with participations in
// whatever state, and a moment that is often at, or a tick beside, a deadline.
func randomPlace(seed uint64) (engagement.Place, time.Time) {
	r := rand.New(rand.NewPCG(seed, 2026))
	pl := engagement.Place{Key: the, ClaimLimit: r.IntN(4)}
	if r.IntN(3) == 0 {
		pl.Elsewhere = engagement.Elsewhere{Consented: r.IntN(2), Participated: r.IntN(2)}
	}
	var deadlines []time.Time
	for _, partner := range []engagement.PartnerID{northwind, fabrikam, "litware", "proseware"}[:r.IntN(5)] {
		s := engagement.Standing{Partner: partner, Identity: contoso}
		if r.IntN(2) == 0 {
			outcomes := append(eligibility.AllOutcomes(), "")
			s = known(partner, outcomes[r.IntN(len(outcomes))])
		}
		pl = pl.WithStanding(s)
		for n := r.IntN(3); n > 0; n-- {
			p := began(partner, engagement.AllOrigins()[r.IntN(2)])
			p.Consent = consent.Start(start.AddDate(0, 0, 1+r.IntN(60)))
			steps := [][]func(engagement.Participation) engagement.Participation{
				{}, {asked}, {asked, declined}, {asked, accepted}, {asked, accepted, withdrawn}, {asked, accepted, cancelled}, {cancelled},
			}
			for _, step := range steps[r.IntN(len(steps))] {
				p = step(p)
			}
			if r.IntN(2) == 0 {
				statuses := claim.AllStatuses()
				p = reached(statuses[r.IntN(len(statuses))], partner)
			}
			deadlines = append(deadlines, p.Consent.Deadline)
			if p.Claim != nil {
				for _, d := range []*time.Time{&p.Claim.SubmitBy, &p.Claim.ReviewBy, &p.Claim.DisputeBy} {
					if !d.IsZero() {
						*d = start.AddDate(0, 0, 1+r.IntN(60))
						deadlines = append(deadlines, *d)
					}
				}
			}
			pl = pl.WithParticipation(p)
		}
	}
	now := start.Add(time.Duration(r.IntN(70*24)) * time.Hour)
	if len(deadlines) > 0 && r.IntN(2) == 0 {
		now = deadlines[r.IntN(len(deadlines))].Add(time.Duration(r.IntN(3)-1) * tick)
	}
	return pl, now
}

// Recording the deadlines that have passed changes nothing that a reader sees,
// at that moment and later, and recording them again changes nothing at all.
func checkSettle(t *testing.T, pl engagement.Place, now time.Time) {
	t.Helper()
	before := string(must(json.Marshal(pl)))
	settled, passed, err := pl.Settle(now)
	require.NoError(t, err)
	require.Equal(t, before, string(must(json.Marshal(pl))), "the place that was given stays as it was")

	later := now.AddDate(0, 0, 7)
	for _, at := range []time.Time{now, later} {
		require.Equal(t, pl.Entries(at), settled.Entries(at))
		require.Equal(t, pl.Granted(at), settled.Granted(at))
		for _, partner := range []engagement.PartnerID{northwind, fabrikam, "litware", "proseware", "nobody"} {
			rows := pl.Rows(partner, offer(), consent.Policy{}, at)
			require.Equal(t, rows, settled.Rows(partner, offer(), consent.Policy{}, at))
			require.Equal(t, pl.FullFor(partner, at), settled.FullFor(partner, at))
			checkEntries(t, partner, rows, settled.Entries(at))
		}
	}

	again, none, err := settled.Settle(now)
	require.NoError(t, err)
	require.Empty(t, none)
	require.Equal(t, settled, again)
	require.False(t, engagement.Passed(settled.Due(), now), "nothing is left to record")
	if due := pl.Due(); !engagement.Passed(due, now) {
		require.Empty(t, passed)
		require.Equal(t, due, settled.Due())
	} else {
		require.NotEmpty(t, passed)
	}
	for _, c := range passed {
		require.True(t, engagement.Passed(c.Deadline, now))
		require.True(t, c.Before.OpenAt(c.Deadline.Add(-tick)))
		require.False(t, c.After.OpenAt(c.Deadline))
		require.Equal(t, c.Before.StatusAt(now), c.After.StatusAt(now))
		got, ok := settled.Participation(c.After.Partner, c.After.ID)
		require.True(t, ok)
		require.Equal(t, c.After, got)
	}
}

// checkEntries fails the test unless the partner's entries are those of its rows.
func checkEntries(t *testing.T, partner engagement.PartnerID, rows []engagement.Row, entries []engagement.Entry) {
	t.Helper()
	var theirs []engagement.Entry
	for _, e := range entries {
		if e.Partner == partner {
			require.Equal(t, e.Tab == engagement.TabComplete || e.Type == engagement.InProgress, e.Amount != "", "what has a claim has an amount")
			e.Search = ""
			theirs = append(theirs, e)
		}
	}
	var want []engagement.Entry
	for _, r := range rows {
		want = append(want, engagement.Entry{
			Partner: partner, Place: the, Row: r.ID, Participation: r.Participation, Tab: r.Tab, Type: r.Type, Status: r.Status,
			Locations: r.Locations, Name: text.SortKey(r.Name()), Since: r.Since, Deadline: r.Deadline, Amount: engagement.AmountText(r.Amount),
		})
	}
	require.Equal(t, want, theirs)
	var names []engagement.RowID
	for _, r := range rows {
		names = append(names, r.ID)
		require.Contains(t, append(engagement.AllTabs(), engagement.TabOff), r.Tab)
		require.Contains(t, engagement.AllRowTypes(), r.Type)
		for _, a := range r.Actions {
			require.Contains(t, engagement.AllActions(), a)
		}
		require.Equal(t, r.Tab == engagement.TabIneligible, len(r.Reasons) > 0, "who is ineligible is told why, and nobody else")
		if r.Tab == engagement.TabOff {
			require.Empty(t, r.Actions)
		}
	}
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(rows), "each row has a name of its own")
}

func TestSettle(t *testing.T) {
	for seed := range uint64(300) {
		pl, now := randomPlace(seed)
		checkSettle(t, pl, now)
		if t.Failed() {
			t.Fatalf("seed %d at %v", seed, now)
		}
	}
}

func FuzzPlaceSettle(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, int64(0))
		f.Add(seed, int64(-1))
		f.Add(seed, int64(60*day/tick))
	}
	f.Fuzz(func(t *testing.T, seed uint64, micros int64) {
		pl, now := randomPlace(seed)
		checkSettle(t, pl, now.Add(time.Duration(micros%int64(1000*day/tick))*tick))
	})
}

// Who has a place to hold waits for whom: the deadlines of one partner change
// what another sees, at the moment of the deadline.
func TestDue(t *testing.T) {
	require.True(t, placeOf(1).Due().IsZero())
	first, second := began(northwind, engagement.Added), began(fabrikam, engagement.Added)
	second.Consent = consent.Start(start.AddDate(0, 0, 10))
	pl := placeOf(1, first, second, cancelled(began("litware", engagement.Added)), declined(asked(began("proseware", engagement.Added))))
	require.Equal(t, start.AddDate(0, 0, 10), pl.Due())
	settled, passed, err := pl.Settle(pl.Due())
	require.NoError(t, err)
	require.Len(t, passed, 1)
	require.Equal(t, second.ID, passed[0].After.ID)
	require.Equal(t, start.AddDate(0, 0, 30), settled.Due())
	settled, passed, err = pl.Settle(start.AddDate(0, 0, 30))
	require.NoError(t, err)
	require.Len(t, passed, 2)
	require.True(t, settled.Due().IsZero(), fmt.Sprint(settled.Due()))
}

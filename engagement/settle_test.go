package engagement_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/stretchr/testify/require"
)

var partners = []engagement.PartnerID{northwind, fabrikam, "litware", "proseware"}

// randomPlace is a place with up to four partners, each with participations in
// whatever state, and the moments that matter there.
func randomPlace(seed uint64) (place, []time.Time, *rand.Rand) {
	r := rand.New(rand.NewPCG(seed, 2026))
	pl := placeOf(r.IntN(4))
	if r.IntN(3) == 0 {
		pl.shared.External = engagement.ExternalHoldings{Consented: r.IntN(2), Participated: r.IntN(2)}
	}
	deadlines := []time.Time{start}
	for _, partner := range partners[:r.IntN(5)] {
		record := engagement.PartnerRecord{Key: keyOf(partner), Identity: contoso}
		if r.IntN(2) == 0 {
			outcomes := append(eligibility.AllOutcomes(), "")
			record = known(partner, outcomes[r.IntN(len(outcomes))])
		}
		pl = pl.with(record)
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
			pl = pl.withParticipation(p)
		}
	}
	return pl, deadlines, r
}

// momentIn is often at, or a tick beside, a deadline.
func momentIn(deadlines []time.Time, r *rand.Rand) time.Time {
	if r.IntN(2) == 0 {
		return deadlines[r.IntN(len(deadlines))].Add(time.Duration(r.IntN(3)-1) * tick)
	}
	return start.Add(time.Duration(r.IntN(70*24)) * time.Hour)
}

// Recording the deadlines that have passed changes nothing that a reader sees,
// at that moment and later, and recording them again changes nothing at all.
func checkSettle(t *testing.T, pl place, now time.Time) {
	t.Helper()
	before := pl.text()
	settled, passed, err := pl.settle(now)
	require.NoError(t, err)
	require.Equal(t, before, pl.text(), "what was given stays as it was")

	later := now.AddDate(0, 0, 7)
	for _, at := range []time.Time{now, later} {
		require.Equal(t, plain(pl.entries(at)), plain(settled.entries(at)))
		require.Equal(t, pl.shared.Granted(at), settled.shared.Granted(at))
		for _, partner := range append(partners, "nobody") {
			rows := pl.rows(partner, offer(), link.Policy{}, at)
			require.Equal(t, rows, settled.rows(partner, offer(), link.Policy{}, at))
			require.Equal(t, pl.full(partner, at), settled.full(partner, at))
			checkEntries(t, settled, partner, rows, at)
		}
	}

	again, none, err := settled.settle(now)
	require.NoError(t, err)
	require.Empty(t, none)
	require.Equal(t, settled, again)
	require.False(t, engagement.Passed(settled.due(), now), "nothing is left to record")
	if due := pl.due(); !engagement.Passed(due, now) {
		require.Empty(t, passed)
		require.Equal(t, due, settled.due())
	} else {
		require.NotEmpty(t, passed)
	}
	for _, c := range passed {
		require.True(t, engagement.Passed(c.Deadline, now))
		require.True(t, c.Before.OpenAt(c.Deadline.Add(-tick)))
		require.False(t, c.After.OpenAt(c.Deadline))
		require.Equal(t, c.Before.StatusAt(now), c.After.StatusAt(now))
		got, ok := settled.participation(c.After.Partner, c.After.ID)
		require.True(t, ok)
		require.Equal(t, c.After, got)
	}
	var holding []engagement.ParticipationID
	for _, r := range settled.records {
		for _, p := range r.Participations {
			if p.HoldsAt(time.Time{}) {
				holding = append(holding, p.ID)
			}
		}
	}
	var holders []engagement.ParticipationID
	for _, h := range settled.shared.Holders {
		holders = append(holders, h.Participation)
	}
	require.ElementsMatch(t, holding, holders, "the holders are those who hold as recorded")
}

// plain are entries by what lists sort, filter and count them by, whatever they keep
// to know what they become.
func plain(entries []engagement.Entry) []engagement.Entry {
	entries = slices.Clone(entries)
	for i := range entries {
		entries[i].Shown, entries[i].Room = engagement.Shown{}, engagement.Room{}
	}
	return entries
}

// checkEntries fails the test unless the partner's entries are those of its rows, and
// both are where the whole place says at that time.
func checkEntries(t *testing.T, pl place, partner engagement.PartnerID, rows []engagement.Row, at time.Time) {
	t.Helper()
	var theirs []engagement.Entry
	for _, e := range pl.entries(at) {
		if e.Record.Partner == partner && e.Tab != engagement.TabNone {
			require.Equal(t, e.Tab == engagement.TabComplete || e.Type == engagement.RowActive, e.Amount != "", "what has a claim has an amount")
			theirs = append(theirs, engagement.Entry{
				Record: e.Record, Row: e.Row, Participation: e.Participation, Tab: e.Tab, Type: e.Type, Status: e.Status, Rank: e.Rank,
				Locations: e.Locations, Name: e.Name, Since: e.Since, Deadline: e.Deadline, Amount: e.Amount,
			})
		}
	}
	var want []engagement.Entry
	var names []engagement.RowID
	for _, r := range rows {
		want = append(want, engagement.Entry{
			Record: keyOf(partner), Row: r.ID, Participation: r.Participation, Tab: r.Tab, Type: r.Type, Status: r.Status, Rank: engagement.StatusRank(r.Type, r.Status),
			Locations: r.Locations, Name: text.SortKey(r.Name()), Since: r.Since, Deadline: r.Deadline, Amount: engagement.AmountSortKey(r.Amount),
		})
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
	require.ElementsMatch(t, want, theirs)
	slices.Sort(names)
	require.Len(t, slices.Compact(slices.Clone(names)), len(rows), "each row has a name of its own")

	tabs := map[engagement.RowID]engagement.Tab{}
	for _, r := range rows {
		tabs[r.ID] = r.Tab
	}
	require.Equal(t, tabsOf(pl, partner, at), tabs)
}

// tabsOf says from all participations of all partners, without what is kept of them,
// which rows a partner has, and where.
func tabsOf(pl place, partner engagement.PartnerID, now time.Time) map[engagement.RowID]engagement.Tab {
	all, own := pl.shared.External.Consented+pl.shared.External.Participated, 0
	for _, r := range pl.records {
		for _, p := range r.Participations {
			if p.HoldsAt(now) {
				if all++; r.Key.Partner == partner {
					own++
				}
			}
		}
	}
	full := all >= max(pl.shared.ClaimLimit, 1)
	tabs, open := map[engagement.RowID]engagement.Tab{}, false
	record, _ := pl.record(partner)
	for _, p := range record.Participations {
		tab := engagement.TabOff
		switch {
		case p.OpenAt(now) && !p.Consented() && full:
			tab = engagement.TabIneligible
		case p.OpenAt(now):
			tab = engagement.TabEligible
		case p.Consented():
			tab = engagement.TabComplete
		}
		tabs[engagement.RowID(p.ID)] = tab
		open = open || p.OpenAt(now)
	}
	switch {
	case !record.Known, open, full && own > 0:
	case record.Evaluation.Eligible() && !full:
		tabs[engagement.RowID(the.Customer)] = engagement.TabEligible
	default:
		tabs[engagement.RowID(the.Customer)] = engagement.TabIneligible
	}
	return tabs
}

// What was stored of an entry at some moment says what it is at any later one, as if
// it had been made then of what is recorded by then, and until its Until it is the
// same. So no page waits for a sweep.
func TestEntryAt(t *testing.T) {
	for seed := range uint64(400) {
		pl, deadlines, r := randomPlace(seed)
		if r.IntN(3) == 0 {
			pl.shared.ClaimLimit = 1 // it was lowered since
		}
		then := momentIn(deadlines, r)
		stored, _, err := pl.settle(then)
		require.NoError(t, err)
		entries := stored.entries(then)
		for range 12 {
			now := momentIn(deadlines, r)
			if now.Before(then) {
				continue
			}
			settled, _, err := stored.settle(now)
			require.NoError(t, err)
			fresh := settled.entries(now)
			require.Len(t, fresh, len(entries))
			for i, e := range entries {
				require.Equal(t, plain(fresh[i:i+1]), plain([]engagement.Entry{e.At(now)}), "seed %d, %v of %v", seed, now, then)
				row, ok := e.RowAt(offer(), link.Policy{}, now)
				made, is := fresh[i].RowAt(offer(), link.Policy{}, now)
				require.Equal(t, is, ok)
				require.Equal(t, made, row)
				at, ok := e.At(now).RowAt(offer(), link.Policy{}, now)
				require.Equal(t, is, ok)
				require.Equal(t, made, at)
				require.Equal(t, fresh[i].Tab != engagement.TabNone, is, "what has no row is on no tab")
				if !engagement.Passed(e.Until, now) {
					require.Equal(t, e, e.At(now))
				}
			}
		}
	}
}

// An entry follows the room there is, whatever it was before: it becomes the one that
// its record would make.
func TestWithRoom(t *testing.T) {
	for seed := range uint64(300) {
		pl, deadlines, r := randomPlace(seed)
		other, _, _ := randomPlace(seed + 7)
		now := momentIn(deadlines, r)
		for _, record := range pl.records {
			was, is := other.shared.RoomFor(record.Key.Partner), pl.shared.RoomFor(record.Key.Partner)
			for i, e := range record.Entries(was, now) {
				require.Equal(t, record.Entries(is, now)[i], e.WithRoom(is, now))
				if !e.MindsRoom {
					require.Equal(t, e, e.WithRoom(is, now))
				}
			}
		}
	}
}

func TestSettle(t *testing.T) {
	for seed := range uint64(300) {
		pl, deadlines, r := randomPlace(seed)
		now := momentIn(deadlines, r)
		checkSettle(t, pl, now)
		if t.Failed() {
			t.Fatalf("seed %d at %v", seed, now)
		}
	}
}

func FuzzSettle(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, int64(0))
		f.Add(seed, int64(-1))
		f.Add(seed, int64(60*day/tick))
	}
	f.Fuzz(func(t *testing.T, seed uint64, micros int64) {
		pl, deadlines, r := randomPlace(seed)
		checkSettle(t, pl, momentIn(deadlines, r).Add(time.Duration(micros%int64(1000*day/tick))*tick))
	})
}

// Who has a place to hold waits for whom: the deadlines of one partner change
// what another sees, at the moment of the deadline.
func TestDue(t *testing.T) {
	require.True(t, placeOf(1).due().IsZero())
	first, second := began(northwind, engagement.OriginAdded), began(fabrikam, engagement.OriginAdded)
	second.Consent = consent.Start(start.AddDate(0, 0, 10))
	pl := placeOf(1, first, second, cancelled(began("litware", engagement.OriginAdded)), declined(asked(began("proseware", engagement.OriginAdded))))
	require.Equal(t, start.AddDate(0, 0, 10), pl.due())
	settled, passed, err := pl.settle(pl.due())
	require.NoError(t, err)
	require.Len(t, passed, 1)
	require.Equal(t, second.ID, passed[0].After.ID)
	require.Equal(t, start.AddDate(0, 0, 30), settled.due())
	settled, passed, err = pl.settle(start.AddDate(0, 0, 30))
	require.NoError(t, err)
	require.Len(t, passed, 2)
	require.True(t, settled.due().IsZero(), fmt.Sprint(settled.due()))
}

package engagement_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// The month of a status stays while the status does, begins when it begins, and follows
// from the participation alone: whether its deadlines are recorded or not, and from an
// entry of before as from one of now.
func TestMonths(t *testing.T) {
	all, months := offers(), map[engagement.Month]bool{}
	for seed := range uint64(200) {
		w := newWalk(seed, all)
		was, since := w.p.StatusAt(w.now), w.p.MonthAt(w.now)
		for range 40 {
			before := w.p.StatusAt(w.now)
			w.step()
			if came := w.p.StatusAt(w.now); came != before && came != engagement.StatusUnderReview {
				require.Equal(t, engagement.MonthOf(w.now, w.p.Terms.Location()), w.p.MonthAt(w.now), "of %s, to which it came from %s", came, before)
			}
			entry := engagement.PartnerRecord{}.EntryOf(w.p, engagement.Room{}, w.now)
			w.now = w.now.Add(time.Duration(w.IntN(5*24*60)) * time.Minute)
			status, month := w.p.StatusAt(w.now), w.p.MonthAt(w.now)
			settled, err := w.p.Settle(w.now)
			require.NoError(t, err)
			require.Equal(t, month, settled.MonthAt(w.now), "recorded or not, of %s", status)
			require.Equal(t, month, entry.At(w.now).Month, "by an entry of before, of %s", status)
			require.Equal(t, month, engagement.Entry{Status: status}.WithMonth(w.p).Month)
			require.LessOrEqual(t, month, engagement.MonthOf(w.now, w.p.Terms.Location()), "of %s", status)
			again := status == engagement.StatusConsentReceived || status == engagement.StatusSubmitted || status == engagement.StatusUnderReview // after a recall, for example
			if status == was && !again {
				require.Equal(t, since, month, "of %s, which it still has", status)
			}
			was, since = status, month
			months[month] = true
		}
	}
	require.Greater(t, len(months), 4, "the walks go through some months")
	require.NotContains(t, months, engagement.Month(""))
}

// A month is one of the zone of the terms.
func TestMonthOf(t *testing.T) {
	end := time.Date(2026, 3, 31, 23, 30, 0, 0, time.UTC)
	require.Equal(t, engagement.Month("2026-03"), engagement.MonthOf(end, nil))
	require.Equal(t, engagement.Month("2026-04"), engagement.MonthOf(end, zone("Europe/Lisbon")))
	require.Equal(t, engagement.Month(""), engagement.MonthOf(time.Time{}, nil))
	for month, valid := range map[engagement.Month]bool{"": true, "2026-03": true, "2026-13": false, "2026": false, "26-03": false, "2026-3": false, "0000-01": false} {
		require.Equal(t, valid, month.Valid(), "%q", month)
	}
}

// The text of an entry's figures gives them again, in amounts of whatever currencies.
func TestFiguresText(t *testing.T) {
	p := began(northwind, engagement.OriginAdded)
	e := engagement.PartnerRecord{}.EntryOf(p, engagement.Room{}, start)
	require.Equal(t, "2026-07||1||||", engagement.FiguresText(e))
	require.Equal(t, []engagement.Figure{{Month: "2026-07", Entries: 1}}, e.Figures())
	p.Claim = &claim.State{Status: claim.StatusPaid, Estimated: money("12.50 EUR"), Requested: money("12.50 EUR"), Approved: money("10 EUR"), Paid: money("0.01 USD"), Payments: []claim.Payment{{At: start}}}
	p.Consent.Status = "granted"
	e = engagement.PartnerRecord{}.EntryOf(p, engagement.Room{}, start)
	require.Equal(t, "2026-07|USD|1||||0.01;2026-07|EUR||12.5|12.5|10|", engagement.FiguresText(e))
	read, err := engagement.ParseFigures(engagement.FiguresText(e))
	require.NoError(t, err)
	require.Len(t, read, 2)
	for i, f := range e.Figures() {
		require.Equal(t, f.Month+engagement.Month(f.Currency), read[i].Month+engagement.Month(read[i].Currency))
		require.Equal(t, f.Entries, read[i].Entries)
		for _, of := range [][2]decimal.Decimal{{f.Estimated, read[i].Estimated}, {f.Requested, read[i].Requested}, {f.Approved, read[i].Approved}, {f.Paid, read[i].Paid}} {
			require.True(t, of[0].Equal(of[1]), "%s is %s", of[0], of[1])
		}
	}
	known := engagement.PartnerRecord{Known: true, Evaluation: engagement.Evaluation{Outcome: eligibility.OutcomeEligible}}.Entry(engagement.Room{}, start)
	require.Equal(t, "", engagement.FiguresText(known))
	one, err := engagement.ParseFigures("")
	require.NoError(t, err)
	require.Equal(t, known.Figures(), one)
	for _, bad := range []string{"x", "|||||||", "2026|EUR|1||||", "2026-07|EUR|one||||", "2026-07|EUR|1|x|||", "2026-07||1||||;"} {
		_, err := engagement.ParseFigures(bad)
		require.Error(t, err, bad)
	}
}

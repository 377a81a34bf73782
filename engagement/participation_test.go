package engagement_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

const minute = time.Minute

// The status of a participation, whether it is open, whether it holds a place
// and what is due, on both sides of each deadline.
func TestStatusAt(t *testing.T) {
	consentOver, submitOver := start.AddDate(0, 0, 30), start.Add(2*minute).AddDate(0, 0, 60)
	new := began(northwind, engagement.OriginAdded)
	for _, c := range []struct {
		name        string
		p           engagement.Participation
		now         time.Time
		want        engagement.Status
		open, holds bool
		due         time.Time
	}{
		{"new", new, start, engagement.StatusCustomerClaimed, true, false, consentOver},
		{"new, a tick before", new, consentOver.Add(-tick), engagement.StatusCustomerClaimed, true, false, consentOver},
		{"new, at the deadline", new, consentOver, engagement.StatusConsentExpired, false, false, time.Time{}},
		{"asked", asked(new), start.Add(day), engagement.StatusAwaitingConsentResponse, true, false, consentOver},
		{"asked, a tick before", asked(new), consentOver.Add(-tick), engagement.StatusAwaitingConsentResponse, true, false, consentOver},
		{"asked, at the deadline", asked(new), consentOver, engagement.StatusConsentExpired, false, false, time.Time{}},
		{"asked, a tick after", asked(new), consentOver.Add(tick), engagement.StatusConsentExpired, false, false, time.Time{}},
		{"declined", declined(asked(new)), consentOver.Add(-tick), engagement.StatusConsentDeclined, false, false, time.Time{}},
		{"declined, later", declined(asked(new)), consentOver, engagement.StatusConsentDeclined, false, false, time.Time{}},
		{"cancelled", cancelled(new), consentOver, engagement.StatusCanceled, false, false, time.Time{}},
		{"granted", accepted(asked(new)), start.Add(day), engagement.StatusConsentReceived, true, true, submitOver},
		{"granted, after the time to consent", accepted(asked(new)), consentOver, engagement.StatusConsentReceived, true, true, submitOver},
		{"granted, a tick before", accepted(asked(new)), submitOver.Add(-tick), engagement.StatusConsentReceived, true, true, submitOver},
		{"granted, at the deadline", accepted(asked(new)), submitOver, engagement.StatusNotSubmittedExpired, false, false, time.Time{}},
		{"withdrawn", withdrawn(accepted(asked(new))), submitOver, engagement.StatusConsentWithdrawn, false, false, time.Time{}},
		{"cancelled after consent", cancelled(accepted(asked(new))), submitOver, engagement.StatusCanceled, false, false, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) { checkStatus(t, c.p, c.now, c.want, c.open, c.holds, c.due) })
	}
}

// checkStatus holds a participation to what is true of it at now, also when its
// deadlines are recorded, and when it is read back.
func checkStatus(t *testing.T, p engagement.Participation, now time.Time, want engagement.Status, open, holds bool, due time.Time) {
	t.Helper()
	check := func(p engagement.Participation) {
		t.Helper()
		require.Equal(t, want, p.StatusAt(now))
		require.Equal(t, open, p.OpenAt(now))
		require.Equal(t, holds, p.HoldsAt(now))
		require.Equal(t, due, p.DeadlineAt(now))
	}
	check(p)
	settled, err := p.Settle(now)
	require.NoError(t, err)
	check(settled)
	var back engagement.Participation
	require.NoError(t, json.Unmarshal(must(json.Marshal(settled)), &back))
	require.Equal(t, settled.Claim, back.Claim)
	check(back)
}

// A deadline that was recorded stays passed, also for a clock that was set back.
func TestSettledForGood(t *testing.T) {
	for _, p := range []engagement.Participation{asked(began(northwind, engagement.OriginAdded)), accepted(asked(began(northwind, engagement.OriginAdded)))} {
		before := string(must(json.Marshal(p)))
		over := start.AddDate(1, 0, 0)
		settled, err := p.Settle(over)
		require.NoError(t, err)
		require.Equal(t, before, string(must(json.Marshal(p))), "the one that was given stays as it was")
		require.NotEqual(t, p.StatusAt(start.Add(day)), settled.StatusAt(start.Add(day)))
		require.Equal(t, settled.StatusAt(over), settled.StatusAt(start.Add(day)))
		again, err := settled.Settle(over)
		require.NoError(t, err)
		require.Equal(t, settled, again)
	}
}

// Consent opens a draft claim, with the windows that the participation began
// under and the rate of the day.
func TestOpenClaim(t *testing.T) {
	p := began(northwind, engagement.OriginAdded)
	require.False(t, p.Consented())
	p.Terms.Windows = engagement.Windows{Consent: 30, FirstSubmission: 10, ReviewDone: 20, Dispute: 30, AfterDispute: 30}
	p.Terms.Zone = "Europe/Lisbon"
	now := at("2026-10-20T08:00:00Z")
	e := offer()
	e.Proof = []claim.ProofItem{{Kind: "invoice", Title: "Invoice", Required: true}}
	q, err := engagement.OpenClaim(p, e, now)
	require.NoError(t, err)
	require.Nil(t, p.Claim)
	require.True(t, q.Consented())
	require.Equal(t, &claim.State{
		Status: claim.StatusDraft, OpenedAt: now, SubmitBy: at("2026-10-30T09:00:00Z"), ReviewBy: at("2026-11-09T09:00:00Z"),
		Rate: money("5000.00 USD"), Estimated: money("5000.00 USD"), Cap: money("5000.00 USD"), Proof: e.Proof,
		RateFrom: date("2026-01-01"), ProofFrom: date("2026-01-01"),
	}, q.Claim)
}

// A participation whose consent says something that this version does not know
// is shown as begun, and nothing is due.
func TestSettleLeavesTheUnknownAlone(t *testing.T) {
	p := began(northwind, engagement.OriginAdded)
	p.Consent.Status = consent.Status("from the future")
	settled, err := p.Settle(start.AddDate(9, 0, 0))
	require.NoError(t, err)
	require.Equal(t, p, settled)
}

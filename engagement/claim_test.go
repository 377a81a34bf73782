package engagement_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/stretchr/testify/require"
)

// Each status of a claim list, in the program's own spelling, and what is true of
// a participation that has it; on both sides of the deadlines of its claim.
func TestStatusOfClaims(t *testing.T) {
	at := func(s claim.Status) engagement.Participation { return reached(s, northwind) }
	unasked := began(northwind, engagement.OriginAdded)
	none := time.Time{}
	seen := map[engagement.Status]bool{}
	for _, c := range []struct {
		p           engagement.Participation
		now         time.Time
		want        string
		open, holds bool
		due         time.Time
	}{
		{unasked, start, "Customer claimed", true, false, start.AddDate(0, 0, 30)},
		{asked(unasked), start.Add(day), "Awaiting customer consent response", true, false, start.AddDate(0, 0, 30)},
		{declined(asked(unasked)), start.Add(day), "Customer consent declined", false, false, none},
		{asked(unasked), start.AddDate(0, 0, 30), "Customer consent expired", false, false, none},
		{cancelled(unasked), start.Add(day), "Canceled", false, false, none},

		{at(claim.StatusDraft), on(2), "Customer consent received", true, true, on(60)},
		{at(claim.StatusDraft), on(60).Add(-tick), "Customer consent received", true, true, on(60)},
		{at(claim.StatusDraft), on(60), "Not submitted expired", false, false, none},
		{at(claim.StatusCanceled), on(2), "Canceled", false, false, none},
		{at(claim.StatusWithdrawn), on(2), "Customer consent withdrawn", false, false, none},
		{at(claim.StatusSubmitted), on(2000), "Submitted", true, true, none},
		{at(claim.StatusUnderReview), on(2000), "Under review", true, true, none},
		{at(claim.StatusActionRequired), on(90).Add(-tick), "Partner action required", true, true, on(90)},
		{at(claim.StatusActionRequired), on(90), "Post submission expired", false, false, none},
		{at(claim.StatusApproved), on(2000), "Approved", false, true, none},
		{at(claim.StatusPaid), on(2000), "Paid", false, true, none},
		{at(claim.StatusRejected), on(110).Add(-tick), "Rejected", true, true, on(110)},
		{at(claim.StatusRejected), on(110), "Rejected", false, false, none},
		{at(claim.Undisputed), on(80), "Rejected", false, false, none},
		{at(claim.StatusDisputed), on(110).Add(-tick), "Disputed", true, true, on(110)},
		{at(claim.StatusDisputed), on(110), "Disputed expired", false, false, none},
		{at(claim.StatusRejectedFinal), on(101), "Rejected final", false, false, none},
		{at(claim.StatusNotSubmittedExpired), on(2), "Not submitted expired", false, false, none},
		{at(claim.StatusPostSubmissionExpired), on(2), "Post submission expired", false, false, none},
		{at(claim.StatusDisputedExpired), on(2), "Disputed expired", false, false, none},
	} {
		t.Run(c.want, func(t *testing.T) {
			checkStatus(t, c.p, c.now, engagement.Status(c.want), c.open, c.holds, c.due)
			require.Equal(t, c.want == "Approved" || c.want == "Paid", c.p.Delivered())
			require.Equal(t, c.p.Claim != nil, c.p.Consented())
		})
		seen[engagement.Status(c.want)] = true
	}
	for _, s := range engagement.AllStatuses() {
		require.True(t, seen[s], s)
	}

	// Consent that was recorded before its claim was opened, and a claim that a later
	// version knows more of, read as consented.
	p := asked(unasked)
	p.Consent = must(consent.Apply(p.Consent, consent.Accept{Link: linkOf(p)}, consented))
	require.Equal(t, engagement.StatusConsentReceived, p.StatusAt(on(1)))
	require.True(t, p.DeadlineAt(on(1)).IsZero())
	// What the claim alone records reads as what the consent records with it.
	p = accepted(asked(unasked))
	require.Equal(t, engagement.StatusCanceled, happens(p, on(1), claim.Cancel{}).StatusAt(on(2)))
	require.Equal(t, engagement.StatusConsentWithdrawn, happens(p, on(1), claim.Withdraw{}).StatusAt(on(2)))
	p.Claim.Status = "from the future"
	require.Equal(t, engagement.StatusConsentReceived, p.StatusAt(on(1000)))
}

// A withdrawal after the submission is a flag for the reviewer and ends nothing.
func TestWithdrawalAfterSubmission(t *testing.T) {
	p := reached(claim.StatusUnderReview, northwind)
	before := *p.Claim
	p.Consent = must(consent.Apply(p.Consent, consent.Withdraw{Link: linkOf(p), AfterSubmission: true}, on(30)))
	p = happens(p, on(30), claim.Withdraw{})
	require.Equal(t, &before, p.Claim)
	checkStatus(t, p, on(31), engagement.StatusUnderReview, true, true, time.Time{})
}

// The deadlines of a claim are those of the terms, counted in their zone, also when
// the clocks change between.
func TestApplyClaimCountsDeadlines(t *testing.T) {
	p := reached(claim.StatusUnderReview, northwind)
	p.Terms.Zone = "Europe/Lisbon"
	p.Terms.Windows.Dispute, p.Terms.Windows.AfterDispute = 10, 20
	now := at("2026-10-20T08:00:00Z")
	before := string(must(json.Marshal(p)))
	no := claim.Reject{Codes: []claim.RejectionCode{claim.RejectionOther}, Text: "No.", DisputeBy: now.AddDate(9, 0, 0)}
	rejected := happens(p, now, no)
	require.Equal(t, at("2026-10-30T09:00:00Z"), rejected.Claim.DisputeBy, "whatever the event says")
	require.Equal(t, before, string(must(json.Marshal(p))), "the one that was given stays as it was")

	sent := happens(rejected, now, claim.OpenDispute{Reason: "But yes."}, claim.Submit{ReviewBy: now.AddDate(9, 0, 0)})
	require.Equal(t, at("2026-11-09T09:01:00Z"), sent.Claim.ReviewBy)
	same, err := engagement.ApplyClaim(sent, claim.Pay{}, now)
	require.ErrorAs(t, err, new(*claim.NotAllowedError))
	require.Equal(t, sent, same)
}

func TestNoClaimBeforeConsent(t *testing.T) {
	for _, p := range []engagement.Participation{began(northwind, engagement.OriginAdded), declined(asked(began(northwind, engagement.OriginAdded)))} {
		for _, e := range []claim.Event{claim.Submit{}, claim.Cancel{}, claim.Expire{}} {
			same, err := engagement.ApplyClaim(p, e, start)
			require.ErrorAs(t, err, new(*claim.NotAllowedError))
			require.EqualError(t, err, string(e.Kind())+" is not allowed: there is no claim before the customer consents")
			require.Equal(t, p, same)
		}
	}
}

// The rate of a claim is that of the day of consent, in the engagement's zone, and
// stays when the engagement pays another later.
func TestOpenClaimTakesTheRateOfTheDay(t *testing.T) {
	e := offer()
	e.Zone = zone("Europe/Lisbon")
	e.Rates = []engagement.Rate{
		{From: date("2026-06-01"), Amount: money("5000.00 USD"), Cap: money("6000.00 USD")},
		{From: date("2026-10-01"), Amount: money("4000.00 USD")},
	}
	p := began(northwind, engagement.OriginAdded)
	for when, want := range map[string][3]string{
		"2026-05-31T22:59:59.999999Z": {},
		"2026-05-31T23:00:00Z":        {"5000.00 USD", "5000.00 USD", "6000.00 USD"},
		"2026-09-30T22:59:59.999999Z": {"5000.00 USD", "5000.00 USD", "6000.00 USD"},
		"2026-09-30T23:00:00Z":        {"4000.00 USD", "4000.00 USD", "4000.00 USD"},
	} {
		q := must(engagement.OpenClaim(p, e, at(when)))
		require.Equal(t, want, [3]string{q.Claim.Rate.String(), q.Claim.Estimated.String(), q.Claim.Cap.String()}, when)
		require.Nil(t, p.Claim)
	}

	e.Payment = engagement.PaymentVariable
	e.Rates = []engagement.Rate{{From: date("2026-06-01"), Amount: money("150.25 USD")}}
	p.Hours = 40
	q := must(engagement.OpenClaim(p, e, start))
	require.Equal(t, [3]string{"150.25 USD", "6010.00 USD", "6010.00 USD"}, [3]string{q.Claim.Rate.String(), q.Claim.Estimated.String(), q.Claim.Cap.String()})

	e.Proof = []claim.ProofItem{{Kind: "survey", Title: "Survey", Survey: &survey.Form{}}}
	same, err := engagement.OpenClaim(p, e, start)
	require.ErrorAs(t, err, new(*link.InvalidError))
	require.Equal(t, p, same)
}

// A place is due at its first deadline, and wakes for that or for a reminder that
// comes before; what is over has neither.
func TestWake(t *testing.T) {
	p, q := reached(claim.StatusDraft, northwind), reached(claim.StatusActionRequired, fabrikam)
	pl := placeOf(2, p, q, reached(claim.StatusApproved, "litware"))
	require.Equal(t, on(60), pl.due())
	require.Equal(t, on(60), pl.wake())

	p.RemindAt, q.RemindAt = on(53), on(83)
	pl = placeOf(2, p, q)
	require.Equal(t, on(60), pl.due(), "a reminder changes nothing that anybody sees")
	require.Equal(t, on(53), pl.wake())
	q.RemindAt = on(46)
	require.Equal(t, on(46), placeOf(2, p, q).wake())

	waiting := reached(claim.StatusUnderReview, northwind)
	require.True(t, placeOf(1, waiting).due().IsZero(), "nothing of a reviewer's is due")
	require.True(t, placeOf(1, waiting).wake().IsZero())
	waiting.RemindAt = on(20)
	require.True(t, placeOf(1, waiting).wake().IsZero(), "what was due before it was submitted wakes nobody for ever")
	require.True(t, placeOf(1).wake().IsZero())
}

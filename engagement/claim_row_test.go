package engagement_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// The Customers page through the life of a claim: whatever can still
// come to another end is eligible, and what has ended complete.
func TestRowsOfClaims(t *testing.T) {
	const canBeClaimed = "customer | eligible | not started |  | Can be claimed | claim customer | "
	complete := func(s engagement.Status) string {
		return "added | complete | complete | " + string(s) + " | " + string(s) + " | view claim | "
	}
	waiting := func(s engagement.Status) string {
		return "added | eligible | active | " + string(s) + " | " + string(s) + ": nothing to do now | view claim | "
	}
	eligible := known(northwind, eligibility.OutcomeEligible)
	with := func(s claim.Status) place { return placeOf(1, eligible, reached(s, northwind)) }
	without := happens(reached(claim.ActionRequired, northwind), on(23), claim.RemoveEvidence{ID: "e1"})

	withdrawnOnly := reached(claim.Draft, northwind)
	withdrawnOnly.Consent = must(consent.Apply(withdrawnOnly.Consent, consent.Withdraw{Link: link(withdrawnOnly)}, on(2)))

	checkRows(t, []rowCase{
		{"all the proof is there", with(claim.Draft), on(2), []string{
			"added | eligible | active | Customer consent received | 58 days left to submit the claim | work on claim, submit claim, view claim, cancel | "}},
		{"submitted", with(claim.Submitted), on(20), []string{strings.Replace(waiting("Submitted"), "view", "recall claim, view", 1)}},
		{"under review", with(claim.UnderReview), on(21), []string{waiting("Under review")}},
		{"under review for years", with(claim.UnderReview), on(5000), []string{waiting("Under review")}},
		{"action required", with(claim.ActionRequired), on(22), []string{
			"added | eligible | active | Partner action required | 68 days left to do what the reviewer asks for | work on claim, submit claim, view claim | "}},
		{"action required, and proof is missing", placeOf(1, eligible, without), on(23), []string{
			"added | eligible | active | Partner action required | 67 days left to do what the reviewer asks for | work on claim, view claim | "}},
		{"action required, a tick before", with(claim.ActionRequired), on(90).Add(-tick), []string{
			"added | eligible | active | Partner action required | 1 day left to do what the reviewer asks for | work on claim, submit claim, view claim | "}},
		{"action required, too late", with(claim.ActionRequired), on(90), []string{complete("Post submission expired"), canBeClaimed}},
		{"approved", with(claim.Approved), on(23), []string{complete("Approved")}},
		{"paid", with(claim.Paid), on(24), []string{complete("Paid")}},
		{"rejected", with(claim.Rejected), on(80), []string{
			"added | eligible | active | Rejected | 30 days left to dispute the rejection | dispute, view claim | "}},
		{"rejected, a tick before", with(claim.Rejected), on(110).Add(-tick), []string{
			"added | eligible | active | Rejected | 1 day left to dispute the rejection | dispute, view claim | "}},
		{"rejected, and not disputed", with(claim.Rejected), on(110), []string{complete("Rejected"), canBeClaimed}},
		{"disputed", with(claim.Disputed), on(81), []string{
			"added | eligible | active | Disputed | 29 days left to submit the dispute | work on claim, submit claim, view claim | "}},
		{"disputed, too late", with(claim.Disputed), on(110), []string{complete("Disputed expired"), canBeClaimed}},
		{"rejected for good", with(claim.RejectedFinal), on(103), []string{complete("Rejected final"), canBeClaimed}},
		{"cancelled", with(claim.Cancelled), on(2), []string{complete("Canceled"), canBeClaimed}},
		{"withdrawn", with(claim.Withdrawn), on(2), []string{complete("Customer consent withdrawn"), canBeClaimed}},
		{"withdrawn, which only the consent records", placeOf(1, eligible, withdrawnOnly), on(2), []string{complete("Customer consent withdrawn"), canBeClaimed}},

		// With room for two, the customer can be claimed again beside what was delivered,
		// and not beside what is under way.
		{"limit 2, approved", placeOf(2, eligible, reached(claim.Approved, northwind)), on(30), []string{complete("Approved"), canBeClaimed}},
		{"limit 2, paid", placeOf(2, eligible, reached(claim.Paid, northwind)), on(30), []string{complete("Paid"), canBeClaimed}},
		{"limit 2, under review", placeOf(2, eligible, reached(claim.UnderReview, northwind)), on(30), []string{waiting("Under review")}},
		{"limit 2, both delivered", placeOf(2, eligible, reached(claim.Paid, northwind), reached(claim.Approved, northwind)), on(30), []string{
			complete("Paid"), complete("Approved")}},
		{"limit 2, paid here and delivered elsewhere", placeOf(2, eligible, reached(claim.Paid, northwind), reached(claim.Paid, fabrikam)), on(30), []string{complete("Paid")}},
		{"a customer who has become ineligible", placeOf(1, known(northwind, eligibility.OutcomeIneligible, engagement.Reason{Kind: engagement.CriteriaNotMet}),
			reached(claim.RejectedFinal, northwind)), on(103), []string{
			complete("Rejected final"), "customer | ineligible | not started |  | Not eligible |  | criteria not met"}},
	})
}

// What another partner's claim has come to decides whether there is room, and what
// is said of it: delivered, under way, or nothing.
func TestRowsBesideAnotherClaim(t *testing.T) {
	for _, c := range []struct {
		reason   engagement.ReasonKind // "": the place is free
		statuses []claim.Status
	}{
		{engagement.ConsentedElsewhere, []claim.Status{claim.Draft, claim.Submitted, claim.UnderReview, claim.ActionRequired, claim.Rejected, claim.Disputed}},
		{engagement.ParticipatedBefore, []claim.Status{claim.Approved, claim.Paid}},
		{"", []claim.Status{
			claim.Undisputed, claim.RejectedFinal, claim.NotSubmittedExpired, claim.PostSubmissionExpired, claim.DisputedExpired, claim.Cancelled, claim.Withdrawn,
		}},
	} {
		for _, s := range c.statuses {
			theirs := reached(s, fabrikam)
			now := on(30)
			if s == claim.Rejected || s == claim.Disputed {
				now = on(109)
			}
			pl := placeOf(1, known(northwind, eligibility.OutcomeEligible), theirs)
			rows := pl.rows(northwind, offer(), consent.Policy{}, now)
			require.Len(t, rows, 1, s)
			if c.reason == "" {
				require.Equal(t, engagement.TabEligible, rows[0].Tab, s)
				require.Zero(t, pl.shared.Granted(now), s)
				continue
			}
			require.Equal(t, engagement.TabIneligible, rows[0].Tab, s)
			require.Equal(t, []engagement.Reason{{Kind: c.reason}}, rows[0].Reasons, s)
			require.Equal(t, 1, pl.shared.Granted(now), s)

			two := placeOf(2, known(northwind, eligibility.OutcomeEligible), theirs)
			require.Empty(t, two.full(northwind, now), "a limit of two leaves room beside %s", s)
			full := two.withParticipation(reached(claim.Paid, "litware"))
			require.Contains(t, kinds(full.full(northwind, now)), engagement.ClaimLimitReached)
			require.Contains(t, kinds(full.full(northwind, now)), c.reason)
		}
	}
	// Their deadline frees the place at its moment.
	pl := placeOf(1, known(northwind, eligibility.OutcomeEligible), reached(claim.Rejected, fabrikam))
	require.NotEmpty(t, pl.full(northwind, on(110).Add(-tick)))
	require.Empty(t, pl.full(northwind, on(110)))
}

// A page is sorted and filtered by the amount of the claim that says most.
func TestEntriesHaveTheAmount(t *testing.T) {
	for status, want := range map[claim.Status]string{claim.Draft: "5000.00 USD", claim.Submitted: "5000.00 USD", claim.Approved: "4000.00 USD", claim.Paid: "4000.00 USD"} {
		entries := placeOf(1, reached(status, northwind)).entries(on(30))
		require.Len(t, entries, 2)
		require.Equal(t, engagement.AmountText(money(want)), entries[1].Amount, status)
		rows := placeOf(1, reached(status, northwind)).rows(northwind, offer(), consent.Policy{}, on(30))
		require.Equal(t, want, rows[0].Amount.String(), status)
	}
	require.Empty(t, placeOf(1, began(northwind, engagement.Added)).entries(start)[1].Amount)
}

package engagement_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/stretchr/testify/require"
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
	without := happens(reached(claim.StatusActionRequired, northwind), on(23), claim.RemoveEvidence{ID: "e1"})

	withdrawnOnly := reached(claim.StatusDraft, northwind)
	withdrawnOnly.Consent = must(consent.Apply(withdrawnOnly.Consent, consent.Withdraw{Link: linkOf(withdrawnOnly)}, on(2)))

	checkRows(t, []rowCase{
		{"all the proof is there", with(claim.StatusDraft), on(2), []string{
			"added | eligible | active | Customer consent received | 58 days left to submit the claim | work on claim, submit claim, view claim, cancel | "}},
		{"submitted", with(claim.StatusSubmitted), on(20), []string{strings.Replace(waiting("Submitted"), "view", "recall claim, view", 1)}},
		{"under review", with(claim.StatusUnderReview), on(21), []string{waiting("Under review")}},
		{"under review for years", with(claim.StatusUnderReview), on(5000), []string{waiting("Under review")}},
		{"action required", with(claim.StatusActionRequired), on(22), []string{
			"added | eligible | active | Partner action required | 68 days left to do what the reviewer asks for | work on claim, submit claim, view claim | "}},
		{"action required, and proof is missing", placeOf(1, eligible, without), on(23), []string{
			"added | eligible | active | Partner action required | 67 days left to do what the reviewer asks for | work on claim, view claim | "}},
		{"action required, a tick before", with(claim.StatusActionRequired), on(90).Add(-tick), []string{
			"added | eligible | active | Partner action required | 1 day left to do what the reviewer asks for | work on claim, submit claim, view claim | "}},
		{"action required, too late", with(claim.StatusActionRequired), on(90), []string{complete("Post submission expired"), canBeClaimed}},
		{"approved", with(claim.StatusApproved), on(23), []string{complete("Approved")}},
		{"paid", with(claim.StatusPaid), on(24), []string{complete("Paid")}},
		{"rejected", with(claim.StatusRejected), on(80), []string{
			"added | eligible | active | Rejected | 30 days left to dispute the rejection | dispute, view claim | "}},
		{"rejected, a tick before", with(claim.StatusRejected), on(110).Add(-tick), []string{
			"added | eligible | active | Rejected | 1 day left to dispute the rejection | dispute, view claim | "}},
		{"rejected, and not disputed", with(claim.StatusRejected), on(110), []string{complete("Rejected"), canBeClaimed}},
		{"disputed", with(claim.StatusDisputed), on(81), []string{
			"added | eligible | active | Disputed | 29 days left to submit the dispute | work on claim, submit claim, view claim | "}},
		{"disputed, too late", with(claim.StatusDisputed), on(110), []string{complete("Disputed expired"), canBeClaimed}},
		{"rejected for good", with(claim.StatusRejectedFinal), on(103), []string{complete("Rejected final"), canBeClaimed}},
		{"cancelled", with(claim.StatusCanceled), on(2), []string{complete("Canceled"), canBeClaimed}},
		{"withdrawn", with(claim.StatusWithdrawn), on(2), []string{complete("Customer consent withdrawn"), canBeClaimed}},
		{"withdrawn, which only the consent records", placeOf(1, eligible, withdrawnOnly), on(2), []string{complete("Customer consent withdrawn"), canBeClaimed}},

		// With room for two, the customer can be claimed again beside what was delivered,
		// and not beside what is under way.
		{"limit 2, approved", placeOf(2, eligible, reached(claim.StatusApproved, northwind)), on(30), []string{complete("Approved"), canBeClaimed}},
		{"limit 2, paid", placeOf(2, eligible, reached(claim.StatusPaid, northwind)), on(30), []string{complete("Paid"), canBeClaimed}},
		{"limit 2, under review", placeOf(2, eligible, reached(claim.StatusUnderReview, northwind)), on(30), []string{waiting("Under review")}},
		{"limit 2, both delivered", placeOf(2, eligible, reached(claim.StatusPaid, northwind), reached(claim.StatusApproved, northwind)), on(30), []string{
			complete("Paid"), complete("Approved")}},
		{"limit 2, paid here and delivered elsewhere", placeOf(2, eligible, reached(claim.StatusPaid, northwind), reached(claim.StatusPaid, fabrikam)), on(30), []string{complete("Paid")}},
		{"a customer who has become ineligible", placeOf(1, known(northwind, eligibility.OutcomeIneligible, engagement.Reason{Kind: engagement.ReasonCriteriaNotMet}),
			reached(claim.StatusRejectedFinal, northwind)), on(103), []string{
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
		{engagement.ReasonConsentedElsewhere, []claim.Status{claim.StatusDraft, claim.StatusSubmitted, claim.StatusUnderReview, claim.StatusActionRequired, claim.StatusRejected, claim.StatusDisputed}},
		{engagement.ReasonParticipatedElsewhere, []claim.Status{claim.StatusApproved, claim.StatusPaid}},
		{"", []claim.Status{
			claim.Undisputed, claim.StatusRejectedFinal, claim.StatusNotSubmittedExpired, claim.StatusPostSubmissionExpired, claim.StatusDisputedExpired, claim.StatusCanceled, claim.StatusWithdrawn,
		}},
	} {
		for _, s := range c.statuses {
			theirs := reached(s, fabrikam)
			now := on(30)
			if s == claim.StatusRejected || s == claim.StatusDisputed {
				now = on(109)
			}
			pl := placeOf(1, known(northwind, eligibility.OutcomeEligible), theirs)
			rows := pl.rows(northwind, offer(), link.Policy{}, now)
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
			full := two.withParticipation(reached(claim.StatusPaid, "litware"))
			require.Contains(t, kinds(full.full(northwind, now)), engagement.ReasonClaimLimitReached)
			require.Contains(t, kinds(full.full(northwind, now)), c.reason)
		}
	}
	// Their deadline frees the place at its moment.
	pl := placeOf(1, known(northwind, eligibility.OutcomeEligible), reached(claim.StatusRejected, fabrikam))
	require.NotEmpty(t, pl.full(northwind, on(110).Add(-tick)))
	require.Empty(t, pl.full(northwind, on(110)))
}

// A page is sorted and filtered by the amount of the claim that says most.
func TestEntriesHaveTheAmount(t *testing.T) {
	for status, want := range map[claim.Status]string{claim.StatusDraft: "5000.00 USD", claim.StatusSubmitted: "5000.00 USD", claim.StatusApproved: "4000.00 USD", claim.StatusPaid: "4000.00 USD"} {
		entries := placeOf(1, reached(status, northwind)).entries(on(30))
		require.Len(t, entries, 2)
		require.Equal(t, engagement.AmountSortKey(money(want)), entries[1].Amount, status)
		rows := placeOf(1, reached(status, northwind)).rows(northwind, offer(), link.Policy{}, on(30))
		require.Equal(t, want, rows[0].Amount.String(), status)
	}
	require.Empty(t, placeOf(1, began(northwind, engagement.OriginAdded)).entries(start)[1].Amount)
}

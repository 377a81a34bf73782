package engagement_test

import (
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

// line writes a row as the table in TestRows spells it.
func line(r engagement.Row) string {
	var actions []string
	for _, a := range r.Actions {
		actions = append(actions, string(a))
	}
	var reasons []string
	for _, k := range kinds(r.Reasons) {
		reasons = append(reasons, string(k))
	}
	what := "customer"
	if r.Participation != "" {
		what = string(r.Origin)
	}
	return strings.Join([]string{
		what, string(r.Tab), string(r.Type), string(r.Status), r.Todo(words.Words{}), strings.Join(actions, ", "), strings.Join(reasons, ", "),
	}, " | ")
}

// The Customers page, state by state: which rows a place has for Northwind, on
// which tabs, with which words, actions and reasons.
func TestRows(t *testing.T) {
	const (
		eligible   = eligibility.OutcomeEligible
		ineligible = eligibility.OutcomeIneligible
		unknown    = eligibility.OutcomeUnknown

		canBeClaimed = "customer | eligible | not started |  | Can be claimed | claim customer | "
	)
	notMet := engagement.Reason{Kind: engagement.ReasonCriteriaNotMet, Rule: "enough_seats", Wanted: "at least 300", Found: "20"}
	missing := engagement.Reason{Kind: engagement.ReasonFactsMissing, Rule: "enterprise", Missing: []string{"segment"}}
	ours := func(origin engagement.Origin) engagement.Participation { return began(northwind, origin) }
	theirs := accepted(asked(began(fabrikam, engagement.OriginAdded)))
	consentOver, submitOver := start.AddDate(0, 0, 30), start.Add(2*time.Minute).AddDate(0, 0, 60)
	soon := start.Add(10 * time.Minute)

	checkRows(t, []rowCase{
		{"nobody has anything", placeOf(1), soon, nil},
		{"only another partner has something", placeOf(1, theirs, known(fabrikam, eligible)), soon, nil},

		// Before consent.
		{"added", placeOf(1, ours(engagement.OriginAdded)), soon, []string{
			"added | eligible | not started | Customer claimed | 30 days left to obtain consent | request consent, cancel | "}},
		{"claimed", placeOf(1, known(northwind, eligible), ours(engagement.OriginClaimed)), soon, []string{
			"claimed | eligible | not started | Customer claimed | 30 days left to obtain consent | request consent, cancel | "}},
		{"asked today", placeOf(1, asked(ours(engagement.OriginAdded))), soon, []string{
			"added | eligible | not started | Awaiting customer consent response | 30 days left to obtain consent | cancel | "}},
		{"asked, a tick before it may be sent again", placeOf(1, asked(ours(engagement.OriginAdded))), start.Add(time.Minute + day - tick), []string{
			"added | eligible | not started | Awaiting customer consent response | 29 days left to obtain consent | cancel | "}},
		{"asked a day ago", placeOf(1, asked(ours(engagement.OriginAdded))), start.Add(time.Minute + day), []string{
			"added | eligible | not started | Awaiting customer consent response | 29 days left to obtain consent | resend consent, cancel | "}},
		{"a tick before the deadline", placeOf(1, asked(ours(engagement.OriginAdded))), consentOver.Add(-tick), []string{
			"added | eligible | not started | Awaiting customer consent response | 1 day left to obtain consent | resend consent, cancel | "}},
		{"added, facts say otherwise later", placeOf(1, known(northwind, ineligible, notMet), ours(engagement.OriginClaimed)), soon, []string{
			"claimed | eligible | not started | Customer claimed | 30 days left to obtain consent | request consent, cancel | "}},

		// After consent.
		{"consented", placeOf(1, known(northwind, eligible), accepted(asked(ours(engagement.OriginAdded)))), soon, []string{
			"added | eligible | active | Customer consent received | 60 days left to submit the claim | work on claim, view claim, cancel | "}},
		{"consented, facts say otherwise later", placeOf(1, known(northwind, ineligible, notMet), accepted(asked(ours(engagement.OriginAdded)))), soon, []string{
			"added | eligible | active | Customer consent received | 60 days left to submit the claim | work on claim, view claim, cancel | "}},
		{"a tick before submission is over", placeOf(1, known(northwind, eligible), accepted(asked(ours(engagement.OriginAdded)))), submitOver.Add(-tick), []string{
			"added | eligible | active | Customer consent received | 1 day left to submit the claim | work on claim, view claim, cancel | "}},

		// Over without consent: off the page when added, claimable again when claimed.
		{"declined", placeOf(1, declined(asked(ours(engagement.OriginAdded)))), soon, []string{
			"added | off the page | complete | Customer consent declined | Customer consent declined |  | "}},
		{"expired", placeOf(1, asked(ours(engagement.OriginAdded))), consentOver, []string{
			"added | off the page | complete | Customer consent expired | Customer consent expired |  | "}},
		{"expired, never asked", placeOf(1, ours(engagement.OriginAdded)), consentOver, []string{
			"added | off the page | complete | Customer consent expired | Customer consent expired |  | "}},
		{"cancelled", placeOf(1, cancelled(asked(ours(engagement.OriginAdded)))), soon, []string{
			"added | off the page | complete | Canceled | Canceled |  | "}},
		{"claimed and declined", placeOf(1, known(northwind, eligible), declined(asked(ours(engagement.OriginClaimed)))), soon, []string{
			"claimed | off the page | complete | Customer consent declined | Customer consent declined |  | ", canBeClaimed}},
		{"claimed and expired", placeOf(1, known(northwind, eligible), ours(engagement.OriginClaimed)), consentOver, []string{
			"claimed | off the page | complete | Customer consent expired | Customer consent expired |  | ", canBeClaimed}},
		{"claimed and cancelled", placeOf(1, known(northwind, eligible), cancelled(ours(engagement.OriginClaimed))), soon, []string{
			"claimed | off the page | complete | Canceled | Canceled |  | ", canBeClaimed}},
		{"claimed, declined, not eligible any more", placeOf(1, known(northwind, ineligible, notMet), declined(asked(ours(engagement.OriginClaimed)))), soon, []string{
			"claimed | off the page | complete | Customer consent declined | Customer consent declined |  | ",
			"customer | ineligible | not started |  | Not eligible |  | criteria not met"}},

		// Over after consent: complete, and claimable again when eligible.
		{"withdrawn", placeOf(1, known(northwind, eligible), withdrawn(accepted(asked(ours(engagement.OriginAdded))))), soon, []string{
			"added | complete | complete | Customer consent withdrawn | Customer consent withdrawn | view claim | ", canBeClaimed}},
		{"cancelled after consent", placeOf(1, known(northwind, eligible), cancelled(accepted(asked(ours(engagement.OriginAdded))))), soon, []string{
			"added | complete | complete | Canceled | Canceled | view claim | ", canBeClaimed}},
		{"not submitted in time", placeOf(1, known(northwind, eligible), accepted(asked(ours(engagement.OriginAdded)))), submitOver, []string{
			"added | complete | complete | Not submitted expired | Not submitted expired | view claim | ", canBeClaimed}},
		{"not submitted, and not eligible any more", placeOf(1, known(northwind, ineligible, notMet), accepted(asked(ours(engagement.OriginAdded)))), submitOver, []string{
			"added | complete | complete | Not submitted expired | Not submitted expired | view claim | ",
			"customer | ineligible | not started |  | Not eligible |  | criteria not met"}},
		{"cancelled after consent, and claimed again", placeOf(1, known(northwind, eligible), cancelled(accepted(asked(ours(engagement.OriginAdded)))), ours(engagement.OriginClaimed)), soon, []string{
			"added | complete | complete | Canceled | Canceled | view claim | ",
			"claimed | eligible | not started | Customer claimed | 30 days left to obtain consent | request consent, cancel | "}},

		// Known customers.
		{"known and eligible", placeOf(1, known(northwind, eligible)), soon, []string{canBeClaimed}},
		{"known, criteria not met", placeOf(1, known(northwind, ineligible, notMet)), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | criteria not met"}},
		{"known, facts missing", placeOf(1, known(northwind, unknown, missing)), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | facts missing"}},
		{"known, both", placeOf(1, known(northwind, ineligible, notMet, missing)), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | criteria not met, facts missing"}},
		{"known and not evaluated yet", placeOf(1, known(northwind, "")), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | facts missing"}},
		{"not known", placeOf(1, engagement.PartnerRecord{Key: keyOf(northwind), Identity: contoso}), soon, nil},

		// Other partners.
		{"known, and another partner has the consent", placeOf(1, known(northwind, eligible), theirs), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | consented to another partner"}},
		{"known, not met, and another partner has the consent", placeOf(1, known(northwind, ineligible, notMet), theirs), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | criteria not met, consented to another partner"}},
		{"another partner is only asking", placeOf(1, known(northwind, eligible), asked(began(fabrikam, engagement.OriginAdded))), soon, []string{canBeClaimed}},
		{"another partner lost it", placeOf(1, known(northwind, eligible), withdrawn(theirs)), soon, []string{canBeClaimed}},
		{"another partner did not submit in time", placeOf(1, known(northwind, eligible), theirs), submitOver, []string{canBeClaimed}},
		{"another partner is about not to submit in time", placeOf(1, known(northwind, eligible), theirs), submitOver.Add(-tick), []string{
			"customer | ineligible | not started |  | Not eligible |  | consented to another partner"}},
		{"another partner was faster", placeOf(1, ours(engagement.OriginAdded), theirs), soon, []string{
			"added | ineligible | not started | Customer claimed | Not eligible | cancel | consented to another partner"}},
		{"another partner was faster, and the customer is asked already", placeOf(1, known(northwind, eligible), asked(ours(engagement.OriginClaimed)), theirs), start.Add(2 * day), []string{
			"claimed | ineligible | not started | Awaiting customer consent response | Not eligible | cancel | consented to another partner"}},
		{"another portal was faster", placeOf(1, ours(engagement.OriginAdded), engagement.ExternalHoldings{Consented: 1}), soon, []string{
			"added | ineligible | not started | Customer claimed | Not eligible | cancel | consented to another partner"}},
		{"delivered elsewhere", placeOf(1, known(northwind, eligible), engagement.ExternalHoldings{Participated: 1}), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | already participated with another partner"}},
		{"two elsewhere", placeOf(1, known(northwind, eligible), engagement.ExternalHoldings{Consented: 1, Participated: 1}), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | consented to another partner, already participated with another partner"}},
		{"consent is ours, whatever is said of elsewhere", placeOf(1, known(northwind, eligible), accepted(asked(ours(engagement.OriginAdded))), engagement.ExternalHoldings{Consented: 1}), soon, []string{
			"added | eligible | active | Customer consent received | 60 days left to submit the claim | work on claim, view claim, cancel | "}},

		// A claim limit of two.
		{"limit 2, one of another partner", placeOf(2, known(northwind, eligible), theirs), soon, []string{canBeClaimed}},
		{"limit 2, one of each", placeOf(2, known(northwind, eligible), accepted(asked(ours(engagement.OriginAdded))), theirs), soon, []string{
			"added | eligible | active | Customer consent received | 60 days left to submit the claim | work on claim, view claim, cancel | "}},
		{"limit 2, one of another partner and one elsewhere", placeOf(2, known(northwind, eligible), theirs, engagement.ExternalHoldings{Participated: 1}), soon, []string{
			"customer | ineligible | not started |  | Not eligible |  | consented to another partner, already participated with another partner, claim limit reached"}},
	})
}

// rowCase is a place at a moment, and the rows that it has for Northwind.
type rowCase struct {
	name  string
	place place
	now   time.Time
	want  []string
}

func checkRows(t *testing.T, cases []rowCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := offer()
			e.ClaimLimit = c.place.shared.ClaimLimit
			rows := c.place.rows(northwind, e, link.Policy{}, c.now)
			var got []string
			for _, r := range rows {
				got = append(got, line(r))
				require.Equal(t, the, engagement.CustomerEngagementKey{Engagement: r.Engagement, Customer: r.Customer})
				require.Equal(t, contoso, r.Identity)
				if p, ok := c.place.participation(northwind, r.Participation); ok {
					require.Equal(t, engagement.RowID(p.ID), r.ID)
					require.Equal(t, p.ClaimNumber, r.ClaimNumber)
					require.Equal(t, p.StartedAt, r.Since)
					require.Equal(t, []engagement.LocationID{p.Location}, r.Locations)
				} else {
					require.Empty(t, r.Participation)
					require.Equal(t, engagement.RowID(the.Customer), r.ID)
					require.Equal(t, start, r.Since)
				}
				require.Equal(t, r.Deadline.IsZero(), r.DaysLeft == 0)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// Customers can be claimed while the engagement is open for it, and through a
// location; asking goes on afterwards.
func TestActionsFollowTheEngagement(t *testing.T) {
	e := offer()
	e.LastClaimDay = date("2026-07-01")
	over := at("2026-07-02T00:00:00Z")
	pl := placeOf(1, known(northwind, eligibility.OutcomeEligible))
	actions := func(pl place, e engagement.Engagement, policy link.Policy, now time.Time) ([]engagement.Action, string) {
		rows := pl.rows(northwind, e, policy, now)
		require.Len(t, rows, 1)
		require.Equal(t, engagement.TabEligible, rows[0].Tab, "whatever can be done now")
		return rows[0].Actions, rows[0].Todo(words.Words{})
	}
	got, todo := actions(pl, e, link.Policy{}, over.Add(-tick))
	require.Equal(t, []engagement.Action{engagement.ActionClaimCustomer}, got)
	require.Equal(t, "Can be claimed", todo)
	got, todo = actions(pl, e, link.Policy{}, over)
	require.Empty(t, got)
	require.Equal(t, "Cannot be claimed now", todo)

	r, _ := pl.record(northwind)
	r.Evaluation.Locations = nil
	got, _ = actions(pl.with(r), offer(), link.Policy{}, start)
	require.Empty(t, got, "none of the partner's locations may add")

	got, _ = actions(placeOf(1, began(northwind, engagement.OriginAdded)), e, link.Policy{}, over)
	require.Equal(t, []engagement.Action{engagement.ActionRequestConsent, engagement.ActionCancel}, got)

	// The policy says when asking again is allowed.
	waiting := placeOf(1, asked(began(northwind, engagement.OriginAdded)))
	got, _ = actions(waiting, e, link.Policy{ResendInterval: time.Hour}, start.Add(time.Hour+time.Minute))
	require.Equal(t, []engagement.Action{engagement.ActionResendConsent, engagement.ActionCancel}, got)
	got, _ = actions(waiting, e, link.Policy{MaxSends: 1}, start.Add(2*day))
	require.Equal(t, []engagement.Action{engagement.ActionCancel}, got)
}

// Days are those of the zone that the participation began under, also when the
// engagement has moved to another since.
func TestRowsCountDaysInTheirZone(t *testing.T) {
	lisbon := offer()
	lisbon.Zone = zone("Europe/Lisbon")
	p := began(northwind, engagement.OriginAdded)
	p.Terms = engagement.TermsOf(lisbon, start)
	p.StartedAt = at("2026-10-10T08:00:00Z")
	p.Consent = consent.Start(p.Terms.Deadline(p.StartedAt, 30))
	for _, e := range []engagement.Engagement{lisbon, offer()} {
		rows := placeOf(1, p).rows(northwind, e, link.Policy{}, p.StartedAt)
		require.Equal(t, 30, rows[0].DaysLeft, "in %v", e.Zone)
	}
}

func TestRowName(t *testing.T) {
	r := engagement.Row{Identity: contoso, FriendlyName: "Our best"}
	require.Equal(t, "Our best", r.Name())
	r.FriendlyName = ""
	require.Equal(t, "Contoso", r.Name())
	r.Identity.Name = ""
	require.Equal(t, "contoso.com", r.Name())
	r.Identity.Domain = must(tenant.ParseDomain("xn--bcher-kva.example"))
	require.Equal(t, "bücher.example", r.Name())
	r.Identity.Domain = tenant.Domain{}
	require.Equal(t, string(contoso.Key()), r.Name())

	c := engagement.Customer{Identity: contoso, FriendlyName: "Our best"}
	require.Equal(t, "Our best", c.Name())
	require.False(t, c.Known())
	require.False(t, c.Associated())
	c.KnownSince = start
	require.True(t, c.Known())
	require.True(t, c.Associated())
	c.DisassociatedAt = start.Add(day)
	require.True(t, c.Known(), "who is parked is known all the same")
	require.False(t, c.Associated())
}

// Entries are what rows are sorted, filtered and counted by: the same rows, with
// folded texts.
func TestEntries(t *testing.T) {
	p := began(northwind, engagement.OriginAdded)
	p.FriendlyName = "  Our\tBEST \x07 Customer"
	p.Identity.Name = "Contoso, S.A. ÀÉ\n"
	p.Identity.Domain = must(tenant.ParseDomain("bücher.example"))
	p.Identity.Subscription = must(tenant.ParseSubscriptionID("00000000-0000-4000-8000-000000000002"))
	p.Identity.Opportunity = must(tenant.ParseOpportunityID("7-ABC123XYZ"))
	p.ClaimNumber = "C-ABCD"
	pl := placeOf(1, p, known(fabrikam, eligibility.OutcomeEligible))
	entries := pl.entries(start)
	require.Len(t, entries, 3)
	f, own, n := entries[0], entries[1], entries[2]
	require.Equal(t, keyOf(fabrikam), f.Record)
	require.Equal(t, keyOf(northwind), own.Record)
	require.Equal(t, engagement.TabNone, own.Tab, "the customer shows as the participation")
	require.Equal(t, text.SortKey("our best customer"), n.Name)
	require.Equal(t, " our best customer contoso s a ae xn bcher kva example xnbcherkva bucher c abcd cabcd"+
		"=00000000-0000-4000-8000-000000000001==00000000-0000-4000-8000-000000000002==7-abc123xyz==c-abcd=", n.Search)
	require.Equal(t, engagement.Entry{
		Record: keyOf(fabrikam), Row: engagement.RowID(the.Customer), Tab: engagement.TabEligible, Type: engagement.RowNotStarted, Rank: 100,
		Locations: []engagement.LocationID{"4711201", "4711202"}, Name: text.SortKey("Contoso"), Search: f.Search, Since: start,
		MindsRoom: true, Base: engagement.TabEligible, Shown: f.Shown,
	}, f)
	deadline := start.AddDate(0, 0, 30)
	require.Equal(t, engagement.Entry{
		Record: keyOf(northwind), Row: engagement.RowID(p.ID), Participation: p.ID, Tab: engagement.TabEligible, Type: engagement.RowNotStarted,
		Status: engagement.StatusCustomerClaimed, Rank: 101, Locations: []engagement.LocationID{"4711201"}, Name: n.Name, Search: n.Search,
		Since: start, Month: "2026-07", Deadline: deadline, Until: deadline, MindsRoom: true, Base: engagement.TabEligible, Due: deadline, Shown: n.Shown,
	}, n)

	p.FriendlyName, p.Identity.Name = "", strings.Repeat("Long Ä ", 100)
	long := placeOf(1, p).entries(start)[1]
	require.Equal(t, text.SortKey(strings.Repeat("Long A ", 28)+"Long"), long.Name, "a name that is sorted by is short")
	p.Identity.Name += "tail"
	require.Contains(t, placeOf(1, p).entries(start)[1].Search, " tail", "and all of it is searched")
}

// The ranks of statuses are stored, so they never change.
func TestStatusRank(t *testing.T) {
	want := map[engagement.Status]int{
		"": 0, "Customer claimed": 1, "Awaiting customer consent response": 2, "Customer consent received": 3, "Customer consent declined": 4,
		"Customer consent expired": 5, "Customer consent withdrawn": 6, "Canceled": 7, "Submitted": 8, "Under review": 9,
		"Partner action required": 10, "Approved": 11, "Paid": 12, "Rejected": 13, "Disputed": 14, "Rejected final": 15,
		"Not submitted expired": 16, "Post submission expired": 17, "Disputed expired": 18,
	}
	require.Len(t, want, 1+len(engagement.AllStatuses()))
	for s, rank := range want {
		for t2, above := range map[engagement.RowType]int{"not started": 100, "active": 200, "complete": 300} {
			require.Equal(t, above+rank, engagement.StatusRank(t2, s), "%s %s", t2, s)
		}
	}
}

package workflow_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// byIDs adds two engagements to Contoso which customers cannot be named for by
// their tenants, and customers who are known by other IDs.
func byIDs(sc *workflowtest.Scenario) {
	hours, tpids := sc.Engagements[2], sc.Engagements[2]
	hours.ID, hours.Name, hours.Payment, hours.ClaimLimit = "by-the-hour", "By the Hour", engagement.PaymentVariable, 1
	tpids.ID, tpids.Name, tpids.AcceptsIDs, tpids.ClaimLimit = "by-tpid", "By TPID", []tenant.IDKind{tenant.IDKindTPID}, 1
	sc.Engagements = append(sc.Engagements, hours, tpids)
	sc.Options.Derive = func(f *eligibility.Facts, _ engagement.Location) { workflowtest.Segment.Set(f, "enterprise") }
}

// promise is a random walk of two partners by what their pages offer.
type promise struct {
	t      *testing.T
	w      *workflowtest.World
	r      *rand.Rand
	trail  []string
	tested map[engagement.Action]int
}

func (p *promise) rows(w *workflowtest.World) []workflow.Row {
	var rows []workflow.Row
	all, _ := w.Catalog.Engagements(background)
	for _, e := range all {
		for _, tab := range engagement.AllTabs() {
			page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: e.ID, Tab: tab, Limit: 1000})
			ok(p.t, err)
			equal(p.t, "the count", page.Counts[tab].N, len(page.Rows))
			rows = append(rows, page.Rows...)
		}
	}
	return rows
}

// keep takes one action of every kind that some row offers at this moment, each
// with good input, and none may be refused.
func (p *promise) keep(w *workflowtest.World) {
	p.t.Helper()
	actions := engagement.AllActions()
	p.r.Shuffle(len(actions), func(i, j int) { actions[i], actions[j] = actions[j], actions[i] })
	for _, action := range actions {
		rows := slices.DeleteFunc(p.rows(w), func(r workflow.Row) bool { return !slices.Contains(r.Actions, action) })
		if len(rows) == 0 || (action == engagement.ActionCancel || action == engagement.ActionRecallClaim) && p.r.IntN(4) > 0 {
			continue
		}
		row := rows[p.r.IntN(len(rows))]
		p.trail = append(p.trail, fmt.Sprintf("%s: %s %s in %s, %q on %s", w.Actor.Partner, action, row.Name, row.Engagement, row.Todo(words.Words{}), row.Tab))
		if err := p.take(w, action, row); err != nil {
			p.t.Fatalf("what a row offers is refused: %v\n%s", err, strings.Join(p.trail, "\n"))
		}
		p.tested[action]++
	}
}

func (p *promise) take(w *workflowtest.World, action engagement.Action, row workflow.Row) error {
	var err error
	switch action {
	case engagement.ActionClaimCustomer:
		cmdKey, cmd := w.Key(), workflow.ClaimCustomer{
			Customer: row.Customer, Location: row.Locations[p.r.IntN(len(row.Locations))], Engagements: []engagement.ID{row.Engagement},
		}
		if row.Engagement == "by-the-hour" {
			cmd.Hours = 40
		}
		offer, failed := w.Desk.Customers.PreviewClaim(background, w.Actor, cmd)
		if failed == nil && !slices.ContainsFunc(offer.Eligible, func(c workflow.Choice) bool { return c.Engagement == row.Engagement }) {
			failed = errors.New("the offer does not hold it")
		}
		_, err = w.Desk.Customers.Claim(background, w.Actor.Request(cmdKey), cmd)
		err = errors.Join(failed, err)
	case engagement.ActionRequestConsent:
		_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), row.Participation, workflow.RequestConsent{
			Customer: workflow.ByEmail(fmt.Sprintf("eva%d@customer.example", p.r.IntN(1_000_000))), Partner: workflow.ByEmail("joe@partner.example"), Language: "en",
		})
	case engagement.ActionResendConsent:
		_, err = w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), row.Participation)
	case engagement.ActionWorkOnClaim:
		_, err = w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), row.Participation, workflow.Comment{Text: "Soon."})
		if err == nil {
			w.Proved(row.Participation)
		}
	case engagement.ActionSubmitClaim:
		_, err = w.Desk.Claims.Submit(background, w.Actor.Request(w.Key()), row.Participation, workflow.SubmitClaim{})
	case engagement.ActionRecallClaim:
		_, err = w.Desk.Claims.Recall(background, w.Actor.Request(w.Key()), row.Participation, workflow.RecallClaim{Reason: "The invoice is wrong."})
	case engagement.ActionDispute:
		_, err = w.Desk.Claims.Dispute(background, w.Actor.Request(w.Key()), row.Participation, workflow.DisputeClaim{Reason: "It was delivered."})
	case engagement.ActionViewClaim:
		_, err = w.Desk.Claims.Get(background, w.Actor, row.Participation)
	case engagement.ActionCancel:
		_, err = w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), row.Participation, workflow.Cancel{})
	default:
		err = fmt.Errorf("nobody knows how to %s", action)
	}
	return err
}

// others lets the customers, the program and the catalog do something, and time pass.
func (p *promise) others(w *workflowtest.World) {
	note := func(format string, args ...any) { p.trail = append(p.trail, fmt.Sprintf(format, args...)) }
	switch n := p.r.IntN(8); n {
	case 0:
		days := 1 + p.r.IntN(20)
		note("%d days pass", days)
		w.Advance(time.Duration(days) * day)
	case 1:
		id := []engagement.ID{migration, pilot, "by-tpid"}[p.r.IntN(3)]
		limit := 1 + p.r.IntN(2)
		note("the claim limit of %s is %d", id, limit)
		changeEngagement(p.t, w, id, func(e *engagement.Engagement) { e.ClaimLimit = limit })
	case 2:
		kind := []tenant.IDKind{tenant.IDKindTPID, tenant.IDKindSubscription, tenant.IDKindTenant, tenant.IDKindDomain}[p.r.IntN(4)]
		note("by-tpid takes %s", kind)
		changeEngagement(p.t, w, "by-tpid", func(e *engagement.Engagement) { e.AcceptsIDs = []tenant.IDKind{kind} })
	case 3:
		note("%s is judged again", w.Actor.Partner)
		w.Reevaluated()
	case 4:
		key := w.Customer([]string{"contoso.com", "adatum.com"}[p.r.IntN(2)])
		if w.Desk.Customers.Disassociate(background, w.Actor.Request(w.Key()), key, workflow.Disassociate{Reason: "sold"}) == nil {
			note("%s disassociates %s", w.Actor.Partner, key)
		} else if w.Desk.Customers.Associate(background, w.Actor.Request(w.Key()), key, workflow.Associate{Reason: "bought"}) == nil {
			note("%s associates %s", w.Actor.Partner, key)
		}
	default:
		w.Relayed()
		for _, row := range p.rows(w) {
			p.answer(w, row)
		}
	}
}

// answer lets whoever has to do with the row do something about it.
func (p *promise) answer(w *workflowtest.World, row workflow.Row) {
	switch {
	case row.Status == engagement.StatusAwaitingConsentResponse && row.Tab == engagement.TabEligible && p.r.IntN(2) == 0:
		decision := consent.DecisionAccept
		if p.r.IntN(6) == 0 {
			decision = consent.DecisionDecline
		}
		if w.Answer(row.Participation, decision) == nil {
			p.trail = append(p.trail, fmt.Sprintf("%s %s with %s in %s", row.Name, decision, w.Actor.Partner, row.Engagement))
		}
	case row.Status == engagement.StatusSubmitted:
		w.Reviewed(row.Participation)
	case row.Status == engagement.StatusUnderReview:
		reviewer := w.Reviewer()
		switch p.r.IntN(6) {
		case 0, 1:
			_, _ = w.Desk.Reviews.RequestAction(background, reviewer.Request(w.Key()), row.Participation, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Sign it."}}})
		case 2, 3, 4:
			w.Rejected(row.Participation, "Nothing was delivered.")
		default:
			_, _ = w.Desk.Reviews.Approve(background, reviewer.Request(w.Key()), row.Participation, workflow.ApproveClaim{Amount: money(p.t, "100.00 USD")})
		}
	}
}

// What a row offers is never refused for a reason that was known when the row was
// made: whatever happened before, every action of every kind of row is taken.
func TestRowsKeepWhatTheyPromise(t *testing.T) {
	tested := map[engagement.Action]int{}
	worlds := promiseCount()
	for seed := range uint64(worlds) {
		w, _ := newWorld(t, byIDs)
		p := &promise{t: t, w: w, r: rand.New(rand.NewPCG(seed, 11)), tested: tested}
		desks := []*workflowtest.World{w, w.As(workflowtest.Fabrikam)}
		for _, d := range desks {
			d.Known("contoso.com")
			d.Known("adatum.com")
			d.Known("woodgrovebank.com")
			_, err := d.Desk.Program.Import(background, workflowtest.Vendor, d.Actor.Partner, slices.Values([]workflow.KnownCustomer{
				{Identity: tenant.Identity{TPID: 640629, Name: "By TPID"}},
				{Identity: tenant.Identity{Opportunity: must(tenant.ParseOpportunityID(opportunity)), Name: "By opportunity"}},
				{Identity: tenant.Identity{Subscription: must(tenant.ParseSubscriptionID(subscription)), Name: "By subscription"}},
			}), nil)
			ok(t, err)
		}
		for range 12 {
			d := desks[p.r.IntN(2)]
			p.keep(d)
			p.others(d)
		}
	}
	for _, action := range engagement.AllActions() {
		if tested[action] < worlds/10 {
			t.Errorf("%q was taken %d times in %d worlds: too few", action, tested[action], worlds)
		}
	}
}

// A known customer whose IDs an engagement does not take is not eligible for it, and
// the reason says which it takes, on the page, in an offer and in the export.
func TestKnownCustomerWhoseIDsAreNotTaken(t *testing.T) {
	w, _ := newWorld(t, byIDs)
	w.Known("contoso.com")
	for id, takes := range map[engagement.ID][]tenant.IDKind{"by-the-hour": {tenant.IDKindOpportunity}, "by-tpid": {tenant.IDKindTPID}} {
		w.ExpectTab(id, engagement.TabEligible)
		w.ExpectTab(id, engagement.TabIneligible, "Contoso")
		row := w.Rows(id, engagement.TabIneligible)[0]
		want := []engagement.Reason{{Kind: engagement.ReasonIDNotAccepted, Takes: takes}}
		equal(t, "the reasons", row.Reasons, want)
		equal(t, "what can be done", len(row.Actions), 0)
		offer, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: row.Customer, Location: lisboa, Hours: 3})
		ok(t, err)
		i := slices.IndexFunc(offer.Ineligible, func(c workflow.Choice) bool { return c.Engagement == id })
		equal(t, "the offer's reasons", offer.Ineligible[i].Reasons, want)
	}
	w.ExpectTab(pilot, engagement.TabEligible, "Contoso")

	changeEngagement(t, w, "by-tpid", func(e *engagement.Engagement) { e.AcceptsIDs = []tenant.IDKind{tenant.IDKindDomain} })
	w.Reevaluated()
	w.ExpectTab("by-tpid", engagement.TabEligible, "Contoso")
	w.Claimed("by-tpid", "contoso.com")
}

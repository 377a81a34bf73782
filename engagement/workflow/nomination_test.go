package workflow_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

const (
	opportunity  = "7-3ABCD1234X"
	subscription = "20000000-0000-4000-8000-00000000000a"
)

// nominating is a world in which everybody is eligible for the pilot, which is
// nominated for by these kinds of ID; none are the default.
func nominating(t *testing.T, kinds ...tenant.IDKind) (*workflowtest.World, *spy) {
	t.Helper()
	return newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Derive = func(f *eligibility.Facts, _ engagement.Location) { workflowtest.Segment.Set(f, "enterprise") }
		sc.Engagements[2].AcceptsIDs = kinds
	})
}

// hourly is a world whose pilot pays by the hour.
func hourly(t *testing.T, amount, most string) (*workflowtest.World, *spy) {
	t.Helper()
	w, s := nominating(t)
	changeEngagement(t, w, pilot, func(e *engagement.Engagement) {
		e.Payment, e.Rates[0].Amount = engagement.PaymentVariable, money(t, amount)
		if most != "" {
			e.Rates[0].Cap = money(t, most)
		}
	})
	return w, s
}

// byOpportunity is the command that adds the opportunity's customer to the pilot.
func byOpportunity(w *workflowtest.World, hours int) workflow.AddCustomer {
	c := add(w, "ana@contoso.com", pilot)
	c.Candidate.OpportunityID, c.Candidate.Hours = opportunity, hours
	return c
}

// Each engagement says by which kinds of ID a customer can be named, and takes no
// other.
func TestNominations(t *testing.T) {
	named := map[tenant.IDKind]workflow.Candidate{
		tenant.IDKindDomain:       {},
		tenant.IDKindTenant:       {TenantID: "00000000-0000-4000-8000-000000000001"},
		tenant.IDKindTPID:         {TPID: "640629", Reason: "By telephone.", FriendlyName: "Proseware"},
		tenant.IDKindSubscription: {SubscriptionID: subscription},
		tenant.IDKindOpportunity:  {OpportunityID: strings.ToLower(opportunity)},
	}
	for name, takes := range map[string][]tenant.IDKind{
		"by default":      nil,
		"subscriptions":   {tenant.IDKindSubscription},
		"opportunities":   {tenant.IDKindOpportunity, tenant.IDKindTenant},
		"anything at all": tenant.AllIDKinds(),
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := nominating(t, takes...)
			if takes == nil {
				takes = []tenant.IDKind{tenant.IDKindDomain, tenant.IDKindTenant, tenant.IDKindTPID, tenant.IDKindSubscription}
			}
			for kind, c := range named {
				c.Location, c.Email = lisboa, "ana@contoso.com"
				cmdKey, cmd := w.Key(), workflow.AddCustomer{Candidate: c, Engagements: []engagement.ID{pilot}}
				taken := false
				for _, k := range takes {
					taken = taken || k == kind
				}
				offer, err := w.Desk.Customers.Identify(background, w.Actor, c)
				ok(t, err)
				if !taken {
					unchanged(t, spy, func() {
						_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
						e := refused[*workflow.IDNotAcceptedError](t, err)
						equal(t, "the refusal", *e, workflow.IDNotAcceptedError{Engagement: pilot, Given: kind, Takes: takes})
						for _, choice := range offer.Ineligible {
							if choice.Engagement == pilot {
								equal(t, "the offer says the same", *refusalOf[*workflow.IDNotAcceptedError](t, choice), *e)
							}
						}
					})
					continue
				}
				started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
				ok(t, err)
				p := part(t, w, started[0].ID)
				equal(t, "by what it was named", p.Nominated, kind)
				equal(t, "the customer", p.Customer, map[tenant.IDKind]tenant.Key{
					tenant.IDKindDomain: "tenant:00000000-0000-4000-8000-000000000001", tenant.IDKindTenant: "tenant:00000000-0000-4000-8000-000000000001",
					tenant.IDKindTPID: "tpid:640629", tenant.IDKindSubscription: "subscription:" + subscription, tenant.IDKindOpportunity: "opportunity:" + opportunity,
				}[kind])
				w.Cancelled(p.ID)
			}
		})
	}
}

// A subscription and an opportunity are customers of their own: what is true of one
// ID of an organisation is not of its others.
func TestNoCascadeToSubscriptions(t *testing.T) {
	w, _ := nominating(t, tenant.AllIDKinds()...)
	w.Granted(pilot, "ana@contoso.com")
	w.As(workflowtest.Fabrikam).Granted(pilot, "ana@contoso.com") // the tenant's two places are taken
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", pilot)
	cmd.Candidate.SubscriptionID = subscription
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	w.Requested(started[0].ID)
	w.Accepted(started[0].ID)
	w.ExpectStatus(started[0].ID, engagement.StatusConsentReceived)
	equal(t, "known customers", len(customersOf(t, w)), 2)

	bothKey, both := w.Key(), add(w, "ana@contoso.com", pilot)
	both.Candidate.SubscriptionID, both.Candidate.OpportunityID = subscription, opportunity
	if _, err := w.Desk.Customers.Add(background, w.Actor.Request(bothKey), both); err == nil || !strings.Contains(err.Error(), "one ID nominates") {
		t.Errorf("two IDs at once: %v", err)
	}
}

// A known customer is claimed by the ID that it is known by, for engagements which
// take that.
func TestClaimByKnownID(t *testing.T) {
	for kind, identity := range map[tenant.IDKind]tenant.Identity{
		tenant.IDKindTPID:         {TPID: 640629},
		tenant.IDKindSubscription: {Subscription: must(tenant.ParseSubscriptionID(subscription))},
		tenant.IDKindOpportunity:  {Opportunity: must(tenant.ParseOpportunityID(opportunity))},
		tenant.IDKindTenant:       {Tenant: must(tenant.ParseID("00000000-0000-4000-8000-000000000001"))},
	} {
		for _, takes := range tenant.AllIDKinds() {
			w, _ := nominating(t, takes)
			imported(t, w, workflow.KnownCustomer{Identity: identity})
			_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: identity.Key(), Location: lisboa, Engagements: []engagement.ID{pilot}})
			if takes == kind || takes == tenant.IDKindDomain && kind == tenant.IDKindTenant { // the tenant was found by a domain
				ok(t, err)
				continue
			}
			e := refused[*workflow.IDNotAcceptedError](t, err)
			equal(t, "given", e.Given, kind)
		}
	}
}

// An engagement that pays by the hour takes an opportunity, alone, with its hours;
// what they come to is shown before, by the rate and its cap.
func TestVariablePay(t *testing.T) {
	for hours, want := range map[int]string{1: "100.50 USD", 30: "3015.00 USD", 60: "5000.00 USD", engagement.MaxHours: "5000.00 USD"} {
		w, _ := hourly(t, "100.50 USD", "5000.00 USD")
		cmdKey, cmd := w.Key(), byOpportunity(w, hours)
		offer, err := w.Desk.Customers.Identify(background, w.Actor, cmd.Candidate)
		ok(t, err)
		equal(t, "what can be chosen", chosen(offer.Eligible), []engagement.ID{pilot})
		equal(t, "the offer", asJSON(t, offer.Eligible[0].Payout), asJSON(t, engagement.Payout{
			From: date(t, "2026-07-01"), Rate: money(t, "100.50 USD"), Hours: hours, Estimated: money(t, want), Cap: money(t, want),
		}))
		equal(t, "how it pays", offer.Eligible[0].Payment, engagement.PaymentVariable)
		cmd.Payout = offer.Eligible[0].Payout.Estimated
		started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		ok(t, err)
		p := started[0].ID
		w.Requested(p)
		w.Accepted(p)
		c := part(t, w, p).Claim
		equal(t, "the hours", part(t, w, p).Hours, hours)
		equal(t, "the claim", []string{c.Rate.String(), c.Estimated.String(), c.Cap.String()}, []string{"100.50 USD", want, want})
	}

	w, spy := hourly(t, "100.00 USD", "")
	unchanged(t, spy, func() {
		for name, test := range map[string]struct {
			change func(*workflow.AddCustomer)
			field  string
		}{
			"no hours":              {func(c *workflow.AddCustomer) { c.Candidate.Hours = 0 }, "hours"},
			"negative hours":        {func(c *workflow.AddCustomer) { c.Candidate.Hours = -1 }, "hours"},
			"too many hours":        {func(c *workflow.AddCustomer) { c.Candidate.Hours = engagement.MaxHours + 1 }, "hours"},
			"with another":          {func(c *workflow.AddCustomer) { c.Engagements = append(c.Engagements, workshop) }, "engagements"},
			"hours for a fixed pay": {func(c *workflow.AddCustomer) { c.Engagements = []engagement.ID{workshop} }, "hours"},
			"no currency":           {func(c *workflow.AddCustomer) { c.Payout.Amount = money(t, "1.00 USD").Amount }, "payout"},
			"a payout for several": {func(c *workflow.AddCustomer) {
				c.Candidate.Hours, c.Payout, c.Engagements = 0, money(t, "1.00 USD"), []engagement.ID{workshop, migration}
			}, "payout"},
			"a negative deal":       {func(c *workflow.AddCustomer) { c.DealSize = money(t, "-1.00 USD") }, "deal_size"},
			"a deal of nothing":     {func(c *workflow.AddCustomer) { c.DealSize = money(t, "0.00 USD") }, "deal_size"},
			"a deal in no currency": {func(c *workflow.AddCustomer) { c.DealSize.Amount = money(t, "1.00 USD").Amount }, "deal_size"},
			"a deal in odd currency": {func(c *workflow.AddCustomer) {
				c.DealSize = eligibility.Money{Amount: money(t, "1.00 USD").Amount, Currency: "dollars"}
			}, "deal_size"},
		} {
			cmdKey, cmd := w.Key(), byOpportunity(w, 10)
			test.change(&cmd)
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
			equal(t, name, refused[*workflow.InputError](t, err).Field, test.field)
		}
	})
}

// Hours are given once. The claim pays by the rate of the day of the consent, and
// who confirms what is no longer paid is told so first.
func TestPayoutChanged(t *testing.T) {
	w, spy := hourly(t, "100.00 USD", "")
	cmdKey, cmd := w.Key(), byOpportunity(w, 10)
	cmd.Payout = must(w.Desk.Customers.Identify(background, w.Actor, cmd.Candidate)).Eligible[0].Payout.Estimated
	rate(t, w, pilot, "2026-09-02", "90.00 USD", "")
	rate(t, w, pilot, "2026-09-10", "110.00 USD", "")
	w.Advance(day)
	unchanged(t, spy, func() {
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		e := refused[*workflow.PayoutChangedError](t, err)
		equal(t, "the refusal", []string{string(e.Engagement), e.Previewed.String(), e.Now.String()}, []string{"data-pilot", "1000.00 USD", "900.00 USD"})
	})
	cmd.Payout = must(w.Desk.Customers.Identify(background, w.Actor, cmd.Candidate)).Eligible[0].Payout.Estimated
	p := must(w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd))[0].ID
	w.Requested(p)
	w.SetNow(workflowtest.Contoso().Start.Add(9 * day))
	w.Accepted(p)
	equal(t, "estimated", part(t, w, p).Claim.Estimated.String(), "1100.00 USD")

	// The opportunity is known now: what ended is claimed again, with hours of its own.
	w.Cancelled(p)
	againKey, again := w.Key(), workflow.ClaimCustomer{Customer: "opportunity:" + opportunity, Location: lisboa, Engagements: []engagement.ID{pilot}}
	unchanged(t, spy, func() {
		_, err := w.Desk.Customers.Claim(background, w.Actor.Request(againKey), again)
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "hours")
		again.Hours, again.Payout = 20, money(t, "1.00 USD")
		_, err = w.Desk.Customers.Claim(background, w.Actor.Request(againKey), again)
		equal(t, "what it pays", refused[*workflow.PayoutChangedError](t, err).Now.String(), "2200.00 USD")
	})
	offer := must(w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: again.Customer, Location: lisboa}))
	equal(t, "the rate in the offer", offer.Eligible[0].Payout.Rate.String(), "110.00 USD")
	again.Payout = money(t, "2200.00 USD")
	q := must(w.Desk.Customers.Claim(background, w.Actor.Request(againKey), again))[0].ID
	equal(t, "the hours", []int{part(t, w, p).Hours, part(t, w, q).Hours}, []int{10, 20})
	equal(t, "by what it was named", part(t, w, q).Nominated, tenant.IDKindOpportunity)
	_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
		Customer: "opportunity:" + opportunity, Location: lisboa, Engagements: []engagement.ID{workshop},
	})
	refused[*workflow.IDNotAcceptedError](t, err) // what is known by one ID is not by another
}

// The deal size is an estimate until consent is requested, and frozen then. The
// friendly name can be changed for as long as the participation is open.
func TestChangeDetails(t *testing.T) {
	w, spy := newWorld(t)
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
	cmd.DealSize = money(t, "10000.00 USD")
	p := must(w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd))[0].ID
	equal(t, "the deal size", part(t, w, p).DealSize.String(), "10000.00 USD")
	change := func(d workflow.UpdateDetails) error {
		return errOf(w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, d))
	}
	size := func(text string) *eligibility.Money { m := money(t, text); return &m }
	called := func(name string) *string { return &name }
	ok(t, change(workflow.UpdateDetails{DealSize: size("20000.00 EUR")}))
	ok(t, change(workflow.UpdateDetails{FriendlyName: called(" The\tBig \n One ")}))
	ok(t, change(workflow.UpdateDetails{DealSize: &eligibility.Money{}, FriendlyName: called("")}))
	ok(t, change(workflow.UpdateDetails{DealSize: size("5.00 USD"), FriendlyName: called("Big")}))
	equal(t, "the details", []string{part(t, w, p).DealSize.String(), w.Row(p).Name}, []string{"5.00 USD", "Big"})
	unchanged(t, spy, func() {
		equal(t, "the field", refused[*workflow.InputError](t, change(workflow.UpdateDetails{})).Field, "details")
		for _, bad := range []*eligibility.Money{size("-1.00 USD"), size("0.00 USD"), {Amount: size("1.00 USD").Amount}} {
			equal(t, "the field", refused[*workflow.InputError](t, change(workflow.UpdateDetails{DealSize: bad})).Field, "deal_size")
		}
	})
	for _, reach := range []leg{
		func(w *workflowtest.World, p engagement.ParticipationID) { w.Requested(p) },
		(*workflowtest.World).Accepted, (*workflowtest.World).Submitted,
	} {
		reach(w, p)
		unchanged(t, spy, func() {
			e := refused[*workflow.WrongStateError](t, change(workflow.UpdateDetails{DealSize: size("6.00 USD"), FriendlyName: called("Small")}))
			if !strings.Contains(e.Error(), "frozen since consent was requested") {
				t.Errorf("%v does not say why", e)
			}
		})
		ok(t, change(workflow.UpdateDetails{FriendlyName: called("Big")}))
	}
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	unchanged(t, spy, func() {
		refused[*workflow.WrongStateError](t, change(workflow.UpdateDetails{FriendlyName: called("Late")}))
	})
	events, _ := history(t, w, "contoso.com")
	var notes []string
	for _, e := range events {
		if e.Kind == engagement.EventDetailsChanged {
			notes = append(notes, detailOf(t, e))
		}
	}
	equal(t, "the history", notes[:4], []string{
		`{"deal_size":"20000.00 EUR","changed":["deal_size"]}`, `{"changed":["friendly_name"]}`, `{"changed":["deal_size","friendly_name"]}`,
		`{"deal_size":"5.00 USD","changed":["deal_size","friendly_name"]}`,
	})
}

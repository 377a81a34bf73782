package workflow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// tier is what no partner may know of a customer: every value of it, and what the
// rules want of it, says "figure".
var tier = eligibility.NewFact[string]("tier").Confidential()

// confidentialWorld has a rule on a confidential fact in every engagement, which
// Contoso meets and Adatum does not.
func confidentialWorld(t *testing.T) *workflowtest.World {
	t.Helper()
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		for i := range sc.Engagements {
			e := &sc.Engagements[i]
			e.CustomerRules = must(eligibility.NewRuleSet(eligibility.RuleSetConfig{
				ID: e.CustomerRules.ID(), Version: e.CustomerRules.Version(), Rules: append(e.CustomerRules.Rules(),
					eligibility.Rule{ID: "tier", Doc: "The customer has the tier.", Check: eligibility.Is(tier, "figure wanted")},
					eligibility.Rule{ID: "not_tier", Doc: "The customer has no other tier.", Check: eligibility.Not(eligibility.Is(tier, "figure excluded"))},
				),
			}))
		}
		for i := range sc.Customers {
			c := &sc.Customers[i]
			tier.Set(&c.Facts, "figure found")
			if c.Domain == "contoso.com" {
				tier.Set(&c.Facts, "figure wanted")
			}
		}
	})
	return w
}

// Of a confidential fact a partner learns whether a criterion is met: its figures
// come through no query, command or error.
func TestConfidentialFacts(t *testing.T) {
	for _, c := range calls() {
		if c.act == workflow.MayReviewClaims || c.act == workflow.MayAdministerProgram {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			w := confidentialWorld(t)
			w.Known("adatum.com")
			p := w.Granted(migration, "ana@contoso.com")
			result, err := c.do(w, workflowtest.Northwind, p)
			noFigures(t, result, err)
		})
	}

	w := confidentialWorld(t)
	w.Known("adatum.com")
	offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Domain: "fourthcoffee.com"})
	ok(t, err)
	noFigures(t, offer, nil)
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "it@fourthcoffee.com", migration))
	refusal := refused[*workflow.NotEligibleError](t, err)
	noFigures(t, refusal, err)
	equal(t, "the criteria that are not met", ruleIDs(refusal.Reasons), []string{"enough_seats", "tier"})
	equal(t, "in words", refusal.Reasons[1].String(), "Criterion not met: The customer has the tier")
	page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabIneligible})
	ok(t, err)
	equal(t, "on the page", ruleIDs(page.Rows[0].Reasons), []string{"tier"})
	noFigures(t, page, nil)

	// What was decided is kept whole: it can be decided again, and the program sees it.
	p := w.Granted(migration, "ana@contoso.com")
	view, err := w.Desk.Claims.Get(background, w.Reviewer(), p)
	ok(t, err)
	e, err := w.Catalog.Engagements(background)
	ok(t, err)
	_, err = view.Decision.Replay(e[0].CustomerRules)
	ok(t, err)
}

// noFigures fails the test when anything confidential is in a result or an error,
// in any form.
func noFigures(t *testing.T, result any, err error) {
	t.Helper()
	texts := append(textsIn(result), fmt.Sprintf("%+v", result))
	if encoded, e := json.Marshal(result); e == nil {
		texts = append(texts, string(encoded))
	}
	if buffer, is := result.(*bytes.Buffer); is {
		texts = append(texts, buffer.String())
	}
	if err != nil {
		texts = append(append(texts, err.Error()), textsIn(err)...)
	}
	for _, text := range texts {
		if strings.Contains(text, "figure") {
			t.Fatalf("it shows %.300q", text)
		}
	}
}

func ruleIDs(reasons []engagement.Reason) []string {
	var ids []string
	for _, r := range reasons {
		ids = append(ids, r.Rule)
	}
	return ids
}

// Of a customer whom the partner merely states, it sees which criteria are met, and
// no figures, now and for as long as nothing else confirms who it is.
func TestStatedIdentityShowsNoFigures(t *testing.T) {
	stranger := workflow.Candidate{
		Location: lisboa, Domain: "contoso.com", TenantID: "00000000-0000-4000-8000-000000000003", Reason: "x", FriendlyName: "Fourth Coffee",
	}
	figures := func(r engagement.Reason) bool { return r.Wanted != "" || r.Found != "" }
	for _, shown := range []bool{false, true} {
		w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.FiguresOfStated = shown })
		offer, err := w.Desk.Customers.Identify(background, w.Actor, stranger)
		ok(t, err)
		equal(t, "the basis", offer.Resolution.Basis, tenant.BasisStated)
		var told []engagement.Reason
		for _, c := range offer.Ineligible {
			told = append(told, c.Reasons...)
			for _, f := range c.Decision.Findings() {
				equal(t, "figures in the decision", f.Wanted != "", shown)
			}
			equal(t, "facts in the decision", c.Decision.Facts.Len(), 0)
		}
		if len(told) == 0 {
			t.Fatal("nothing is told")
		}
		equal(t, "figures in the offer", slices.ContainsFunc(told, figures), shown)

		unchecked, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{
			Location: lisboa, Domain: "fourthcoffee.com", SubscriptionID: "10000000-0000-4000-8000-000000000003",
		})
		ok(t, err)
		equal(t, "the basis", unchecked.Resolution.Basis, tenant.BasisUnchecked)
		for _, c := range slices.Concat(unchecked.Eligible, unchecked.Ineligible) {
			equal(t, "figures of an ID that nobody checked", slices.ContainsFunc(c.Decision.Findings(), func(f eligibility.Finding) bool { return f.Wanted != "" }), shown)
		}

		_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: stranger, Engagements: []engagement.ID{migration}})
		refusal := refused[*workflow.NotEligibleError](t, err)
		equal(t, "figures in the refusal", slices.ContainsFunc(refusal.Reasons, figures), shown)

		started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: stranger, Engagements: []engagement.ID{pilot}})
		ok(t, err)
		w.Requested(started[0].ID)
		w.Accepted(started[0].ID)
		for range 2 { // as the consent evaluates it, and as a re-evaluation does
			page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabIneligible})
			ok(t, err)
			equal(t, "rows", len(page.Rows), 1)
			equal(t, "figures on the page", slices.ContainsFunc(page.Rows[0].Reasons, figures), shown)
			_, err = w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
			ok(t, err)
		}
	}
}

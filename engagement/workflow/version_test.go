package workflow_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// The version of the rules that is in force decides, and says so: not one whose time
// is over. Rows of known customers say as of when they were judged, until they are
// judged again.
func TestTheVersionInForceDecides(t *testing.T) {
	w, _ := newWorld(t)
	turn := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	version := func(name string, from, until time.Time, wanted int64) *eligibility.RuleSet {
		return must(eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "seats", Version: name, EffectiveFrom: from, EffectiveTo: until, Rules: []eligibility.Rule{
			{ID: "enough_seats", Doc: "The customer has enough seats.", Check: eligibility.AtLeast(workflowtest.Seats, wanted)},
		}}))
	}
	w.Known("contoso.com") // 500 seats
	judged := w.Now()
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.CustomerRules = version("1", time.Time{}, turn, 300)
		e.LaterCustomerRules = []*eligibility.RuleSet{version("2", turn, time.Time{}, 800)}
		equal(t, "when customers have to be judged again", e.RulesChangeAfter(w.Now()), turn)
	})
	w.Reevaluated()
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")

	w.SetNow(turn)
	row := w.Rows(migration, engagement.TabEligible)[0]
	equal(t, "as of when the row was judged", row.Since, judged)
	_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
		Customer: w.Customer("contoso.com"), Location: lisboa, Engagements: []engagement.ID{migration},
	})
	equal(t, "what the version in force wants", refused[*workflow.NotEligibleError](t, err).Reasons[0].Wanted, "at least 800")
	w.Reevaluated()
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso")

	p := part(t, w, w.Added(migration, "adatum.com")) // 900 seats
	equal(t, "the version on which the decision stands", p.Decision.Version, "2")
	summary, err := w.Desk.Engagements.Get(background, w.Actor, migration)
	ok(t, err)
	equal(t, "the criteria in force", len(summary.CustomerCriteria), 1)
}

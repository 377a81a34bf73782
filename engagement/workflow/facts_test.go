package workflow_test

import (
	"errors"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Facts that could not be read again refuse the add of their customer, and leave the
// others of a re-evaluation alone. Trying again would not help, so nobody is told to.
func TestFactsThatCannotBeKept(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("adatum.com")
	percent := eligibility.NewFact[decimal.Decimal]("percent")
	var bad eligibility.Facts
	workflowtest.Seats.Set(&bad, 500)
	percent.Set(&bad, decimal.New(1, 70))
	w.SetFacts("contoso.com", bad)
	unchanged(t, spy, func() {
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
		refused[*eligibility.ValueError](t, err)
		if errors.As(err, new(*workflow.UnavailableError)) {
			t.Errorf("%v is told to be tried again", err)
		}
	})

	w.SetFacts("adatum.com", bad)
	var better eligibility.Facts
	workflowtest.Seats.Set(&better, 301)
	workflowtest.Segment.Set(&better, "enterprise")
	w.SetFacts("contoso.com", eligibility.Facts{})
	w.Known("contoso.com")
	w.SetFacts("contoso.com", better)
	done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: w.Actor.Partner}, nil)
	refused[*eligibility.ValueError](t, err)
	equal(t, "failed", done.Failed, 1)
	for _, row := range w.Rows(migration, engagement.TabEligible) {
		if row.Customer == w.Customer("contoso.com") {
			return
		}
	}
	t.Error("Contoso was not judged by its new facts")
}

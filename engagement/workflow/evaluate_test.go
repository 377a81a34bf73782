package workflow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	sameArea = eligibility.NewFact[bool]("same_area")
	area     = eligibility.NewFact[string]("area")
)

// areas makes azure-migration ask whether customer and location are in the same
// area: Lisboa is in the west, Porto in the north, both may add.
func areas(sc *workflowtest.Scenario) {
	sc.Engagements[0].CustomerRules = ruleSet("azure-migration/customer",
		eligibility.Rule{ID: "same_area", Doc: "Customer and location are in the same area.", Check: eligibility.Is(sameArea, true)},
		fails(broken))
	area.Set(&sc.Partners[0].Locations[0].Facts, "west")
	area.Set(&sc.Partners[0].Locations[1].Facts, "north")
	sc.Options.Derive = func(f *eligibility.Facts, l engagement.Location) {
		a, ok := area.Get(*f)
		b, ok2 := area.Get(l.Facts)
		if ok && ok2 {
			sameArea.Set(f, a == b)
		}
		if a == "broken" {
			broken.Set(f, true)
		}
	}
}

func in(a string) eligibility.Facts {
	f := seatsOf(500)
	area.Set(&f, a)
	return f
}

// What is derived of customer and location together is judged for each location:
// a row says through which ones the customer can be claimed.
func TestEvaluateByLocation(t *testing.T) {
	w, _ := newWorld(t, areas)
	w.Known("contoso.com")
	shown := func() (engagement.Tab, []engagement.LocationID, []engagement.Reason) {
		t.Helper()
		for _, tab := range engagement.AllTabs() {
			if rows := w.Rows(migration, tab); len(rows) == 1 {
				return tab, rows[0].Locations, rows[0].Reasons
			}
		}
		t.Fatal("there is not one row")
		return "", nil, nil
	}
	for _, c := range []struct {
		facts     eligibility.Facts
		tab       engagement.Tab
		locations []engagement.LocationID
		reason    string
	}{
		{in("west"), engagement.TabEligible, []engagement.LocationID{lisboa}, ""},
		{in("north"), engagement.TabEligible, []engagement.LocationID{porto}, ""},
		{in("south"), engagement.TabIneligible, nil, "Criterion not met: Customer and location are in the same area (required: yes; found: no)"},
		{seatsOf(500), engagement.TabIneligible, nil, "Data is missing for this criterion: Customer and location are in the same area (missing: same_area)"},
	} {
		w.SetFacts("contoso.com", c.facts)
		w.Reevaluated()
		tab, locations, reasons := shown()
		equal(t, "the tab", tab, c.tab)
		equal(t, "the locations", locations, c.locations)
		if c.reason != "" {
			equal(t, "the reason", reasons[0].String(), c.reason)
		}
	}
	changeLocation(t, w, porto, func(l *engagement.Location) { area.Set(&l.Facts, "west") })
	w.SetFacts("contoso.com", in("west"))
	w.Reevaluated()
	tab, locations, _ := shown()
	equal(t, "the tab", tab, engagement.TabEligible)
	equal(t, "both", locations, []engagement.LocationID{lisboa, porto})

	// Rules that fail through a location leave the row as it was.
	w.SetFacts("contoso.com", in("broken"))
	done, err := w.Desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
	equal(t, "the error", errors.Is(err, errBoom), true)
	equal(t, "what was done", done, workflow.Progress{Done: 1, Failed: 1})
	_, locations, _ = shown()
	equal(t, "as it was", locations, []engagement.LocationID{lisboa, porto})

	// Facts that were derived for one location do not reach another, nor the source.
	if _, ok := sameArea.Get(in("west")); ok {
		t.Error("facts were changed")
	}
}

// counting answers for fewer, or more, customers than it was asked about.
type counting int

func (n counting) Facts(context.Context, engagement.PartnerID, []tenant.Identity) ([]eligibility.Facts, error) {
	return make([]eligibility.Facts, int(n)), nil
}

type heldBy []engagement.ExternalHoldings

func (h heldBy) Held(context.Context, []engagement.CustomerEngagementKey) ([]engagement.ExternalHoldings, error) {
	return h, nil
}

// Sources whose answer does not fit the question have a defect.
func TestSourcesThatDoNotAnswer(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("contoso.com")
	check := func(source string, facts workflow.FactSource, external workflow.ExternalHoldings) {
		t.Helper()
		desk, err := workflow.New(w.Store, directory{}, w.Catalog, facts, &workflow.Options{External: external, Now: w.Now})
		ok(t, err)
		unchanged(t, spy, func() {
			_, err = desk.Program.Reevaluate(background, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}, nil)
			e, ok := errors.AsType[*workflow.InternalError](err) // asking again would not help
			if !ok || errors.As(err, new(*workflow.UnavailableError)) {
				t.Fatalf("the error is %v", err)
			}
			equal(t, "the source", e.Source, source)
			if !strings.Contains(e.Error(), "it ") {
				t.Errorf("%q does not say what is wrong", e)
			}
		})
	}
	check("facts", counting(0), nil)
	check("facts", counting(2), nil)
	check("external holdings", workflow.FactFunc(noFacts), heldBy{})
	check("external holdings", workflow.FactFunc(noFacts), heldBy(make([]engagement.ExternalHoldings, 7)))
	negative := heldBy(make([]engagement.ExternalHoldings, 6))
	negative[3].Consented = -1
	check("external holdings", workflow.FactFunc(noFacts), negative)
}

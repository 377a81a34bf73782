package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// lines are figures as the tests compare them: by what they are of.
func lines(rows []workflow.FigureRow) map[string]string {
	out := map[string]string{}
	for _, r := range rows {
		key := fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s", r.Partner, r.Engagement, r.Tab, r.Status, r.Location, r.Month, r.Currency)
		out[key] = fmt.Sprintf("%d: %s, %s, %s, %s", r.Count, r.Estimated, r.Requested, r.Approved, r.Paid)
	}
	return out
}

// countedRows is what the rows of a claims list come to, one by one, with the months of the
// whole participations.
func countedRows(t *testing.T, w *workflowtest.World, s storage.Store, actor workflow.Actor) map[string]string {
	t.Helper()
	at := map[string]workflow.FigureRow{}
	for r, err := range w.Desk.Claims.All(background, actor, workflow.ClaimsQuery{}) {
		ok(t, err)
		loaded, err := s.Load(background, storage.Want{Participation: storage.ParticipationKey{Partner: r.Partner, ID: r.Participation}})
		ok(t, err)
		p, _ := loaded.Records[loaded.At].Participation(r.Participation)
		amount := r.Amount.Currency
		key := fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s", r.Partner, r.Engagement, r.Tab, r.Status, r.Locations[0], p.MonthAt(w.Now()), amount)
		f := at[key]
		f.Count++
		for _, m := range []struct{ sum, of *eligibility.Money }{{&f.Estimated, &r.Estimated}, {&f.Requested, &r.Requested}, {&f.Approved, &r.Approved}, {&f.Paid, &r.Paid}} {
			if !m.of.IsZero() {
				m.sum.Amount, m.sum.Currency = m.sum.Amount.Add(m.of.Amount), m.of.Currency
			}
		}
		at[key] = f
	}
	out := map[string]string{}
	for key, r := range at {
		out[key] = fmt.Sprintf("%d: %s, %s, %s, %s", r.Count, r.Estimated, r.Requested, r.Approved, r.Paid)
	}
	return out
}

// Figures are what the rows come to, one by one: for a partner, for all of them, and
// within a scope, whether or not what is due was recorded.
func TestFiguresAreTheRows(t *testing.T) {
	by := []workflow.FigureDimension{
		workflow.FigureByPartner, workflow.FigureByEngagement, workflow.FigureByTab, workflow.FigureByStatus, workflow.FigureByLocation, workflow.FigureByMonth,
	}
	for seed := range uint64(3) {
		w, s := newWorld(t, twoSites(24))
		mingled(w, rand.New(rand.NewPCG(seed, 7)), 24)
		for _, later := range []func(){func() {}, func() { w.Advance(31 * day) }, w.Swept} {
			later()
			for name, actor := range map[string]workflow.Actor{"ana": w.Actor, "rui": rui, "the program": workflowtest.Vendor} {
				figures, err := w.Desk.Claims.Figures(background, actor, workflow.FiguresQuery{By: by})
				ok(t, err)
				equal(t, fmt.Sprintf("seed %d: the figures of %s", seed, name), lines(figures.Rows), countedRows(t, w, s, actor))
			}
			// With those who are merely known, the tabs are what the Customers pages count.
			for name, who := range map[string]*workflowtest.World{"ana": w, "rui": w.As(rui)} {
				for _, e := range []engagement.ID{migration, pilot} {
					figures, err := w.Desk.Claims.Figures(background, who.Actor, workflow.FiguresQuery{By: []workflow.FigureDimension{workflow.FigureByTab, workflow.FigureByStatus}, Engagements: []engagement.ID{e}, Known: true})
					ok(t, err)
					got, want := map[string]int{}, map[string]int{}
					for _, r := range figures.Rows {
						got[string(r.Tab)+" "+string(r.Status)] += r.Count
					}
					for _, tab := range engagement.AllTabs() {
						for r, err := range w.Desk.Customers.All(background, who.Actor, workflow.CustomersQuery{Engagement: e, Tab: tab}) {
							ok(t, err)
							if !slices.ContainsFunc(r.Reasons, func(x engagement.Reason) bool { return x.Kind == engagement.ReasonHeldByColleagues }) {
								want[string(tab)+" "+string(r.Status)]++
							}
						}
					}
					for key := range got {
						if len(key) > len(engagement.TabOff) && key[:len(engagement.TabOff)] == string(engagement.TabOff) {
							delete(got, key)
						}
					}
					equal(t, fmt.Sprintf("seed %d: the rows of %s in %s", seed, name, e), got, want)
				}
			}
		}
	}
}

// rowless is a store that gives no rows.
type rowless struct{ storage.Store }

func (rowless) List(context.Context, storage.ListQuery) (storage.List, error) {
	return storage.List{}, errors.New("a list is read")
}

// Totals and figures ask storage once, and for no rows, however many there are; only what
// no figures are kept for reads rows.
func TestFiguresReadNoRows(t *testing.T) {
	w, s := newWorld(t, twoSites(24))
	mingled(w, rand.New(rand.NewPCG(1, 7)), 24)
	s.Store = rowless{s.Store}
	for what, ask := range map[string]func(actor workflow.Actor) (int, error){
		"totals": func(actor workflow.Actor) (int, error) {
			totals, err := w.Desk.Claims.Totals(background, actor, workflow.ClaimsQuery{Statuses: engagement.AllStatuses(), Locations: []engagement.LocationID{lisboa, porto}, SolutionAreas: []string{"Infrastructure"}})
			return len(totals), err
		},
		"figures": func(actor workflow.Actor) (int, error) {
			figures, err := w.Desk.Claims.Figures(background, actor, workflow.FiguresQuery{By: workflow.AllFigureDimensions()})
			return len(figures.Rows), err
		},
	} {
		for _, actor := range []workflow.Actor{w.Actor, rui, workflowtest.Vendor} {
			before := s.reads
			n, err := ask(actor)
			ok(t, err)
			if reads := s.reads - before; n == 0 || reads != 1 {
				t.Errorf("%s of %s are %d, in %d reads", what, actor.User, n, reads)
			}
		}
	}
	if _, err := w.Desk.Claims.Totals(background, w.Actor, workflow.ClaimsQuery{Search: "coal"}); !errors.As(err, new(*workflow.UnavailableError)) {
		t.Errorf("a search adds up what it has not read: %v", err)
	}
}

// What a query cannot mean is refused with each of its fields.
func TestFiguresRefuses(t *testing.T) {
	w, _ := newWorld(t)
	for field, q := range map[string]workflow.FiguresQuery{
		"by": {By: []workflow.FigureDimension{"weather"}}, "by ": {By: []workflow.FigureDimension{workflow.FigureByMonth, workflow.FigureByMonth}},
		"from": {From: "2026"}, "before": {Before: "2026-13"}, "statuses": {Statuses: []engagement.Status{"x"}},
	} {
		_, err := w.Desk.Claims.Figures(background, w.Actor, q)
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, strings.TrimSpace(field))
	}
}

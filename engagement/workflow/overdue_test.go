package workflow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// everything is all that the queries show of a world, by name.
func everything(t *testing.T, w *workflowtest.World) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam, workflowtest.Vendor} {
		show := func(what string, v any) { out[fmt.Sprintf("%q %s", actor.Partner, what)] = asJSON(t, v) }
		for _, q := range []workflow.ClaimsQuery{
			{Limit: 7}, {Limit: 5, Sort: workflow.SortByDeadline, Descending: true}, {Limit: 9, Sort: workflow.SortBySince}, {Limit: 5, Sort: workflow.SortByStatus},
			{Limit: 6, Sort: workflow.SortByAmount, Descending: true}, {Limit: 2, Search: "coal", Engagements: []engagement.ID{pilot}},
			{Limit: 2, Statuses: []engagement.Status{engagement.StatusNotSubmittedExpired, engagement.StatusPostSubmissionExpired, engagement.StatusDisputedExpired, engagement.StatusRejected}},
			{Limit: 3, AtLeast: money(t, "1.00 USD"), SolutionAreas: []string{"Infrastructure"}},
		} {
			for n := 1; ; n++ {
				page, err := w.Desk.Claims.List(background, actor, q)
				ok(t, err)
				show(fmt.Sprintf("claims %+v page %d", q, n), page)
				if q.Cursor = page.Next; page.Next == "" {
					break
				}
			}
		}
		totals, err := w.Desk.Claims.Totals(background, actor, workflow.ClaimsQuery{})
		ok(t, err)
		show("totals", totals)
		figures, err := w.Desk.Claims.Figures(background, actor, workflow.FiguresQuery{By: workflow.AllFigureDimensions(), Known: actor.Partner != ""})
		ok(t, err)
		show("figures", figures)
		var csv strings.Builder
		ok(t, w.Desk.Claims.Export(background, actor, workflow.ClaimsQuery{}, &csv, nil))
		show("export of claims", csv.String())
	}
	for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
		show := func(what string, v any) { out[string(actor.Partner)+" "+what] = asJSON(t, v) }
		for _, e := range []engagement.ID{migration, pilot, workshop} {
			for _, q := range []workflow.CustomersQuery{
				{Limit: 3}, {Limit: 2, Descending: true}, {Limit: 2, Sort: workflow.SortByDeadline}, {Limit: 5, Sort: workflow.SortBySince, Descending: true},
				{Limit: 4, Sort: workflow.SortByStatus}, {Limit: 1, Search: "coal"}, {Limit: 2, Types: []engagement.RowType{engagement.RowNotStarted}},
				{Limit: 2, Statuses: []engagement.Status{engagement.StatusNotSubmittedExpired, engagement.StatusConsentReceived}},
			} {
				for _, q.Tab = range engagement.AllTabs() {
					for n := 1; ; n++ {
						page, err := w.Desk.Customers.List(background, actor, within(e, q))
						ok(t, err)
						show(fmt.Sprintf("%s %+v page %d", e, q, n), page)
						if q.Cursor = page.Next; page.Next == "" {
							break
						}
					}
				}
			}
			var csv strings.Builder
			ok(t, w.Desk.Customers.Export(background, actor, workflow.CustomersQuery{Engagement: e}, &csv, nil))
			show(string(e)+" export", csv.String())
		}
		for _, limit := range []int{0, 3} {
			found, err := searchRows(w.Desk, actor, "company", limit)
			ok(t, err)
			show(fmt.Sprintf("search %d", limit), found)
			due, err := attentionRows(w.Desk, actor, limit)
			ok(t, err)
			show(fmt.Sprintf("attention %d", limit), due)
		}
		found, err := searchRows(w.Desk, actor, "", 1000)
		ok(t, err)
		for _, r := range found {
			if r.Participation == "" {
				continue
			}
			status, err := w.Desk.Claims.Status(background, actor, r.Participation)
			ok(t, err)
			equal(t, "the status on a row", r.Status, status)
			p, err := w.Desk.Claims.Participation(background, actor, r.Participation)
			ok(t, err)
			show("participation "+string(r.Participation), p)
			view, err := w.Desk.Claims.Get(background, actor, r.Participation)
			ok(t, err)
			show("claim "+string(r.Participation), []any{view.Status, view.Deadline, view.DaysLeft, view.Actions, view.Missing, view.WithdrawnAt})
		}
	}
	return out
}

// Whether and when somebody sweeps, no query shows: before and after are the same,
// down to the last cursor, at any moment and for all partners.
func TestNobodySeesASweep(t *testing.T) {
	thorough(t)
	moved := 0
	for seed := range uint64(4) {
		w := busy(t, seed, 14)
		r := rand.New(rand.NewPCG(seed, 3))
		for range 4 {
			var deadlines []time.Time
			for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
				due, err := attentionRows(w.Desk, actor, 1000)
				ok(t, err)
				for _, row := range due {
					deadlines = append(deadlines, row.Deadline)
				}
			}
			if len(deadlines) == 0 {
				break
			}
			slices.SortFunc(deadlines, time.Time.Compare)
			at := r.IntN(len(deadlines)/2 + 1)
			w.SetNow(deadlines[at].Add(time.Duration(r.IntN(3)-1) * tick))

			was := everything(t, w)
			n, err := w.Desk.Jobs.Sweep(background)
			ok(t, err)
			moved += n
			is := everything(t, w)
			equal(t, "how much is shown", len(is), len(was))
			for name, before := range was {
				if after := is[name]; after != before {
					t.Fatalf("seed %d at %v: the sweep of %d changed %s:\n%s\n%s", seed, w.Now(), n, name, before, after)
				}
			}
			for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
				countsAreRows(t, w.As(actor))
			}
		}
	}
	if moved < 50 {
		t.Errorf("only %d participations were settled: too few to learn from", moved)
	}
}

// countsAreRows fails the test unless every tab counts the rows that it has.
func countsAreRows(t *testing.T, w *workflowtest.World) {
	t.Helper()
	for _, e := range []engagement.ID{migration, pilot} {
		all := counts(t, w, e)
		for _, tab := range engagement.AllTabs() {
			equal(t, fmt.Sprintf("the count of %s in %s", tab, e), all[tab], len(w.Rows(e, tab)))
		}
	}
}

// A list that was begun before a deadline goes on after it as if the deadline had
// been recorded: what has moved behind the cursor comes, nothing comes twice.
func TestDeadlinesBetweenPages(t *testing.T) {
	for _, swept := range []bool{false, true} {
		w, _ := newWorld(t, street(12))
		for n := range 12 {
			w.Known(fmt.Sprintf("c%02d.example", n))
			w.Claimed(pilot, fmt.Sprintf("c%02d.example", n))
			w.Advance(day)
		}
		q := workflow.CustomersQuery{Limit: 4, Sort: workflow.SortByDeadline}
		page, err := w.Desk.Customers.List(background, w.Actor, within(pilot, q))
		ok(t, err)
		equal(t, "the first page", called(page.Rows), []string{"Zinc Company 00", "amber Company 01", "Ébano Company 02", "Coal Company 03"})
		q.Cursor = page.Next

		w.SetNow(page.Rows[1].Deadline) // of two participations there is no time left: their customers can be claimed again
		if swept {
			w.Swept()
		}
		var rest []workflow.Row
		for q.Cursor != "" {
			page, err = w.Desk.Customers.List(background, w.Actor, within(pilot, q))
			ok(t, err)
			rest = append(rest, page.Rows...)
			q.Cursor = page.Next
		}
		equal(t, "how many others", len(rest), 10)
		equal(t, "the first of them", rest[0].Name, "Zinc Company 04")
		equal(t, "who can be claimed again comes last", slices.Sorted(slices.Values(called(rest[8:]))), []string{"Zinc Company 00", "amber Company 01"})
		equal(t, "what they allow", rest[9].Actions, []engagement.Action{engagement.ActionClaimCustomer})
	}
}

// A place that another partner held too long is free for everybody at that
// moment, before anybody has recorded it.
func TestAnothersDeadlineFreesThePlace(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("contoso.com")
	waiting := w.Claimed(migration, "contoso.com")
	theirs := w.As(workflowtest.Fabrikam).Granted(migration, "ana@contoso.com")
	over := w.Now().AddDate(0, 0, 60)
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso")
	w.Advance(30 * day)
	w.ExpectStatus(waiting, engagement.StatusConsentExpired)
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso")
	w.SetNow(over.Add(-tick))
	w.ExpectTab(migration, engagement.TabIneligible, "Contoso")
	equal(t, "the reason", w.Rows(migration, engagement.TabIneligible)[0].Reasons, []engagement.Reason{{Kind: engagement.ReasonConsentedElsewhere}})

	w.SetNow(over)
	unchanged(t, spy, func() {
		w.ExpectTab(migration, engagement.TabIneligible)
		w.ExpectTab(migration, engagement.TabEligible, "Contoso")
		w.As(workflowtest.Fabrikam).ExpectTab(migration, engagement.TabComplete, "Contoso")
		w.As(workflowtest.Fabrikam).ExpectStatus(theirs, engagement.StatusNotSubmittedExpired)
	})
	w.Claimed(migration, "contoso.com")
}

// An overdue place on each of many pages does not make one page longer than it
// was asked for.
func TestManyOverdue(t *testing.T) {
	w, _ := newWorld(t, street(40))
	for n := range 40 {
		w.Known(fmt.Sprintf("c%02d.example", n))
		if n%2 == 0 {
			w.Claimed(pilot, fmt.Sprintf("c%02d.example", n))
		}
	}
	w.Advance(31 * day)
	q := workflow.CustomersQuery{Limit: 7}
	var got []workflow.Row
	for more := true; more; more = q.Cursor != "" {
		page, err := w.Desk.Customers.List(background, w.Actor, within(pilot, q))
		ok(t, err)
		if page.Next != "" {
			equal(t, "the rows of a page", len(page.Rows), 7)
		}
		equal(t, "the count", page.Counts[engagement.TabEligible], workflow.Count{N: 40})
		got = append(got, page.Rows...)
		q.Cursor = page.Next
	}
	equal(t, "the rows", len(got), 40)
	if !slices.IsSortedFunc(got, before(workflow.SortByName)) {
		t.Error("they are out of order")
	}
}

// hasty is a store that looks no further than it has to: its pages are shorter
// than they may be.
type hasty struct{ storage.Store }

func (h hasty) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	page, err := h.Store.List(ctx, q)
	if n := len(page.Rows); n > 1 {
		page.Rows, page.More = page.Rows[:n/2], true
	}
	return page, err
}

// A store may give fewer rows than it was asked for, as long as it says that more
// follow: no row is lost or out of order then, nor those of overdue places.
func TestShortPages(t *testing.T) {
	w, s := newWorld(t, street(40))
	for n := range 40 {
		w.Known(fmt.Sprintf("c%02d.example", n))
		if n%2 == 0 {
			w.Claimed(pilot, fmt.Sprintf("c%02d.example", n))
		}
	}
	w.Advance(31 * day)
	want := find(t, w, pilot, workflow.CustomersQuery{})
	s.Store = hasty{s.Store}
	for _, descending := range []bool{false, true} {
		equal(t, "the rows", called(find(t, w, pilot, workflow.CustomersQuery{Limit: 9, Descending: descending})), called(want))
		slices.Reverse(want)
	}
}

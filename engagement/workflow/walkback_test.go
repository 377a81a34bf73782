package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// pages reads a list by pages: to its end, back to its beginning, and on again. It
// returns the rows of each way, which are the same where the list stands still.
func pages[R any](t *testing.T, read func(cursor string) (workflow.Page[R], error), id func(R) string) (on, back, again []string) {
	t.Helper()
	ids := func(rows []R) (out []string) {
		for _, r := range rows {
			out = append(out, id(r))
		}
		return out
	}
	page, err := read("")
	ok(t, err)
	equal(t, "before the first page", page.Previous, "")
	on = ids(page.Rows)
	last := page
	for page.Next != "" {
		page, err = read(page.Next)
		ok(t, err)
		on, last = append(on, ids(page.Rows)...), page
	}
	back = ids(last.Rows)
	for page.Previous != "" {
		page, err = read(page.Previous)
		ok(t, err)
		back = append(ids(page.Rows), back...)
	}
	again = ids(page.Rows)
	for page.Next != "" {
		page, err = read(page.Next)
		ok(t, err)
		again = append(again, ids(page.Rows)...)
	}
	return on, back, again
}

// Whoever goes back through a list from its end sees the rows that came on the way
// there, each once and in the same order, whatever the list, its order and the size of
// its pages, and for a user of one location too; and on the way there again.
func TestPagesLeadBack(t *testing.T) {
	const n = 30
	w, _ := newWorld(t, twoSites(n))
	mingled(w, rand.New(rand.NewPCG(1, 7)), n)
	w.Advance(31 * day) // some deadlines have passed, and nobody has recorded it
	id := func(r workflow.Row) string { return string(r.Engagement) + " " + string(r.ID) }
	check := func(what string, on, back, again []string) {
		t.Helper()
		equal(t, what+", backwards", back, on)
		equal(t, what+", on again", again, on)
		if len(slices.Compact(slices.Sorted(slices.Values(on)))) != len(on) {
			t.Errorf("%s: a row comes twice in %q", what, on)
		}
	}
	shown := 0
	for _, who := range []*workflowtest.World{w, w.As(rui)} {
		for _, limit := range []int{1, 7, 1000} {
			for _, tab := range engagement.AllTabs() {
				for i, by := range workflow.AllSorts() {
					q := workflow.CustomersQuery{Engagement: pilot, Tab: tab, Sort: by, Descending: limit == 7, Limit: limit}
					if i%2 == 1 {
						q.Search = "coal"
					}
					var matches []workflow.Count
					on, back, again := pages(t, func(cursor string) (workflow.Page[workflow.Row], error) {
						q.Cursor = cursor
						page, err := who.Desk.Customers.List(background, who.Actor, q)
						if page.Matches != nil {
							matches = append(matches, *page.Matches)
						} else if who == w || tab != engagement.TabIneligible || q.Search == "" {
							t.Errorf("%s, the %s tab: nothing is counted", who.Actor.User, tab)
						}
						return page.Page, err
					}, id)
					for _, n := range slices.Compact(matches) {
						equal(t, "matches", n, workflow.Count{N: len(on)})
					}
					check(fmt.Sprintf("%s, the %s tab by %s, %d a page", who.Actor.User, tab, by, limit), on, back, again)
					shown += len(on)
				}
			}
			var matches []workflow.Count
			on, back, again := pages(t, func(cursor string) (workflow.Page[workflow.ClaimRow], error) {
				q := workflow.ClaimsQuery{Sort: workflow.SortByEngagement, Limit: limit, Cursor: cursor}
				if limit == 7 {
					q.Search = "amber"
				}
				page, err := who.Desk.Claims.List(background, who.Actor, q)
				matches = append(matches, *page.Matches)
				return page.Page, err
			}, func(r workflow.ClaimRow) string { return id(r.Row) })
			for _, n := range slices.Compact(matches) {
				equal(t, "matches of claims", n, workflow.Count{N: len(on)})
			}
			check(fmt.Sprintf("%s, claims, %d a page", who.Actor.User, limit), on, back, again)

			on, back, again = pages(t, func(cursor string) (workflow.Page[workflow.Row], error) {
				page, err := who.Desk.Customers.Search(background, who.Actor, workflow.SearchQuery{Limit: limit, Cursor: cursor})
				return page.Page, err
			}, id)
			check(fmt.Sprintf("%s, a search, %d a page", who.Actor.User, limit), on, back, again)
			shown += len(on)

			on, back, again = pages(t, func(cursor string) (workflow.Page[workflow.Row], error) {
				page, err := who.Desk.Customers.NeedingAttention(background, who.Actor, workflow.AttentionQuery{Limit: limit, Cursor: cursor})
				return page.Page, err
			}, id)
			check(fmt.Sprintf("%s, what needs attention, %d a page", who.Actor.User, limit), on, back, again)
			shown += len(on)
		}
	}
	if shown < 500 {
		t.Errorf("%d rows show nothing", shown)
	}
}

// A page that is empty by now leads back to what was before it, and one before which
// nothing is left is the first.
func TestPagesThatEmptied(t *testing.T) {
	for _, descending := range []bool{false, true} {
		w, _ := newWorld(t, street(8))
		for i := range 6 {
			w.Added(pilot, fmt.Sprintf("ana@c%02d.example", i))
		}
		q := workflow.CustomersQuery{Engagement: pilot, Descending: descending, Limit: 3}
		list := func(cursor string) workflow.CustomersPage {
			t.Helper()
			q.Cursor = cursor
			page, err := w.Desk.Customers.List(background, w.Actor, q)
			ok(t, err)
			return page
		}
		first := list("")
		second := list(first.Next)
		all := append(slices.Clone(first.Rows), second.Rows...)
		for _, r := range all[3:] {
			w.Cancelled(r.Participation)
		}
		empty := list(first.Next)
		equal(t, "rows", len(empty.Rows), 0)
		equal(t, "before the empty page", called(list(empty.Previous).Rows), called(first.Rows))
		for _, r := range all[:3] {
			w.Cancelled(r.Participation)
		}
		w.Added(pilot, "ana@c06.example")
		equal(t, "rows that are left", len(list(second.Previous).Rows), 1)
	}
}

// A known customer is on one page, and the pages hold all of them.
func TestPagesOfKnownCustomers(t *testing.T) {
	w, _ := newWorld(t, street(8))
	for i := range 5 {
		w.Known(fmt.Sprintf("c%02d.example", i))
	}
	want, err := collect(w.Desk.Customers.AllKnown(background, w.Actor))
	ok(t, err)
	var got []workflow.KnownCustomerView
	q := workflow.KnownQuery{Limit: 2}
	for {
		page, err := w.Desk.Customers.Known(background, w.Actor, q)
		ok(t, err)
		got = append(got, page.Rows...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	equal(t, "known customers", asJSON(t, got), asJSON(t, want))
	equal(t, "how many", len(got), 5)
	q.Cursor = "junk"
	_, err = w.Desk.Customers.Known(background, w.Actor, q)
	refused[*workflow.InvalidCursorError](t, err)
}

package workflowtest

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// ExpectStatus fails the test unless the participation has that status now.
func (w *World) ExpectStatus(p engagement.ParticipationID, want engagement.Status) {
	w.t.Helper()
	got, err := w.Desk.Claims.Status(context.Background(), w.Actor, p)
	if err != nil {
		w.t.Fatalf("status of %s: %v", p, err)
	}
	if got != want {
		w.t.Fatalf("status of %s is %q, want %q", p, got, want)
	}
}

// Rows returns every row of a tab.
func (w *World) Rows(e engagement.ID, tab engagement.Tab) []workflow.Row {
	w.t.Helper()
	var rows []workflow.Row
	for row, err := range w.Desk.Customers.All(context.Background(), w.Actor, workflow.CustomersQuery{Engagement: e, Tab: tab}) {
		if err != nil {
			w.t.Fatalf("%s tab of %s: %v", tab, e, err)
		}
		rows = append(rows, row)
	}
	return rows
}

// ExpectTab fails the test unless the tab shows exactly the customers with these
// names, in whatever order, and its count says how many rows they have.
func (w *World) ExpectTab(e engagement.ID, tab engagement.Tab, customers ...string) {
	w.t.Helper()
	rows := w.Rows(e, tab)
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	got := slices.Compact(slices.Sorted(slices.Values(names)))
	want := slices.Compact(slices.Sorted(slices.Values(customers)))
	if !slices.Equal(got, want) {
		w.t.Fatalf("the %s tab of %s shows %q, want %q", tab, e, got, want)
	}
	page, err := w.Desk.Customers.List(context.Background(), w.Actor, workflow.CustomersQuery{Engagement: e, Tab: tab})
	if err != nil {
		w.t.Fatalf("%s tab of %s: %v", tab, e, err)
	}
	if page.Counts[tab].N != len(rows) {
		w.t.Fatalf("the %s tab of %s counts %v and shows %d", tab, e, page.Counts[tab], len(rows))
	}
}

// ExpectActions fails the test unless the participation's row allows exactly
// these actions now.
func (w *World) ExpectActions(p engagement.ParticipationID, want ...engagement.Action) {
	w.t.Helper()
	got := w.Row(p).Actions
	if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		w.t.Fatalf("%s allows %q, want %q", p, got, want)
	}
}

// Row returns the row that shows the participation, wherever it is.
func (w *World) Row(p engagement.ParticipationID) workflow.Row {
	w.t.Helper()
	part, err := w.Desk.Claims.Participation(context.Background(), w.Actor, p)
	if err != nil {
		w.t.Fatalf("participation %s: %v", p, err)
	}
	found, err := w.Desk.Customers.Search(context.Background(), w.Actor, workflow.SearchQuery{Search: part.ClaimNumber})
	if err != nil {
		w.t.Fatalf("search %s: %v", part.ClaimNumber, err)
	}
	for _, r := range found.Rows {
		if r.Participation == p {
			return r
		}
	}
	w.t.Fatalf("no row shows %s", p)
	return workflow.Row{}
}

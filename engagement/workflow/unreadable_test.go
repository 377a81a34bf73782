package workflow_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/storage"
)

// spoiled is a store that cannot read the entries of these customers: nothing is known
// of them but what a store has beside what they show.
type spoiled struct {
	storage.Store
	of []string // domains
}

func (s spoiled) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	found, err := s.Store.List(ctx, q)
	for _, rows := range [][]storage.ListRow{found.Rows, found.Overdue} {
		for i, r := range rows {
			who := r.Entry.Shown.Identity
			if p := r.Entry.Shown.Participation; p != nil {
				who = p.Identity
			}
			if slices.Contains(s.of, who.Domain.String()) {
				rows[i].Entry.Shown, rows[i].Entry.Locations, rows[i].Entry.Search = engagement.Shown{}, nil, ""
				rows[i].Err = &storage.UnreadableError{Kind: "entry", Key: string(r.Entry.Row), Err: errors.New("torn")}
			}
		}
	}
	return found, err
}

func without(rows []workflow.Row, domains ...string) []string {
	return called(slices.DeleteFunc(slices.Clone(rows), func(r workflow.Row) bool { return slices.Contains(domains, r.Identity.Domain.String()) }))
}

// A row that cannot be read is named and counted, and all others are shown, also where
// its deadline has passed since: on pages of whatever size.
func TestListsWithRowsThatCannotBeRead(t *testing.T) {
	w, s := newWorld(t, street(12))
	for _, domain := range []string{"c00.example", "c01.example", "c02.example", "c03.example", "c04.example", "c05.example"} {
		w.Known(domain)
	}
	w.Claimed(pilot, "c02.example")
	w.Claimed(pilot, "c03.example")
	w.Advance(20 * day)
	w.Claimed(pilot, "c04.example")
	w.Advance(11 * day) // the first two are over, and nobody has recorded it
	whole := find(t, w, pilot, workflow.CustomersQuery{})
	wholeClaims, err := collect(w.Desk.Claims.All(background, w.Actor, workflow.ClaimsQuery{}))
	ok(t, err)
	before, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: pilot})
	ok(t, err)

	bad := []string{"c01.example", "c02.example", "c04.example"}
	s.Store = spoiled{s.Store, bad}
	page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: pilot})
	ok(t, err)
	equal(t, "the others", called(page.Rows), without(whole, bad...))
	var named []engagement.RowID
	for _, r := range page.Unreadable {
		named = append(named, r.Row)
	}
	if !slices.Contains(named, engagement.RowID(w.Customer("c01.example"))) || len(named) < 3 {
		t.Errorf("these are named: %v", named)
	}
	if n, all := page.Counts[engagement.TabEligible].N, before.Counts[engagement.TabEligible].N; n < all-1 {
		t.Errorf("%d are counted of %d", n, all) // of the one that is overdue nobody knows where it is
	}
	for _, limit := range []int{1, 2, 1000} {
		for _, by := range workflow.AllSorts() {
			rows, err := collect(w.Desk.Customers.All(background, w.Actor, workflow.CustomersQuery{Engagement: pilot, Limit: limit, Sort: by}))
			left := (*workflow.UnreadableRowsError)(nil)
			if !errors.As(err, &left) || left.Count != len(page.Unreadable) {
				t.Errorf("by %s, %d a page: %v is left out, want %d rows", by, limit, err, len(page.Unreadable))
			}
			equal(t, "how many others", len(rows), len(page.Rows))

			claims, err := collect(w.Desk.Claims.All(background, w.Actor, workflow.ClaimsQuery{Limit: limit, Sort: by}))
			if !errors.As(err, &left) || left.Count != 2 {
				t.Errorf("claims by %s, %d a page: %v is left out", by, limit, err)
			}
			equal(t, "how many other claims", len(claims), len(wholeClaims)-2)
		}
	}
	claims, err := w.Desk.Claims.List(background, w.Actor, workflow.ClaimsQuery{})
	ok(t, err)
	equal(t, "the claims that cannot be read", len(claims.Unreadable), 2)
}

// Of rows that cannot be read, whoever sees one location is told those of known
// customers, which all locations have, and of a participation only where its location
// is certain and its own.
func TestRowsThatCannotBeReadWithinAScope(t *testing.T) {
	w, s := newWorld(t, twoSites(6))
	w.Known("c01.example")
	w.Added(pilot, "ana@c02.example") // through Lisboa
	s.Store = spoiled{s.Store, []string{"c01.example", "c02.example"}}
	asRui := w.As(rui)
	told := map[engagement.RowID]bool{}
	for _, tab := range engagement.AllTabs() {
		page, err := asRui.Desk.Customers.List(background, asRui.Actor, workflow.CustomersQuery{Engagement: pilot, Tab: tab})
		ok(t, err)
		for _, r := range page.Unreadable {
			told[r.Row] = true
		}
	}
	equal(t, "told", told, map[engagement.RowID]bool{engagement.RowID(w.Customer("c01.example")): true})
	page, err := asRui.Desk.Claims.List(background, asRui.Actor, workflow.ClaimsQuery{})
	ok(t, err)
	equal(t, "told of claims", len(page.Unreadable), 0)
}

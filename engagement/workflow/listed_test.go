package workflow_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// listing is a store that counts its lists and, while it is shut, cannot be written to.
type listing struct {
	storage.Store
	bounded, unbounded int
	shut               bool
}

func (c *listing) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	if q.MaxOverdue > 0 {
		c.bounded++
	} else {
		c.unbounded++
	}
	return c.Store.List(ctx, q)
}

func (c *listing) Apply(ctx context.Context, changes storage.Changes) error {
	if c.shut {
		return fmt.Errorf("%w: it is a copy to read from", storage.ErrUnavailable)
	}
	return c.Store.Apply(ctx, changes)
}

// late is a world in which that many participations of Northwind's have expired, and
// one of Fabrikam's, which nobody has recorded.
func late(t *testing.T, n int) (*workflowtest.World, *listing) {
	w, s := newWorld(t, street(n))
	for i := range n {
		domain := fmt.Sprintf("c%02d.example", i)
		w.Known(domain)
		w.Claimed(pilot, domain)
	}
	f := w.As(workflowtest.Fabrikam)
	f.Known("c00.example")
	f.Claimed(pilot, "c00.example")
	w.Advance(31 * day)
	c := &listing{Store: s.Store}
	s.Store = c
	return w, c
}

func due(t *testing.T, w *workflowtest.World, s storage.Store, partner engagement.PartnerID) int {
	t.Helper()
	keys, err := s.Due(background, storage.DueQuery{Now: w.Now(), Limit: 5000, Partner: partner})
	ok(t, err)
	return len(keys)
}

// A page that meets many unrecorded deadlines in its own list has some of them
// recorded first, and shows the same as ever. It records nothing of others.
func TestAPageThatIsBehindCatchesUp(t *testing.T) {
	const n = 520 // each of which has two entries that have become others
	w, s := late(t, n)
	first := func() []workflow.Row {
		page, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: pilot, Limit: 5})
		ok(t, err)
		equal(t, "the count", page.Counts[engagement.TabEligible], workflow.Count{N: n})
		return page.Rows
	}
	s.shut = true
	want := first()
	equal(t, "who can be claimed again", want[0].Actions, []engagement.Action{engagement.ActionClaimCustomer})
	equal(t, "lists with a bound and without, when nothing can be recorded", [2]int{s.bounded, s.unbounded}, [2]int{1, 1})
	equal(t, "due", due(t, w, s, "northwind"), n)

	s.shut, s.bounded, s.unbounded = false, 0, 0
	equal(t, "the page", asJSON(t, first()), asJSON(t, want))
	equal(t, "lists with a bound and without", [2]int{s.bounded, s.unbounded}, [2]int{2, 0})
	equal(t, "due, after a batch", due(t, w, s, "northwind"), n-50)
	equal(t, "due of another partner", due(t, w, s, "fabrikam"), 1)

	equal(t, "the page again", asJSON(t, first()), asJSON(t, want))
	equal(t, "due, after another page", due(t, w, s, "northwind"), n-50)
}

// The same goes for the list of claims, of which only participations count.
func TestClaimsThatAreBehindCatchUp(t *testing.T) {
	const n = 1010
	w, s := late(t, n)
	claims := func(actor workflow.Actor) workflow.ClaimsPage {
		page, err := w.Desk.Claims.List(background, actor, workflow.ClaimsQuery{Limit: 5})
		ok(t, err)
		return page
	}
	s.shut = true
	want := claims(w.Actor)
	equal(t, "the counts", exact(t, want.Counts), map[engagement.Status]int{engagement.StatusConsentExpired: n})
	all := claims(workflowtest.Vendor)
	equal(t, "the counts of all", exact(t, all.Counts), map[engagement.Status]int{engagement.StatusConsentExpired: n + 1})
	s.shut = false
	equal(t, "the list of all", asJSON(t, claims(workflowtest.Vendor)), asJSON(t, all))
	equal(t, "the list", asJSON(t, claims(w.Actor)), asJSON(t, want))
	if left := due(t, w, s, ""); left > n-49 || left < n-300 {
		t.Errorf("%d are due still: a batch is recorded, and no more than some", left)
	}
}

package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// TestManyOverdue reads a page on which more entries are overdue than are read along
// with one.
func TestManyOverdue(t *testing.T) {
	const n = 150
	s := store(t, running(t).pool(t, modes["cached"], 4), newSchema())
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := manyCustomers(n)
		sc.Store = s
		return sc
	})
	for i := range n {
		_, err := w.Desk.Customers.Add(t.Context(), w.Actor.Request(fmt.Sprint(i)), workflow.AddCustomer{
			Engagements: []engagement.ID{"azure-migration"},
			Candidate:   workflow.Candidate{Location: "4711201", Domain: fmt.Sprintf("customer-%d.example", i)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if i == n/2 {
			w.Advance(24 * time.Hour)
		}
	}
	for days, due := range map[time.Duration]int{29: 0, 30: n/2 + 1, 31: n} {
		now := w.Now().Add((days - 1) * 24 * time.Hour)
		page, err := s.List(t.Context(), storage.ListQuery{Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabEligible, Sort: storage.SortByName, Limit: 10, Now: now})
		if err != nil || len(page.Overdue) != due || page.Tabs[engagement.TabEligible] != n-due || len(page.Rows) != min(10, n-due) {
			t.Errorf("after %d days a page has %d overdue entries, counts %v and has %d rows: %v", days, len(page.Overdue), page.Tabs, len(page.Rows), err)
		}
		claims, err := s.List(t.Context(), storage.ListQuery{Sort: storage.SortByName, Limit: 10, Now: now})
		if err != nil || len(claims.Overdue) != due || claims.Statuses[engagement.StatusCustomerClaimed] != n-due || len(claims.Rows) != min(10, n-due) {
			t.Errorf("after %d days the claims have %d overdue entries, counts %v and %d rows: %v", days, len(claims.Overdue), claims.Statuses, len(claims.Rows), err)
		}
	}
}

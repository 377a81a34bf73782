package workflow_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// branches are the locations of users who do not act through all of them.
type branches map[string][]engagement.LocationID

func (s branches) Authorize(_ context.Context, actor workflow.Actor, _ workflow.Permission) (workflow.Scope, error) {
	if locations, narrowed := s[actor.User]; narrowed {
		return workflow.SomeLocations(locations...), nil
	}
	return workflow.AllLocations(), nil
}

// A user of one location sees what belongs to it, without a filter, and of what a
// colleague has elsewhere no more than that.
func ExampleAuthorizer() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, func() workflowtest.Scenario {
		contoso := workflowtest.Contoso()
		contoso.Options.Authorizer = branches{"rui": {"4711202"}} // Porto
		return contoso
	})
	w.Added("azure-migration", "ana@contoso.com") // in Lisboa

	rui := workflow.Actor{Partner: "northwind", User: "rui", Roles: []workflow.Role{workflow.RoleIncentivesUser}}
	for _, actor := range []workflow.Actor{w.Actor, rui} {
		page, err := w.Desk.Customers.Search(ctx, actor, workflow.SearchQuery{Search: "contoso"})
		if err != nil {
			log.Fatal(err)
		}
		for _, row := range page.Rows {
			fmt.Println(actor.User, "finds", row.Name, row.Status, row.Reasons)
		}
	}
	// Output:
	// ana finds Contoso Customer claimed []
	// rui finds Contoso  [Your company already has this customer through another location]
}

// Deadlines hold from their own moment. Sweep records them, and tells the partner; both
// jobs can run in many processes.
func ExampleJobsDesk_Sweep() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(p, "ana@contoso.com")
	w.Advance(31 * 24 * time.Hour)
	w.ExpectStatus(p, engagement.StatusConsentExpired) // before anything has recorded it

	_, err := w.Desk.Jobs.Sweep(ctx)
	if err != nil {
		log.Fatal(err)
	}
	sent := len(w.Messages())
	if _, err = w.Desk.Jobs.Relay(ctx); err != nil {
		log.Fatal(err)
	}
	for _, m := range w.Messages()[sent:] {
		fmt.Println(m.Message.Kind)
	}
	// Output:
	// consent expired
}

// Another system reads every event once, and keeps where it has come to.
func ExampleFeedDesk_Read() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Granted("azure-migration", "ana@contoso.com")

	cursor := "" // kept in the system's own database
	for {
		page, err := w.Desk.Feed.Read(ctx, w.Actor, workflow.FeedQuery{Cursor: cursor})
		if err != nil {
			log.Fatal(err)
		}
		for _, e := range page.Events {
			fmt.Println(e.Seq, e.Kind)
		}
		cursor = page.Next
		if !page.More {
			break
		}
	}
	// Output:
	// 1 customer added
	// 2 consent requested
	// 3 consent sent
	// 4 consent granted
	// 5 customer known
}

// A person is erased, and the history still verifies.
func ExampleProgramDesk_ErasePerson() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(p, "eva@contoso.com")
	w.Accepted(p)

	erased, err := w.Desk.Program.ErasePerson(ctx, w.Actor, workflow.Person{Email: "eva@contoso.com"}, nil)
	fmt.Println("in", erased.Participations, "participation,", err)
	_, err = w.Desk.Histories.Verify(ctx, w.Actor, w.Customer("contoso.com"))
	fmt.Println("verifies:", err == nil)
	// Output:
	// in 1 participation, <nil>
	// verifies: true
}

// A history verifies up to a head that the host has kept elsewhere.
func ExampleHistoriesDesk_Verify() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Added("azure-migration", "ana@contoso.com")
	kept, err := w.Desk.Histories.Verify(ctx, w.Actor, w.Customer("contoso.com"))
	fmt.Println(kept.Seq, "event,", err)

	w.Added("data-pilot", "ana@contoso.com")
	now, err := w.Desk.Histories.Verify(ctx, w.Actor, w.Customer("contoso.com"), kept)
	fmt.Println(now.Seq, "events,", err)
	// Output:
	// 1 event, <nil>
	// 2 events, <nil>
}

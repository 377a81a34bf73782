package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// A claim from the customer's ID to its approval, with what goes wrong on the way: a
// mail that bounces, a submission that comes too early, and a reviewer who worked on
// the claim.
func Example_claim() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	litware := workflowtest.Customer{Domain: "litware.example", Entry: tenant.Entry{TPID: 640037, Name: "Litware"}}
	workflowtest.Seats.Set(&litware.Facts, 500)
	workflowtest.Segment.Set(&litware.Facts, "enterprise")
	w.PutCustomer(litware)
	do := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	done := func(_ workflow.ParticipationView, err error) { do(err) }

	// A TPID alone names the customer.
	started, err := w.Desk.Customers.Add(ctx, w.Actor.Request(w.Key()), workflow.AddCustomer{
		Engagements: []engagement.ID{"azure-migration"},
		Candidate:   workflow.Candidate{Location: "4711201", TPID: "640037"},
	})
	do(err)
	p := started[0].ID

	// The contact's address has a mistake in it, and the mail comes back.
	contact := workflow.Contact{Name: "Ana Silva", Email: "ana.slva@litware.example"}
	_, err = w.Desk.Consents.Request(ctx, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: []workflow.Contact{contact}})
	do(err)
	w.Relayed()
	do(w.Desk.Jobs.RecordBounce(ctx, workflow.Bounce{Partner: w.Actor.Partner, Participation: p, Address: contact.Email}))
	for _, u := range w.Row(p).Unreached {
		fmt.Printf("%s was not reached: %s\n", u.Contact.Name, u.Failure.Code)
	}

	contact.Email = "ana.silva@litware.example"
	_, err = w.Desk.Consents.ChangeContacts(ctx, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Customer: []workflow.Contact{contact}})
	do(err)
	w.Relayed()
	w.Accepted(p)

	w.Proved(p) // documents and surveys
	done(w.Desk.Claims.Submit(ctx, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{}))
	done(w.Desk.Claims.Recall(ctx, w.Actor.Request(w.Key()), p, workflow.RecallClaim{Reason: "The invoice was last year's."}))
	w.ExpectStatus(p, engagement.StatusConsentReceived)
	w.Advance(time.Hour)
	done(w.Desk.Claims.Submit(ctx, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{}))

	// Whoever worked on a claim does not review it, whatever roles they have.
	self := workflow.Actor{User: w.Actor.User, Roles: []workflow.Role{workflow.RoleProgram}}.For(w.Actor.Partner)
	_, err = w.Desk.Reviews.Start(ctx, self.Request(w.Key()), p, workflow.StartReview{})
	fmt.Println("the same user:", errors.As(err, new(*workflow.FourEyesError)))

	vera := workflow.Actor{User: "vera", Roles: []workflow.Role{workflow.RoleProgram}}.For(w.Actor.Partner)
	done(w.Desk.Reviews.Start(ctx, vera.Request(w.Key()), p, workflow.StartReview{}))
	done(w.Desk.Reviews.Approve(ctx, vera.Request(w.Key()), p, workflow.ApproveClaim{Amount: w.Money("5000.00 USD")}))
	status, err := w.Desk.Claims.Status(ctx, w.Actor, p)
	do(err)
	fmt.Println("another:", status)
	// Output:
	// Ana Silva was not reached: bounced
	// the same user: true
	// another: Approved
}

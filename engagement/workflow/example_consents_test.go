package workflow_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// The contact gets a link by mail, and answers by it.
func ExampleConsentsDesk_Request() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	asked, err := w.Desk.Consents.Request(ctx, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@northwind.example"), Language: "pt-PT",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(asked.Status)

	if _, err := w.Desk.Jobs.Relay(ctx); err != nil {
		log.Fatal(err)
	}
	mail := w.Messages()[0]
	fmt.Println(mail.Message.To, mail.Message.Language)
	// Output:
	// Awaiting customer consent response
	// ana@contoso.com pt-PT
}

// Opening a link decides nothing, however often it is opened; an answer does.
func ExampleLinksDesk_AnswerConsent() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(p, "ana@contoso.com")
	token := w.Links(p)[0] // what stands in the mail

	page, err := w.Desk.Links.ConsentView(ctx, token)
	fmt.Println(page.Partner, "asks", page.Customer, "about", page.Engagement, err)
	page, err = w.Desk.Links.AnswerConsent(ctx, token, consent.DecisionAccept)
	fmt.Println(page.Status, err)
	_, err = w.Desk.Links.AnswerConsent(ctx, token, consent.DecisionDecline)
	fmt.Println(workflow.CodesOf(err))
	// Output:
	// Northwind Consulting asks Contoso about Azure Migration <nil>
	// granted <nil>
	// [already_answered]
}

// A customer is not written to at will: the refusal says from when it may be again.
func ExampleConsentsDesk_Resend() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(p, "ana@contoso.com")

	_, err := w.Desk.Consents.Resend(ctx, w.Actor.Request(w.Key()), p)
	for _, r := range workflow.Refusals(err) {
		fmt.Println(r.Code, "until", r.NotBefore.Format(time.DateTime))
	}
	w.Advance(24 * time.Hour)
	sent, err := w.Desk.Consents.Resend(ctx, w.Actor.Request(w.Key()), p)
	fmt.Println(sent.Status, err)
	// Output:
	// too_soon until 2026-09-02 09:00:00
	// Awaiting customer consent response <nil>
}

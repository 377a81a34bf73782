package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// A document is read to its end, measured and kept.
func ExampleDocumentsDesk_Add() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	document, err := w.Desk.Documents.Add(context.Background(), w.Actor.Request(w.Key()), p, workflow.AddEvidence{
		Kind: claim.ProofInvoice, Name: "invoice.pdf", MediaType: "application/pdf",
	}, strings.NewReader("%PDF-1.7 5,000.00 USD"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(document.Name, document.Size, "bytes")
	// Output:
	// invoice.pdf 21 bytes
}

// A claim that lacks proof is refused, once and for everything that it lacks.
func ExampleClaimsDesk_Submit() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	_, err := w.Desk.Claims.Submit(ctx, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{})
	if incomplete, ok := errors.AsType[*claim.IncompleteError](err); ok {
		for _, m := range incomplete.Missing {
			fmt.Println("missing:", m.Title)
		}
	}

	w.Proved(p) // documents and surveys
	submitted, err := w.Desk.Claims.Submit(ctx, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{})
	fmt.Println(submitted.Status, err)
	// Output:
	// missing: Findings and recommendations document
	// missing: Invoice
	// missing: Partner survey
	// missing: Customer survey
	// Submitted <nil>
}

// Until the review starts, a claim can be taken back and edited.
func ExampleClaimsDesk_Recall() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	back, err := w.Desk.Claims.Recall(ctx, w.Actor.Request(w.Key()), p, workflow.RecallClaim{Reason: "The invoice was last year's."})
	fmt.Println(back.Status, err)

	w.Submitted(p)
	w.Reviewed(p)
	_, err = w.Desk.Claims.Recall(ctx, w.Actor.Request(w.Key()), p, workflow.RecallClaim{Reason: "Once more."})
	fmt.Println(workflow.CodesOf(err))
	// Output:
	// Customer consent received <nil>
	// [wrong_state]
}

// A rejection can be disputed once.
func ExampleClaimsDesk_Dispute() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "The invoice is for something else.")

	disputed, err := w.Desk.Claims.Dispute(ctx, w.Actor.Request(w.Key()), p, workflow.DisputeClaim{Reason: "It names the project."})
	fmt.Println(disputed.Status, err)
	disputed, err = w.Desk.Claims.Submit(ctx, w.Actor.Request(w.Key()), p, workflow.SubmitClaim{})
	fmt.Println(disputed.Status, err)
	// Output:
	// Disputed <nil>
	// Submitted <nil>
}

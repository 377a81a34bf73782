package workflow_test

import (
	"context"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// More than the engagement's rate takes an override, with a reason that the partner does
// not see.
func ExampleReviewsDesk_Approve() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)

	vera := w.Reviewer()
	_, err := w.Desk.Reviews.Approve(ctx, vera.Request(w.Key()), p, workflow.ApproveClaim{Amount: w.Money("50000.00 USD")})
	fmt.Println(err)
	approved, err := w.Desk.Reviews.Approve(ctx, vera.Request(w.Key()), p, workflow.ApproveClaim{Amount: w.Money("50000.00 USD"), Override: "Agreed with the vendor's board."})
	fmt.Println(approved.Status, err)
	// Output:
	// the approved amount "50000.00 USD" exceeds the cap of 5000.00 USD: approve at most that, or say in the override why not
	// Approved <nil>
}

// The partner is told what to do, item by item, and submits again.
func ExampleReviewsDesk_RequestAction() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)
	returned, err := w.Desk.Reviews.RequestAction(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.RequestAction{
		Items: []claim.ActionItem{{Text: "Add the invoice's second page."}},
	})
	fmt.Println(returned.Status, err)
	// Output:
	// Partner action required <nil>
}

// A rejection has codes for reports, and a text for the partner.
func ExampleReviewsDesk_Reject() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)
	rejected, err := w.Desk.Reviews.Reject(context.Background(), w.Reviewer().Request(w.Key()), p, workflow.RejectClaim{
		Codes: []claim.RejectionCode{claim.RejectionProofInconsistent}, Text: "The invoice is for something else.",
	})
	fmt.Println(rejected.Status, err)
	// Output:
	// Rejected <nil>
}

// A claim is paid once all that was approved is.
func ExampleReviewsDesk_RecordPayment() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")

	part, err := w.Desk.Reviews.RecordPayment(ctx, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: w.Money("2000.00 USD"), Reference: "2026-11/7"})
	fmt.Println(part.Status, err)
	rest, err := w.Desk.Reviews.RecordPayment(ctx, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: w.Money("3000.00 USD"), Reference: "2026-12/1"})
	fmt.Println(rest.Status, err)
	// Output:
	// Approved <nil>
	// Paid <nil>
}

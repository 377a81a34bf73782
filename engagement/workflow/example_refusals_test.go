package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Everything that is wrong with an input is told at once, as JSON for a front end.
func ExampleRefusals() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	_, err := w.Desk.Consents.Request(context.Background(), w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("ana", "ana@contoso.com", "ana@contoso.com"),
	})
	fmt.Println(workflow.HTTPStatus(err))
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(workflow.Refusals(err)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 400
	// [
	//   {
	//     "code": "invalid_input",
	//     "field": "/customer/0/email",
	//     "message": "customer[0].email is not an e-mail address that can be written to: malformed email: an address has an @ between its local part and its domain, such as ana@contoso.com"
	//   },
	//   {
	//     "code": "invalid_input",
	//     "field": "/customer/2/email",
	//     "message": "customer[2].email cannot be used: it is the mailbox of a contact before this one; name each once"
	//   }
	// ]
}

// A repeated command does nothing more, and returns what has become of it.
func ExampleRequest_repeated() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	add := workflow.AddCustomer{Candidate: workflow.Candidate{Location: "4711201", Email: "ana@contoso.com"}, Engagements: []engagement.ID{"azure-migration"}}
	first, err := w.Desk.Customers.Add(ctx, w.Actor.Request("the-same-key"), add)
	fmt.Println(first[0].Repeated, err)
	again, err := w.Desk.Customers.Add(ctx, w.Actor.Request("the-same-key"), add)
	fmt.Println(again[0].Repeated, again[0].ID == first[0].ID, err)

	add.Engagements = []engagement.ID{"data-pilot"}
	_, err = w.Desk.Customers.Add(ctx, w.Actor.Request("the-same-key"), add)
	fmt.Println(workflow.CodesOf(err))
	// Output:
	// false <nil>
	// true true <nil>
	// [key_reused]
}

// A command that was decided on what is no longer there is refused, with what is there
// now.
func ExampleStaleError() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	seen, err := w.Desk.Claims.Get(ctx, w.Actor, p)
	fmt.Println(seen.Status, err)
	w.Submitted(p) // a colleague is faster

	request := w.Actor.Request(w.Key())
	request.IfRevision = seen.Revision
	_, err = w.Desk.Claims.Cancel(ctx, request, p, workflow.Cancel{})
	if stale, ok := errors.AsType[*workflow.StaleError](err); ok {
		fmt.Println("by now:", stale.Now.Status)
	}
	// Output:
	// Customer consent received <nil>
	// by now: Submitted
}

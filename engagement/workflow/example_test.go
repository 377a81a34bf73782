package workflow_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// The tabs of the Customers page, as time passes that nobody records.
func ExampleCustomersDesk_List() {
	ctx := context.Background()
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Known("adatum.com")
	w.Known("fourthcoffee.com")
	w.Requested(w.Claimed("azure-migration", "adatum.com"))
	w.Granted("azure-migration", "ana@contoso.com")

	show := func() {
		for _, tab := range engagement.AllTabs() {
			page, err := w.Desk.Customers.List(ctx, w.Actor, workflow.CustomersQuery{Engagement: "azure-migration", Tab: tab})
			if err != nil {
				log.Fatal(err)
			}
			fmt.Printf("%s (%v)\n", tab, page.Counts[tab])
			for _, row := range page.Rows {
				fmt.Printf("  %s: %s %q\n", row.Name, row.Todo(words.Words{}), row.Actions)
				for _, reason := range row.Reasons {
					fmt.Println("    ", reason)
				}
			}
		}
	}
	show()
	w.Advance(60 * 24 * time.Hour)
	fmt.Println("two months later")
	show()
	// Output:
	// eligible (2)
	//   Adatum: 30 days left to obtain consent ["cancel"]
	//   Contoso: 60 days left to submit the claim ["work on claim" "view claim" "cancel"]
	// ineligible (1)
	//   Fourth Coffee: Not eligible []
	//      Criterion not met: The customer has at least 300 seats (required: at least 300; found: 20)
	// complete (0)
	// two months later
	// eligible (2)
	//   Adatum: Can be claimed ["claim customer"]
	//   Contoso: Can be claimed ["claim customer"]
	// ineligible (1)
	//   Fourth Coffee: Not eligible []
	//      Criterion not met: The customer has at least 300 seats (required: at least 300; found: 20)
	// complete (1)
	//   Contoso: Not submitted expired ["view claim"]
}

// A list of any length, page by page behind the scenes.
func ExampleCustomersDesk_All() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Known("contoso.com")
	w.Known("adatum.com")
	w.Advance(time.Hour)
	w.Claimed("data-pilot", "adatum.com")

	query := workflow.CustomersQuery{Engagement: "data-pilot", Sort: workflow.SortByDeadline}
	for row, err := range w.Desk.Customers.All(context.Background(), w.Actor, query) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(row.Name, row.Type, row.Todo(words.Words{}))
	}
	// Output:
	// Adatum not started 30 days left to obtain consent
	// Contoso not started Can be claimed
}

// An export neutralises what a spreadsheet would run.
func ExampleCustomersDesk_Export() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.PutCustomer(workflowtest.Customer{Domain: "evil.example", Entry: tenant.Entry{TPID: 640037, Name: "=HYPERLINK(A1)"}})
	w.Known("evil.example")
	query := workflow.CustomersQuery{Engagement: "security-workshop", Tab: engagement.TabIneligible}
	if err := w.Desk.Customers.Export(context.Background(), w.Actor, query, withoutReturns{}, nil); err != nil {
		log.Fatal(err)
	}
	// Output:
	// tab,customer,friendly_name,domain,tenant_id,cloud,tpid,subscription_id,opportunity_id,stated,engagement,solution_area,type,status,to_do,claim_number,origin,locations,since,deadline,days_left,amount,currency,owner,labels,referral,asked,not_reached,ask_from,reasons,actions
	// ineligible,'=HYPERLINK(A1),,evil.example,,,640037,,,,Security Workshop,Security,not started,,Not eligible,,,,2026-09-01T09:00:00Z,,,,,,,,,,,Data is missing for this criterion: The customer is an enterprise (missing: segment); Data is missing for this criterion: The customer is an organisation (missing: segment),
}

// withoutReturns prints, without the carriage returns of CSV.
type withoutReturns struct{}

func (withoutReturns) Write(p []byte) (int, error) {
	_, err := os.Stdout.Write(slices.DeleteFunc(slices.Clone(p), func(b byte) bool { return b == '\r' }))
	return len(p), err
}

// Many customers at once: each row is added or refused by itself.
func ExampleCustomersDesk_AddAll() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	rows := func(yield func(string, workflow.AddCustomer) bool) {
		for i, email := range []string{"ana@contoso.com", "it@fourthcoffee.com", "x@unknown.example"} {
			if !yield(fmt.Sprint("upload-2026-09-01-", i), workflow.AddCustomer{
				Candidate:   workflow.Candidate{Location: "4711201", Email: email},
				Engagements: []engagement.ID{"azure-migration"},
			}) {
				return
			}
		}
	}
	for r := range w.Desk.Customers.AddAll(context.Background(), w.Actor, rows, workflow.BulkOptions{DryRun: true}) {
		if r.Err != nil {
			fmt.Printf("row %d: %v\n", r.Row, r.Err)
			continue
		}
		fmt.Printf("row %d would be added, with consent until %s\n", r.Row, r.Started[0].Consent.Deadline.Format(time.DateOnly))
	}
	// Output:
	// row 0 would be added, with consent until 2026-10-01
	// row 1: the customer is not eligible for azure-migration: Criterion not met: The customer has at least 300 seats (required: at least 300; found: 20)
	// row 2: the directory knows no customer by the domain unknown.example: give another e-mail address or domain of the customer, or its tenant ID or TPID and a reason
}

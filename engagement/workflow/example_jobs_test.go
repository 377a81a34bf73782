package workflow_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Jobs keep a program going, in each of its processes and until the process is to end.
// Here that is when the first mail is out, for which a value of wake has the relay run at
// once.
func ExampleJobsDesk_Run() {
	ctx, stop := context.WithCancel(context.Background()) // in a host signal.NotifyContext, for example
	w := workflowtest.New(workflowtest.Panic{}, func() workflowtest.Scenario {
		contoso := workflowtest.Contoso()
		contoso.Options.Notifier = notify(func(_ context.Context, d workflow.Delivery) error {
			fmt.Println("a mail to", d.Message.To)
			stop()
			return nil
		})
		return contoso
	})
	p := w.Added("azure-migration", "ana@contoso.com")
	_, err := w.Desk.Consents.Request(ctx, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@northwind.example"), Language: "en",
	})

	wake := make(chan struct{}, 1)
	wake <- struct{}{}
	stopped := w.Desk.Jobs.Run(ctx, workflow.Schedule{
		Wake:   wake,
		Failed: func(job string, err error) { fmt.Println(job, "failed:", err) },
	})
	fmt.Println("stopped:", errors.Join(err, stopped))
	// Output:
	// a mail to ana@contoso.com
	// stopped: <nil>
}

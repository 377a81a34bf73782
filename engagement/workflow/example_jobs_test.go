package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// jobs is what a host has running in each of its processes, at each of
// time.Tick(time.Minute) for example. What fails is tried again the next time, and where
// there is nothing to do a job costs next to nothing.
func jobs(ctx context.Context, desk *workflow.Service, ticks <-chan time.Time) {
	for range ticks {
		if ctx.Err() != nil {
			return
		}
		swept, err1 := desk.Jobs.Sweep(ctx)
		sent, err2 := desk.Jobs.Relay(ctx)
		pruned, err3 := desk.Jobs.Prune(ctx)
		if err := errors.Join(err1, err2, err3); err != nil {
			slog.Warn("jobs", "error", err)
		}
		fmt.Printf("%d swept, %d sent, %d keys and %d links pruned\n", swept, sent, pruned.Commands, pruned.Links)
	}
}

// Three jobs keep a program going.
func Example_jobs() {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	w.Requested(w.Added("azure-migration", "ana@contoso.com"))
	w.Advance(31 * 24 * time.Hour) // nobody has answered

	ticks := make(chan time.Time, 1)
	ticks <- w.Now()
	close(ticks)
	jobs(context.Background(), w.Desk, ticks)
	// Output: 1 swept, 1 sent, 2 keys and 0 links pruned
}

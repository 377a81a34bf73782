package workflow_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// rows are commands of which the first and the fourth can be carried out.
func bulk(w *workflowtest.World) []workflow.AddCustomer {
	return []workflow.AddCustomer{
		add(w, "ana@contoso.com", migration, workshop),
		add(w, "x@nobody.example", migration),
		add(w, "it@fourthcoffee.com", workshop, migration),
		add(w, "it@adatum.com", pilot),
		add(w, "again@contoso.com", migration),
		add(w, "it@adatum.com"),
	}
}

// checkBulk fails the test unless the results are those of bulk.
func checkBulk(t *testing.T, results []workflow.BulkResult, commands []workflow.AddCustomer) {
	t.Helper()
	equal(t, "how many results", len(results), len(commands))
	for i, r := range results {
		equal(t, "the row", r.Row, i)
		equal(t, "the command", r.Command, commands[i])
		equal(t, "the key", r.Key[:3], "row")
		if (r.Err == nil) != (len(r.Started) > 0) {
			t.Errorf("row %d: %d started, and %v", i, len(r.Started), r.Err)
		}
	}
	equal(t, "how many of the first", len(results[0].Started), 2)
	refused[*tenant.NotFoundError](t, results[1].Err)
	refused[*workflow.NotEligibleError](t, results[2].Err)
	equal(t, "how many of the fourth", len(results[3].Started), 1)
	refused[*workflow.InputError](t, results[5].Err)
}

// Each row is added as if it were alone: whole or not at all, and none because of
// another.
func TestAddCustomers(t *testing.T) {
	w, _ := newWorld(t)
	commands := bulk(w)
	var news []workflow.Progress
	run := func(opts workflow.BulkOptions) []workflow.BulkResult {
		news = nil
		opts.Progress = func(p workflow.Progress) { news = append(news, p) }
		return slices.Collect(w.Desk.Customers.AddAll(background, w.Actor, keyed("row", commands...), opts))
	}
	results := run(workflow.BulkOptions{})
	checkBulk(t, results, commands)
	refused[*workflow.OpenParticipationError](t, results[4].Err)
	equal(t, "the news", news, []workflow.Progress{
		{Done: 1, Changed: 1}, {Done: 2, Changed: 1, Failed: 1}, {Done: 3, Changed: 1, Failed: 2},
		{Done: 4, Changed: 2, Failed: 2}, {Done: 5, Changed: 2, Failed: 3}, {Done: 6, Changed: 2, Failed: 4},
	})
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")
	w.ExpectTab(workshop, engagement.TabEligible, "Contoso")
	w.ExpectTab(pilot, engagement.TabEligible, "Adatum")

	// Whoever begins the list anew gets the same results, and nothing twice.
	again := run(workflow.BulkOptions{})
	for i := range again {
		equal(t, "what was started", unrepeated(again[i].Started), unrepeated(results[i].Started))
	}
	w.ExpectTab(migration, engagement.TabEligible, "Contoso")
	equal(t, "how many rows", len(w.Rows(workshop, engagement.TabEligible)), 1)
}

// A dry run tells the same of each row, and writes nothing; the keys are still
// new then.
func TestAddCustomersDry(t *testing.T) {
	w, spy := newWorld(t)
	commands := bulk(w)
	var last workflow.Progress
	unchanged(t, spy, func() {
		results := slices.Collect(w.Desk.Customers.AddAll(background, w.Actor, keyed("row", commands...), workflow.BulkOptions{
			DryRun: true, Progress: func(p workflow.Progress) { last = p },
		}))
		results[4].Started, results[4].Err = nil, results[1].Err // each row is judged as if it were alone
		checkBulk(t, append(results[:4:4], results[4:]...), commands)
	})
	equal(t, "the news", last, workflow.Progress{Done: 6, Failed: 3})
	w.ExpectTab(migration, engagement.TabEligible)
	checkBulk(t, slices.Collect(w.Desk.Customers.AddAll(background, w.Actor, keyed("row", commands...), workflow.BulkOptions{})), commands)

	// What was added before, a dry run tells too.
	unchanged(t, spy, func() {
		for r := range w.Desk.Customers.AddAll(background, w.Actor, keyed("row", commands[:1]...), workflow.BulkOptions{DryRun: true}) {
			ok(t, r.Err)
			equal(t, "what was started", len(r.Started), 2)
		}
	})
}

// Commands are taken one by one, as results are asked for: who stops asking stops
// the adding.
func TestAddCustomersOneByOne(t *testing.T) {
	w, _ := newWorld(t)
	taken := 0
	commands := iter.Seq2[string, workflow.AddCustomer](func(yield func(string, workflow.AddCustomer) bool) {
		for key, c := range keyed("row", bulk(w)...) {
			if taken++; !yield(key, c) {
				return
			}
		}
	})
	for r := range w.Desk.Customers.AddAll(background, w.Actor, commands, workflow.BulkOptions{}) {
		equal(t, "how many were taken", taken, r.Row+1)
		if r.Row == 2 {
			break
		}
	}
	equal(t, "how many were taken", taken, 3)
	w.ExpectTab(pilot, engagement.TabEligible)
}

// When the context ends, one result says so and is the last.
func TestAddCustomersCancelled(t *testing.T) {
	for at := range 4 {
		w, _ := newWorld(t)
		ctx, cancel := context.WithCancel(background)
		taken := 0
		commands := iter.Seq2[string, workflow.AddCustomer](func(yield func(string, workflow.AddCustomer) bool) {
			for key, c := range keyed("row", bulk(w)...) {
				if taken == at {
					cancel()
				}
				if taken++; !yield(key, c) {
					return
				}
			}
		})
		var done workflow.Progress
		results := slices.Collect(w.Desk.Customers.AddAll(ctx, w.Actor, commands, workflow.BulkOptions{Progress: func(p workflow.Progress) { done = p }}))
		equal(t, "how many results", len(results), at+1)
		equal(t, "how many were taken", taken, at+1)
		equal(t, "the progress", done.Done, at+1)
		last := results[at]
		if !errors.Is(last.Err, context.Canceled) || last.Started != nil {
			t.Errorf("the last result is %v, %v", last.Started, last.Err)
		}
	}

	// So it does when it ends within a row: the row says so.
	ctx, cancel := context.WithCancel(background)
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = cancelsOnceAsked{cancel} })
	results := slices.Collect(w.Desk.Customers.AddAll(ctx, w.Actor, keyed("row", bulk(w)...), workflow.BulkOptions{}))
	equal(t, "how many results", len(results), 1)
	equal(t, "that it was cancelled", errors.Is(results[0].Err, context.Canceled), true)
}

type cancelsOnceAsked struct{ cancel func() }

func (c cancelsOnceAsked) Authorize(context.Context, workflow.Actor, workflow.Permission) (workflow.Scope, error) {
	c.cancel()
	return workflow.AllLocations(), nil
}

// A log of results names rows and organisations, and no person.
func TestBulkResultInLogs(t *testing.T) {
	w, _ := newWorld(t)
	var out bytes.Buffer
	log := newLog(&out)
	for r := range w.Desk.Customers.AddAll(background, w.Actor, keyed("row", bulk(w)[:2]...), workflow.BulkOptions{}) {
		log.Info("added", "result", r)
	}
	for _, hidden := range []string{"ana", "x@"} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("%q is in the log:\n%s", hidden, &out)
		}
	}
	for _, shown := range []string{"result.row=1", "nobody.example", fmt.Sprint(migration)} {
		if !strings.Contains(out.String(), shown) {
			t.Errorf("%q is not in the log:\n%s", shown, &out)
		}
	}
}

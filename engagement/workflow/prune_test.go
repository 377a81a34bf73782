package workflow_test

import (
	"errors"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// An idempotency key is known for 30 days at least; pruned after that it is a new one.
func TestPruneKeys(t *testing.T) {
	w, spy := newWorld(t)
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
	_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	otherKey, other := cmdKey, add(w, "ana@adatum.com", migration)
	prune := func(want int) {
		t.Helper()
		done, err := w.Desk.Jobs.Prune(background)
		ok(t, err)
		equal(t, "keys that went", done.Commands, want)
	}
	prune(0)
	w.Advance(30 * day)
	prune(0)
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(otherKey), other)
	refused[*workflow.KeyReusedError](t, err)
	w.Advance(tick)
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(otherKey), other)
	refused[*workflow.KeyReusedError](t, err) // it has its age, and nobody has pruned it
	prune(1)
	_, err = w.Desk.Customers.Add(background, w.Actor.Request(otherKey), other)
	ok(t, err)

	w.Advance(60 * day)
	long, err := workflow.New(spy, directory{}, w.Catalog, workflow.FactFunc(noFacts), &workflow.Options{Now: w.Now, Keep: workflow.Retention{Commands: 90 * day}})
	ok(t, err)
	done, err := long.Jobs.Prune(background)
	ok(t, err)
	equal(t, "keys that go from a host that keeps them for longer", done.Commands, 0)
	prune(1)
}

// A link says what was decided until a year after its participation has ended; pruned
// after that it is unknown, as is the mail that carried it. One whose participation has
// not ended stays.
func TestPruneLinks(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p, "ana@contoso.com", "b@contoso.com")
	links, message := w.Links(p), w.Messages()[0].Message.ID
	w.Declined(p)
	w.Relayed()
	open := w.Granted(workshop, "ana@adatum.com")
	claim := w.Links(open)[0]

	gone := func() int {
		t.Helper()
		done, err := w.Desk.Jobs.Prune(background)
		ok(t, err)
		return done.Links
	}
	w.Advance(365 * day)
	equal(t, "links that go within a year", gone(), 0)
	for _, token := range links {
		_, err := w.Desk.Links.ConsentView(background, token)
		ok(t, err)
	}
	w.Advance(day + tick)
	equal(t, "links and mails that go after it", gone(), 4)
	for _, token := range links {
		if _, err := w.Desk.Links.ConsentView(background, token); !errors.Is(err, link.ErrUnknown) {
			t.Errorf("a link that was pruned: %v", err)
		}
		if err := answer(w, token, consent.DecisionDecline); !errors.Is(err, link.ErrUnknown) {
			t.Errorf("an answer to it: %v", err)
		}
	}
	if err := w.Desk.Jobs.RecordBounce(background, workflow.Bounce{Message: message}); !errors.As(err, new(*workflow.NotFoundError)) {
		t.Errorf("a mail that comes back then: %v", err)
	}
	_, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)

	_, err = w.Desk.Links.ConsentView(background, claim) // its claim has expired, which nobody has recorded
	ok(t, err)
	w.Swept()
	w.Advance(366 * day)
	equal(t, "links that go before their year is over", gone(), 0)
	w.Advance(tick)
	if gone() == 0 {
		t.Error("the link of a claim that expired stays")
	}
	if _, err := w.Desk.Links.ConsentView(background, claim); !errors.Is(err, link.ErrUnknown) {
		t.Errorf("the link of the claim: %v", err)
	}
}

// What counted against the limits on sending goes when it no longer does, also of a
// partner that sends nothing any more.
func TestPruneSendings(t *testing.T) {
	w, _ := newWorld(t)
	w.Requested(w.Added(migration, "ana@contoso.com"))
	f := w.As(workflowtest.Fabrikam)
	f.Requested(f.Added(workshop, "eva@contoso.com"))
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{30 * day, 0}, {tick, 2}, {0, 0}} {
		w.Advance(step.after)
		done, err := w.Desk.Jobs.Prune(background)
		ok(t, err)
		equal(t, "sendings that go", done.Sendings, step.want)
	}
}

// All goes in batches; a wrong clock takes nothing.
func TestPruneInBatches(t *testing.T) {
	w, spy := newWorld(t)
	for range 1203 {
		ok(t, spy.Apply(background, storage.Changes{Command: &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: w.Key()}, At: w.Now()}}))
	}
	w.Advance(31 * day)
	desk, err := workflow.New(watch{Store: spy, off: 40 * day}, directory{}, w.Catalog, workflow.FactFunc(noFacts), nil)
	ok(t, err)
	_, err = desk.Jobs.Prune(background)
	refused[*workflow.ClockError](t, err)
	spy.reset(nil, nil)
	done, err := w.Desk.Jobs.Prune(background)
	ok(t, err)
	equal(t, "keys that went", done.Commands, 1203)
	equal(t, "batches", spy.reads, 3)
}

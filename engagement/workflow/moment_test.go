package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// slowHost is a host whose every answer takes two days, once it is tired.
type slowHost struct {
	world *workflowtest.World
	tired bool
	asked int
}

func (h *slowHost) answer() {
	if h.tired {
		h.asked++
		h.world.Advance(2 * day)
	}
}

func (h *slowHost) Authorize(context.Context, workflow.Actor, workflow.Permission) (workflow.Scope, error) {
	h.answer()
	return workflow.AllLocations(), nil
}

func (h *slowHost) Held(_ context.Context, of []engagement.CustomerEngagementKey) ([]engagement.ExternalHoldings, error) {
	h.answer()
	return make([]engagement.ExternalHoldings, len(of)), nil
}

// A command that waits for the host is judged at the moment at which it writes: what
// comes of it is what the table of all commands says of that moment, whatever passed
// while it waited, and so does its event.
func TestEveryCommandAtTheMomentOfItsWrite(t *testing.T) {
	thorough(t)
	waited := 0
	for _, b := range walkBlocks(t) {
		way := b.ways[0]
		for _, end := range newWalk(t, way).ends {
			for i, c := range walkCommands {
				h := &slowHost{}
				k := newWalk(t, way, func(sc *workflowtest.Scenario) { sc.Options.Authorizer, sc.Options.External = h, h })
				at := end.Add(-day)
				if at.Before(k.Now()) {
					continue
				}
				k.SetNow(at)
				h.world, h.tired = k.World, true
				err := k.try(c.name)
				h.tired = false
				waited += h.asked
				r := b.rowAt(t, k, k.Now())
				where := fmt.Sprintf("%s, begun %s before: %s", k.where(r), k.Now().Sub(at), c.name)
				if wrong := refusedWith(err, c.of.refusal(r.cells[i])); wrong != "" {
					t.Fatalf("%s: %s", where, wrong)
				}
				status := r.status
				if next, leads := walkStatuses[r.cells[i]]; leads {
					status = next
				}
				if got, _ := k.Desk.Claims.Status(background, k.Actor, k.id); got != status {
					t.Fatalf("%s: the status is %q, want %q", where, got, status)
				}
				if events, _ := history(t, k.World, "contoso.com"); err == nil && r.cells[i] != "same" && !events[len(events)-1].At.Equal(k.Now()) {
					t.Fatalf("%s: the last event is of %s", where, events[len(events)-1].At)
				}
			}
		}
	}
	if waited < 500 {
		t.Errorf("the commands waited %d times: too few to learn from", waited)
	}
}

// Facts that take two days of clock between the customer's click and the write do not
// make a consent that everybody has seen expire.
func TestFactsOutlastADeadline(t *testing.T) {
	for _, early := range []bool{true, false} {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		asked := 0
		desk, err := workflow.New(w.Store, directory{}, w.Catalog, workflow.FactFunc(func(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
			asked++
			w.Advance(2 * day)
			return eligibility.Facts{}, nil
		}), &workflow.Options{Now: w.Now})
		ok(t, err)
		deadline := part(t, w, p).Consent.Deadline
		if early {
			w.SetNow(deadline.Add(-3 * day))
		} else {
			w.SetNow(deadline.Add(-day))
		}
		_, err = desk.Links.AnswerConsent(background, w.Links(p)[0], consent.DecisionAccept)
		equal(t, "facts were asked for", asked, 1)
		if early {
			ok(t, err)
			equal(t, "consented at", part(t, w, p).Consent.GrantedAt(), deadline.Add(-day))
			w.ExpectStatus(p, engagement.StatusConsentReceived)
			continue
		}
		if !errors.As(err, new(*consent.ExpiredError)) {
			t.Fatalf("the answer: %v", err)
		}
		w.ExpectStatus(p, engagement.StatusConsentExpired)
	}
}

// An engagement that closes while the directory thinks takes no customer any more.
func TestDirectoryOutlastsAnEngagement(t *testing.T) {
	w, _ := newWorld(t)
	all, err := w.Catalog.Engagements(background)
	ok(t, err)
	var closes time.Time
	for _, e := range all {
		if e.ID == migration {
			closes = e.ClaimableUntil()
		}
	}
	d := &slowDirectory{}
	desk, err := workflow.New(w.Store, d, w.Catalog, workflow.FactFunc(func(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
		var f eligibility.Facts
		workflowtest.Seats.Set(&f, 300)
		workflowtest.Segment.Set(&f, "smb")
		return f, nil
	}), &workflow.Options{Now: w.Now})
	ok(t, err)
	d.wait = func() { w.Advance(2 * day) }
	w.SetNow(closes.Add(-day))
	_, err = desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
	if !errors.As(err, new(*workflow.NotClaimableError)) {
		t.Fatalf("the add: %v", err)
	}
}

type slowDirectory struct{ wait func() }

func (d *slowDirectory) Lookup(context.Context, tenant.Domain) ([]tenant.Entry, error) {
	d.wait()
	return []tenant.Entry{{TPID: 7, Name: "Contoso"}}, nil
}

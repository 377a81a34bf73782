package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// asksReferral has an engagement ask for a referral from now on.
func asksReferral(t *testing.T, w *workflowtest.World, id engagement.ID) {
	t.Helper()
	changeEngagement(t, w, id, func(e *engagement.Engagement) { e.AsksReferral = true })
}

// askedForReferral returns to whom each message went out that asks for a referral.
func askedForReferral(w *workflowtest.World) []string {
	var out []string
	for _, d := range w.Messages() {
		if d.Message.Kind == engagement.MessageReferralRequest {
			out = append(out, d.Message.To.String())
		}
	}
	return out
}

// Once the customer has consented the host is asked for a referral, whomever the
// partner named; its reference is recorded, shown, found, replaced and erased.
func TestReferral(t *testing.T) {
	w, spy := newWorld(t)
	asksReferral(t, w, migration)
	p := w.Added(migration, "ana@contoso.com")
	record := func(reference string) error {
		return errOf(w.Desk.Claims.RecordReferral(background, w.Actor.Request(w.Key()), p, workflow.RecordReferral{Reference: reference}))
	}
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: []workflow.Contact{{Name: "Ana Silva", Email: "ana@contoso.com"}}, Partner: workflow.ByEmail("joe@northwind.example"),
	})
	ok(t, err)
	w.Relayed()
	unchanged(t, spy, func() { refused[*workflow.WrongStateError](t, record("R-1")) })
	equal(t, "asked before the consent", len(askedForReferral(w)), 0)
	w.Accepted(p)
	w.Relayed()
	equal(t, "whom the host is asked for", askedForReferral(w), []string{""})
	needed := func() bool {
		view, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
		return view.NeedsReferral
	}
	equal(t, "needed", needed(), true)

	for _, bad := range []string{"", " ", "\u200b", "R\x00", "R\n1", "\u202eR", "\xff", strings.Repeat("é", engagement.MaxReference+1)} {
		unchanged(t, spy, func() {
			equal(t, fmt.Sprintf("the field for %q", bad), refused[*workflow.InputError](t, record(bad)).Field, "reference")
		})
	}
	ok(t, record(" REF-4711 "))
	equal(t, "needed", needed(), false)
	equal(t, "the row", w.Row(p).Referral, "REF-4711")
	equal(t, "the referral", part(t, w, p).Referral, engagement.Referral{Reference: "REF-4711", At: w.Now()})

	w.Advance(time.Hour)
	ok(t, record("Ana Silva, 4712"))
	equal(t, "the referral", part(t, w, p).Referral, engagement.Referral{Reference: "Ana Silva, 4712", At: w.Now()})
	for search, found := range map[string]int{"4711": 0, "4712": 1} {
		rows, err := searchRows(w.Desk, w.Actor, search, 0)
		ok(t, err)
		equal(t, "found by "+search, len(rows), found)
	}
	events, kinds := history(t, w, "contoso.com")
	var replaced []bool
	for i, e := range events {
		if kinds[i] == engagement.EventReferralRecorded {
			replaced = append(replaced, e.Detail.Replaced)
		}
	}
	equal(t, "what was replaced", replaced, []bool{false, true})

	w.Submitted(p) // with or without one
	w.Reviewed(p)
	ok(t, record("Ana Silva, 4713"))
	w.Approved(p, "5000.00 USD")
	unchanged(t, spy, func() {
		if err := record("R-2"); !errors.As(err, new(*workflow.WrongStateError)) {
			t.Errorf("after the claim has ended: %v", err)
		}
	})
	equal(t, "asked", len(askedForReferral(w)), 1)
	erase(t, w, workflow.Person{Name: "Ana Silva"})
	events, _ = history(t, w, "contoso.com")
	if found := holding(texts([]any{part(t, w, p), events, w.Row(p)}), "Silva"); len(found) > 0 {
		t.Errorf("after the erasure: %q", found)
	}
	equal(t, "what is left of it", part(t, w, p).Referral.Reference, "[erased], 4713")
}

// Without being asked for, no referral is recorded, and what an engagement asks for
// later is not asked of those that began before.
func TestReferralIsNotAskedFor(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	asksReferral(t, w, migration)
	w.Relayed()
	equal(t, "asked", len(askedForReferral(w)), 0)
	unchanged(t, spy, func() {
		_, err := w.Desk.Claims.RecordReferral(background, w.Actor.Request(w.Key()), p, workflow.RecordReferral{Reference: "R-1"})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "reference")
	})
}

// Nobody is asked for a referral that is recorded by then or for a claim that has
// ended; that the host could not be asked shows on the row, whomever else there is.
func TestReferralMessage(t *testing.T) {
	for what, test := range map[string]struct {
		first func(*workflowtest.World, engagement.ParticipationID)
		asked int
	}{
		"in time": {func(*workflowtest.World, engagement.ParticipationID) {}, 1},
		"recorded": {func(w *workflowtest.World, p engagement.ParticipationID) {
			ok(t, errOf(w.Desk.Claims.RecordReferral(background, w.Actor.Request(w.Key()), p, workflow.RecordReferral{Reference: "R-1"})))
		}, 0},
		"withdrawn": {func(w *workflowtest.World, p engagement.ParticipationID) {
			ok(t, answer(w, last(w.Links(p)), consent.DecisionWithdraw))
		}, 0},
	} {
		w, _ := newWorld(t)
		asksReferral(t, w, migration)
		p := w.Granted(migration, "ana@contoso.com")
		test.first(w, p)
		w.Relayed()
		equal(t, what, len(askedForReferral(w)), test.asked)
	}
	w, _ := newWorld(t)
	asksReferral(t, w, migration)
	p := w.Granted(migration, "ana@contoso.com")
	broken := true
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		if broken && d.Message.Kind == engagement.MessageReferralRequest {
			return workflow.ErrUndeliverable
		}
		return nil
	}))
	if _, err := desk.Jobs.Relay(background); !errors.Is(err, workflow.ErrUndeliverable) {
		t.Fatal(err)
	}
	equal(t, "who was not reached", unreached(w.Row(p).Unreached), []string{", ask for referral, undeliverable"})
	ok(t, errOf(w.Desk.Claims.RecordReferral(background, w.Actor.Request(w.Key()), p, workflow.RecordReferral{Reference: "R-1"})))
	equal(t, "who was not reached, once it is recorded", len(w.Row(p).Unreached), 0)
}

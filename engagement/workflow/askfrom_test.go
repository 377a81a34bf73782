package workflow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// fromOf is what rows, the claim's view and the claims list say: from when a
// participation's customer can be asked.
func fromOf(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) time.Time {
	t.Helper()
	row := w.Row(p)
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	equal(t, "the view", view.AskFrom, row.AskFrom)
	equal(t, "the view's actions", view.Actions, row.Actions)
	for c, err := range w.Desk.Claims.All(background, w.Actor, workflow.ClaimsQuery{}) {
		ok(t, err)
		if c.Participation == p {
			equal(t, "the claims list", []any{c.AskFrom, c.Actions}, []any{row.AskFrom, row.Actions})
		}
	}
	return row.AskFrom
}

func offersAsking(w *workflowtest.World, p engagement.ParticipationID) bool {
	actions := w.Row(p).Actions
	return slices.Contains(actions, engagement.ActionRequestConsent) || slices.Contains(actions, engagement.ActionResendConsent)
}

// The limits over other customers, and that of the day, show on rows before anybody is
// refused, and until when they hold; from then on the row offers it, and it is taken.
func TestRowsSayFromWhenByAllThatWasSent(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Policy = link.Policy{ResendInterval: time.Hour, MaxPerMailbox: 3, MaxPerDay: 100}
	})
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p, "eva@contoso.com")
	first := w.Now()
	w.Advance(2 * time.Hour)
	equal(t, "nothing in the way", fromOf(t, w, p), time.Time{})
	for _, e := range []engagement.ID{workshop, pilot} {
		w.Requested(w.Added(e, "ana@adatum.com"), "Eva+x@contoso.com")
	}
	equal(t, "from when", fromOf(t, w, p), time.Time{}) // when the time for it is over: not any more
	equal(t, "is it offered", offersAsking(w, p), false)
	w.Advance(28 * day)
	q := w.Added(workshop, "ana@contoso.com")
	equal(t, "a first request names whom it likes", []any{fromOf(t, w, q), offersAsking(w, q)}, []any{time.Time{}, true})
	offered, err := w.Desk.Consents.Contacts(background, w.Actor, q)
	ok(t, err)
	equal(t, "of whom was named before", []any{offered.Customer[0].Email, offered.AskFrom, offered.Waits},
		[]any{"eva@contoso.com", first.Add(30 * day), []workflow.Wait{{Field: "customer[0].email", Limit: link.LimitMailbox, From: first.Add(30 * day)}}})
	_, err = w.Desk.Consents.Preview(background, w.Actor, q, workflow.RequestConsent{Customer: offered.Customer})
	equal(t, "and the preview", refused[*link.LimitError](t, err).NotBefore, offered.AskFrom)
	w.SetNow(offered.AskFrom)
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), q, workflow.RequestConsent{Customer: offered.Customer})
	ok(t, err)
}

// The day's limit holds for whoever is asked, at first or again.
func TestRowsSayThatTheDayIsFull(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Policy = link.Policy{ResendInterval: -1, MaxPerDay: 3}
	})
	again := w.Added(pilot, "ana@contoso.com")
	w.Requested(again, "ana@contoso.com", "eva@contoso.com")
	p := w.Added(migration, "ana@contoso.com")
	equal(t, "one is left", []any{fromOf(t, w, p), offersAsking(w, p)}, []any{time.Time{}, true})
	midnight := link.Today(w.Now()).AddDate(0, 0, 1)
	equal(t, "two are asked again", []any{fromOf(t, w, again), offersAsking(w, again)}, []any{midnight, false})
	w.Requested(w.Added(workshop, "ana@adatum.com"), "it@adatum.com")
	for _, id := range []engagement.ParticipationID{p, again} {
		equal(t, "from when", []any{fromOf(t, w, id), offersAsking(w, id)}, []any{midnight, false})
		offered, err := w.Desk.Consents.Contacts(background, w.Actor, id)
		ok(t, err)
		equal(t, "and its contacts", offered.AskFrom, midnight)
	}
	w.Known("woodgrovebank.com") // one more for each known customer
	equal(t, "one more", []any{fromOf(t, w, p), offersAsking(w, p)}, []any{time.Time{}, true})
	w.SetNow(midnight)
	equal(t, "the next day", []any{fromOf(t, w, again), offersAsking(w, again)}, []any{time.Time{}, true})
	_, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), again)
	ok(t, err)
}

// However many rows a page has, what was sent is asked for once.
func TestPagesAskOnceWhatWasSent(t *testing.T) {
	w, spy := newWorld(t, street(40), func(sc *workflowtest.Scenario) {
		sc.Options.Policy = link.Policy{MaxPerEngagement: -1, MaxPerMailbox: -1, MaxPerDay: 10}
	})
	reads := func() int {
		before := spy.reads
		_, err := w.Desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: pilot})
		ok(t, err)
		return spy.reads - before
	}
	none := reads()
	var before int
	for i := range 30 {
		p := w.Added(pilot, fmt.Sprintf("ana@c%02d.example", i))
		if i == 0 {
			before = reads()
		}
		if i < 10 {
			w.Requested(p)
		}
	}
	equal(t, "the reads of pages", []int{none, before, reads()}, []int{1, 2, 3}) // with those of the day's limit
}

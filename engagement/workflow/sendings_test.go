package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// Adding, asking and cancelling over and over is no way to flood anybody.
func TestAddAskCancelOverAndOver(t *testing.T) {
	w, spy := newWorld(t, limited)
	var strangers []string
	for i := range 20 {
		strangers = append(strangers, fmt.Sprintf("stranger%d@contoso.com", i))
	}
	asked := map[string]int{}
	var first time.Time
	for round := range 200 {
		p := w.Added(migration, "ana@contoso.com")
		for i := range strangers { // with another tag each time
			strangers[i] = fmt.Sprintf("Stranger%d+%d@contoso.com", i, round)
		}
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail(strangers...)})
		if round < 5 {
			ok(t, err)
			if round == 0 {
				first = w.Now()
			}
		} else {
			e := refused[*link.LimitError](t, err)
			equal(t, "the limit", *e, link.LimitError{Limit: link.LimitEngagement, Field: "customer[0].email", Sent: 5, Max: 5, NotBefore: first.Add(30 * day)})
			if round > 10 {
				w.Cancelled(p)
				break
			}
		}
		w.Cancelled(p)
		w.Advance(time.Minute)
	}
	w.Relayed()
	for _, to := range sentTo(w, engagement.MessageConsentRequest) {
		asked[strings.ToLower(strings.SplitN(to, "+", 2)[0])]++
	}
	for box, n := range asked {
		if n > 5 {
			t.Errorf("%s was asked %d times", box, n)
		}
	}
	// From the moment that the refusal says, it is allowed again.
	w.SetNow(first.Add(30*day - tick))
	p := w.Added(migration, "ana@contoso.com")
	reqKey, req := w.Key(), workflow.RequestConsent{Customer: workflow.ByEmail("stranger3@contoso.com")}
	unchanged(t, spy, func() {
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
		refused[*link.LimitError](t, err)
	})
	w.Advance(tick)
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
	ok(t, err)
}

// One mailbox is written to 25 times in 30 days, over all customers and engagements,
// surveys too; and another partner has limits of its own.
func TestOneMailboxOverCustomers(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Policy = link.Policy{MaxPerMailbox: 4} })
	ask := func(w *workflowtest.World, id engagement.ID, who string) error {
		p := w.Added(id, who)
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("eva@contoso.com")})
		return err
	}
	ok(t, ask(w, migration, "ana@contoso.com"))
	ok(t, ask(w, migration, "ana@adatum.com"))
	ok(t, ask(w, workshop, "ana@contoso.com"))
	p := w.Granted(pilot, "ana@contoso.com")
	survey := func(contact string) error {
		return errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: contact}}))
	}
	ok(t, survey("eva@contoso.com"))
	e := refused[*link.LimitError](t, ask(w, workshop, "ana@adatum.com"))
	equal(t, "the limit", []any{e.Limit, e.Sent, e.Max, e.NotBefore}, []any{link.LimitMailbox, 4, 4, w.Now().Add(30 * day)})
	e = refused[*link.LimitError](t, survey("EVA+x@contoso.com"))
	equal(t, "the field", e.Field, "contact.email")
	ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: claim.ProofPartnerSurvey, Contact: workflow.Contact{Email: "partner@partner.example"}})))
	ok(t, ask(w.As(workflowtest.Fabrikam), migration, "ana@adatum.com"))
	// Who is erased is forgotten, so that nothing tells who was written to.
	_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "eva@contoso.com"}, nil)
	ok(t, err)
	ok(t, survey("eva@contoso.com"))
}

// A partner writes to 200 contacts a day, and to one more for each known customer.
func TestAllOfADay(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Policy = link.Policy{MaxPerDay: 3} })
	w.SetNow(time.Date(2026, 9, 1, 23, 0, 0, 0, time.UTC))
	ask := func(id engagement.ID, contacts ...string) error {
		p := w.Added(id, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail(contacts...)})
		return err
	}
	ok(t, ask(migration, "a@contoso.com", "b@contoso.com"))
	e := refused[*link.LimitError](t, ask(workshop, "a@contoso.com", "c@contoso.com"))
	midnight := time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC)
	equal(t, "the limit", *e, link.LimitError{Limit: link.LimitDay, Sent: 2, Max: 3, NotBefore: midnight})
	w.Known("adatum.com")
	ok(t, ask(pilot, "c@contoso.com", "d@contoso.com"))
	w.SetNow(midnight)
	ok(t, ask("endpoint-workshop", "e@contoso.com", "f@contoso.com", "g@contoso.com"))
}

// What was sent before there was a record of it counts by the links in the place, and
// the row says from when the customer can be asked again.
func TestRowSaysFromWhen(t *testing.T) {
	w, _ := newWorld(t, limited)
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	row := w.Row(p)
	equal(t, "from when", row.AskFrom, w.Now().Add(day))
	w.ExpectActions(p, engagement.ActionCancel)
	w.SetNow(row.AskFrom)
	equal(t, "now", w.Row(p).AskFrom, time.Time{})
	w.ExpectActions(p, engagement.ActionResendConsent, engagement.ActionCancel)
	_, err := w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
	ok(t, err)

	w, _ = newWorld(t, limited)
	start := w.Now()
	for range 4 {
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p)
		w.Cancelled(p)
		w.Advance(day)
	}
	ok(t, w.Store.Apply(background, storage.Changes{Forgotten: everyMailbox(w)}))
	p = w.Added(migration, "ana@contoso.com")
	w.Requested(p)
	w.Advance(2 * day)
	equal(t, "from when", w.Row(p).AskFrom, start.Add(30*day))
	_, err = w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
	equal(t, "the refusal", refused[*link.LimitError](t, err).NotBefore, start.Add(30*day))
	w.SetNow(start.Add(30 * day))
	w.ExpectActions(p, engagement.ActionResendConsent, engagement.ActionCancel)
	_, err = w.Desk.Consents.Resend(background, w.Actor.Request(w.Key()), p)
	ok(t, err)
}

// limited has the program's limits, which the scenario does without.
func limited(sc *workflowtest.Scenario) { sc.Options.Policy = link.Policy{} }

// everyMailbox are those that the scenario's helpers write to.
func everyMailbox(w *workflowtest.World) []storage.Mailbox {
	spy := w.Store.(*spy)
	var all []storage.Mailbox
	for _, c := range spy.writes {
		for _, n := range c.Sendings {
			all = append(all, storage.Mailbox{Partner: n.Partner, Mailbox: n.Mailbox})
		}
	}
	return all
}

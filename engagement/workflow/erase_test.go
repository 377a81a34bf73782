package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

const (
	address = "Ana.Sousa@contoso.com" // as it is erased; it was written in other ways too
	user    = "u-4711-maria"
)

// traces brings a person, by address and as a user, to everywhere where one can be:
// candidate, reasons, contacts of customers and of the partner, answers, history,
// the outbox. It returns a participation to which the person consented.
func traces(t *testing.T, w *workflowtest.World) engagement.ParticipationID {
	t.Helper()
	maria := w.As(workflow.Actor{Partner: "northwind", User: user, Roles: w.Actor.Roles})
	desk := maria.Desk
	cmd := add(w, "ana.sousa@contoso.com", migration, pilot, workshop, "endpoint-workshop")
	cmd.Candidate.TenantID = "00000000-0000-4000-8000-000000000001"
	cmd.Candidate.Reason = "Told so by <ANA.SOUSA@Contoso.COM>, twice."
	started, err := desk.AddCustomer(background, maria.Actor, cmd)
	ok(t, err)
	p := started[0].ID
	_, err = desk.RequestConsent(background, maria.Actor, p, workflow.ConsentRequest{
		Key: w.Key(), Customer: []string{"rui@contoso.com", "Ana.Sousa@contoso.com"}, Partner: []string{"ANA.SOUSA@contoso.com", "joe@northwind.example"},
	})
	ok(t, err)
	w.Relayed()
	links := w.Links(p)
	ok(t, answer(w, links[len(links)-1], consent.DecisionAccept)) // by that person
	// Cancelled, with a reason that quotes the address.
	ok(t, desk.Cancel(background, maria.Actor, started[1].ID, workflow.CancelParticipation{Key: w.Key(), Reason: "ana.sousa@contoso.com left."}))
	// Replaced as a contact of the customer and of the partner.
	_, err = desk.RequestConsent(background, w.Actor, started[2].ID, workflow.ConsentRequest{Key: w.Key(), Customer: []string{"ana.sousa@contoso.com"}, Partner: []string{address}})
	ok(t, err)
	_, err = desk.ChangeContacts(background, w.Actor, started[2].ID, asked(w, "rui@contoso.com"))
	ok(t, err)
	// Asked, with messages of several spellings that wait in the outbox.
	_, err = desk.RequestConsent(background, w.Actor, started[3].ID, workflow.ConsentRequest{Key: w.Key(), Customer: []string{"Ana.SOUSA@contoso.com"}, Partner: []string{"ana.sousa@contoso.com"}})
	ok(t, err)
	// As a contact of another customer.
	q := maria.Added(migration, "x@adatum.com")
	_, err = w.Desk.RequestConsent(background, w.Actor, q, asked(w, "ana.Sousa@contoso.com", "eva@adatum.com"))
	ok(t, err)
	return p
}

func erase(t *testing.T, w *workflowtest.World, person workflow.Person) workflow.Erased {
	t.Helper()
	done, err := w.Desk.ErasePerson(background, w.Actor, person)
	ok(t, err)
	return done
}

// gone fails the test when the store still holds the text.
func gone(t *testing.T, w *workflowtest.World, text string) {
	t.Helper()
	if found := holding(stored(w), text); len(found) > 0 {
		t.Errorf("%s is still in %q", text, found)
	}
}

// An erased person is nowhere in what is stored. Histories still verify, and it
// stays proven that the customer consented, when and to what.
func TestErasePerson(t *testing.T) {
	w, spy := newWorld(t)
	p := traces(t, w)
	if found := holding(stored(w), address); len(found) < 5 || len(holding(stored(w), user)) == 0 {
		t.Fatalf("there is little to erase: %q", found)
	}
	before, _ := history(t, w, "contoso.com")
	evidence, err := w.Desk.Evidence(background, w.Actor, p)
	ok(t, err)
	pages := shown(t, w)

	done := erase(t, w, workflow.Person{Email: address})
	gone(t, w, address)
	if done.Participations != 5 || done.Events == 0 {
		t.Errorf("erased %+v", done)
	}
	if shown(t, w) != pages {
		t.Error("the Customers pages have changed")
	}
	after, _ := history(t, w, "contoso.com") // verified
	equal(t, "events", len(after), len(before)+1)
	erased := 0
	for i, e := range before {
		if after[i].Person == nil && e.Person != nil {
			e.Person = nil
			erased++
		}
		equal(t, "the event", asJSON(t, after[i]), asJSON(t, e))
	}
	last := after[len(after)-1]
	equal(t, "the last event", []string{string(last.Kind), string(last.By), last.Person.User}, []string{"person erased", "partner", "ana"})
	other, _ := history(t, w, "adatum.com")
	equal(t, "the last event", other[len(other)-1].Kind, engagement.PersonErased)

	records, err := w.Desk.Evidence(background, w.Actor, p)
	ok(t, err)
	equal(t, "records", len(records), len(evidence))
	for i, r := range records {
		want := evidence[i]
		if strings.EqualFold(want.Contact.String(), address) {
			want.Contact, want.Erased = r.Contact, true
		}
		equal(t, "the evidence", asJSON(t, r), asJSON(t, want))
	}
	equal(t, "the proof", []any{records[2].Decision, records[2].Erased, records[2].Terms.Text.Hash}, []any{consent.DecisionAccept, true, evidence[2].Terms.Text.Hash})
	w.ExpectStatus(p, engagement.CustomerConsentReceived)
	equal(t, "the reason", part(t, w, p).Reason, "Told so by <[erased]>, twice.")

	sent := len(w.Messages())
	w.Relayed() // nobody writes to the person any more; others get theirs
	for _, m := range w.Messages()[sent:] {
		if strings.EqualFold(m.Message.To.String(), address) {
			t.Errorf("a message %q goes to the person", m.Message.Kind)
		}
	}
	equal(t, "others are asked", slices.Contains(sentTo(w, engagement.AskForConsent), "eva@adatum.com"), true)
	gone(t, w, address)
	links := w.Links(p)
	ok(t, answer(w, links[1], consent.DecisionWithdraw)) // the person's own link
	w.Relayed()
	gone(t, w, address)

	// Erasing again finds nothing, and says nothing twice.
	before, _ = history(t, w, "contoso.com")
	done = erase(t, w, workflow.Person{Email: address})
	equal(t, "erased again", done, workflow.Erased{})
	after, _ = history(t, w, "contoso.com")
	equal(t, "events", len(after), len(before))

	done = erase(t, w, workflow.Person{User: user})
	if done.Participations != 0 || done.Events == 0 {
		t.Errorf("erased %+v", done)
	}
	gone(t, w, user)
	history(t, w, "contoso.com")
	unchanged(t, spy, func() { equal(t, "erased again", erase(t, w, workflow.Person{User: user}), workflow.Erased{}) })
}

// Whoever erases themselves leaves no trace by it; whoever erases both at once is
// rid of both.
func TestEraseThemselves(t *testing.T) {
	w, _ := newWorld(t)
	traces(t, w)
	maria := workflow.Actor{Partner: "northwind", User: user, Roles: w.Actor.Roles}
	_, err := w.Desk.ErasePerson(background, maria, workflow.Person{Email: address, User: user})
	ok(t, err)
	gone(t, w, user)
	gone(t, w, address)
	events, _ := history(t, w, "contoso.com")
	equal(t, "the last event", events[len(events)-1].Kind, engagement.PersonErased)
}

// When storage fails somewhere on the way, nothing is half erased, and erasing again
// goes on to the end.
func TestEraseGoesOn(t *testing.T) {
	down := errors.New("down")
	for n := 1; ; n++ {
		w, spy := newWorld(t)
		traces(t, w)
		failed := false
		for _, lost := range []bool{false, true} {
			spy.reset(func(try int, apply func() error) error {
				if try != n {
					return apply()
				}
				failed = true
				if lost {
					return errors.Join(apply(), down)
				}
				return down
			}, nil)
			_, err := w.Desk.ErasePerson(background, w.Actor, workflow.Person{Email: address, User: user})
			if err == nil {
				break
			}
			refused[*workflow.UnavailableError](t, err, workflow.ErrUnavailable)
			spy.reset(nil, nil)
			for _, domain := range []string{"contoso.com", "adatum.com"} {
				history(t, w, domain)
			}
		}
		spy.reset(nil, nil)
		erase(t, w, workflow.Person{Email: address, User: user})
		gone(t, w, address)
		gone(t, w, user)
		for _, domain := range []string{"contoso.com", "adatum.com"} {
			_, kinds := history(t, w, domain)
			times := len(slices.DeleteFunc(kinds, func(k engagement.EventKind) bool { return k != engagement.PersonErased }))
			equal(t, fmt.Sprintf("failing at write %d: events at %s", n, domain), times, 1)
		}
		if !failed {
			return
		}
	}
}

// What another partner keeps of the same person is its own.
func TestEraseOwnOnly(t *testing.T) {
	w, _ := newWorld(t)
	traces(t, w)
	f := w.As(workflow.Actor{Partner: "fabrikam", User: user, Roles: w.Actor.Roles})
	p := f.Added(pilot, "ana.sousa@contoso.com")
	_, err := f.Desk.RequestConsent(background, f.Actor, p, asked(f, address))
	ok(t, err)
	erase(t, w, workflow.Person{Email: address, User: user})
	equal(t, "the other partner's contacts", part(t, f, p).Consent.Contacts()[0].String(), address)
	events, kinds := history(t, f, "contoso.com")
	equal(t, "the other partner's history", kinds, []engagement.EventKind{engagement.CustomerAdded, engagement.ConsentRequested})
	equal(t, "the other partner's user", events[0].Person.User, user)
	w.Relayed()
	equal(t, "the other partner's message", slices.Contains(sentTo(w, engagement.AskForConsent), address), true)
}

// Addresses that only hold the person's within them, or share its parts, are others'.
func TestEraseNobodyElse(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	others := []string{"ana.sousa@adatum.com", "sousa@contoso.com", "ana.sousa+x@contoso.com"}
	_, err := w.Desk.RequestConsent(background, w.Actor, p, asked(w, others...))
	ok(t, err)
	equal(t, "erased", erase(t, w, workflow.Person{Email: address, User: "an"}), workflow.Erased{})
	equal(t, "contacts", fmt.Sprint(part(t, w, p).Consent.Contacts()), fmt.Sprint(others))
}

// Who is to be erased has to be named.
func TestEraseInput(t *testing.T) {
	w, spy := newWorld(t)
	unchanged(t, spy, func() {
		for _, test := range []struct {
			person workflow.Person
			field  string
		}{{workflow.Person{}, "person"}, {workflow.Person{Email: "ana"}, "email"}, {workflow.Person{Email: "a@b@c", User: "ana"}, "email"}} {
			_, err := w.Desk.ErasePerson(background, w.Actor, test.person)
			equal(t, "the field", refused[*workflow.InputError](t, err, workflow.ErrInput).Field, test.field)
		}
	})
}

package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
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
	cmdKey, cmd := w.Key(), add(w, "ana.sousa@contoso.com", migration, pilot, workshop, "endpoint-workshop")
	cmd.Candidate.TenantID = "00000000-0000-4000-8000-000000000001"
	cmd.Candidate.Reason = "Told so by <ANA.SOUSA@Contoso.COM>, twice."
	started, err := desk.Customers.Add(background, maria.Actor.Request(cmdKey), cmd)
	ok(t, err)
	p := started[0].ID
	_, err = desk.Consents.Request(background, maria.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("rui@contoso.com", "Ana.Sousa@contoso.com"), Partner: workflow.ByEmail("ANA.SOUSA@contoso.com", "joe@northwind.example"),
	})
	ok(t, err)
	w.Relayed()
	links := w.Links(p)
	ok(t, answer(w, links[len(links)-1], consent.DecisionAccept)) // by that person
	// Cancelled, with a reason that quotes the address.
	ok(t, errOf(desk.Claims.Cancel(background, maria.Actor.Request(w.Key()), started[1].ID, workflow.Cancel{Reason: "ana.sousa@contoso.com left."})))
	// Replaced as a contact of the customer and of the partner.
	_, err = desk.Consents.Request(background, w.Actor.Request(w.Key()), started[2].ID, workflow.RequestConsent{Customer: workflow.ByEmail("ana.sousa@contoso.com"), Partner: workflow.ByEmail(address)})
	ok(t, err)
	_, err = desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), started[2].ID, workflow.ChangeContacts(asked(w, "rui@contoso.com")))
	ok(t, err)
	// Asked, with messages of several spellings that wait in the outbox.
	_, err = desk.Consents.Request(background, w.Actor.Request(w.Key()), started[3].ID, workflow.RequestConsent{Customer: workflow.ByEmail("Ana.SOUSA@contoso.com"), Partner: workflow.ByEmail("ana.sousa@contoso.com")})
	ok(t, err)
	// As a contact of another customer.
	q := maria.Added(migration, "x@adatum.com")
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), q, asked(w, "ana.Sousa@contoso.com", "eva@adatum.com"))
	ok(t, err)
	return p
}

func erase(t *testing.T, w *workflowtest.World, person workflow.Person) workflow.ErasureResult {
	t.Helper()
	done, err := w.Desk.Program.ErasePerson(background, w.Actor, person, nil)
	ok(t, err)
	return done
}

// nothingLeft fails the test when there is anything that the actor can still erase.
func nothingLeft(t *testing.T, w *workflowtest.World, spy *spy, person workflow.Person) {
	t.Helper()
	before := len(spy.writes)
	done, err := w.Desk.Program.ErasePerson(background, w.Actor, person, nil)
	refused[*workflow.PersonNotFoundError](t, err)
	equal(t, "erased", []int{done.Participations, done.Events}, []int{0, 0})
	for _, c := range spy.writes[before:] { // messages to the address may be dropped again
		equal(t, "changes", len(c.Shared)+len(c.Records)+len(c.Customers)+len(c.Events)+len(c.Erased), 0)
	}
}

// eraseAll lets first the partner and then the program erase a person.
func eraseAll(t *testing.T, w *workflowtest.World, person workflow.Person) workflow.ErasureResult {
	t.Helper()
	done := erase(t, w, person)
	if done.Left > 0 {
		_, err := w.Desk.Program.ErasePerson(background, w.Reviewer(), person, nil)
		ok(t, err)
	}
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
	w, spy := newWorld(t, sandbox)
	p := traces(t, w)
	if found := holding(stored(w), address); len(found) < 5 || len(holding(stored(w), user)) == 0 {
		t.Fatalf("there is little to erase: %q", found)
	}
	before, _ := history(t, w, "contoso.com")
	evidence, err := w.Desk.Consents.Evidence(background, w.Actor, p)
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
	equal(t, "the last event", other[len(other)-1].Kind, engagement.EventPersonErased)

	records, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	equal(t, "records", len(records), len(evidence))
	for i, r := range records {
		want := evidence[i]
		if strings.EqualFold(want.Contact.Email.String(), address) {
			want.Contact, want.Erased = r.Contact, true
		}
		equal(t, "the evidence", asJSON(t, r), asJSON(t, want))
	}
	equal(t, "the proof", []any{records[2].Decision, records[2].Erased, records[2].Terms.Text.Hash}, []any{consent.DecisionAccept, true, evidence[2].Terms.Text.Hash})
	w.ExpectStatus(p, engagement.StatusConsentReceived)
	equal(t, "the reason", part(t, w, p).Reason, "Told so by <[erased]>, twice.")

	sent := len(w.Messages())
	w.Relayed() // nobody writes to the person any more; others get theirs
	for _, m := range w.Messages()[sent:] {
		if strings.EqualFold(m.Message.To.String(), address) {
			t.Errorf("a message %q goes to the person", m.Message.Kind)
		}
	}
	equal(t, "others are asked", slices.Contains(sentTo(w, engagement.MessageConsentRequest), "eva@adatum.com"), true)
	gone(t, w, address)
	links := w.Links(p)
	ok(t, answer(w, links[1], consent.DecisionWithdraw)) // the person's own link
	w.Relayed()
	gone(t, w, address)

	// Erasing again finds nothing, and says nothing twice.
	before, _ = history(t, w, "contoso.com")
	_, err = w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: address}, nil)
	refused[*workflow.PersonNotFoundError](t, err)
	after, _ = history(t, w, "contoso.com")
	equal(t, "events", len(after), len(before))

	done = erase(t, w, workflow.Person{User: user})
	if done.Participations != 0 || done.Events == 0 {
		t.Errorf("erased %+v", done)
	}
	gone(t, w, user)
	history(t, w, "contoso.com")
	nothingLeft(t, w, spy, workflow.Person{User: user})
}

// Whoever erases themselves is recorded as who erased, and nowhere else; erasing
// again does not change that.
func TestEraseThemselves(t *testing.T) {
	w, spy := newWorld(t, sandbox)
	traces(t, w)
	maria := workflow.Actor{Partner: "northwind", User: user, Roles: w.Actor.Roles}
	_, err := w.Desk.Program.ErasePerson(background, maria, workflow.Person{Email: address, User: user}, nil)
	ok(t, err)
	gone(t, w, address)
	nothingLeft(t, w, spy, workflow.Person{User: user})
	for _, domain := range []string{"contoso.com", "adatum.com"} {
		events, _ := history(t, w, domain)
		for i, e := range events {
			if named := e.Person != nil && e.Person.User == user; named != (i == len(events)-1) {
				t.Errorf("event %d of %s, %s, names who erased: %t", e.Seq, domain, e.Kind, named)
			}
		}
		equal(t, "the last event", events[len(events)-1].Kind, engagement.EventPersonErased)
	}
}

// When storage fails somewhere on the way, nothing is half erased, and erasing again
// goes on to the end.
func TestEraseGoesOn(t *testing.T) {
	down := errors.New("down")
	for n := 1; ; n++ {
		w, spy := newWorld(t, sandbox)
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
			_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: address, User: user}, nil)
			if err == nil || errors.As(err, new(*workflow.PersonNotFoundError)) {
				break
			}
			refused[*workflow.UnavailableError](t, err)
			spy.reset(nil, nil)
			for _, domain := range []string{"contoso.com", "adatum.com"} {
				history(t, w, domain)
			}
		}
		spy.reset(nil, nil)
		if _, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: address, User: user}, nil); !errors.As(err, new(*workflow.PersonNotFoundError)) {
			ok(t, err)
		}
		gone(t, w, address)
		gone(t, w, user)
		for _, domain := range []string{"contoso.com", "adatum.com"} {
			_, kinds := history(t, w, domain)
			times := len(slices.DeleteFunc(kinds, func(k engagement.EventKind) bool { return k != engagement.EventPersonErased }))
			equal(t, fmt.Sprintf("failing at write %d: events at %s", n, domain), times, 1)
		}
		if !failed {
			return
		}
	}
}

// What another partner keeps of the same person is its own.
func TestEraseOwnOnly(t *testing.T) {
	w, _ := newWorld(t, sandbox)
	traces(t, w)
	f := w.As(workflow.Actor{Partner: "fabrikam", User: user, Roles: w.Actor.Roles})
	p := f.Added(pilot, "ana.sousa@contoso.com")
	_, err := f.Desk.Consents.Request(background, f.Actor.Request(f.Key()), p, asked(f, address))
	ok(t, err)
	erase(t, w, workflow.Person{Email: address, User: user})
	equal(t, "the other partner's contacts", part(t, f, p).Consent.Contacts()[0].Email.String(), address)
	events, kinds := history(t, f, "contoso.com")
	equal(t, "the other partner's history", kinds, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventConsentRequested})
	equal(t, "the other partner's user", events[0].Person.User, user)
	w.Relayed()
	equal(t, "the other partner's message", slices.Contains(sentTo(w, engagement.MessageConsentRequest), address), true)
}

// Addresses that only hold the person's within them, or share its parts, are others'.
func TestEraseNobodyElse(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	others := []string{"ana.sousa@adatum.com", "sousa@contoso.com", "ana.sousa+x@contoso.com"}
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, others...))
	ok(t, err)
	nothingLeft(t, w, spy, workflow.Person{Email: address, User: "an"})
	equal(t, "contacts", fmt.Sprint(link.Emails(part(t, w, p).Consent.Contacts())), fmt.Sprint(others))
}

// Who is to be erased has to be named.
func TestEraseInput(t *testing.T) {
	w, spy := newWorld(t)
	unchanged(t, spy, func() {
		for _, test := range []struct {
			person workflow.Person
			field  string
		}{{workflow.Person{}, "person"}, {workflow.Person{Email: "ana"}, "email"}, {workflow.Person{Email: "a@b@c", User: "ana"}, "email"}} {
			_, err := w.Desk.Program.ErasePerson(background, w.Actor, test.person, nil)
			equal(t, "the field", refused[*workflow.InputError](t, err).Field, test.field)
		}
	})
}

const (
	name    = "João de Sousa" // as it is erased; it was written in other ways too
	surname = "sousa"         // which nothing that is left may hold
)

// claimTraces brings a person, by name, by address and as a user, to everywhere in
// a claim where one can be, and returns the claim's participation. Both partner and
// Program have written about the person.
func claimTraces(t *testing.T, w *workflowtest.World) engagement.ParticipationID {
	t.Helper()
	joao := workflow.Actor{Partner: "northwind", User: user, Roles: w.Actor.Roles}
	cmdKey, cmd := w.Key(), add(w, "ana.sousa@contoso.com", migration)
	cmd.Candidate.FriendlyName = "The company of JOÃO DE SOUSA"
	cmd.Candidate.TenantID, cmd.Candidate.Reason = "00000000-0000-4000-8000-000000000001", "João de Sousa said so."
	p := must(w.Desk.Customers.Add(background, joao.Request(cmdKey), cmd))[0].ID
	friendly := "João de Sousa's"
	ok(t, errOf(w.Desk.Claims.Update(background, joao.Request(w.Key()), p, workflow.UpdateDetails{FriendlyName: &friendly})))
	_, err := w.Desk.Consents.Request(background, joao.Request(w.Key()), p, workflow.RequestConsent{
		Customer: []workflow.Contact{{Name: "joão de Sousa", Email: "ana.sousa@contoso.com"}, {Email: "eva@contoso.com"}},
		Partner:  workflow.ByEmail("ana.sousa@contoso.com", "joe@northwind.example"),
	})
	ok(t, err)
	w.Relayed()
	w.Advance(time.Second)
	ok(t, answer(w, w.Links(p)[0], consent.DecisionAccept))

	evidence := func(name string) {
		cKey, c := w.Key(), pdf(claim.ProofInvoice)
		c.Name = name
		_, err := w.Desk.Documents.Add(background, joao.Request(cKey), p, c, strings.NewReader(name))
		ok(t, err)
		rKey, r := w.Key(), recorded("s3://"+fmt.Sprint(len(name)))
		r.Name = "copy of " + name
		_, err = w.Desk.Documents.Record(background, joao.Request(rKey), p, r)
		ok(t, err)
	}
	evidence("joão_de_sousa.pdf")
	evidence("2026-09 João-de-Sousa2.pdf")
	ok(t, errOf(w.Desk.Surveys.Send(background, joao.Request(w.Key()), p, surveyTo("rui@contoso.com"))))
	sendSurvey(t, w, p, "Ana.Sousa@contoso.com")
	answers := answersTo(must(w.Desk.Links.SurveyView(background, newestSurvey(w, p))))
	answers["comments"] = "Ask João de Sousa, ana.sousa@contoso.com."
	_, err = w.Desk.Links.AnswerSurvey(background, newestSurvey(w, p), answers)
	ok(t, err)
	w.Proved(p)

	say := func(actor workflow.Actor) {
		ok(t, errOf(w.Desk.Claims.Comment(background, actor.Request(w.Key()), p, workflow.Comment{Text: "João   de\nSousa (ana.sousa@contoso.com) was there."})))
	}
	say(joao)
	ok(t, errOf(w.Desk.Claims.Submit(background, joao.Request(w.Key()), p, workflow.SubmitClaim{})))
	say(w.Reviewer())
	w.Reviewed(p)
	ok(t, errOf(w.Desk.Reviews.RequestAction(background, w.Reviewer().Request(w.Key()), p, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Let JOÃO DE SOUSA sign."}}})))
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "João de Sousa did not sign.")
	ok(t, errOf(w.Desk.Claims.Dispute(background, joao.Request(w.Key()), p, workflow.DisputeClaim{Reason: "joão.de.sousa did."})))
	w.Submitted(p)
	w.Reviewed(p)
	ok(t, errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(w.Key()), p, workflow.ApproveClaim{
		Amount: money(t, "6000.00 USD"), Override: "João de Sousa agreed.", Text: "To João de Sousa.",
	})))
	ok(t, errOf(w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(w.Key()), p, workflow.RecordPayment{Amount: money(t, "1.00 USD"), Reference: "for João de Sousa"})))
	return p
}

// A person who is erased is nowhere in a claim either: not in surveys, comments,
// names of files, reasons, reviews, messages, history, or what commands were
// answered. What was decided, paid and proved stays, and so does that somebody
// consented and answered.
func TestErasePersonFromClaim(t *testing.T) {
	w, spy := newWorld(t, sandbox)
	p := claimTraces(t, w)
	if found := holding(stored(w), surname); len(found) < 15 || len(holding(stored(w), user)) == 0 {
		t.Fatalf("there is little to erase: %q", found)
	}
	before := part(t, w, p)
	status := before.StatusAt(w.Now())
	done := eraseAll(t, w, workflow.Person{Email: address, User: user, Name: name})
	if done.Participations != 1 || done.Events < 10 {
		t.Errorf("erased %+v", done)
	}
	gone(t, w, surname)
	gone(t, w, user)
	nothingLeft(t, w, spy, workflow.Person{User: user, Name: name})
	w.Relayed() // and nothing goes out to the person
	if late := holding(sentTo(w, engagement.MessageClaimApproved), surname); len(late) > 0 {
		t.Errorf("a message went to %q", late)
	}
	gone(t, w, surname)

	history(t, w, "contoso.com") // verified
	after := part(t, w, p)
	w.ExpectStatus(p, status)
	equal(t, "reviews, submissions, payments", []int{len(after.Claim.Reviews), len(after.Claim.Submissions), len(after.Claim.Payments), len(after.Claim.Comments)},
		[]int{len(before.Claim.Reviews), len(before.Claim.Submissions), len(before.Claim.Payments), len(before.Claim.Comments)})
	equal(t, "the amounts", asJSON(t, []any{after.Claim.Requested, after.Claim.Approved, after.Claim.Paid}), asJSON(t, []any{before.Claim.Requested, before.Claim.Approved, before.Claim.Paid}))
	equal(t, "a comment", after.Claim.Comments[1].Text, "[erased] ([erased]) was there.")
	equal(t, "an item", after.Claim.Reviews[0].Items[0].Text, "Let [erased] sign.")
	for i, e := range before.Claim.Evidence {
		equal(t, "the document but for its name", []any{after.Claim.Evidence[i].ID, after.Claim.Evidence[i].SHA256, after.Claim.Evidence[i].Ref}, []any{e.ID, e.SHA256, e.Ref})
	}
	var names []string
	for _, e := range after.Claim.Evidence {
		names = append(names, e.Name)
	}
	equal(t, "the names", names[:4], []string{"[erased].pdf", "copy of [erased].pdf", "2026-09 [erased]2.pdf", "copy of 2026-09 [erased]2.pdf"})
	v := surveyOf(t, w, p)
	equal(t, "the survey was answered by somebody", []any{v.Status, v.AnsweredAt(), v.Contact().IsZero()}, []any{survey.StatusDone, surveyOf(t, w, p).AnsweredAt(), true})
	records, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	last := records[len(records)-1]
	equal(t, "somebody consented", []any{last.Decision, last.Erased, last.Terms.Text}, []any{consent.DecisionAccept, true, consent.StandardTexts().For("en").Ref()})
	other := w.Row(p)
	equal(t, "the row's name", []string{other.FriendlyName, other.Name}, []string{"[erased]'s", "[erased]'s"})
	for c, err := range w.Desk.Customers.AllKnown(background, w.Actor) {
		ok(t, err)
		equal(t, "the customer's name", c.FriendlyName, "The company of [erased]")
	}
	rows, err := searchRows(w.Desk, w.Actor, "erased", 0)
	ok(t, err)
	equal(t, "the pages know", len(rows) > 1, true)
}

// Each way to name a person takes out what it names, and no more.
func TestErasePersonBy(t *testing.T) {
	for by, person := range map[string]workflow.Person{"email": {Email: address}, "user": {User: user}, "name": {Name: name}} {
		t.Run(by, func(t *testing.T) {
			w, _ := newWorld(t, sandbox)
			p := claimTraces(t, w)
			eraseAll(t, w, person)
			for what, text := range map[string]string{"email": address, "user": user, "name": "de sousa"} {
				if what == by {
					gone(t, w, text)
				} else if len(holding(stored(w), text)) == 0 {
					t.Errorf("the %s is gone, too", what)
				}
			}
			history(t, w, "contoso.com")
			w.ExpectStatus(p, engagement.StatusApproved)
		})
	}
}

// A name is found as words of its own: what only holds its letters is another's,
// and so is what was said by others.
func TestEraseNameNobodyElse(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("eva@contoso.com"), Partner: []workflow.Contact{{Name: "ANA  Maria", Email: "am@northwind.example"}},
	})
	ok(t, err)
	w.Relayed()
	w.Accepted(p)
	text := "The management of Banana Ltd. met Mariana, Anabela and Ana-Maria."
	ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: text})))
	for _, unknown := range []string{"Ana Maria Silva", "An", "Maria", "Banana Ltd.", "The management"} {
		_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Name: unknown, User: "ana"}, nil)
		equal(t, "the field", refused[*workflow.PersonNotFoundError](t, err).Field, "name")
		nothingLeft(t, w, spy, workflow.Person{Name: unknown})
	}
	done := erase(t, w, workflow.Person{Name: "ana maria"})
	equal(t, "erased", done, workflow.ErasureResult{Participations: 1, Events: 1})
	equal(t, "the comment", part(t, w, p).Claim.Comments[0].Text, "The management of Banana Ltd. met Mariana, Anabela and [erased].")
	for _, short := range []string{" ", "A", "."} {
		_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Name: short}, nil)
		refused[*workflow.InputError](t, err)
	}
}

// Accents are found however they are written, and an address that only begins or
// ends like the person's is somebody else's.
func TestEraseWhatIsMeant(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Joa\u0303o Silva wrote it.", "[erased] wrote it."},
		{"Jo\u00e3o Silva wrote it.", "[erased] wrote it."},
		{"Ask silva@contoso.com.", "Ask [erased]."},
		{"Ask SILVA@CONTOSO.COM, or rui.silva@contoso.com", "Ask [erased], or rui.silva@contoso.com"},
		{"1silva@contoso.com, x-silva@contoso.com", "1silva@contoso.com, x-silva@contoso.com"},
		{"silva@contoso.com.br and silva@contoso.company", "silva@contoso.com.br and silva@contoso.company"},
		{"e\u0301 fica", "e\u0301 fica"}, // what quotes nobody stays as it was written
	} {
		w, _ := newWorld(t, knows("Jo\u00e3o Silva"))
		p := w.Granted(migration, "ana@contoso.com")
		ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: test.text})))
		_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "silva@contoso.com", Name: "Jo\u00e3o Silva"}, nil)
		if test.text != test.want {
			ok(t, err)
		}
		equal(t, "the comment", part(t, w, p).Claim.Comments[0].Text, test.want)
	}
}

// The program erases its own people, at each partner whose claims they saw.
func TestEraseReviewer(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	vera := workflow.Actor{User: "vera-the-reviewer", Roles: []workflow.Role{workflow.RoleProgram}}.For(w.Actor.Partner)
	ok(t, errOf(w.Desk.Claims.Comment(background, vera.Request(w.Key()), p, workflow.Comment{Text: "Please hurry."})))
	done, err := w.Desk.Program.ErasePerson(background, vera, workflow.Person{User: "vera-the-reviewer"}, nil)
	ok(t, err)
	equal(t, "erased", done, workflow.ErasureResult{Participations: 1, Events: 1})
	events, err := w.Store.History(background, storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: "northwind", Customer: w.Customer("contoso.com")}, Limit: 1000})
	ok(t, err)
	last := events[len(events)-1]
	equal(t, "the last event", []string{string(last.Kind), string(last.By), last.Person.User}, []string{"person erased", "program", "vera-the-reviewer"})
	if named := holding(texts(events[:len(events)-1]), "vera-the-reviewer"); len(named) > 0 || part(t, w, p).Claim.Comments[0].User != "" {
		t.Errorf("the reviewer is still in %q", named)
	}
}

// knows is a host that knows a person of that name.
func knows(name string) func(*workflowtest.Scenario) {
	return func(sc *workflowtest.Scenario) {
		sc.Options.KnownPerson = func(_ context.Context, _ workflow.Actor, asked string) (bool, error) { return asked == name, nil }
	}
}

// A host that cannot say whether it knows a person is unavailable, and nothing is
// erased; by its error nobody is taken for known.
func TestEraseUnknownWhether(t *testing.T) {
	down := errors.New("down")
	w, spy := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.KnownPerson = func(context.Context, workflow.Actor, string) (bool, error) { return true, down }
	})
	p := w.Granted(migration, "ana@contoso.com")
	ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "Rita was there."})))
	unchanged(t, spy, func() {
		_, err := w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Name: "Rita"}, nil)
		equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "list of persons")
	})
}

// A partner's admin erases neither the program's people nor its words; an
// incentives user erases nobody; nobody erases a phrase, also not by giving a
// contact that name.
func TestEraseByWhom(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Submitted(p)
	vera := workflow.Actor{User: "vera", Roles: []workflow.Role{workflow.RoleProgram}}.For(w.Actor.Partner)
	ok(t, errOf(w.Desk.Reviews.Start(background, vera.Request(w.Key()), p, workflow.StartReview{})))
	ok(t, errOf(w.Desk.Claims.Comment(background, vera.Request(w.Key()), p, workflow.Comment{Text: "The invoice is forged."})))
	ok(t, errOf(w.Desk.Reviews.RequestAction(background, vera.Request(w.Key()), p, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Tell why the invoice is forged."}}})))
	words := func() string {
		c := must(w.Desk.Claims.Get(background, vera, p))
		return asJSON(t, []any{c.Claim.Comments, c.Claim.Reviews})
	}
	before := words()

	nothingLeft(t, w, spy, workflow.Person{User: "vera"})
	nothingLeft(t, w, spy, workflow.Person{Name: "invoice is forged"})
	nothingLeft(t, w, spy, workflow.Person{Name: "vera"})
	joe := workflow.Actor{Partner: "northwind", User: "joe", Roles: []workflow.Role{workflow.RoleIncentivesUser}}
	for _, person := range []workflow.Person{{User: "vera"}, {User: "ana"}, {Name: "invoice is forged"}, {Email: "ana@contoso.com"}} {
		_, err := w.Desk.Program.ErasePerson(background, joe, person, nil)
		refused[*workflow.ForbiddenError](t, err)
	}

	// Nor where a contact of that name, or address, comes up afterwards.
	other := w.Added(migration, "x@adatum.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), other, workflow.RequestConsent{
		Customer: []workflow.Contact{{Name: "Invoice is forged", Email: "why.the.invoice@adatum.com"}},
		Partner:  []workflow.Contact{{Name: "is forged", Email: "joe@northwind.example"}},
	})
	ok(t, err)
	for _, phrase := range []string{"invoice is forged", "is forged"} {
		done := erase(t, w, workflow.Person{Name: phrase})
		equal(t, "the program's words", words(), before)
		equal(t, "what is left to the program", done.Left, 3) // the comment, its event, and the item
	}
	nothingLeft(t, w, spy, workflow.Person{Name: "why the invoice"})
	equal(t, "the program's words", words(), before)
	equal(t, "the contact is gone all the same", len(holding(texts(part(t, w, other).Consent), "invoice is forged")), 0)

	// A name that was known when the program wrote it goes out of the claim; the
	// program's history stays the program's.
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), w.Added(pilot, "x@adatum.com"), workflow.RequestConsent{
		Customer: []workflow.Contact{{Name: "Rita Reis", Email: "rr@adatum.com"}},
	})
	ok(t, err)
	w.Advance(time.Hour)
	ok(t, errOf(w.Desk.Claims.Comment(background, vera.Request(w.Key()), p, workflow.Comment{Text: "Ask RITA REIS."})))
	equal(t, "what is left to the program", erase(t, w, workflow.Person{Name: "Rita Reis"}).Left, 1)
	comments := must(w.Desk.Claims.Get(background, vera, p)).Claim.Comments
	equal(t, "the comment", []string{comments[1].Text, comments[1].User}, []string{"Ask [erased].", "vera"})
	done, err := w.Desk.Program.ErasePerson(background, vera, workflow.Person{Name: "Rita Reis"}, nil)
	ok(t, err)
	equal(t, "what the program erases", done, workflow.ErasureResult{Events: 1})
	gone(t, w, "Rita Reis")
	history(t, w, "contoso.com")
}

// What is said about associating a customer is erased like everything else.
func TestEraseFromAssociations(t *testing.T) {
	w, _ := newWorld(t, knows(name))
	w.Known("contoso.com")
	ok(t, w.Desk.Customers.Disassociate(background, w.Actor.Request(w.Key()), w.Customer("contoso.com"), workflow.Disassociate{Reason: "João de Sousa left."}))
	equal(t, "erased", erase(t, w, workflow.Person{Name: name}), workflow.ErasureResult{Events: 1})
	gone(t, w, surname)
	history(t, w, "contoso.com")
}

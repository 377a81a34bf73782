package workflow_test

import (
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Every mistake in contacts is told at once, with its field, whatever command they
// come with.
func TestEveryMistakeInContactsIsTold(t *testing.T) {
	wrong := []workflow.Contact{
		{Name: "Ana\u200b", Email: "ana@contoso.com"},
		{Name: "Ana", Email: "ana@contoso"},
		{Name: strings.Repeat("é", 101), Email: "ANA+x@contoso.com", Phone: "ask her"},
		{Email: "bob@contoso.com", Phone: strings.Repeat("1", 41)},
		{Phone: "1\n2"},
	}
	fields := []string{"[0].name", "[1].email", "[2].name", "[2].phone", "[2].email", "[3].phone", "[4].email", "[4].phone"}
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	granted := w.Granted(workshop, "ana@adatum.com")
	check := func(t *testing.T, err error, fields ...string) {
		t.Helper()
		refused[*workflow.InputError](t, err)
		text := "\n" + err.Error()
		for _, f := range fields {
			if !strings.Contains(text, "\n"+f+" cannot") && !strings.Contains(text, "\n"+f+" is not") {
				t.Errorf("the error does not name %s: %v", f, err)
			}
		}
		if n := strings.Count(text, "\n"); n != len(fields) {
			t.Errorf("the error names %d fields, want %d: %v", n, len(fields), err)
		}
	}
	with := func(side string) []string {
		out := make([]string, len(fields))
		for i, f := range fields {
			out[i] = side + f
		}
		return out
	}
	unchanged(t, spy, func() {
		reqKey, req := w.Key(), workflow.RequestConsent{Customer: wrong, Partner: wrong}
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
		check(t, err, append(with("customer"), with("partner")...)...)
		_, err = w.Desk.Consents.Preview(background, w.Actor, p, req)
		check(t, err, append(with("customer"), with("partner")...)...)
		for _, c := range wrong[:1] {
			check(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), granted, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: c})), "contact.name")
		}
		check(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), granted, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: wrong[4]})), "contact.email", "contact.phone")
	})
}

// Who is named stands on the page, in the evidence and in what is asked again.
func TestContactsHaveNames(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: []workflow.Contact{{Name: " Ana Silva ", Email: "ana@contoso.com", Phone: "+351 21 000 00 00"}},
		Partner:  []workflow.Contact{{Name: "Joe", Email: "joe@northwind.example"}},
	})
	ok(t, err)
	w.Relayed()
	v, err := w.Desk.Links.ConsentView(background, w.Links(p)[0])
	ok(t, err)
	equal(t, "the partner's contact", v.Contacts[0].Name, "Joe")
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	ana := view.Consent.Customer
	equal(t, "the contacts", workflow.Typed(ana), []workflow.Contact{{Name: "Ana Silva", Email: "ana@contoso.com", Phone: "+351 21 000 00 00"}})
	_, err = w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Name: "Ana Silva"}, nil)
	ok(t, err)
	view, err = w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	if name := view.Consent.Customer[0].Name; strings.Contains(name, "Ana") {
		t.Errorf("the name %q is left", name)
	}
}

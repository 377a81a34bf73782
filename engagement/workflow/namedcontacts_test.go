package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

var (
	eva = workflow.Contact{Name: "Eva Costa", Email: "eva@contoso.com", Phone: "+351 21 000 00 00"}
	joe = workflow.Contact{Name: "Joe Reis", Email: "joe@northwind.example"}
)

// addedWith adds Contoso through a location with contacts.
func addedWith(t *testing.T, w *workflowtest.World, at engagement.LocationID, e engagement.ID, contacts workflow.Contacts) engagement.ParticipationID {
	t.Helper()
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", e)
	cmd.Candidate.Location, cmd.Contacts = at, contacts
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	return started[0].ID
}

func both(customer, partner []workflow.Contact) workflow.Contacts {
	return workflow.Contacts{Customer: customer, Partner: partner}
}

func people(c ...workflow.Contact) []workflow.Contact { return append([]workflow.Contact{}, c...) }

// What is given at the add or the claim, or for the customer before, is offered again;
// what was given for the participation is who is asked, if nobody else is named.
func TestContactsAreOfferedAgain(t *testing.T) {
	w, _ := newWorld(t)
	candidate := workflow.Candidate{Location: lisboa, Domain: "contoso.com"}
	offered := func() workflow.Contacts {
		t.Helper()
		offer, err := w.Desk.Customers.Identify(background, w.Actor, candidate)
		ok(t, err)
		return offer.Contacts
	}
	contacts := func(p engagement.ParticipationID) workflow.Contacts {
		t.Helper()
		c, err := w.Desk.Consents.Contacts(background, w.Actor, p)
		ok(t, err)
		return c.Contacts
	}
	equal(t, "nobody knows the customer", offered(), both(people(), people()))

	p := addedWith(t, w, lisboa, migration, both(people(eva), people(joe)))
	equal(t, "sent at the add", len(mailed(w)), 0)
	equal(t, "for the participation", contacts(p), both(people(eva), people(joe)))
	equal(t, "for another engagement", offered(), both(people(eva), people(joe)))

	q := w.Added(pilot, "ana@contoso.com") // names nobody
	equal(t, "of the customer's", contacts(q), both(people(eva), people(joe)))
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), q, workflow.RequestConsent{})
	equal(t, "nobody was named", refused[*workflow.InputError](t, err).Field, "customer")

	view, err := w.Desk.Consents.Preview(background, w.Actor, p, workflow.RequestConsent{})
	ok(t, err)
	equal(t, "whom the page names", view.Contacts[0].Name, joe.Name)
	r, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{})
	ok(t, err)
	equal(t, "asked", len(r.Consent.Customer), 1)
	equal(t, "who is asked", mailed(w), []string{"eva@contoso.com"})

	rui := workflow.Contact{Email: "rui@contoso.com"}
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), q, workflow.RequestConsent{Customer: people(rui)})
	ok(t, err)
	w.Relayed()
	equal(t, "the others stay as they were", contacts(p), both(people(eva), people(joe)))
	equal(t, "the last ones", offered(), both(people(rui), people(joe)))

	w.Accepted(q)
	w.Relayed()
	started, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
		Customer: w.Customer("contoso.com"), Location: lisboa, Engagements: []engagement.ID{workshop}, Contacts: both(people(eva), nil),
	})
	ok(t, err)
	offer, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: lisboa})
	ok(t, err)
	equal(t, "for the next claim", offer.Contacts, both(people(eva), people(joe)))
	equal(t, "of the claim", contacts(started[0].ID), both(people(eva), people(joe)))
	events, _ := history(t, w, "contoso.com")
	i := slices.IndexFunc(events, func(e engagement.Event) bool { return e.Kind == engagement.EventCustomerAdded })
	equal(t, "who was named, for the history", addresses(events[i].Person), []string{"ana@contoso.com", "eva@contoso.com", "joe@northwind.example"})
}

func addresses(p *engagement.Person) []string {
	var out []string
	for _, a := range p.Contacts {
		out = append(out, a.String())
	}
	return out
}

// mailed sends what waits, and returns to whom that was.
func mailed(w *workflowtest.World) []string {
	before := len(w.Messages())
	w.Relayed()
	var out []string
	for _, d := range w.Messages()[before:] {
		out = append(out, d.Message.To.String())
	}
	slices.Sort(out)
	return out
}

// Every mistake is told at once, with its field, and nothing is stored.
func TestMistakesInNamedContacts(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("adatum.com")
	wrong := workflow.Contacts{
		Customer: people(eva, workflow.Contact{Email: "nobody"}, workflow.Contact{Email: "EVA@contoso.com"}, workflow.Contact{Email: "x@contoso.com", Name: "a\nb"}),
		Partner:  make([]workflow.Contact, link.MaxContacts+1), Reason: "\x00",
	}
	fields := []string{"contacts.customer[1].email", "contacts.customer[2].email", "contacts.customer[3].name", "contacts.partner", "contacts.reason", "hours"}
	unchanged(t, spy, func() {
		cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
		cmd.Contacts, cmd.Candidate.Hours = wrong, -1
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		equal(t, "the fields of an add", wrongFields(err), fields)
		_, err = w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
			Customer: w.Customer("adatum.com"), Location: lisboa, Engagements: []engagement.ID{migration}, Contacts: wrong, Hours: -1,
		})
		equal(t, "the fields of a claim", wrongFields(err), fields)

		cmdKey, cmd = w.Key(), add(w, "ana@contoso.com", migration, "no-such")
		cmd.Contacts = both(workflow.ByEmail("joe@northwind.example"), nil)
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		equal(t, "the wrong side", refused[*workflow.OwnContactError](t, err).Field, "contacts.customer[0].email")
		refused[*workflow.NotFoundError](t, err)
	})
	p := w.Granted(migration, "ana@contoso.com")
	unchanged(t, spy, func() {
		_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{
			Customer: wrong.Customer, Partner: wrong.Partner, Reason: wrong.Reason, Language: "no language", PartnerLanguage: "none either",
		})
		equal(t, "the fields of a change", wrongFields(err), []string{"customer[1].email", "customer[2].email", "customer[3].name", "language", "partner", "partner_language", "reason"})
		_, err = w.Desk.Consents.ChangePartnerContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangePartnerContacts{Partner: wrong.Partner, Language: "no language"})
		equal(t, "the fields of the partner's", wrongFields(err), []string{"language", "partner"})
		_, err = w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Partner: people(joe)})
		equal(t, "nobody", wrongFields(err), []string{"customer"})
	})
}

// wrongFields are those that an error names, each once, in order.
func wrongFields(err error) []string {
	var fields []string
	if joined, is := err.(interface{ Unwrap() []error }); is {
		for _, e := range joined.Unwrap() {
			fields = append(fields, wrongFields(e)...)
		}
	} else if bad, is := err.(*workflow.InputError); is {
		fields = append(fields, bad.Field)
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// Mails go to whoever is the contact then: of the partner until the claim has ended,
// of the customer until its survey is answered. Nobody is written to for a change, the
// link that withdraws stays with who consented, and no resend is counted.
func TestContactsChangeLater(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	ours := func(to ...string) error {
		return errOf(w.Desk.Consents.ChangePartnerContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangePartnerContacts{Partner: workflow.ByEmail(to...), Language: "pt-PT"}))
	}
	ok(t, renamed(w, p, "eva@contoso.com"))
	ok(t, ours("joe@northwind.example"))
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{})
	ok(t, err)
	equal(t, "asked", mailed(w), []string{"eva@contoso.com"})
	token := newest(w, p)
	ok(t, ours("rita@northwind.example"))
	equal(t, "sent for the change", len(mailed(w)), 0)
	view, err := w.Desk.Links.ConsentView(background, token)
	ok(t, err)
	equal(t, "whom the page names", view.Contacts[0].Email.String(), "rita@northwind.example")
	equal(t, "sendings", len(part(t, w, p).Consent.Sent), 1)

	ok(t, answer(w, token, consent.DecisionAccept))
	equal(t, "told of the consent", mailed(w), []string{"rita@northwind.example"})
	ok(t, renamed(w, p, "bea@contoso.com", "rui@contoso.com"))
	equal(t, "sent for the change", len(mailed(w)), 0)
	equal(t, "the contacts", link.Emails(part(t, w, p).Consent.Contacts())[0].String(), "bea@contoso.com")
	ok(t, errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), p, workflow.Cancel{})))
	equal(t, "told of the end", mailed(w), []string{"bea@contoso.com", "rui@contoso.com"})
	unchanged(t, spy, func() { refused[*workflow.WrongStateError](t, ours("joe@northwind.example")) })

	p = w.Granted(workshop, "ana@adatum.com")
	token = newest(w, p)
	ok(t, renamed(w, p, "eva@adatum.com"))
	w.Surveyed(p, claim.ProofCustomerSurvey)
	unchanged(t, spy, func() {
		refused[*survey.FrozenError](t, renamed(w, p, "rui@adatum.com"))
	})
	ok(t, ours("joe@northwind.example"))
	ok(t, answer(w, token, consent.DecisionWithdraw))
	equal(t, "told of the withdrawal", mailed(w), []string{"joe@northwind.example"})

	events, _ := history(t, w, "contoso.com")
	var changed []string
	for _, e := range events {
		if e.Kind == engagement.EventContactsChanged {
			equal(t, "the status stays", e.From, e.To)
			for _, f := range e.Detail.Changed {
				changed = append(changed, string(f)+" "+strings.Join(addresses(e.Person), " "))
			}
		}
	}
	equal(t, "the history", changed, []string{
		"customer_contacts eva@contoso.com", "partner_contacts joe@northwind.example", "partner_contacts rita@northwind.example",
		"customer_contacts bea@contoso.com rui@contoso.com",
	})
}

// Who was named through a location is offered to those who act there, also when it
// is the customer's only contact.
func TestContactsAreOfALocation(t *testing.T) {
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = sites{"rui": {porto}} })
	w.Known("contoso.com")
	addedWith := func(at engagement.LocationID, e engagement.ID, contacts workflow.Contacts) engagement.ParticipationID {
		started, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
			Customer: w.Customer("contoso.com"), Location: at, Engagements: []engagement.ID{e}, Contacts: contacts,
		})
		ok(t, err)
		return started[0].ID
	}
	addedWith(lisboa, migration, both(people(eva), people(joe)))
	q := addedWith(porto, workshop, workflow.Contacts{})
	seen := func(actor workflow.Actor, at engagement.LocationID) []workflow.Contacts {
		offer, err := w.Desk.Customers.Identify(background, actor, workflow.Candidate{Location: at, Domain: "contoso.com"})
		ok(t, err)
		claim, err := w.Desk.Customers.PreviewClaim(background, actor, workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: at})
		ok(t, err)
		c, err := w.Desk.Consents.Contacts(background, actor, q)
		ok(t, err)
		all := []workflow.Contacts{offer.Contacts, claim.Contacts, c.Contacts}
		for known, err := range w.Desk.Customers.AllKnown(background, actor) {
			ok(t, err)
			for _, n := range known.Named {
				all = append(all, both(workflow.Typed(n.Customer), workflow.Typed(n.Partner)))
			}
		}
		return all
	}
	theirs := both(people(eva), people(joe))
	none := both(people(), people())
	equal(t, "to whoever acts for all", seen(w.Actor, porto), []workflow.Contacts{theirs, theirs, theirs, theirs})
	equal(t, "to Porto", seen(rui, porto), []workflow.Contacts{none, none, none})
	portos := both(workflow.ByEmail("bea@contoso.com"), people())
	_, err := w.Desk.Consents.ChangeContacts(background, rui.Request(w.Key()), q, workflow.ChangeContacts{Customer: portos.Customer})
	ok(t, err)
	equal(t, "its own to Porto", seen(rui, porto), []workflow.Contacts{portos, portos, portos, portos})
	offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Domain: "contoso.com"})
	ok(t, err)
	equal(t, "Lisboa's to Lisboa", offer.Contacts, theirs)
}

// Erasing takes a person out of contacts that were never written to, and out of
// those that would be offered again.
func TestEraseNamedContacts(t *testing.T) {
	for name, person := range map[string]workflow.Person{
		"by address": {Email: "EVA+work@contoso.com"}, "by name": {Name: "eva costa"}, "by both": {Email: eva.Email, Name: eva.Name},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			named := people(eva)
			if name == "by address" {
				named[0].Email = "Eva+WORK@contoso.com" // in another spelling
			}
			p := addedWith(t, w, lisboa, migration, both(named, people(joe)))
			q := w.Granted(workshop, "ana@contoso.com")
			_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), q, workflow.ChangeContacts{Customer: named})
			ok(t, err)
			erase(t, w, person)
			gone(t, w, eva.Name)
			if person.Email != "" {
				gone(t, w, named[0].Email)
			}
			nothingLeft(t, w, spy, person)
			c, err := w.Desk.Consents.Contacts(background, w.Actor, p)
			ok(t, err)
			equal(t, "the partner's stay", c.Partner, people(joe))
			offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Domain: "contoso.com"})
			ok(t, err)
			equal(t, "offered", offer.Contacts, both(people(), workflow.ByEmail("partner@partner.example")))
			_, err = w.Desk.Histories.Verify(background, w.Actor, w.Customer("contoso.com"))
			ok(t, err)
		})
	}
}

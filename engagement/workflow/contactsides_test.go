package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// naming are the commands that name a customer contact: each with the one contact,
// in a world of its own.
var naming = map[string]func(*testing.T, *workflowtest.World) func(contact, reason string) (field string, err error){
	"add": func(_ *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		return func(contact, reason string) (string, error) {
			cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
			cmd.Contacts = workflow.Contacts{Customer: workflow.ByEmail("ana@contoso.com", contact), Partner: workflow.ByEmail("joe@partner.example"), Reason: reason}
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
			return "contacts.customer[1].email", err
		}
	},
	"claim": func(_ *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		w.Known("contoso.com")
		return func(contact, reason string) (string, error) {
			_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
				Customer: w.Customer("contoso.com"), Location: lisboa, Engagements: []engagement.ID{migration},
				Contacts: workflow.Contacts{Customer: workflow.ByEmail("ana@contoso.com", contact), Partner: workflow.ByEmail("joe@partner.example"), Reason: reason},
			})
			return "contacts.customer[1].email", err
		}
	},
	"change before the request": func(t *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		p := w.Added(migration, "ana@contoso.com")
		ok(t, errOf(w.Desk.Consents.ChangePartnerContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangePartnerContacts{Partner: workflow.ByEmail("joe@partner.example")})))
		return func(contact, reason string) (string, error) {
			_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Customer: workflow.ByEmail(contact), Reason: reason})
			return "customer[0].email", err
		}
	},
	"change after the consent": func(t *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@partner.example")})
		ok(t, err)
		w.Relayed()
		w.Accepted(p)
		return func(contact, reason string) (string, error) {
			_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Customer: workflow.ByEmail(contact), Reason: reason})
			return "customer[0].email", err
		}
	},
	"preview": func(_ *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		p := w.Added(migration, "ana@contoso.com")
		return func(contact, reason string) (string, error) {
			_, err := w.Desk.Consents.Preview(background, w.Actor, p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com", contact), Partner: workflow.ByEmail("joe@partner.example"), Reason: reason})
			return "customer[1].email", err
		}
	},
	"request": func(_ *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		p := w.Added(migration, "ana@contoso.com")
		return func(contact, reason string) (string, error) {
			_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com", contact), Partner: workflow.ByEmail("joe@partner.example"), Reason: reason})
			return "customer[1].email", err
		}
	},
	"change": func(t *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@partner.example")})
		ok(t, err)
		return func(contact, reason string) (string, error) {
			_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Customer: workflow.ByEmail(contact), Reason: reason})
			return "customer[0].email", err
		}
	},
	"customer survey": func(t *testing.T, w *workflowtest.World) func(string, string) (string, error) {
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Partner: workflow.ByEmail("joe@partner.example")})
		ok(t, err)
		w.Relayed()
		w.Accepted(p)
		return func(contact, reason string) (string, error) {
			return "contact.email", errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: contact}, Reason: reason}))
		}
	},
}

// A customer's answer does not come from the partner, whatever the command that names
// who is to give it.
func TestThePartnersOwnMailbox(t *testing.T) {
	for name, make := range naming {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			name := make(t, w)
			for address, domain := range map[string]string{
				"joe@partner.example":          "", // its own contact
				"JOE+customer@Partner.example": "",
				"anybody@northwind.example":    "northwind.example",
				"x@mail.northwind.example":     "northwind.example",
			} {
				unchanged(t, spy, func() {
					field, err := name(address, "She is a customer, really.")
					e := refused[*workflow.OwnContactError](t, err)
					equal(t, address, []string{e.Field, e.Domain.String(), string(e.Of)}, []string{field, domain, "partner"})
					if !strings.Contains(e.Error(), ": name somebody at the customer") {
						t.Errorf("%q does not help", e)
					}
				})
			}
			_, err := name("rui@notnorthwind.example", "") // another's
			ok(t, err)
		})
		t.Run(name+" in a sandbox", func(t *testing.T) {
			w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Sides.AllowOwn = true })
			_, err := make(t, w)("joe@northwind.example", "")
			ok(t, err)
			events, _ := history(t, w, "contoso.com")
			if last := events[len(events)-1]; name != "preview" && last.Detail.OwnContacts != 1 {
				t.Errorf("the event does not say what was let through: %+v", last.Detail)
			}
		})
	}
}

// And nobody of the customer's speaks for the partner.
func TestNobodyOfTheCustomersSpeaksForThePartner(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Surveyed(p, claim.ProofPartnerSurvey) // to partner@partner.example
	q := w.Granted(workshop, "ana@adatum.com")
	unchanged(t, spy, func() {
		_, err := w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), q, workflow.SendSurvey{Survey: claim.ProofPartnerSurvey, Contact: workflow.Contact{Email: "Contact@customer.example"}})
		e := refused[*workflow.OwnContactError](t, err)
		equal(t, "the field", []string{e.Field, string(e.Of)}, []string{"contact.email", "customer"})
		_, err = w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "partner@partner.example"}})
		refused[*workflow.OwnContactError](t, err)

		cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", pilot)
		cmd.Contacts = workflow.Contacts{Customer: workflow.ByEmail("eva@contoso.com"), Partner: workflow.ByEmail("joe@northwind.example", "EVA@contoso.com")}
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		refused[*workflow.OwnContactError](t, err)
	})
	ok(t, renamed(w, p, "eva@contoso.com"))
	unchanged(t, spy, func() { // neither is the contact, nor whose word stands
		for _, to := range []string{"eva@contoso.com", "contact@customer.example"} {
			_, err := w.Desk.Consents.ChangePartnerContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangePartnerContacts{Partner: workflow.ByEmail("joe@northwind.example", to)})
			e := refused[*workflow.OwnContactError](t, err)
			equal(t, "the field", []string{e.Field, string(e.Of)}, []string{"partner[1].email", "customer"})
		}
	})
}

// loose is a catalog of a host that gives a partner whatever domains.
type loose struct {
	workflow.Catalog
	domains []tenant.Domain
}

func (c loose) Partner(ctx context.Context, id engagement.PartnerID) (engagement.Partner, bool, error) {
	p, ok, err := c.Catalog.Partner(ctx, id)
	p.Domains = append(slices.Clip(p.Domains), c.domains...)
	return p, ok, err
}

// A host's catalog that names a public e-mail service among a partner's domains makes
// nobody there the partner; which services are public the host may say.
func TestPublicServicesAreNobodysOwn(t *testing.T) {
	school := must(tenant.ParseDomain("alumni.example"))
	host := workflow.Options{
		LinkURL: "https://portal.example/consent/", SurveyURL: "https://portal.example/survey/",
		Resolver: tenant.Resolver{ConsumerDomain: func(d tenant.Domain) bool { return d == school || tenant.IsConsumerDomain(d) }},
	}
	for name, make := range naming {
		if name == "add" || name == "claim" { // which take a directory and facts
			continue
		}
		for _, public := range []string{"eva@outlook.com", "eva@alumni.example", "eva@mail.telepac.pt"} {
			t.Run(name+" "+public, func(t *testing.T) {
				w, _ := newWorld(t)
				naming := make(t, w)
				domains := []tenant.Domain{school, must(tenant.ParseDomain("outlook.com")), must(tenant.ParseDomain("telepac.pt"))}
				opts := host
				opts.Now = w.Now
				w.Desk = must(workflow.New(w.Store, directory{}, loose{w.Catalog, domains}, workflow.FactFunc(noFacts), &opts))
				field, err := naming("eva@telepac.pt", "")
				equal(t, "of its own", refused[*workflow.OwnContactError](t, err).Field, field)
				_, err = naming(public, "")
				ok(t, err)
			})
		}
	}
}

// renamed names other contacts of the customer.
func renamed(w *workflowtest.World, p engagement.ParticipationID, to ...string) error {
	_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p, workflow.ChangeContacts{Customer: workflow.ByEmail(to...)})
	return err
}

// What the directory does not give to the customer is shown to the reviewer, needs a
// reason or is refused, as the host says; a directory that cannot tell stops nobody.
func TestForeignContacts(t *testing.T) {
	doubts := map[string]engagement.ContactDoubt{
		"eva@contoso.com": "", "eva@mail.contoso.com": "", "eva@adatum.com": engagement.DoubtForeignDomain, "eva@nobody.example": engagement.DoubtForeignDomain,
		"eva@gmail.com": engagement.DoubtConsumerDomain,
	}
	for name, make := range naming {
		for _, policy := range []workflow.ForeignContacts{workflow.FlagForeignContacts, workflow.ReasonForForeign, workflow.RefuseForeignContacts} {
			for address, doubt := range doubts {
				t.Run(strings.Join([]string{name, string(policy), address}, ", "), func(t *testing.T) {
					w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Sides.Foreign = policy })
					naming := make(t, w)
					field, err := naming(address, "")
					if doubt != "" && policy != workflow.FlagForeignContacts {
						e := refused[*workflow.ForeignContactError](t, err)
						equal(t, "what is refused", []any{e.Field, e.Domain.String(), e.Doubt, e.WithAReason}, []any{field, address[4:], doubt, policy == workflow.ReasonForForeign})
						_, err = naming(address, "He works for both.")
					}
					if doubt != "" && policy == workflow.RefuseForeignContacts {
						refused[*workflow.ForeignContactError](t, err)
						return
					}
					ok(t, err)
					if name == "preview" {
						return
					}
					p := w.Rows(migration, engagement.TabEligible)[0].Participation
					var flags []engagement.ContactFlag
					for _, f := range part(t, w, p).ContactFlags {
						if f.Domain.String() == address[4:] {
							flags = append(flags, f)
						}
					}
					if doubt == "" {
						equal(t, "flags", len(flags), 0)
						return
					}
					equal(t, "the flag", []any{flags[0].Doubt, flags[0].Reason != "", flags[0].At}, []any{doubt, policy != workflow.FlagForeignContacts, w.Now()})
					events, _ := history(t, w, "contoso.com")
					equal(t, "the event", events[len(events)-1].Detail.ForeignContacts, 1)
				})
			}
		}
		if name == "add" { // it could not tell who the customer is either
			continue
		}
		t.Run(name+", no directory", func(t *testing.T) {
			w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Sides.Foreign = workflow.RefuseForeignContacts })
			naming := make(t, w)
			w.Fail(workflowtest.Directory, errors.New("it is away"))
			_, err := naming("eva@adatum.com", "")
			ok(t, err)
		})
	}
}

// sandbox lets one person stand on both sides.
func sandbox(sc *workflowtest.Scenario) { sc.Options.Sides.AllowOwn = true }

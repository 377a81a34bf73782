package workflow_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// records reads a CSV file without its header.
func records(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	ok(t, err)
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	ok(t, err)
	return all[1:]
}

// newTown returns a world with every customer of the directory's file, all of
// them eligible for everything.
func newTown(t *testing.T) (*workflowtest.World, *spy) {
	t.Helper()
	w, spy := newWorld(t, func(sc *workflowtest.Scenario) { sc.Customers = nil })
	for _, r := range records(t, "testdata/directory.csv") {
		c := workflowtest.Customer{Domain: r[0], Entry: tenant.Entry{Name: r[3], Cloud: tenant.Cloud(r[4])}}
		ok(t, c.Entry.Tenant.UnmarshalText([]byte(r[1])))
		ok(t, c.Entry.TPID.UnmarshalText([]byte(r[2])))
		workflowtest.Seats.Set(&c.Facts, 300)
		workflowtest.Segment.Set(&c.Facts, "enterprise")
		w.PutCustomer(c)
	}
	return w, spy
}

const (
	contosoKey   = tenant.Key("tenant:2925428c-a5e2-56fd-9428-066f43b9c2e7")
	prosewareKey = tenant.Key("tenant:4966865e-6df6-5cd4-92d1-832a5ad4d4f4")
	breweryKey   = tenant.Key("tenant:4960f4a8-7e57-59e2-abc7-81b38c09d3ee")
	adatumTenant = "0f40919e-0b88-56fd-aba5-2ab9ade441ac"
)

// found is a candidate that is resolved, lost one that is refused.
type found struct {
	key   tenant.Key
	basis tenant.Basis
	name  string
}

// Each line of the file of awkward candidates, in its order, with its one result.
// What refuses to be identified is refused the same when it is added.
func TestCandidates(t *testing.T) {
	malformed := func(field string) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			equal(t, "the field", refused[*tenant.MalformedError](t, err).Field, field)
		}
	}
	notFound := func(domain string) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			equal(t, "the domain", refused[*tenant.NotFoundError](t, err).Domain.String(), domain)
		}
	}
	unconfirmed := func(t *testing.T, err error) {
		e := refused[*tenant.ReasonRequiredError](t, err)
		equal(t, "whom the directory knows", e.Found[0].Name, "Contoso")
	}
	consumer := func(needsID bool) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			e := refused[*tenant.ConsumerDomainError](t, err)
			equal(t, "what is missing", []bool{e.NeedsID, e.NeedsReason}, []bool{needsID, true})
		}
	}
	ambiguous := func(t *testing.T, err error) {
		equal(t, "how many", len(refused[*tenant.AmbiguousError](t, err).Found), 2)
	}
	want := []struct {
		email string
		as    found
		lost  func(*testing.T, error)
	}{
		{"ana@contoso.com", found{contosoKey, tenant.BasisDerived, "Contoso"}, nil},
		{"ANA@CONTOSO.COM.", found{contosoKey, tenant.BasisDerived, "Contoso"}, nil},
		{"ana+mci@contoso.com", found{contosoKey, tenant.BasisDerived, "Contoso"}, nil},
		{"ana@mail.contoso.com", found{}, notFound("mail.contoso.com")},
		{"ana@contoso.com", found{}, unconfirmed}, // the tenant of Adatum
		{"ana@contoso.com", found{}, unconfirmed}, // a TPID that nobody has
		{"ana@nobody-here.example", found{}, notFound("nobody-here.example")},
		{"joao@outlook.com", found{}, consumer(true)},
		{"joao@gmail.com", found{}, consumer(false)},
		{"it@21vianet.com", found{}, ambiguous},
		{"vendas@cervejariasãojoão.pt", found{breweryKey, tenant.BasisDerived, "Cervejaria São João"}, nil},
		{"vendas@xn--cervejariasojoo-ukbd.pt", found{breweryKey, tenant.BasisDerived, "Cervejaria São João"}, nil},
		{"not an address", found{}, malformed("email")},
		{"a@b@c.com", found{}, malformed("email")},
		{"ana@contoso.com\nBcc: x@y.z", found{}, malformed("email")},
		{"ana@-bad-.com", found{}, malformed("email")},
		{"admin@contoso.onmicrosoft.com", found{contosoKey, tenant.BasisDerived, "Contoso"}, nil},
		{"it@proseware.com", found{prosewareKey, tenant.BasisConfirmed, "Proseware"}, nil},
		{"it@proseware.com", found{prosewareKey, tenant.BasisConfirmed, "Proseware"}, nil},
		{"it@proseware.com", found{}, malformed("tenant_id")},
	}
	lines := records(t, "testdata/candidates.csv")
	equal(t, "candidates", len(lines), len(want))
	for i, r := range lines {
		t.Run(fmt.Sprintf("line %d", i+2), func(t *testing.T) {
			equal(t, "the line's e-mail", r[0], want[i].email)
			w, spy := newTown(t)
			c := workflow.Candidate{Location: lisboa, Email: r[0], TenantID: r[1], TPID: r[2]}
			var offer workflow.Offer
			var err error
			unchanged(t, spy, func() { offer, err = w.Desk.Customers.Identify(background, w.Actor, c) })
			cmdKey, cmd := w.Key(), workflow.AddCustomer{Candidate: c, Engagements: []engagement.ID{migration}}
			if want[i].lost != nil {
				want[i].lost(t, err)
				equal(t, "the offer", asJSON(t, offer), asJSON(t, workflow.Offer{Candidate: c}))
				unchanged(t, spy, func() { _, err = w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd) })
				want[i].lost(t, err)
				return
			}
			ok(t, err)
			got := found{offer.Resolution.Identity.Key(), offer.Resolution.Basis, offer.Resolution.Identity.Name}
			equal(t, "the customer", got, want[i].as)
			equal(t, "the candidate", offer.Candidate, c)
			equal(t, "what can be chosen", chosen(offer.Eligible), []engagement.ID{migration, workshop, pilot, "endpoint-workshop"})
			started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
			ok(t, err)
			p := part(t, w, started[0].ID)
			equal(t, "the participation's customer", found{p.Customer, p.Basis, p.Identity.Name}, want[i].as)
		})
	}
}

func chosen(choices []workflow.Choice) []engagement.ID {
	ids := make([]engagement.ID, len(choices))
	for i, c := range choices {
		ids[i] = c.Engagement
	}
	return ids
}

// An ID that the directory does not confirm needs a reason, which is kept with the
// participation and in the history. Eligibility is that of the ID which was given.
func TestReason(t *testing.T) {
	const reason = "Contoso bought Adatum, see the letter."
	for name, test := range map[string]struct {
		candidate workflow.Candidate
		key       tenant.Key
	}{
		"another tenant found": {workflow.Candidate{Email: "ana@contoso.com", TenantID: adatumTenant}, "tenant:" + adatumTenant},
		"a TPID not found":     {workflow.Candidate{Email: "ana@contoso.com", TPID: "999999"}, "tpid:999999"},
		"nobody found":         {workflow.Candidate{Domain: "nobody-here.example", TenantID: adatumTenant}, "tenant:" + adatumTenant},
		"a consumer domain":    {workflow.Candidate{Email: "joao@gmail.com", TenantID: string(prosewareKey[len("tenant:"):])}, prosewareKey},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newTown(t)
			c := test.candidate
			c.Location = lisboa
			unchanged(t, spy, func() {
				if _, err := w.Desk.Customers.Identify(background, w.Actor, c); err == nil {
					t.Fatal("identified without a reason")
				}
			})
			c.Reason = "  " + reason + " "
			if test.key == "tpid:999999" { // nobody knows what it is called; the others have names
				_, err := w.Desk.Customers.Identify(background, w.Actor, c)
				refused[*workflow.NameRequiredError](t, err)
				c.FriendlyName = "The bought one"
			}
			offer, err := w.Desk.Customers.Identify(background, w.Actor, c)
			ok(t, err)
			equal(t, "the key", offer.Resolution.Identity.Key(), test.key)
			equal(t, "the basis", offer.Resolution.Basis, tenant.BasisStated)
			equal(t, "that it is stated", offer.Resolution.Identity.Stated, true)
			if test.key == "tpid:999999" { // nobody has facts of it, so it is not eligible where they are asked for
				equal(t, "what can be chosen", len(offer.Eligible), 0)
				e := refusalOf[*workflow.NotEligibleError](t, offer.Ineligible[0])
				equal(t, "the reason", e.Reasons[0].Kind, engagement.ReasonFactsMissing)
				return
			}
			started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: c, Engagements: []engagement.ID{migration}})
			ok(t, err)
			p := part(t, w, started[0].ID)
			equal(t, "the stored reason", p.Reason, reason)
			events, err := wholeHistory(background, w.Desk, w.Actor, test.key)
			ok(t, err)
			equal(t, "the reason in the history", events[0].Person.Why, reason)
		})
	}
}

// refusalOf returns the one refusal of a choice that has this type.
func refusalOf[E error](t *testing.T, c workflow.Choice) E {
	t.Helper()
	for _, err := range c.Refusals {
		if e, ok := errors.AsType[E](err); ok {
			return e
		}
	}
	var none E
	t.Fatalf("%s is refused with %v, and not with a %T", c.Engagement, c.Refusals, none)
	return none
}

// A customer's tenant ID and its TPID are two customers: what the rules say of one,
// and a participation under one, says nothing about the other.
func TestNoCascadeBetweenIDs(t *testing.T) {
	w, _ := newTown(t)
	byTPID := workflow.Candidate{Location: lisboa, Email: "it@proseware.com", TPID: "640629"}
	offer, err := w.Desk.Customers.Identify(background, w.Actor, byTPID)
	ok(t, err)
	equal(t, "the key", offer.Resolution.Identity.Key(), "tpid:640629")
	equal(t, "the basis", offer.Resolution.Basis, tenant.BasisConfirmed)
	equal(t, "eligible by the tenant's facts", slices.Contains(chosen(offer.Eligible), migration), false)

	tpid := tenant.Entry{TPID: 640629, Name: "Proseware", Cloud: tenant.CloudPublic}
	c := workflowtest.Customer{Domain: "proseware.example", Entry: tpid}
	workflowtest.Seats.Set(&c.Facts, 300)
	workflowtest.Segment.Set(&c.Facts, "enterprise")
	w.PutCustomer(c)
	w.Granted(migration, "it@proseware.com") // by its tenant

	offer, err = w.Desk.Customers.Identify(background, w.Actor, byTPID)
	ok(t, err)
	equal(t, "eligible by its own facts", slices.Contains(chosen(offer.Eligible), migration), true)
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: byTPID, Engagements: []engagement.ID{migration}})
	ok(t, err)
	equal(t, "the customer", started[0].Customer, "tpid:640629")
	w.ExpectStatus(started[0].ID, engagement.StatusCustomerClaimed)
}

// An offer has the engagements that are open for customers, each once, those that
// cannot be chosen with every reason.
func TestOffer(t *testing.T) {
	w, spy := newWorld(t)
	open := []engagement.ID{migration, workshop, pilot, "endpoint-workshop"}
	unchanged(t, spy, func() {
		offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "it@fourthcoffee.com"})
		ok(t, err)
		equal(t, "eligible", chosen(offer.Eligible), open[2:])
		equal(t, "ineligible", chosen(offer.Ineligible), open[:2])
		equal(t, "why", offer.Ineligible[0].Reasons, []engagement.Reason{{
			Kind: engagement.ReasonCriteriaNotMet, Rule: "enough_seats", Doc: "The customer has at least 300 seats.", Wanted: "at least 300", Found: "20",
		}})
		e := refusalOf[*workflow.NotEligibleError](t, offer.Ineligible[0])
		for _, word := range []string{"azure-migration", "The customer has at least 300 seats", "at least 300", "20"} {
			if !strings.Contains(e.Error(), word) {
				t.Errorf("%q does not say %q", e, word)
			}
		}
		equal(t, "earns in Lisboa", offer.Eligible[0].Payable, true)

		offer, err = w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: porto, Email: "it@woodgrovebank.com"})
		ok(t, err)
		equal(t, "earns in Porto", offer.Eligible[0].Payable, false)
		equal(t, "why", offer.Ineligible[0].Reasons, []engagement.Reason{{
			Kind: engagement.ReasonFactsMissing, Rule: "enough_seats", Doc: "The customer has at least 300 seats.", Wanted: "at least 300", Missing: []string{"seats"},
		}})
	})
	w.Advance(40 * day) // past the last claim day of one
	offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "it@contoso.com"})
	ok(t, err)
	equal(t, "open", chosen(offer.Eligible), open[:3])
}

// A location that is not this partner's, not enrolled or not eligible is refused,
// each with an error of its own, when a customer is identified and when it is added.
func TestLocations(t *testing.T) {
	w, spy := newWorld(t)
	try := func(at engagement.LocationID) []error {
		c := workflow.Candidate{Location: at, Email: "ana@contoso.com"}
		_, identify := w.Desk.Customers.Identify(background, w.Actor, c)
		_, add := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: c, Engagements: []engagement.ID{migration}})
		return []error{identify, add}
	}
	unchanged(t, spy, func() {
		for _, at := range []engagement.LocationID{"", "nowhere", madrid} { // Madrid is another partner's
			for _, err := range try(at) {
				equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "location", Field: "location", Value: string(at)})
			}
		}
		for _, err := range try(funchal) {
			equal(t, "the refusal", *refused[*workflow.LocationNotEligibleError](t, err), workflow.LocationNotEligibleError{Location: funchal})
		}
		e := refused[*workflow.NotFoundError](t, func() error {
			_, err := w.Desk.Customers.Identify(background, workflow.Actor{Partner: "nobody", User: "ana", Roles: w.Actor.Roles}, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
			return err
		}())
		equal(t, "the field", e.Kind, "partner")
	})

	// Enrolled, and not eligible for the engagement.
	changeLocation(t, w, porto, func(l *engagement.Location) { workflowtest.Enrolled.Set(&l.Facts, false) })
	errs := try(porto)
	ok(t, errs[0])
	l := refused[*workflow.LocationNotEligibleError](t, errs[1])
	equal(t, "the location", l.Location, porto)
	equal(t, "the engagement", l.Engagement, migration)
	equal(t, "the criterion", l.Reasons[0].Rule, "enrolled")
	if !strings.Contains(l.Error(), "choose an eligible location") {
		t.Errorf("%q does not help", l)
	}
}

// changeLocation changes a location of Northwind.
func changeLocation(t *testing.T, w *workflowtest.World, id engagement.LocationID, change func(*engagement.Location)) {
	t.Helper()
	p, _, err := w.Catalog.Partner(background, "northwind")
	ok(t, err)
	p.Locations = slices.Clone(p.Locations)
	i := slices.IndexFunc(p.Locations, func(l engagement.Location) bool { return l.ID == id })
	p.Locations[i].Facts = p.Locations[i].Facts.Clone()
	change(&p.Locations[i])
	ok(t, w.Catalog.PutPartner(p))
}

// changeEngagement changes an engagement of the catalog.
func changeEngagement(t *testing.T, w *workflowtest.World, id engagement.ID, change func(*engagement.Engagement)) {
	t.Helper()
	all, err := w.Catalog.Engagements(background)
	ok(t, err)
	i := slices.IndexFunc(all, func(e engagement.Engagement) bool { return e.ID == id })
	e := all[i]
	change(&e)
	ok(t, w.Catalog.PutEngagement(e))
}

// What was offered is checked again when it is confirmed, and one engagement that
// refuses keeps all from being begun. Without any of it, the same is taken.
func TestConfirmChecksAgain(t *testing.T) {
	var few eligibility.Facts
	workflowtest.Seats.Set(&few, 20)
	workflowtest.Segment.Set(&few, "enterprise")
	for name, test := range map[string]struct {
		meanwhile func(t *testing.T, w *workflowtest.World)
		check     func(t *testing.T, err error)
	}{
		"nothing happens": {func(*testing.T, *workflowtest.World) {}, nil},
		"eligibility is lost": {
			func(_ *testing.T, w *workflowtest.World) { w.SetFacts("contoso.com", few) },
			func(t *testing.T, err error) {
				e := refused[*workflow.NotEligibleError](t, err)
				equal(t, "the engagement", e.Engagement, migration)
				equal(t, "the criterion", e.Reasons[0].Rule, "enough_seats")
			},
		},
		"facts are missing": {
			func(_ *testing.T, w *workflowtest.World) { w.SetFacts("contoso.com", eligibility.Facts{}) },
			func(t *testing.T, err error) {
				e := refused[*workflow.NotEligibleError](t, err)
				equal(t, "the reason", e.Reasons[0].Kind, engagement.ReasonFactsMissing)
			},
		},
		"the engagement closes": {
			func(t *testing.T, w *workflowtest.World) {
				changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Closes = date(t, "2026-08-01") })
			},
			func(t *testing.T, err error) {
				e := refused[*workflow.NotClaimableError](t, err)
				equal(t, "the engagement", e.Engagement, migration)
				equal(t, "availability", e.Availability, engagement.AvailabilityExpired)
			},
		},
		"the last claim day passes": {
			func(t *testing.T, w *workflowtest.World) {
				changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.LastClaimDay = date(t, "2026-08-31") })
			},
			func(t *testing.T, err error) {
				e := refused[*workflow.NotClaimableError](t, err)
				equal(t, "until", e.Until, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
			},
		},
		"the location leaves the program": {
			func(t *testing.T, w *workflowtest.World) {
				changeLocation(t, w, lisboa, func(l *engagement.Location) { l.Enrolled = false })
			},
			func(t *testing.T, err error) {
				equal(t, "the location", refused[*workflow.LocationNotEligibleError](t, err).Location, lisboa)
			},
		},
		"the location loses what it takes": {
			func(t *testing.T, w *workflowtest.World) {
				changeLocation(t, w, lisboa, func(l *engagement.Location) { workflowtest.Enrolled.Set(&l.Facts, false) })
			},
			func(t *testing.T, err error) {
				refused[*workflow.LocationNotEligibleError](t, err)
			},
		},
		"another partner gets the consent": {
			func(_ *testing.T, w *workflowtest.World) {
				w.As(workflowtest.Fabrikam).Granted(migration, "x@contoso.com")
			},
			func(t *testing.T, err error) {
				e := refused[*workflow.NotEligibleError](t, err)
				equal(t, "the reasons", e.Reasons, []engagement.Reason{{Kind: engagement.ReasonConsentedElsewhere}})
				if strings.Contains(strings.ToLower(e.Error()), "fabrikam") {
					t.Errorf("%q says who it was", e)
				}
			},
		},
		"the customer consents to this partner": {
			func(_ *testing.T, w *workflowtest.World) { w.Granted(workshop, "x@contoso.com") },
			func(t *testing.T, err error) { refused[*workflow.AlreadyKnownError](t, err) },
		},
		"a colleague adds it": {
			func(_ *testing.T, w *workflowtest.World) { w.Added(migration, "x@contoso.com") },
			func(t *testing.T, err error) {
				e := refused[*workflow.OpenParticipationError](t, err)
				equal(t, "the engagement", e.Engagement, migration)
				equal(t, "the status", e.Status, engagement.StatusCustomerClaimed)
				if e.Participation == "" || !strings.Contains(e.Error(), string(e.Participation)) {
					t.Errorf("%q does not say which participation", e)
				}
			},
		},
		"the directory forgets it": {
			func(_ *testing.T, w *workflowtest.World) { w.Fail(workflowtest.Directory, errors.New("down")) },
			func(t *testing.T, err error) {
				refused[*tenant.UnavailableError](t, err)
				equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "directory")
			},
		},
		"the facts are out of reach": {
			func(_ *testing.T, w *workflowtest.World) { w.Fail(workflowtest.Facts, errors.New("down")) },
			func(t *testing.T, err error) {
				equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "facts")
			},
		},
		"the program is out of reach": {
			func(_ *testing.T, w *workflowtest.World) { w.Fail(workflowtest.External, errors.New("down")) },
			func(t *testing.T, err error) {
				equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "external holdings")
			},
		},
		"the program says that it is taken": {
			func(_ *testing.T, w *workflowtest.World) {
				w.Held(migration, "contoso.com", engagement.ExternalHoldings{Participated: 1})
			},
			func(t *testing.T, err error) {
				e := refused[*workflow.NotEligibleError](t, err)
				equal(t, "the reasons", e.Reasons, []engagement.Reason{{Kind: engagement.ReasonParticipatedElsewhere}})
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy := newWorld(t)
			cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", pilot, migration)
			offer, err := w.Desk.Customers.Identify(background, w.Actor, cmd.Candidate)
			ok(t, err)
			equal(t, "the offer", slices.Contains(chosen(offer.Eligible), migration) && slices.Contains(chosen(offer.Eligible), pilot), true)
			test.meanwhile(t, w)
			var started []workflow.ParticipationView
			if test.check == nil {
				started, err = w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
				ok(t, err)
				equal(t, "started", len(started), 2)
				return
			}
			unchanged(t, spy, func() { started, err = w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd) })
			equal(t, "started", started, nil)
			test.check(t, err)
		})
	}
}

func date(t *testing.T, text string) eligibility.Date {
	t.Helper()
	d, err := eligibility.ParseDate(text)
	ok(t, err)
	return d
}

// Every engagement that refuses is in the error, not only the first.
func TestAddRefusesWithEverything(t *testing.T) {
	w, spy := newWorld(t)
	unchanged(t, spy, func() {
		_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "it@fourthcoffee.com", migration, "legacy-voice", pilot, workshop, "copilot-readiness"))
		for _, id := range []string{"azure-migration", "legacy-voice", "security-workshop", "copilot-readiness"} {
			if !strings.Contains(err.Error(), id) {
				t.Errorf("the error says nothing of %s: %v", id, err)
			}
		}
		refused[*workflow.NotEligibleError](t, err)
		e := refused[*workflow.NotClaimableError](t, err)
		equal(t, "the first that is closed", e.Engagement, "legacy-voice")
		equal(t, "availability", e.Availability, engagement.AvailabilityExpired)
		if !strings.Contains(e.Error(), "2025-07-01") || !strings.Contains(e.Error(), "2026-07-01") {
			t.Errorf("%q does not say when", e)
		}

		for _, test := range []struct {
			engagements []engagement.ID
			word        string
		}{{nil, "choose at least one"}, {[]engagement.ID{pilot, migration, pilot}, `"data-pilot" twice`}} {
			_, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", test.engagements...))
			e := refused[*workflow.InputError](t, err)
			equal(t, "the field", e.Field, "engagements")
			if !strings.Contains(e.Error(), test.word) {
				t.Errorf("%q does not say %q", e, test.word)
			}
		}
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", pilot, "nothing"))
		equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "engagement", Field: "engagements[1]", Value: "nothing"})
	})
}

// What an add begins: all chosen engagements in one write, each with what the
// participation stands on.
func TestAddStores(t *testing.T) {
	w, spy := newWorld(t)
	cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration, pilot)
	cmd.Candidate.FriendlyName = " Contoso\tPortugal\n "
	before := spy.count()
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	equal(t, "writes", spy.count()-before, 1)
	equal(t, "started", len(started), 2)
	for i, id := range []engagement.ID{migration, pilot} {
		p := part(t, w, started[i].ID)
		v := started[i]
		equal(t, "what was started", []any{v.ID, v.Engagement, v.Customer, v.ClaimNumber, v.Consent.Deadline, v.Status, v.Repeated},
			[]any{p.ID, id, w.Customer("contoso.com"), p.ClaimNumber, w.Now().Add(30 * day), engagement.StatusCustomerClaimed, false})
		equal(t, "origin", p.Origin, engagement.OriginAdded)
		equal(t, "location", p.Location, lisboa)
		equal(t, "name", p.FriendlyName, "Contoso Portugal")
		equal(t, "start", p.StartedAt, w.Now())
		equal(t, "deadline", p.Consent.Deadline, w.Now().Add(30*day))
		equal(t, "terms", p.Terms.Version, "1")
		equal(t, "decision", p.Decision.Outcome, eligibility.OutcomeEligible)
		if len(p.ClaimNumber) != len("C-XXXX-XXXX-XXXX") || p.Claim != nil {
			t.Errorf("claim number %q, claim %v", p.ClaimNumber, p.Claim)
		}
		w.ExpectStatus(p.ID, engagement.StatusCustomerClaimed)
		w.ExpectTab(id, engagement.TabEligible, "Contoso Portugal")
		w.ExpectActions(p.ID, engagement.ActionRequestConsent, engagement.ActionCancel)
	}
	if started[0].ClaimNumber == started[1].ClaimNumber || started[0].ID == started[1].ID {
		t.Error("two participations have one number")
	}
	events, kinds := history(t, w, "contoso.com")
	equal(t, "history", kinds, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventCustomerAdded})
	equal(t, "who", []string{events[0].Person.User, string(events[0].By), events[0].Person.Contacts[0].String()}, []string{"ana", "partner", "ana@contoso.com"})
	equal(t, "to", events[0].To, engagement.StatusCustomerClaimed)
}

// What a partner calls its customer, and who it was found to be, is what was said
// last; an add without a name forgets none.
func TestAddAgain(t *testing.T) {
	w, _ := newWorld(t)
	named := func(name string) engagement.ParticipationID {
		cmdKey, cmd := w.Key(), add(w, "ana@contoso.com", migration)
		cmd.Candidate.FriendlyName = name
		started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
		ok(t, err)
		return started[0].ID
	}
	w.Cancelled(named("First"))
	w.Cancelled(named("Second"))
	p := named("")
	w.Requested(p)
	w.Accepted(p)
	for _, tab := range []engagement.ID{workshop, pilot} {
		w.ExpectTab(tab, engagement.TabEligible, "Second")
	}
}

// An engagement whose rules fail is not "not eligible": it is in no list, its
// error comes with the offer of the others, and adding to it is refused.
func TestBrokenRules(t *testing.T) {
	broken := errors.New("the index is out of date")
	w, spy := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "broken", Version: "1", Rules: []eligibility.Rule{{
			ID: "broken", Doc: "Always fails.",
			Check: eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) { return eligibility.Finding{}, broken }),
		}}})
		ok(t, err)
		e.CustomerRules = set
	})
	unchanged(t, spy, func() {
		offer, err := w.Desk.Customers.Identify(background, w.Actor, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
		if !errors.As(err, new(*eligibility.RuleError)) || !errors.Is(err, broken) || !strings.Contains(err.Error(), "azure-migration") {
			t.Fatalf("the error is %v", err)
		}
		equal(t, "eligible", chosen(offer.Eligible), []engagement.ID{workshop, pilot, "endpoint-workshop"})
		equal(t, "ineligible", len(offer.Ineligible), 0)
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", pilot, migration))
		if !errors.Is(err, broken) || errors.As(err, new(*workflow.NotEligibleError)) {
			t.Fatalf("the error is %v", err)
		}
	})
}

// Only known customers can be claimed, and only where nothing is open.
func TestClaim(t *testing.T) {
	w, spy := newWorld(t)
	contoso := w.Customer("contoso.com")
	claim := func(id engagement.ID) ([]workflow.ParticipationView, error) {
		return w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: contoso, Location: lisboa, Engagements: []engagement.ID{id}})
	}
	offered := func() (workflow.Offer, error) {
		return w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: contoso, Location: lisboa})
	}

	w.Added(workshop, "ana@contoso.com") // added is not known
	unchanged(t, spy, func() {
		_, err := offered()
		equal(t, "the refusal", *refused[*workflow.NotKnownError](t, err), workflow.NotKnownError{Customer: string(contoso)})
		_, err = claim(pilot)
		if e := refused[*workflow.NotKnownError](t, err); !strings.Contains(e.Error(), "add it") {
			t.Errorf("%q does not help", e)
		}
	})

	p := w.Granted(migration, "ana@contoso.com")
	unchanged(t, spy, func() {
		offer, err := offered()
		ok(t, err)
		equal(t, "eligible", chosen(offer.Eligible), []engagement.ID{pilot, "endpoint-workshop"})
		equal(t, "ineligible", chosen(offer.Ineligible), []engagement.ID{migration, workshop})
		e := refusalOf[*workflow.OpenParticipationError](t, offer.Ineligible[0])
		equal(t, "the refusal", *e, workflow.OpenParticipationError{Engagement: migration, Participation: p, Status: engagement.StatusConsentReceived})
		equal(t, "the customer", offer.Resolution.Identity.Name, "Contoso")

		_, err = claim(migration)
		equal(t, "the participation", refused[*workflow.OpenParticipationError](t, err).Participation, p)
		_, err = claim(workshop)
		equal(t, "the status", refused[*workflow.OpenParticipationError](t, err).Status, engagement.StatusCustomerClaimed)
		_, err = claim("copilot-readiness")
		equal(t, "availability", refused[*workflow.NotClaimableError](t, err).Availability, engagement.AvailabilityUpcoming)

		// Add or claim, not both.
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", pilot))
		if e := refused[*workflow.AlreadyKnownError](t, err); e.Engagement != pilot || !strings.Contains(e.Error(), "claim it") {
			t.Errorf("%q does not help", e)
		}
		_, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
		refused[*workflow.OpenParticipationError](t, err)
		if errors.As(err, new(*workflow.AlreadyKnownError)) {
			t.Error("the error says both, and one is what stands in the way")
		}
	})

	started, err := claim(pilot)
	ok(t, err)
	q := part(t, w, started[0].ID)
	equal(t, "origin", q.Origin, engagement.OriginClaimed)
	equal(t, "deadline", q.Consent.Deadline, w.Now().Add(30*day))
	events, _ := history(t, w, "contoso.com")
	last := events[len(events)-1]
	equal(t, "the event", []string{string(last.Kind), last.Person.User, string(last.To)}, []string{"customer claimed", "ana", "Customer claimed"})

	// A claimed customer is put back when it declines; an added one leaves.
	w.Requested(q.ID)
	w.Declined(q.ID)
	w.ExpectTab(pilot, engagement.TabEligible, "Contoso")
	equal(t, "the row", w.Row(q.ID).Tab, engagement.TabOff)
	_, err = claim(pilot)
	ok(t, err)
}

// A text that is no customer's key is refused as input, whatever it is.
func TestClaimJunkKey(t *testing.T) {
	w, spy := newWorld(t)
	for _, key := range []tenant.Key{"", "contoso", "tenant:", "tenant:0F40919E-0B88-56FD-ABA5-2AB9ADE441AC", "tpid:0", "tpid:1\xff"} {
		unchanged(t, spy, func() {
			_, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: key, Location: lisboa})
			equal(t, "the field", refused[*workflow.InputError](t, err).Field, "customer")
			_, err = w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: key, Location: lisboa, Engagements: []engagement.ID{pilot}})
			equal(t, "the field", refused[*workflow.InputError](t, err).Field, "customer")
		})
	}
}

// A claim checks location and eligibility as an add does, and takes all or none.
func TestClaimChecks(t *testing.T) {
	w, spy := newWorld(t)
	w.Known("contoso.com")
	claim := func(at engagement.LocationID, ids ...engagement.ID) error {
		_, err := w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: at, Engagements: ids})
		return err
	}
	unchanged(t, spy, func() {
		refused[*workflow.LocationNotEligibleError](t, claim(funchal, pilot))
		refused[*workflow.NotFoundError](t, claim(madrid, pilot))
		refused[*workflow.InputError](t, claim(lisboa))
		refused[*workflow.NotClaimableError](t, claim(lisboa, pilot, "legacy-voice"))
		_, err := w.Desk.Customers.PreviewClaim(background, w.Actor, workflow.ClaimCustomer{Customer: w.Customer("contoso.com"), Location: funchal})
		refused[*workflow.LocationNotEligibleError](t, err)
		w.SetFacts("contoso.com", eligibility.Facts{})
		refused[*workflow.NotEligibleError](t, claim(lisboa, pilot, migration))
	})
}

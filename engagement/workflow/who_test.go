package workflow_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// callers are who gives each command and asks each question, about a participation
// of Northwind's through Lisboa.
var callers = []struct {
	name  string
	actor workflow.Actor
}{
	{"another partner", workflowtest.Fabrikam},
	{"another location", rui},
	{"no role", workflow.Actor{Partner: "northwind", User: "bob"}},
	{"no user", workflow.Actor{Partner: "northwind", Roles: workflow.AllRoles()}},
	{"the program", workflow.Actor{User: "vic", Roles: []workflow.Role{workflow.RoleProgram}}.For("northwind")},
	{"both sides", workflow.Actor{Partner: "northwind", User: "ana", Roles: workflow.AllRoles()}},
}

// whoMay says what each caller gets: ok is a result or a refusal by the state that
// things are in; "none" that there is no such thing; "no" that it may not; "4eyes"
// that it acted for the partner.
const whoMay = `
                               partner  location no role  no user  program  both
Engagements.List               ok       ok       no       no       no       ok
Engagements.Get                ok       ok       no       no       no       ok
Engagements.Locations          ok       ok       no       no       no       ok
Customers.Identify             none     no       no       no       no       ok
Customers.Add                  none     no       no       no       no       ok
Customers.AddAll               none     no       no       no       no       ok
Customers.PreviewClaim         none     no       no       no       no       ok
Customers.Claim                none     no       no       no       no       ok
Consents.Preview               none     none     no       no       no       ok
Consents.Request               none     none     no       no       no       ok
Consents.Resend                none     none     no       no       no       ok
Consents.ChangeContacts        none     none     no       no       no       ok
Consents.ChangePartnerContacts none     none     no       no       no       ok
Consents.Contacts              none     none     no       no       no       ok
Claims.Cancel                  none     none     no       no       no       ok
Claims.Participation           none     none     no       no       no       ok
Claims.Status                  none     none     no       no       no       ok
Consents.Evidence              none     none     no       no       ok       ok
Consents.Receipt               none     none     no       no       ok       ok
Histories.List                 ok       ok       no       no       ok       ok
Histories.All                  ok       ok       no       no       ok       ok
Histories.Verify               ok       no       no       no       ok       ok
Histories.Heads                ok       no       no       no       ok       ok
Feed.Read                      ok       ok       no       no       ok       ok
Feed.Lag                       ok       no       no       no       ok       ok
Feed.Consumers                 ok       no       no       no       ok       ok
Feed.MoveConsumer              ok       no       no       no       ok       ok
Customers.List                 ok       ok       no       no       no       ok
Customers.All                  ok       ok       no       no       no       ok
Customers.Search               ok       ok       no       no       no       ok
Customers.NeedingAttention     ok       ok       no       no       no       ok
Customers.Known                ok       ok       no       no       no       ok
Customers.AllKnown             ok       ok       no       no       no       ok
Customers.Export               ok       ok       no       no       no       ok
Program.ErasePerson            no       no       no       no       none     none
Program.RepeatErasure          no       no       no       no       ok       ok
Program.Import                 no       no       no       no       ok       ok
Program.Reevaluate             no       no       no       no       ok       ok
Customers.Disassociate         ok       no       no       no       no       ok
Customers.Associate            ok       no       no       no       no       ok
Claims.Update                  none     none     no       no       no       ok
Claims.RecordReferral          none     none     no       no       no       ok
Claims.Comment                 none     none     no       no       ok       ok
Documents.Add                  none     none     no       no       no       ok
Documents.Record               none     none     no       no       no       ok
Documents.Remove               none     none     no       no       no       ok
Documents.Open                 none     none     no       no       none     none
Surveys.Send                   none     none     no       no       no       ok
Surveys.Resend                 none     none     no       no       no       ok
Claims.Submit                  none     none     no       no       no       ok
Surveys.Answer                 none     none     no       no       no       ok
Surveys.Get                    none     none     no       no       ok       ok
Claims.Recall                  none     none     no       no       no       ok
Claims.Dispute                 none     none     no       no       no       ok
Reviews.Start                  no       no       no       no       ok       4eyes
Reviews.RequestAction          no       no       no       no       ok       4eyes
Reviews.Approve                no       no       no       no       ok       4eyes
Reviews.Reject                 no       no       no       no       ok       4eyes
Reviews.RecordPayment          no       no       no       no       ok       4eyes
Claims.Get                     none     none     no       no       ok       ok
Claims.List                    ok       ok       no       no       ok       ok
Claims.All                     ok       ok       no       no       ok       ok
Claims.Figures                 ok       ok       no       no       ok       ok
Claims.Totals                  ok       ok       no       no       ok       ok
Claims.Export                  ok       ok       no       no       ok       ok
`

// outcomeOf names what a caller got.
func outcomeOf(err error) string {
	switch {
	case errors.As(err, new(*workflow.FourEyesError)):
		return "4eyes"
	case errors.As(err, new(*workflow.ForbiddenError)):
		return "no"
	case errors.As(err, new(*workflow.NotFoundError)), errors.As(err, new(*workflow.PersonNotFoundError)):
		return "none"
	}
	return "ok"
}

// quarters is a world in which Northwind has a claim through Lisboa that is under
// review and another through Porto, and Fabrikam one with the same customer. Its
// texts say whose they are: "lisboan", "portoan", "madrilenian".
func quarters(t *testing.T) (w *workflowtest.World, spy *spy, lisboan engagement.ParticipationID, markers map[string][]string) {
	t.Helper()
	w, spy = newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Authorizer = sites{"rui": {porto}} })
	markers = map[string][]string{"lisboan": {"lisboan", string(lisboa)}, "portoan": {"portoan", string(porto)}, "madrilenian": {"madrilenian", string(madrid)}}
	begin := func(w *workflowtest.World, whose, domain string, at engagement.LocationID, e engagement.ID) engagement.ParticipationID {
		started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{e}, Candidate: workflow.Candidate{Location: at, Domain: domain}})
		ok(t, err)
		p := started[0]
		_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p.ID, workflow.RequestConsent{
			Customer: []workflow.Contact{{Name: "Dr " + whose, Email: whose + "@" + domain}},
			Partner:  []workflow.Contact{{Name: "Mr " + whose, Email: "eu@" + whose + ".example"}},
		})
		ok(t, err)
		w.Relayed()
		markers[whose] = append(markers[whose], string(p.ID), p.ClaimNumber)
		for _, link := range w.Links(p.ID) {
			markers[whose] = append(markers[whose], link.Secret())
		}
		return p.ID
	}
	claimed := func(w *workflowtest.World, whose string, p engagement.ParticipationID) {
		w.Accepted(p)
		w.Submitted(p)
		ok(t, errOf(w.Desk.Claims.Comment(background, w.Actor.Request(w.Key()), p, workflow.Comment{Text: "It is " + whose + "."})))
		ok(t, errOf(w.Desk.Reviews.Start(background, w.Reviewer().Request(w.Key()), p, workflow.StartReview{})))
		ok(t, errOf(w.Desk.Claims.Comment(background, w.Reviewer().Request(w.Key()), p, workflow.Comment{Text: "So " + whose + "."})))
		for _, v := range part(t, w, p).Claim.Evidence {
			markers[whose] = append(markers[whose], string(v.ID))
		}
	}
	lisboan = begin(w, "lisboan", "contoso.com", lisboa, migration)
	claimed(w, "lisboan", lisboan)
	claimed(w, "portoan", begin(w, "portoan", "adatum.com", porto, migration))
	begin(w.As(workflow.Actor{Partner: "northwind", User: "tia-lisboan", Roles: w.Actor.Roles}), "lisboan", "woodgrovebank.com", lisboa, workshop)
	claimed(w.As(workflowtest.Fabrikam), "madrilenian", begin(w.As(workflowtest.Fabrikam), "madrilenian", "contoso.com", madrid, workshop))
	w.Advance(time.Hour)
	return w, spy, lisboan, markers
}

// withheld are the markers that a caller must not see.
func withheld(caller string, markers map[string][]string) []string {
	switch caller {
	case "another partner":
		return slices.Concat(markers["lisboan"], markers["portoan"])
	case "another location":
		return slices.Concat(markers["lisboan"], markers["madrilenian"])
	case "the program", "both sides":
		return markers["madrilenian"]
	}
	return slices.Concat(markers["lisboan"], markers["portoan"], markers["madrilenian"])
}

// Each command and each query gives each caller what it may have, and nothing of
// what it may not shows in a result or an error.
func TestWhoMayWhat(t *testing.T) {
	thorough(t)
	table := strings.Split(strings.TrimPrefix(whoMay, "\n"), "\n")
	header, rest := table[0], table[1:]
	got := []string{header}
	for _, c := range calls() {
		line := fmt.Sprintf("%-30s", c.name)
		for _, caller := range callers {
			w, spy, p, markers := quarters(t)
			before := spy.count()
			result, err := c.do(w, caller.actor, p)
			outcome := outcomeOf(err)
			line += fmt.Sprintf(" %-8s", outcome)
			if outcome != "ok" && spy.count() != before {
				t.Errorf("%s by %s was refused and has written", c.name, caller.name)
			}
			named := []string{string(p), string(lisboa)} // by the caller itself
			for _, text := range withheld(caller.name, markers) {
				if slices.Contains(named, text) && err != nil {
					continue
				}
				if found := holding(append(texts(result), texts(err)...), text); len(found) > 0 {
					t.Errorf("%s by %s: %q shows in %q", c.name, caller.name, text, found[0])
				}
				if err != nil && strings.Contains(err.Error(), text) {
					t.Errorf("%s by %s: %q shows in the error %v", c.name, caller.name, text, err)
				}
			}
		}
		got = append(got, strings.TrimRight(line, " "))
	}
	if want := strings.Join(append([]string{header}, rest...), "\n"); strings.Join(got, "\n")+"\n" != want {
		t.Errorf("who may what is\n%s", strings.Join(got, "\n"))
	}
}

// Every method of the Service that takes an actor is among the calls, so that the
// tables above and below cannot forget one; the others are for the bearers of links
// and for jobs.
func TestEveryMethodIsCalled(t *testing.T) {
	var called, without []string
	for _, c := range calls() {
		called = append(called, c.name)
	}
	w, _ := newWorld(t)
	for _, m := range deskMethods(w.Desk) {
		takes := false
		for n := range m.Type().NumIn() {
			takes = takes || m.Type().In(n) == reflect.TypeFor[workflow.Actor]() || m.Type().In(n) == reflect.TypeFor[workflow.Request]()
		}
		switch {
		case !takes:
			without = append(without, m.name)
		case !slices.Contains(called, m.name):
			t.Errorf("%s takes an actor and is not among the calls", m.name)
		}
	}
	equal(t, "the methods without an actor", without, []string{
		"Links.AnswerConsent", "Links.AnswerSurvey", "Links.ConsentView", "Links.SurveyView", "Jobs.Prune", "Jobs.RecordBounce", "Jobs.Relay", "Jobs.Run", "Jobs.Sweep",
	})
}

// A user of Porto who asks for everything, by whatever of Lisboa it has got hold of,
// finds Porto's and nothing of Lisboa's.
func TestOtherLocation(t *testing.T) {
	w, spy, lisboan, markers := quarters(t)
	contoso, woodgrove := w.Customer("contoso.com"), w.Customer("woodgrovebank.com")
	number := part(t, w, lisboan).ClaimNumber
	asRui := w.As(rui)
	answers := map[string]any{}
	ask := func(what string, answer any, err error) {
		answers[what] = []any{answer, err, fmt.Sprint(err)}
	}
	for _, text := range []string{"", number, "contoso", "adatum"} {
		rows, err := searchRows(w.Desk, rui, text, 0)
		ask("search "+text, rows, err)
		for _, e := range []engagement.ID{migration, workshop, pilot} {
			for _, tab := range engagement.AllTabs() {
				page, err := w.Desk.Customers.List(background, rui, workflow.CustomersQuery{Engagement: e, Tab: tab, Search: text})
				ask(fmt.Sprint("page ", e, tab, text), page, err)
			}
		}
		page, err := w.Desk.Claims.List(background, rui, workflow.ClaimsQuery{Search: text})
		ask("claims "+text, page, err)
		totals, err := w.Desk.Claims.Totals(background, rui, workflow.ClaimsQuery{Search: text})
		ask("totals "+text, totals, err)
	}
	for _, only := range [][]engagement.LocationID{{lisboa}, {lisboa, porto}} {
		page, err := w.Desk.Claims.List(background, rui, workflow.ClaimsQuery{Locations: only})
		ask(fmt.Sprint("claims of ", only), page, err)
		customers, err := w.Desk.Customers.List(background, rui, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabIneligible, Locations: only})
		ask(fmt.Sprint("customers of ", only), customers, err)
		groups, err := w.Desk.Engagements.List(background, rui, workflow.EngagementsQuery{Locations: only})
		ask(fmt.Sprint("engagements of ", only), groups, err)
	}
	unchanged(t, spy, func() {
		for _, domain := range []string{"contoso.com", "woodgrovebank.com"} {
			offer, err := w.Desk.Customers.Identify(background, rui, workflow.Candidate{Location: porto, Domain: domain})
			ask("offer "+domain, offer, err)
			offer, err = w.Desk.Customers.PreviewClaim(background, rui, workflow.ClaimCustomer{Customer: w.Customer(domain), Location: porto})
			ask("claim offer "+domain, offer, err)
			history, err := collect(w.Desk.Histories.All(background, rui, workflow.HistoryQuery{Customer: w.Customer(domain)}))
			ask("history "+domain, history, err)
		}
		_, err := w.Desk.Customers.Add(background, rui.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{migration}, Candidate: workflow.Candidate{Location: porto, Domain: "contoso.com"}})
		equal(t, "an open one at Lisboa", *refused[*workflow.OpenParticipationError](t, err), workflow.OpenParticipationError{Engagement: migration})
		ask("add", nil, err)
		_, err = w.Desk.Customers.Claim(background, rui.Request(w.Key()), workflow.ClaimCustomer{Engagements: []engagement.ID{migration}, Customer: contoso, Location: porto})
		equal(t, "an open one at Lisboa", *refused[*workflow.OpenParticipationError](t, err), workflow.OpenParticipationError{Engagement: migration})
		ask("claim", nil, err)
	})
	_, err := w.Desk.Histories.List(background, rui, workflow.HistoryQuery{Customer: woodgrove})
	refused[*workflow.NotFoundError](t, err)

	for what, answer := range answers {
		for _, text := range withheld("another location", markers) {
			if found := holding(texts(answer), text); len(found) > 0 {
				t.Errorf("%s: %q shows in %q", what, text, found[0])
			}
		}
	}
	for _, what := range []string{"search ", "search adatum", "page azure-migrationeligible", "claims ", "claims of [4711201 4711202]"} {
		if len(holding(texts(answers[what]), markers["portoan"][2])) == 0 {
			t.Errorf("%s does not show Porto's own", what)
		}
	}
	asRui.ExpectTab(migration, engagement.TabEligible, "Adatum")
	asRui.ExpectTab(migration, engagement.TabIneligible, "Contoso")
	asRui.ExpectTab(workshop, engagement.TabIneligible, "Contoso", "Woodgrove Bank")
	for _, row := range must(searchRows(w.Desk, rui, "contoso", 0)) {
		if row.Engagement == migration {
			equal(t, "why", row.Reasons, []engagement.Reason{{Kind: engagement.ReasonHeldByColleagues}})
		}
	}
	summary, err := w.Desk.Engagements.Get(background, rui, migration)
	ok(t, err)
	equal(t, "n of m locations", []any{summary.EligibleLocations, summary.EnrolledLocations}, []any{[]engagement.LocationID{porto}, 1})
	outcomes, err := w.Desk.Engagements.Locations(background, rui, migration)
	ok(t, err)
	equal(t, "the locations of the eligibility page", len(outcomes), 1)
	page, err := w.Desk.Claims.List(background, rui, workflow.ClaimsQuery{})
	ok(t, err)
	equal(t, "the counts of claims", page.Counts, map[engagement.Status]workflow.Count{engagement.StatusUnderReview: {N: 1}})
}

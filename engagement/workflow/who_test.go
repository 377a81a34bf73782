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
Engagements          ok       ok       no       no       no       ok
EngagementSummary    ok       ok       no       no       no       ok
Eligibility          ok       ok       no       no       no       ok
Identify             none     no       no       no       no       ok
AddCustomer          none     no       no       no       no       ok
AddCustomers         none     no       no       no       no       ok
OfferClaim           none     no       no       no       no       ok
ClaimCustomer        none     no       no       no       no       ok
PreviewConsent       none     none     no       no       no       ok
RequestConsent       none     none     no       no       no       ok
ResendConsent        none     none     no       no       no       ok
ChangeContacts       none     none     no       no       no       ok
ChangePartnerContacts none     none     no       no       no       ok
Contacts             none     none     no       no       no       ok
Cancel               none     none     no       no       no       ok
Participation        none     none     no       no       no       ok
Status               none     none     no       no       no       ok
ConsentEvidence      none     none     no       no       ok       ok
Receipt              none     none     no       no       ok       ok
History              ok       ok       no       no       ok       ok
AllHistory           ok       ok       no       no       ok       ok
VerifyHistory        ok       no       no       no       ok       ok
Heads                ok       no       no       no       ok       ok
Feed                 ok       ok       no       no       ok       ok
FeedLag              ok       no       no       no       ok       ok
FeedConsumers        ok       no       no       no       ok       ok
MoveFeedConsumer     ok       no       no       no       ok       ok
Customers            ok       ok       no       no       no       ok
AllCustomers         ok       ok       no       no       no       ok
Search               ok       ok       no       no       no       ok
AttentionRequired    ok       ok       no       no       no       ok
KnownCustomers       ok       ok       no       no       no       ok
ExportCustomers      ok       ok       no       no       no       ok
ErasePerson          no       no       no       no       none     none
ImportKnown          no       no       no       no       ok       ok
Reevaluate           no       no       no       no       ok       ok
Disassociate         ok       no       no       no       no       ok
Associate            ok       no       no       no       no       ok
ChangeDetails        none     none     no       no       no       ok
RecordReferral       none     none     no       no       no       ok
Comment              none     none     no       no       ok       ok
AddEvidence          none     none     no       no       no       ok
RecordEvidence       none     none     no       no       no       ok
RemoveEvidence       none     none     no       no       no       ok
OpenEvidence         none     none     no       no       none     none
RequestSurvey        none     none     no       no       no       ok
ResendSurvey         none     none     no       no       no       ok
SubmitClaim          none     none     no       no       no       ok
AnswerPartnerSurvey  none     none     no       no       no       ok
RecallClaim          none     none     no       no       no       ok
DisputeClaim         none     none     no       no       no       ok
StartReview          no       no       no       no       ok       4eyes
AskForAction         no       no       no       no       ok       4eyes
ApproveClaim         no       no       no       no       ok       4eyes
RejectClaim          no       no       no       no       ok       4eyes
RecordPayment        no       no       no       no       ok       4eyes
Claim                none     none     no       no       ok       ok
Claims               ok       ok       no       no       ok       ok
AllClaims            ok       ok       no       no       ok       ok
ClaimTotals          ok       ok       no       no       ok       ok
ExportClaims         ok       ok       no       no       ok       ok
`

// outcomeOf names what a caller got.
func outcomeOf(err error) string {
	switch {
	case errors.Is(err, workflow.ErrFourEyes):
		return "4eyes"
	case errors.Is(err, workflow.ErrForbidden):
		return "no"
	case errors.Is(err, workflow.ErrNotFound):
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
		started, err := w.Desk.AddCustomer(background, w.Actor, workflow.AddCustomer{Key: w.Key(), Engagements: []engagement.ID{e}, Candidate: workflow.Candidate{Location: at, Domain: domain}})
		ok(t, err)
		p := started[0]
		_, err = w.Desk.RequestConsent(background, w.Actor, p.ID, workflow.ConsentRequest{
			Key:      w.Key(),
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
		ok(t, w.Desk.Comment(background, w.Actor, p, workflow.Comment{Key: w.Key(), Text: "It is " + whose + "."}))
		ok(t, w.Desk.StartReview(background, w.Reviewer(), p, workflow.StartReview{Key: w.Key()}))
		ok(t, w.Desk.Comment(background, w.Reviewer(), p, workflow.Comment{Key: w.Key(), Text: "So " + whose + "."}))
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
	table := strings.Split(strings.TrimPrefix(whoMay, "\n"), "\n")
	header, rest := table[0], table[1:]
	got := []string{header}
	for _, c := range calls() {
		line := fmt.Sprintf("%-20s", c.name)
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
	desk := reflect.TypeFor[*workflow.Service]()
	for i := range desk.NumMethod() {
		m := desk.Method(i)
		takes := false
		for n := range m.Type.NumIn() {
			takes = takes || m.Type.In(n) == reflect.TypeFor[workflow.Actor]()
		}
		switch {
		case !takes:
			without = append(without, m.Name)
		case !slices.Contains(called, m.Name):
			t.Errorf("%s takes an actor and is not among the calls", m.Name)
		}
	}
	equal(t, "the methods without an actor", without, []string{
		"AnswerConsent", "AnswerSurvey", "ConsentView", "Prune", "RecordBounce", "Relay", "SurveyView", "Sweep",
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
		rows, err := w.Desk.Search(background, rui, text, 0)
		ask("search "+text, rows, err)
		for _, e := range []engagement.ID{migration, workshop, pilot} {
			for _, tab := range engagement.AllTabs() {
				page, err := w.Desk.Customers(background, rui, e, workflow.CustomersQuery{Tab: tab, Search: text})
				ask(fmt.Sprint("page ", e, tab, text), page, err)
			}
		}
		page, err := w.Desk.Claims(background, rui, workflow.ClaimsQuery{Search: text})
		ask("claims "+text, page, err)
		totals, err := w.Desk.ClaimTotals(background, rui, workflow.ClaimsQuery{Search: text})
		ask("totals "+text, totals, err)
	}
	for _, only := range [][]engagement.LocationID{{lisboa}, {lisboa, porto}} {
		page, err := w.Desk.Claims(background, rui, workflow.ClaimsQuery{Locations: only})
		ask(fmt.Sprint("claims of ", only), page, err)
		customers, err := w.Desk.Customers(background, rui, migration, workflow.CustomersQuery{Tab: engagement.TabIneligible, Locations: only})
		ask(fmt.Sprint("customers of ", only), customers, err)
		groups, err := w.Desk.Engagements(background, rui, workflow.EngagementsQuery{Locations: only})
		ask(fmt.Sprint("engagements of ", only), groups, err)
	}
	unchanged(t, spy, func() {
		for _, domain := range []string{"contoso.com", "woodgrovebank.com"} {
			offer, err := w.Desk.Identify(background, rui, workflow.Candidate{Location: porto, Domain: domain})
			ask("offer "+domain, offer, err)
			offer, err = w.Desk.OfferClaim(background, rui, workflow.ClaimCustomer{Customer: w.Customer(domain), Location: porto})
			ask("claim offer "+domain, offer, err)
			history, err := collect(w.Desk.AllHistory(background, rui, workflow.HistoryQuery{Customer: w.Customer(domain)}))
			ask("history "+domain, history, err)
		}
		_, err := w.Desk.AddCustomer(background, rui, workflow.AddCustomer{Key: w.Key(), Engagements: []engagement.ID{migration}, Candidate: workflow.Candidate{Location: porto, Domain: "contoso.com"}})
		equal(t, "an open one at Lisboa", *refused[*workflow.OpenParticipationError](t, err, workflow.ErrOpenParticipation), workflow.OpenParticipationError{Engagement: migration})
		ask("add", nil, err)
		_, err = w.Desk.ClaimCustomer(background, rui, workflow.ClaimCustomer{Key: w.Key(), Engagements: []engagement.ID{migration}, Customer: contoso, Location: porto})
		equal(t, "an open one at Lisboa", *refused[*workflow.OpenParticipationError](t, err, workflow.ErrOpenParticipation), workflow.OpenParticipationError{Engagement: migration})
		ask("claim", nil, err)
	})
	_, err := w.Desk.History(background, rui, workflow.HistoryQuery{Customer: woodgrove})
	refused[*workflow.NotFoundError](t, err, workflow.ErrNotFound)

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
	for _, row := range must(w.Desk.Search(background, rui, "contoso", 0)) {
		if row.Engagement == migration {
			equal(t, "why", row.Reasons, []engagement.Reason{{Kind: engagement.ReasonHeldByColleagues}})
		}
	}
	summary, err := w.Desk.EngagementSummary(background, rui, migration)
	ok(t, err)
	equal(t, "n of m locations", []any{summary.EligibleLocations, summary.EnrolledLocations}, []any{[]engagement.LocationID{porto}, 1})
	outcomes, err := w.Desk.Eligibility(background, rui, migration)
	ok(t, err)
	equal(t, "the locations of the eligibility page", len(outcomes), 1)
	page, err := w.Desk.Claims(background, rui, workflow.ClaimsQuery{})
	ok(t, err)
	equal(t, "the counts of claims", page.Counts, map[engagement.Status]workflow.Count{engagement.StatusUnderReview: {N: 1}})
}

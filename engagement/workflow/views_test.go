package workflow_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

var update = flag.Bool("update", false, "write the golden files of views anew")

// view is a result as a front end gets it, and the file that shows its JSON.
type view struct {
	file  string
	value any
}

// views are results of every type that a desk returns, from a program in the middle of
// its year: Contoso's assessment is approved and paid in part, Adatum is asked whether it
// agrees to a pilot, and Fourth Coffee is known and too small.
func views(t *testing.T) []view {
	t.Helper()
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Evidence = &evidencetest.Memory{}
		sc.Options.PersonSecret = []byte("0123456789abcdef0123456789abcdef")
		sc.Options.LinkURL, sc.Options.SurveyURL, sc.Options.PortalURL = "https://portal.example/consent/", "https://portal.example/survey/", "https://portal.example/claims/"
		sc.Engagements[0].Translations = words.Texts{
			"Azure Migration": {"pt-PT": "Migração para o Azure"}, "The customer has at least 300 seats.": {"pt-PT": "O cliente tem pelo menos 300 lugares."},
		}
	})
	ctx, ana, vera := background, w.Actor, w.Reviewer()
	portuguese := ana
	portuguese.Language = "pt-PT"
	paid := w.Granted(migration, "ana@contoso.com")
	key := w.Customer("contoso.com")
	draft := must(w.Desk.Surveys.Get(ctx, ana, paid, claim.ProofPartnerSurvey))
	w.Submitted(paid)
	w.Reviewed(paid)
	w.Approved(paid, "4500.00 USD")
	w.Paid(paid, "4000.00 USD")
	w.Relayed()
	w.Known("fourthcoffee.com")
	w.Advance(3 * day)
	offer := must(w.Desk.Customers.Identify(ctx, ana, workflow.Candidate{Location: lisboa, Email: "it@adatum.com"}))
	asked := w.Added(pilot, "it@adatum.com")
	preview := must(w.Desk.Consents.Preview(ctx, ana, asked, workflow.RequestConsent{Customer: workflow.ByEmail("it@adatum.com"), Partner: workflow.ByEmail("joe@northwind.example")}))
	w.Requested(asked)
	w.Relayed()
	w.Advance(2 * day)
	claimed := must(w.Desk.Claims.Get(ctx, ana, paid))
	page := must(w.Desk.Customers.List(ctx, ana, workflow.CustomersQuery{Engagement: pilot, Limit: 1}))
	claims := must(w.Desk.Claims.List(ctx, vera, workflow.ClaimsQuery{}))
	known := must(w.Desk.Customers.Known(ctx, ana, workflow.KnownQuery{}))
	history := must(w.Desk.Histories.List(ctx, ana, workflow.HistoryQuery{Customer: key, Limit: 3}))
	outcome := slices.Collect(w.Desk.Customers.AddAll(ctx, ana, keyed(w.Key(), add(w, "it@adatum.com", pilot)), workflow.BulkOptions{}))
	heads := must(collect(w.Desk.Histories.Heads(ctx, ana)))
	feed := must(w.Desk.Feed.Read(ctx, ana, workflow.FeedQuery{Limit: 2}))
	ok(t, w.Desk.Feed.MoveConsumer(ctx, ana, workflow.MoveFeedConsumer{Name: "crm", To: feed.Next}))
	all := []view{
		{"engagement_group", must(w.Desk.Engagements.List(ctx, ana, workflow.EngagementsQuery{Active: true}))[0]},
		{"engagement_summary", must(w.Desk.Engagements.Get(ctx, ana, migration))},
		{"location_outcome", must(w.Desk.Engagements.Locations(ctx, ana, migration))[1]},
		{"offer", offer},
		{"bulk_result", outcome[0]},
		{"participation_view", must(w.Desk.Claims.Participation(ctx, ana, asked))},
		{"claim_view", claimed},
		{"claim_view_program", must(w.Desk.Claims.Get(ctx, vera, paid))},
		{"row", page.Rows[0]},
		{"customers_page", page},
		{"customers_page_pt", must(w.Desk.Customers.List(ctx, portuguese, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabIneligible}))},
		{"rows_page", must(w.Desk.Customers.NeedingAttention(ctx, portuguese, workflow.AttentionQuery{}))},
		{"known_customer_view", known.Rows[0]},
		{"known_page", known},
		{"claim_row", claims.Rows[0]},
		{"claims_page", claims},
		{"claim_total", must(w.Desk.Claims.Totals(ctx, ana, workflow.ClaimsQuery{}))[0]},
		{"figures", must(w.Desk.Claims.Figures(ctx, ana, workflow.FiguresQuery{By: []workflow.FigureDimension{workflow.FigureByStatus}}))},
		{"offered_contacts", must(w.Desk.Consents.Contacts(ctx, ana, asked))},
		{"consent_page", preview},
		{"consent_evidence", must(w.Desk.Consents.Evidence(ctx, ana, paid))[0]},
		{"consent_receipt", must(w.Desk.Consents.Receipt(ctx, ana, paid, consent.ReceiptDetails{
			Parties: []consent.RecordParty{
				{ID: "northwind", Address: "Rua Augusta 1, Lisboa", Contact: "privacy", Email: "privacy@northwind.example", URL: "https://northwind.example"},
				{ID: "program", Role: consent.ThirdParty, Type: "organisation", Address: "1 Main Street, Redmond", Contact: "privacy", Email: "privacy@program.example", URL: "https://program.example"},
			},
			StorageLocations: []string{"EU"}, RetentionPeriod: "P7Y", Jurisdiction: []string{"PT"},
		}))},
		{"evidence", claimed.Claim.Evidence[0]},
		{"survey_page", draft},
		{"history_page", history},
		{"event", history.Events[0]},
		{"customer_head", heads[0]},
		{"head", history.Head},
		{"feed_page", feed},
		{"feed_lag", must(w.Desk.Feed.Lag(ctx, ana, feed.Next))},
		{"feed_consumer", must(w.Desk.Feed.Consumers(ctx, ana))[0]},
		{"progress", must(w.Desk.Program.Reevaluate(ctx, workflowtest.Vendor, workflow.Reevaluation{Partner: ana.Partner}, nil))},
		{"erasure_result", must(w.Desk.Program.ErasePerson(ctx, ana, workflow.Person{Email: "contact@customer.example"}, nil))},
		{"pruned", must(w.Desk.Jobs.Prune(ctx))},
	}
	return all
}

// What a front end gets is written down, view by view, so that whoever changes one sees
// it: go test -run TestViews -update ./engagement/workflow writes it anew. Each comes
// back from its JSON as it was.
func TestViews(t *testing.T) {
	written := map[string]bool{}
	for _, v := range views(t) {
		file := filepath.Join("testdata", "views", v.file+".json")
		written[file] = true
		got, err := json.MarshalIndent(v.value, "", "  ")
		ok(t, err)
		got = append(got, '\n')
		if *update {
			ok(t, os.WriteFile(file, got, 0o644))
		}
		want, err := os.ReadFile(file)
		ok(t, err)
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("%s is another one (-want +got):\n%s", file, diff)
		}
		if slices.Contains(oneWay, v.file) {
			continue
		}
		back := reflect.New(reflect.TypeOf(v.value))
		if err := json.Unmarshal(got, back.Interface()); err != nil {
			t.Errorf("%s cannot be read: %v", file, err)
			continue
		}
		again, err := json.MarshalIndent(back.Interface(), "", "  ")
		ok(t, err)
		if !bytes.Equal(append(again, '\n'), got) {
			t.Errorf("%s comes back as another one (-sent +read):\n%s", file, cmp.Diff(strings.Split(string(got), "\n"), strings.Split(string(again), "\n")))
		}
	}
	files, err := filepath.Glob("testdata/views/*.json")
	ok(t, err)
	for _, file := range files {
		if !written[file] {
			t.Errorf("%s shows no view", file)
		}
	}
}

// oneWay are views that nobody reads back into Go: they hold refusals, which are errors.
var oneWay = []string{"offer", "bulk_result"}

// Every type of a result has a golden: the walk finds them by the methods.
func TestEveryViewHasAGolden(t *testing.T) {
	shown := map[reflect.Type]bool{}
	for _, v := range views(t) {
		shown[reflect.TypeOf(v.value)] = true
	}
	w, _ := newWorld(t)
	found := 0
	for _, m := range deskMethods(w.Desk) {
		for i := range m.Type().NumOut() {
			of := resultOf(m.Type().Out(i))
			if of.Kind() != reflect.Struct { // an error, a number, a status, a document's content
				continue
			}
			if found++; !shown[of] {
				t.Errorf("%s returns a %v, which no golden shows: add it to views", m.name, of)
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d results were found", found)
	}
}

// resultOf is the type that a method returns one or several of.
func resultOf(of reflect.Type) reflect.Type {
	switch {
	case of.Kind() == reflect.Slice:
		return resultOf(of.Elem())
	case of.Kind() == reflect.Func && of.NumIn() == 1 && of.In(0).Kind() == reflect.Func: // an iterator
		return resultOf(of.In(0).In(0))
	}
	return of
}

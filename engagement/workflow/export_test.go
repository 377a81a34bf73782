package workflow_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// export returns an export as a spreadsheet reads it: header and records.
func export(t *testing.T, w *workflowtest.World, e engagement.ID, q workflow.CustomersQuery) ([]string, []map[string]string) {
	t.Helper()
	var text strings.Builder
	ok(t, w.Desk.Customers.Export(background, w.Actor, within(e, q), &text, nil))
	all, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
	ok(t, err)
	equal(t, "the lines", strings.Count(text.String(), "\r\n"), len(all))
	equal(t, "the line breaks", strings.Count(text.String(), "\n"), len(all))
	var records []map[string]string
	for _, cells := range all[1:] {
		r := map[string]string{}
		for i, c := range cells {
			r[all[0][i]] = c
		}
		records = append(records, r)
	}
	return all[0], records
}

func TestExport(t *testing.T) {
	w, _ := newWorld(t, street(3))
	w.Known("c01.example")
	w.Known("woodgrovebank.com")
	p := w.Granted(migration, "ana@contoso.com")
	owner, labels := "joana@northwind.example", []string{"+urgent", "Q3"}
	ok(t, errOf(w.Desk.Claims.Update(background, w.Actor.Request(w.Key()), p, workflow.UpdateDetails{Owner: &owner, Labels: &labels})))
	over := w.Granted(migration, "it@adatum.com")
	w.Cancelled(over)
	header, records := export(t, w, migration, workflow.CustomersQuery{})
	equal(t, "the header", header, []string{
		"tab", "customer", "friendly_name", "domain", "tenant_id", "cloud", "tpid", "subscription_id", "opportunity_id", "stated", "engagement", "solution_area",
		"type", "status", "to_do", "claim_number", "origin", "locations", "since", "deadline", "days_left", "amount", "currency",
		"owner", "labels", "referral", "asked", "not_reached", "ask_from", "reasons", "actions",
	})
	equal(t, "how many records", len(records), 5) // Adatum is complete, and can be claimed again
	row := part(t, w, p)
	equal(t, "a record", records[1], map[string]string{
		"tab": "eligible", "customer": "Contoso", "friendly_name": "", "domain": "contoso.com", "tenant_id": "00000000-0000-4000-8000-000000000001", "cloud": "public", "tpid": "", "subscription_id": "", "opportunity_id": "", "stated": "",
		"engagement": "Azure Migration", "solution_area": "Infrastructure", "owner": "joana@northwind.example", "labels": "'+urgent, Q3", "referral": "", "asked": "1", "not_reached": "", "ask_from": "",
		"type": "active", "status": "Customer consent received", "to_do": "60 days left to submit the claim", "claim_number": row.ClaimNumber,
		"origin": "added", "locations": "4711201", "since": "2026-09-01T09:00:00Z", "deadline": "2026-10-31T09:00:00Z", "days_left": "60", "amount": "5000.00", "currency": "USD",
		"reasons": "", "actions": "work on claim, view claim, cancel",
	})
	equal(t, "a known customer", records[0], map[string]string{
		"tab": "eligible", "customer": "Adatum", "friendly_name": "", "domain": "adatum.com", "tenant_id": "00000000-0000-4000-8000-000000000002", "cloud": "public", "tpid": "", "subscription_id": "", "opportunity_id": "", "stated": "",
		"engagement": "Azure Migration", "solution_area": "Infrastructure", "owner": "", "labels": "", "referral": "", "asked": "", "not_reached": "", "ask_from": "",
		"type": "not started", "status": "", "to_do": "Can be claimed", "claim_number": "", "origin": "", "locations": "4711201, 4711202",
		"since": "2026-09-01T09:00:00Z", "deadline": "", "days_left": "", "amount": "", "currency": "", "reasons": "", "actions": "claim customer",
	})
	var reasons []string
	for _, r := range records[2:4] {
		reasons = append(reasons, r["reasons"])
	}
	equal(t, "the reasons", reasons, []string{"Criterion not met: The customer has at least 300 seats (required: at least 300; found: 100)", "Data is missing for this criterion: The customer has at least 300 seats (missing: seats)"})

	_, some := export(t, w, migration, workflow.CustomersQuery{Tab: engagement.TabComplete})
	equal(t, "of one tab", []string{some[0]["tab"], some[0]["claim_number"]}, []string{"complete", part(t, w, over).ClaimNumber})
	_, some = export(t, w, migration, workflow.CustomersQuery{Search: "adatum", Limit: -7, Cursor: "junk"})
	equal(t, "of a search, whatever limit and cursor", []int{len(some)}, []int{2})

	var text strings.Builder
	err := w.Desk.Customers.Export(background, w.Actor, workflow.CustomersQuery{Engagement: "nothing"}, &text, nil)
	refused[*workflow.NotFoundError](t, err)
	err = w.Desk.Customers.Export(background, w.Actor, workflow.CustomersQuery{Engagement: migration, Tab: engagement.TabOff}, &text, nil)
	refused[*workflow.InputError](t, err)
	equal(t, "what was written", text.String(), "")
	for n := range 3 {
		err = w.Desk.Customers.Export(background, w.Actor, workflow.CustomersQuery{Engagement: migration}, &full{after: n * 10}, nil)
		if !errors.Is(err, errBoom) {
			t.Errorf("the error of a full disk is %v", err)
		}
	}
}

// What spreadsheets differ in can be chosen, and nothing that a cell could hold.
func TestExportFormat(t *testing.T) {
	w, _ := newWorld(t)
	w.Known("contoso.com")
	var text strings.Builder
	ok(t, w.Desk.Customers.Export(background, w.Actor, workflow.CustomersQuery{Engagement: migration}, &text, &workflow.CSVOptions{Separator: ';', ByteOrderMark: true}))
	if !strings.HasPrefix(text.String(), "\ufefftab;customer;") {
		t.Errorf("the export begins with %.40q", text.String())
	}
	for _, separator := range []rune{'"', '\n', '|', 'a', -1} {
		var none strings.Builder
		err := w.Desk.Claims.Export(background, w.Actor, workflow.ClaimsQuery{}, &none, &workflow.CSVOptions{Separator: separator, ByteOrderMark: true})
		equal(t, "the field", refused[*workflow.InputError](t, err).Field, "separator")
		equal(t, "what was written", none.String(), "")
	}
}

// full takes some bytes, and no more.
type full struct{ after int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.after {
		return f.after, errBoom
	}
	f.after -= len(p)
	return len(p), nil
}

// An export has all rows, however many pages they are.
func TestExportOfManyPages(t *testing.T) {
	w, _ := newWorld(t)
	var customers []workflow.KnownCustomer
	for n := range 1205 {
		customers = append(customers, known(n))
	}
	_, err := w.Desk.Program.Import(background, workflowtest.Vendor, "northwind", slices.Values(customers), nil)
	ok(t, err)
	_, records := export(t, w, migration, workflow.CustomersQuery{})
	equal(t, "how many", len(records), 1205)
	equal(t, "the ID", records[0]["tpid"], "1")
	equal(t, "no tenant", records[0]["tenant_id"], "")
}

// A name that a spreadsheet would run does not reach it as it is, and no name
// makes two cells or two lines of one.
func TestExportNeutralises(t *testing.T) {
	// Such as names of a directory, for what a person types, and for what was found.
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		workflowtest.Segment.Set(&sc.Customers[0].Facts, "\n=1+1")
		sc.Customers[0].Entry.Name = "\t=1+1"
	})
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{Engagements: []engagement.ID{migration},
		Candidate: workflow.Candidate{Location: lisboa, Domain: "contoso.com", FriendlyName: "=HYPERLINK(\"http://evil.example\")"}})
	ok(t, err)
	w.Requested(started[0].ID)
	w.Accepted(started[0].ID)
	_, records := export(t, w, migration, workflow.CustomersQuery{})
	equal(t, "the friendly name", records[0]["friendly_name"], `'=HYPERLINK("http://evil.example")`)
	equal(t, "the name", records[0]["customer"], "'=1+1")
	_, records = export(t, w, workshop, workflow.CustomersQuery{})
	if cell := records[0]["reasons"]; strings.ContainsAny(cell, "\r\n") || !strings.HasPrefix(cell, "Criterion not met: The customer is an enterprise") {
		t.Errorf("the reasons are %q", cell)
	}
}

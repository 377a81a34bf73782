package cloudevents_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/relay/cloudevents"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

var update = flag.Bool("update", false, "write testdata and EVENTS.md anew")

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// example is an event of a kind, with everything that events of that kind can say.
type example struct {
	by       engagement.Party
	from, to engagement.Status
	detail   engagement.Detail
	customer bool          // it is about no participation
	of       engagement.ID // and yet about an engagement
}

// examples are one event of each kind.
func examples(t testing.TB) map[engagement.EventKind]example {
	usd := func(s string) eligibility.Money {
		m, err := eligibility.ParseMoney(s + " USD")
		ok(t, err)
		return m
	}
	const (
		partner, customer, program, clock = engagement.ByPartner, engagement.ByCustomer, engagement.ByProgram, engagement.ByClock

		waits, received, submitted, review = engagement.StatusAwaitingConsentResponse, engagement.StatusConsentReceived, engagement.StatusSubmitted, engagement.StatusUnderReview
		action, approved, rejected         = engagement.StatusPartnerActionRequired, engagement.StatusApproved, engagement.StatusRejected
	)
	type detail = engagement.Detail
	added := detail{Location: "4711201", RuleSet: "azure-migration", RuleVersion: "3", Stated: true, ForeignContacts: 1, OwnContacts: 1}
	asked := detail{Contacts: 2, TextVersion: "2026-01", Language: "pt-PT", ForeignContacts: 1, OwnContacts: 1}
	surveyed := detail{Survey: "customer-survey", ForeignContacts: 1, OwnContacts: 1}
	document := detail{Document: "invoice", DocumentID: "d-1", MediaType: "application/pdf", Size: 52_130, SHA256: strings.Repeat("0a", 32)}
	return map[engagement.EventKind]example{
		engagement.EventCustomerAdded:         {by: partner, to: waits, detail: added},
		engagement.EventCustomerClaimed:       {by: partner, to: engagement.StatusCustomerClaimed, detail: added},
		engagement.EventCustomerKnown:         {by: program, customer: true, detail: detail{KnownSince: noon}},
		engagement.EventConsentRequested:      {by: partner, from: waits, to: waits, detail: asked},
		engagement.EventConsentResent:         {by: partner, from: waits, to: waits, detail: asked},
		engagement.EventContactsChanged:       {by: partner, from: waits, to: waits, detail: detail{Changed: engagement.AllChangedFields()[4:], ForeignContacts: 1, OwnContacts: 1}},
		engagement.EventConsentSent:           {by: clock, from: waits, to: waits, detail: detail{Link: "l-1"}},
		engagement.EventConsentGranted:        {by: customer, from: waits, to: received, detail: detail{Link: "l-1"}},
		engagement.EventConsentDeclined:       {by: customer, from: waits, to: engagement.StatusConsentDeclined, detail: detail{Link: "l-1"}},
		engagement.EventConsentWithdrawn:      {by: customer, from: submitted, to: submitted, detail: detail{Link: "l-1", AfterSubmission: true}},
		engagement.EventParticipationCanceled: {by: partner, from: waits, to: engagement.StatusCanceled},
		engagement.EventDeadlinePassed:        {by: clock, from: waits, to: engagement.StatusConsentExpired, detail: detail{Deadline: noon}},
		engagement.EventEligibilityChanged:    {by: program, customer: true, of: "azure-migration", detail: detail{RuleSet: "azure-migration", RuleVersion: "3", OutcomeBefore: eligibility.OutcomeEligible, OutcomeAfter: eligibility.OutcomeIneligible}},
		engagement.EventPersonErased:          {by: partner, customer: true},
		engagement.EventReminderDue:           {by: clock, from: received, to: received, detail: detail{Reminder: engagement.MessageSubmissionReminder, Deadline: noon.AddDate(0, 0, 14)}},
		engagement.EventDetailsChanged:        {by: partner, from: waits, to: waits, detail: detail{Changed: engagement.AllChangedFields()[:4], DealSize: usd("300000")}},
		engagement.EventCustomerAssociated:    {by: partner, customer: true},
		engagement.EventCustomerDisassociated: {by: partner, customer: true},
		engagement.EventEvidenceAdded:         {by: partner, from: received, to: received, detail: document},
		engagement.EventEvidenceRemoved:       {by: partner, from: received, to: received, detail: detail{Document: document.Document, DocumentID: document.DocumentID, SHA256: document.SHA256}},
		engagement.EventSurveyRequested:       {by: partner, from: received, to: received, detail: surveyed},
		engagement.EventSurveyResent:          {by: partner, from: received, to: received, detail: surveyed},
		engagement.EventSurveySent:            {by: clock, from: received, to: received, detail: detail{Survey: "customer-survey", Link: "l-2"}},
		engagement.EventSurveyAnswered:        {by: customer, from: received, to: received, detail: detail{Survey: "customer-survey", Link: "l-2"}},
		engagement.EventCommentAdded:          {by: program, from: review, to: review},
		engagement.EventClaimSubmitted:        {by: partner, from: received, to: submitted, detail: detail{Requested: usd("5000")}},
		engagement.EventClaimRecalled:         {by: partner, from: submitted, to: received},
		engagement.EventReviewStarted:         {by: program, from: submitted, to: review},
		engagement.EventActionRequested:       {by: program, from: review, to: action, detail: detail{Items: 2}},
		engagement.EventClaimApproved:         {by: program, from: review, to: approved, detail: detail{Approved: usd("5000"), OverCap: true}},
		engagement.EventClaimRejected:         {by: program, from: review, to: rejected, detail: detail{Codes: []claim.RejectionCode{claim.RejectionOther}}},
		engagement.EventDisputeOpened:         {by: partner, from: rejected, to: engagement.StatusDisputed},
		engagement.EventPaymentRecorded:       {by: program, from: approved, to: engagement.StatusPaid, detail: detail{Paid: usd("5000"), Payee: "pending"}},
		engagement.EventMessageFailed:         {by: clock, from: waits, to: waits, detail: detail{Message: engagement.MessageConsentRequest, Failure: "undeliverable", Link: "l-2", Survey: "customer-survey"}},
		engagement.EventReferralRecorded:      {by: partner, from: received, to: received, detail: detail{Replaced: true}},
	}
}

// Every type of event is as it is held in testdata, and listed in EVENTS.md; a new kind
// of event, and a new field of what events say, have to come to stand there.
func TestEveryType(t *testing.T) {
	encoder, err := cloudevents.New("https://portal.example/program")
	ok(t, err)
	all := examples(t)
	said := map[string]bool{"OwnReview": true, "EngagementVersion": true} // the one is never said, the other in nothing that happens now
	var list bytes.Buffer
	list.WriteString("# Types of events\n\nWritten by the test of this package, from its examples. Besides what is listed, the data of every event has `partner`, `customer`, `seq` and `by`.\n\n| type | by, for example | what else its data can have |\n|---|---|---|\n")
	for i, kind := range engagement.AllEventKinds() {
		x, found := all[kind]
		if !found {
			t.Errorf("%q has no example: what does an event of this kind say to other systems?", kind)
			continue
		}
		e := engagement.Event{
			Partner: "northwind", Customer: "tenant:2925428c-a5e2-56fd-9428-066f43b9c2e7", At: noon.Add(time.Duration(i) * time.Minute), Kind: kind, By: x.by,
			Engagement: "azure-migration", Participation: "0198c5c7-6b00-8001-8abc-000000000123", From: x.from, To: x.to, Detail: x.detail,
			Person: &engagement.Person{User: "somebody", Why: "in somebody's words"},
		}
		if e.Detail.OwnReview = "in somebody's words"; x.customer {
			e.Participation, e.Engagement = "", x.of
		}
		chained, _ := engagement.Chain(engagement.Head{Seq: int64(i)}, e)
		got, err := json.MarshalIndent(encoder.Encode(chained[0]), "", "  ")
		ok(t, err)
		if strings.Contains(string(got), "somebody") {
			t.Errorf("%s tells of a person: %s", kind, got)
		}
		golden(t, filepath.Join("testdata", strings.ReplaceAll(string(kind), " ", "_")+".json"), append(got, '\n'))

		var fields []string
		for _, f := range []struct {
			name string
			has  bool
		}{{"engagement", e.Engagement != ""}, {"participation", e.Participation != ""}, {"from", x.from != ""}, {"to", x.to != ""}} {
			if f.has {
				fields = append(fields, "`"+f.name+"`")
			}
		}
		v := reflect.ValueOf(x.detail)
		for j := range v.NumField() {
			if !v.Field(j).IsZero() {
				said[v.Type().Field(j).Name] = true
				name, _, _ := strings.Cut(v.Type().Field(j).Tag.Get("json"), ",")
				fields = append(fields, "`detail."+name+"`")
			}
		}
		fmt.Fprintf(&list, "| `%s` | %s | %s |\n", cloudevents.TypeOf(kind), x.by, strings.Join(fields, ", "))
	}
	for i := range reflect.TypeFor[engagement.Detail]().NumField() {
		if name := reflect.TypeFor[engagement.Detail]().Field(i).Name; !said[name] {
			t.Errorf("no example says Detail.%s", name)
		}
	}
	golden(t, "EVENTS.md", list.Bytes())
	files, err := filepath.Glob("testdata/*.json")
	ok(t, err)
	if len(files) != len(engagement.AllEventKinds()) || len(cloudevents.AllTypes()) != len(files) {
		t.Errorf("testdata has %d events of %d kinds", len(files), len(engagement.AllEventKinds()))
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		ok(t, os.MkdirAll(filepath.Dir(path), 0o755))
		ok(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != string(got) {
		t.Errorf("%s (-update writes it anew): %v\n%s", path, err, cmp.Diff(string(want), string(got)))
	}
}

// What really happens says nothing that its example does not, names nobody, and has an
// ID of its own that is the same for partner and program.
func TestFeed(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "lisboan@contoso.com")
	w.Proved(p)
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "the invoice lacks a date")
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	w.Paid(p, "5000.00 USD")
	q := w.Added("azure-migration", "ana@adatum.com")
	w.Requested(q, "ana@adatum.com")
	w.Declined(q)
	encoder, err := cloudevents.New("/program")
	ok(t, err)
	read := func(a workflow.Actor) (ids []string) {
		page, err := w.Desk.Feed.Read(t.Context(), a, workflow.FeedQuery{Limit: 1000, Persons: true})
		ok(t, err)
		all := examples(t)
		for _, e := range page.Events {
			c := encoder.Encode(e.Event)
			body, err := json.Marshal(c)
			ok(t, err)
			for _, person := range []string{"lisboan", "ana", "invoice lacks", w.Actor.User} {
				if strings.Contains(string(body), `"`+person) || strings.Contains(string(body), person+"@") {
					t.Errorf("%s tells %q: %s", e.Kind, person, body)
				}
			}
			ids = append(ids, c.ID)
			has, shown := reflect.ValueOf(e.Detail), reflect.ValueOf(all[e.Kind].detail)
			for i := range has.NumField() {
				if !has.Field(i).IsZero() && shown.Field(i).IsZero() {
					t.Errorf("the example of %q does not say %s", e.Kind, has.Type().Field(i).Name)
				}
			}
		}
		return ids
	}
	ids := read(workflowtest.Vendor)
	slices.Sort(ids)
	if distinct := len(slices.Compact(slices.Clone(ids))); distinct != len(ids) || distinct < 15 {
		t.Errorf("%d events have %d IDs", len(ids), distinct)
	}
	own := read(w.Actor)
	slices.Sort(own)
	if !slices.Equal(own, ids) {
		t.Error("the partner is given other IDs")
	}
}

func TestSource(t *testing.T) {
	for _, bad := range []string{"", "a b", "https://ana:secret@portal.example/", "é", "http://[", "x\ny"} {
		if _, err := cloudevents.New(bad); err == nil {
			t.Errorf("%q", bad)
		}
	}
}

func ExampleEncoder_Encode() {
	encoder, err := cloudevents.New("https://portal.example/program")
	if err != nil {
		panic(err)
	}
	e := encoder.Encode(engagement.Event{
		Partner: "northwind", Customer: tenant.Key("tpid:640037"), Seq: 12, At: noon, Kind: engagement.EventClaimSubmitted, By: engagement.ByPartner,
		Participation: "p-1", From: engagement.StatusConsentReceived, To: engagement.StatusSubmitted,
	})
	body, err := json.Marshal(e.Data)
	fmt.Println(e.Type, e.Subject, err)
	fmt.Println(string(body))
	// Output:
	// com.github.partnerengage.claim_submitted.v1 p-1 <nil>
	// {"partner":"northwind","customer":"tpid:640037","seq":12,"by":"partner","participation":"p-1","from":"Customer consent received","to":"Submitted"}
}

package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// Every kind of message reads well in every language: one line of subject, names,
// a deadline where there is one, the link where there is one, nothing left to fill in.
func TestWords(t *testing.T) {
	for language, words := range map[string]map[engagement.MessageKind]string{
		"en": {
			engagement.AskForConsent:      "Northwind Consulting asks for your consent: Azure Migration",
			engagement.TellGranted:        "Contoso has consented: Azure Migration",
			engagement.TellDeclined:       "Contoso has declined: Azure Migration",
			engagement.TellExpired:        "No answer in time from Contoso: Azure Migration",
			engagement.TellWithdrawn:      "Contoso has withdrawn its consent: Azure Migration",
			engagement.TellCancelled:      "Northwind Consulting no longer asks: Azure Migration",
			engagement.AskForSurvey:       "A few questions about Azure Migration",
			engagement.TellActionRequired: "Something is to be done: claim {claim}, Contoso",
			engagement.TellApproved:       "Approved: claim {claim}, Contoso",
			engagement.TellRejected:       "Rejected: claim {claim}, Contoso",
			engagement.TellPaid:           "Paid: claim {claim}, Contoso",
			engagement.TellClaimExpired:   "Expired: claim {claim}, Contoso",
			engagement.RemindConsent:      "Consent is needed before {deadline}: Contoso",
			engagement.RemindSubmission:   "To be submitted before {deadline}: claim {claim}, Contoso",
			engagement.RemindAction:       "To be done before {deadline}: claim {claim}, Contoso",
			engagement.RemindDispute:      "The time to dispute ends at {deadline}: claim {claim}, Contoso",
		},
		"pt-PT": {
			engagement.AskForConsent:      "Northwind Consulting pede o seu consentimento: Azure Migration",
			engagement.TellGranted:        "Contoso deu o seu consentimento: Azure Migration",
			engagement.TellDeclined:       "Contoso recusou: Azure Migration",
			engagement.TellExpired:        "Sem resposta a tempo de Contoso: Azure Migration",
			engagement.TellWithdrawn:      "Contoso retirou o seu consentimento: Azure Migration",
			engagement.TellCancelled:      "Northwind Consulting já não pede: Azure Migration",
			engagement.AskForSurvey:       "Algumas perguntas sobre Azure Migration",
			engagement.TellActionRequired: "Há algo a fazer: pedido {claim}, Contoso",
			engagement.TellApproved:       "Aprovado: pedido {claim}, Contoso",
			engagement.TellRejected:       "Rejeitado: pedido {claim}, Contoso",
			engagement.TellPaid:           "Pago: pedido {claim}, Contoso",
			engagement.TellClaimExpired:   "Expirado: pedido {claim}, Contoso",
			engagement.RemindConsent:      "É preciso o consentimento antes de {deadline}: Contoso",
			engagement.RemindSubmission:   "A submeter antes de {deadline}: pedido {claim}, Contoso",
			engagement.RemindAction:       "A fazer antes de {deadline}: pedido {claim}, Contoso",
			engagement.RemindDispute:      "O prazo para contestar termina em {deadline}: pedido {claim}, Contoso",
		},
	} {
		w, _ := newWorld(t)
		deadlines := everyMessage(t, w, language)
		seen := map[engagement.MessageKind]bool{}
		for _, d := range w.Messages() {
			kind := d.Message.Kind
			seen[kind] = true
			equal(t, "the language", d.Message.Language, consent.Language(language))
			deadline := d.Deadline.Format("2006-01-02 15:04 MST")
			equal(t, "the subject", d.Subject, strings.NewReplacer("{claim}", d.ClaimNumber, "{deadline}", deadline).Replace(words[kind]))
			if strings.ContainsAny(d.Subject+d.Body, "{}") || strings.Contains(d.Body, "  ") || strings.Contains(d.Body, " .") {
				t.Errorf("%s in %s: %q", kind, language, d.Body)
			}
			for _, name := range []string{"Contoso", "Azure Migration"} {
				if !strings.Contains(d.Body, name) {
					t.Errorf("%s in %s does not name %s: %q", kind, language, name, d.Body)
				}
			}
			equal(t, string(kind)+" has the link", strings.Contains(d.Body, "https://"), kind == engagement.AskForConsent || kind == engagement.AskForSurvey)
			if want, due := deadlines[kind]; due && (!slices.ContainsFunc(want, d.Deadline.Equal) || !strings.Contains(d.Body, deadline)) {
				t.Errorf("%s in %s says %v, want one of %v: %q", kind, language, d.Deadline, want, d.Body)
			}
		}
		for _, kind := range engagement.AllMessageKinds() {
			if !seen[kind] {
				t.Errorf("no message %q", kind)
			}
		}
	}
}

// everyMessage lets a message of every kind go out about Contoso's migration, and
// returns the deadlines that those of a kind have to tell.
func everyMessage(t *testing.T, w *workflowtest.World, language string) map[engagement.MessageKind][]time.Time {
	t.Helper()
	due := map[engagement.MessageKind][]time.Time{}
	tells := func(kind engagement.MessageKind, deadline time.Time) { due[kind] = append(due[kind], deadline) }
	out := func() {
		w.Swept()
		w.Relayed()
	}
	ask := func(p engagement.ParticipationID) engagement.ParticipationID {
		req := asked(w, "ana@contoso.com")
		req.Language = language
		_, err := w.Desk.RequestConsent(background, w.Actor, p, req)
		ok(t, err)
		tells(engagement.AskForConsent, w.Now().Add(30*day))
		w.Relayed()
		return p
	}
	accept := func(p engagement.ParticipationID) {
		w.Accepted(p)
		tells(engagement.TellGranted, w.Now().Add(60*day))
	}
	w.Declined(ask(w.Added(migration, "ana@contoso.com")))
	p := ask(w.Added(migration, "ana@contoso.com"))
	accept(p)
	w.Withdrawn(p) // and only then the messages go out
	w.Cancelled(ask(w.Claimed(migration, "contoso.com")))

	ask(w.Claimed(migration, "contoso.com"))
	tells(engagement.RemindConsent, w.Now().Add(30*day))
	w.Advance(16 * day)
	out()
	w.Advance(14 * day)
	out()

	accept(ask(w.Claimed(migration, "contoso.com")))
	w.Advance(60 * day)
	out()

	p = ask(w.Claimed(migration, "contoso.com"))
	accept(p)
	c := part(t, w, p).Claim
	tells(engagement.AskForSurvey, c.SubmitBy)
	for _, kind := range []string{claim.PartnerSurvey, claim.CustomerSurvey} {
		ok(t, w.Desk.RequestSurvey(background, w.Actor, p, workflow.SurveyRequest{Key: w.Key(), Survey: kind, Contact: workflow.Contact{Email: "ana@contoso.com"}}))
		w.Relayed()
		answerSurvey(t, w, p)
	}
	w.Advance(50 * day)
	tells(engagement.RemindSubmission, c.SubmitBy)
	out()
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "Sign the findings.")
	tells(engagement.TellActionRequired, c.ReviewBy)
	w.Advance(30 * day)
	tells(engagement.RemindAction, c.ReviewBy)
	out()
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "Nothing was delivered.")
	tells(engagement.RemindDispute, w.Now().Add(30*day))
	w.Advance(20 * day)
	out()
	w.Disputed(p, "It was.")
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	w.Paid(p, "5000.00 USD")
	out()
	return due
}

// Names are foreign text: they stay on their line, are no placeholders, and open no
// other link.
func TestWordsHostile(t *testing.T) {
	w, _ := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Name = "Free\r\nBcc: all@x.example {link} {partner}" })
	w.PutCustomer(workflowtest.Customer{Domain: "evil.example", Entry: tenant.Entry{TPID: 7, Name: "Evil\nTo: x@y.z\n\n{link}"}})
	var e workflowtest.Customer
	workflowtest.Seats.Set(&e.Facts, 300)
	workflowtest.Segment.Set(&e.Facts, "smb")
	cmd := add(w, "a@evil.example", migration)
	cmd.Candidate.TPID = "7"

	w.SetFacts("evil.example", e.Facts)
	started, err := w.Desk.AddCustomer(background, w.Actor, cmd)
	ok(t, err)
	w.Requested(started[0].ID)
	d := w.Messages()[0]
	if strings.ContainsAny(d.Subject, "\r\n") || strings.Count(d.Body, d.Link) != 1 || !strings.Contains(d.Body, "{link}") || strings.Contains(d.Subject, d.Link) {
		t.Fatalf("subject %q, body %q", d.Subject, d.Body)
	}
	for line := range strings.Lines(d.Body) {
		if strings.HasPrefix(line, "To:") || strings.HasPrefix(line, "Bcc:") {
			t.Errorf("a line of its own: %q", line)
		}
	}
}

// A language that the texts have and the messages do not is answered in English,
// and deadlines are told in the engagement's zone.
func TestWordsOtherLanguage(t *testing.T) {
	french := consent.StandardTexts().For("en")
	french.Language = "fr"
	texts, err := consent.NewTexts(french)
	ok(t, err)
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	ok(t, err)
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Texts = texts
		sc.Options.Program = "Rewards"
		sc.Engagements[0].Zone = lisbon
	})
	p := w.Added(migration, "ana@contoso.com")
	_, err = w.Desk.RequestConsent(background, w.Actor, p, workflow.ConsentRequest{Key: w.Key(), Customer: workflow.ByEmail("ana@contoso.com"), Language: "fr-CA"})
	ok(t, err)
	w.Relayed()
	d := w.Messages()[0]
	equal(t, "language", d.Message.Language, "fr")
	if !strings.Contains(d.Subject, "asks for your consent") || !strings.Contains(d.Body, "2026-10-01 10:00 WEST") {
		t.Errorf("subject %q, body %q", d.Subject, d.Body)
	}
	v, err := w.Desk.ConsentView(background, newest(w, p))
	ok(t, err)
	equal(t, "the page", []string{string(v.Language), v.Program, v.Deadline.Location().String()}, []string{"fr", "Rewards", "Europe/Lisbon"})
}

// New wants what it cannot do without, and works with nothing else.
func TestNew(t *testing.T) {
	w, _ := newWorld(t)
	facts := workflow.FactFunc(noFacts)
	for i, try := range []func() (*workflow.Service, error){
		func() (*workflow.Service, error) { return workflow.New(nil, directory{}, w.Catalog, facts, nil) },
		func() (*workflow.Service, error) { return workflow.New(w.Store, nil, w.Catalog, facts, nil) },
		func() (*workflow.Service, error) { return workflow.New(w.Store, directory{}, nil, facts, nil) },
		func() (*workflow.Service, error) { return workflow.New(w.Store, directory{}, w.Catalog, nil, nil) },
	} {
		if s, err := try(); s != nil || err == nil {
			t.Errorf("New without part %d gives %v, %v", i, s, err)
		}
	}
	desk, err := workflow.New(w.Store, directory{}, w.Catalog, facts, nil)
	ok(t, err)
	groups, err := desk.Engagements(background, w.Actor, workflow.EngagementsQuery{})
	ok(t, err)
	if len(groups) == 0 {
		t.Error("nothing to see")
	}
}

// Times are as precise as storage is, whatever the clock gives.
func TestTimesAreCut(t *testing.T) {
	w, _ := newWorld(t)
	w.SetNow(time.Date(2026, 9, 1, 11, 0, 0, 123456789, time.FixedZone("CEST", 7200)))
	p := part(t, w, w.Added(migration, "ana@contoso.com"))
	equal(t, "the start", p.StartedAt, time.Date(2026, 9, 1, 9, 0, 0, 123456000, time.UTC))
	equal(t, "the deadline", p.Consent.Deadline, time.Date(2026, 10, 1, 9, 0, 0, 123456000, time.UTC))
}

// FactFunc asks for one after the other, and stops at the first error.
func TestFactFunc(t *testing.T) {
	asked := 0
	down := errors.New("down")
	f := workflow.FactFunc(func(context.Context, engagement.PartnerID, tenant.Identity) (facts eligibility.Facts, err error) {
		if asked++; asked == 3 {
			err = down
		}
		return facts, err
	})
	two, err := f.Facts(background, "northwind", make([]tenant.Identity, 2))
	ok(t, err)
	equal(t, "facts", len(two), 2)
	if _, err := f.Facts(background, "northwind", make([]tenant.Identity, 2)); !errors.Is(err, down) {
		t.Fatal(err)
	}
	equal(t, "asked", asked, 3)
}

package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// Every kind of message reads well in every language: one line of subject, names,
// the last moment to act where there is one, what was approved, paid, asked for or
// wrong, and a link. The golden file is for reading aloud;
// UPDATE_GOLDEN=1 writes it anew.
func TestWords(t *testing.T) {
	var golden strings.Builder
	for _, language := range words.Standard().Languages() {
		w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.PortalURL = "https://portal.example/claims/" }, sandbox)
		deadlines := everyMessage(t, w, string(language))
		texts := words.Standard().For(language)
		seen := map[engagement.MessageKind]bool{}
		written := map[string]bool{}
		for _, d := range w.Messages() {
			kind := d.Message.Kind
			seen[kind] = true
			equal(t, "the language", d.Message.Language, language)
			checkMail(t, d)
			if want, due := deadlines[kind]; due && (!slices.ContainsFunc(want, d.Deadline.Equal) || !strings.Contains(d.Body, texts.Moment(d.Deadline, nil))) {
				t.Errorf("%s in %s says %v, want one of %v: %q", kind, language, d.Deadline, want, d.Body)
			}
			mail := fmt.Sprintf("--- %s, %s\nSubject: %s\n\n%s\n\n", language, kind, d.Subject, d.Body)
			mail = strings.NewReplacer(d.ClaimNumber, "C-0000-0000-0000", string(d.Message.Participation), "PARTICIPATION").Replace(mail)
			if d.Link != "" {
				mail = strings.ReplaceAll(mail, d.Link, "https://portal.example/LINK")
			}
			if !written[d.Subject+string(kind)] { // a kind that went out twice reads the same
				written[d.Subject+string(kind)] = true
				golden.WriteString(mail)
			}
		}
		for _, kind := range engagement.AllMessageKinds() {
			if !seen[kind] {
				t.Errorf("no message %q", kind)
			}
		}
	}
	const file = "testdata/mails.golden"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		ok(t, os.WriteFile(file, []byte(golden.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	ok(t, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(golden.String(), "\n")); diff != "" {
		t.Errorf("mails read otherwise (-want +got):\n%s", diff)
	}
}

// isoDay is a day as no sentence writes it.
var isoDay = regexp.MustCompile(`\d{4}-\d\d-\d\d|\bWES?T\b`)

// checkMail holds for every mail in every language.
func checkMail(t *testing.T, d workflow.Delivery) {
	t.Helper()
	kind := d.Message.Kind
	text := d.Subject + "\n" + d.Body
	if strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") || strings.Contains(text, " .") || strings.Contains(text, "\n\n\n") || isoDay.MatchString(text) {
		t.Errorf("%s: %q", kind, text)
	}
	for _, name := range []string{"“Contoso”", "Azure Migration"} {
		if !strings.Contains(d.Body, name) {
			t.Errorf("%s does not name %s: %q", kind, name, d.Body)
		}
	}
	link := d.URL
	if kind == engagement.MessageConsentRequest || kind == engagement.MessageSurveyRequest {
		link = d.Link
	}
	if kind != engagement.MessageCanceled && (!strings.Contains(d.Body, "https://") || !strings.Contains(d.Body, link)) {
		t.Errorf("%s has no link: %q", kind, d.Body)
	}
	missing := ""
	switch kind {
	case engagement.MessageClaimApproved, engagement.MessageClaimPaid:
		if d.Amount.IsZero() {
			missing = "amount"
		}
	case engagement.MessageClaimRejected:
		if len(d.Codes) == 0 || d.Reason == "" || !strings.Contains(d.Body, d.Reason) {
			missing = "reason"
		}
	case engagement.MessageActionRequired, engagement.MessageActionReminder:
		if len(d.Items) != 1 || !strings.Contains(d.Body, d.Items[0].Text) {
			missing = "items"
		}
	}
	if missing != "" {
		t.Errorf("%s lacks its %s: %q", kind, missing, d.Body)
	}
}

// everyMessage lets a message of every kind go out about Contoso's migration, and
// returns the deadlines that those of a kind have to tell.
func everyMessage(t *testing.T, w *workflowtest.World, language string) map[engagement.MessageKind][]time.Time {
	t.Helper()
	asksReferral(t, w, migration)
	due := map[engagement.MessageKind][]time.Time{}
	tells := func(kind engagement.MessageKind, deadline time.Time) { due[kind] = append(due[kind], deadline) }
	out := func() {
		w.Swept()
		w.Relayed()
	}
	ask := func(p engagement.ParticipationID) engagement.ParticipationID {
		reqKey, req := w.Key(), asked(w, "ana@contoso.com")
		req.Language = language
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
		ok(t, err)
		tells(engagement.MessageConsentRequest, w.Now().Add(30*day))
		w.Relayed()
		return p
	}
	accept := func(p engagement.ParticipationID) {
		w.Accepted(p)
		tells(engagement.MessageConsentGranted, w.Now().Add(60*day))
	}
	w.Declined(ask(w.Added(migration, "ana@contoso.com")))
	p := ask(w.Added(migration, "ana@contoso.com"))
	accept(p)
	w.Withdrawn(p) // and only then the messages go out
	w.Cancelled(ask(w.Claimed(migration, "contoso.com")))

	ask(w.Claimed(migration, "contoso.com"))
	tells(engagement.MessageConsentReminder, w.Now().Add(30*day))
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
	tells(engagement.MessageSurveyRequest, c.SubmitBy)
	for _, kind := range []string{claim.ProofPartnerSurvey, claim.ProofCustomerSurvey} {
		ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: kind, Contact: workflow.Contact{Email: "ana@contoso.com"}})))
		w.Relayed()
		answerSurvey(t, w, p)
	}
	w.Advance(50 * day)
	tells(engagement.MessageSubmissionReminder, c.SubmitBy)
	out()
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "Sign the findings.")
	tells(engagement.MessageActionRequired, c.ReviewBy)
	w.Advance(30 * day)
	tells(engagement.MessageActionReminder, c.ReviewBy)
	out()
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "Nothing was delivered.")
	tells(engagement.MessageDisputeReminder, w.Now().Add(30*day))
	w.Advance(20 * day)
	out()
	w.Disputed(p, "It was.")
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	w.Advance(time.Minute) // so that one goes out before the other
	w.Paid(p, "5000.00 USD")
	out()
	return due
}

// Names are foreign text: they stay on their line, are no placeholders, and open no
// other link.
func TestWordsHostile(t *testing.T) {
	w, _ := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) { e.Name = "Free {link} {partner}" })
	w.PutCustomer(workflowtest.Customer{Domain: "evil.example", Entry: tenant.Entry{TPID: 7, Name: "URGENT https://evil.example/login\nTo: x@y.z\n\n{link}"}})
	var e workflowtest.Customer
	workflowtest.Seats.Set(&e.Facts, 300)
	workflowtest.Segment.Set(&e.Facts, "smb")
	cmdKey, cmd := w.Key(), add(w, "a@evil.example", migration)
	cmd.Candidate.TPID = "7"

	w.SetFacts("evil.example", e.Facts)
	started, err := w.Desk.Customers.Add(background, w.Actor.Request(cmdKey), cmd)
	ok(t, err)
	w.Requested(started[0].ID)
	d := w.Messages()[0]
	if strings.ContainsAny(d.Subject, "\r\n") || strings.Count(d.Body, d.Link) != 1 || !strings.Contains(d.Body, "{link}") || strings.Contains(d.Subject, d.Link) ||
		strings.Contains(d.Body, "evil.example") {
		t.Fatalf("subject %q, body %q", d.Subject, d.Body)
	}
	for line := range strings.Lines(d.Body) {
		if strings.HasPrefix(line, "To:") || strings.HasPrefix(line, "Bcc:") {
			t.Errorf("a line of its own: %q", line)
		}
	}
}

// A host adds a language to texts and mails, and deadlines are told in the
// engagement's zone. Texts in a language that the mails lack are refused.
func TestWordsOtherLanguage(t *testing.T) {
	text := consent.StandardTexts().For("en")
	text.Language = "fr"
	texts, err := consent.NewTexts(text)
	ok(t, err)
	fr := words.Translation{Language: "fr", Base: "pt-PT", Texts: map[words.Key]string{}}
	for _, group := range []words.Group{words.GroupBasics, words.GroupMails} {
		for _, key := range words.Standard().KeysOf(group) {
			fr.Texts[key] = words.Standard().For("en").Text(key, nil)
		}
	}
	fr.Texts[words.MailSubject(string(engagement.MessageConsentRequest))] = "{partner} demande votre accord : {engagement}"
	french, err := words.New(fr)
	ok(t, err)
	w0, _ := newWorld(t)
	if _, err := workflow.New(w0.Store, directory{}, w0.Catalog, workflow.FactFunc(noFacts), &workflow.Options{Texts: texts}); err == nil || !strings.Contains(err.Error(), "asked in fr") {
		t.Errorf("texts without mails: %v", err)
	}
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	ok(t, err)
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) {
		sc.Options.Texts, sc.Options.Words = texts, french
		sc.Options.Program = "Rewards"
		sc.Engagements[0].Zone = lisbon
	})
	p := w.Added(migration, "ana@contoso.com")
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{Customer: workflow.ByEmail("ana@contoso.com"), Language: "fr-CA"})
	ok(t, err)
	w.Relayed()
	d := w.Messages()[0]
	equal(t, "language", d.Message.Language, "fr")
	if !strings.Contains(d.Subject, "demande votre accord") || !strings.Contains(d.Body, "before 1 October 2026, 10:00 (Lisbon time)") {
		t.Errorf("subject %q, body %q", d.Subject, d.Body)
	}
	v, err := w.Desk.Links.ConsentView(background, newest(w, p))
	ok(t, err)
	equal(t, "the page", []string{string(v.Language), v.Program, v.Deadline.Location().String()}, []string{"fr", "Rewards", "Europe/Lisbon"})
}

// Below each mail stands what the host's theme says, in the mail's language.
func TestMailFooter(t *testing.T) {
	theme, err := words.NewTheme(words.Brand{PrivacyURL: "https://vendor.example/privacy", Note: words.Text{"en": "From Contoso.", "pt-PT": "Da Contoso."}})
	ok(t, err)
	w, _ := newWorld(t, func(sc *workflowtest.Scenario) { sc.Options.Theme = theme })
	p := w.Added(migration, "ana@contoso.com")
	req := asked(w, "ana@contoso.com")
	req.Language = "pt"
	_, err = w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, req)
	ok(t, err)
	w.Relayed()
	if body, want := w.Messages()[0].Body, "\n\n-- \nDa Contoso.\nAviso de privacidade: https://vendor.example/privacy"; !strings.HasSuffix(body, want) {
		t.Errorf("the mail does not end with %q: %q", want, body)
	}
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
	groups, err := desk.Engagements.List(background, w.Actor, workflow.EngagementsQuery{})
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

// Who is written to is addressed by name, where there is one.
func TestGreeting(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Language: "pt-PT", Customer: []workflow.Contact{{Name: "Ana www.evil.example", Email: "ana@contoso.com"}},
		Partner: []workflow.Contact{{Name: "Rita Lopes", Email: "rita@northwind.example"}}, PartnerLanguage: "en",
	})
	ok(t, err)
	w.Relayed()
	w.Accepted(p)
	w.Relayed()
	var first []string
	for _, m := range w.Messages() {
		line, _, _ := strings.Cut(m.Body, "\n")
		first = append(first, line)
	}
	equal(t, "the greetings", first, []string{"Olá, Ana www. evil. example,", "Hello Rita Lopes,"})
}

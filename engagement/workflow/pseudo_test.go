package workflow_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
	"golang.org/x/net/html"
)

// The pseudo language has its own letters and brackets around every text, so that a
// Latin letter in what people read is of a text that stands outside the catalogue.
const pseudo link.Language = "qps"

// disguise writes a text in the pseudo language, with its placeholders as they are.
func disguise(text string) string {
	var out strings.Builder
	within := false
	for _, r := range text {
		switch {
		case r == '{' || r == '}':
			within = r == '{'
		case !within && r >= 'a' && r <= 'z':
			r += 'а' - 'a' // Cyrillic
		case !within && r >= 'A' && r <= 'Z':
			r += 'А' - 'A'
		}
		out.WriteRune(r)
	}
	return "⟦" + out.String() + "⟧"
}

func disguised() words.Translation {
	out := words.Translation{Language: pseudo, Texts: map[words.Key]string{}}
	english := words.Standard().For("en")
	out.Texts["language.qps"] = disguise("Pseudo")
	for _, key := range words.Standard().Keys() {
		out.Texts[key] = disguise(english.Text(key, nil))
	}
	return out
}

// inDisguise makes a program whose consent text, surveys and kinds of proof are in the
// pseudo language, too.
func inDisguise(t *testing.T) (*words.Catalogue, func(*workflowtest.Scenario)) {
	t.Helper()
	catalogue, err := words.New(disguised())
	ok(t, err)
	text := consent.StandardTexts().For("en")
	text.Language = pseudo
	for _, s := range []*string{&text.Title, &text.Validity, &text.Withdrawal, &text.Accept, &text.Decline, &text.Withdraw} {
		*s = disguise(*s)
	}
	for i := range text.Paragraphs {
		text.Paragraphs[i] = disguise(text.Paragraphs[i])
	}
	for i := range text.Purposes {
		text.Purposes[i].Text = disguise(text.Purposes[i].Text)
	}
	texts, err := consent.NewTexts(text)
	ok(t, err)
	proof := claim.DefaultProof()
	for i := range proof {
		proof[i].Title = disguise(proof[i].Title)
		if f := proof[i].Survey; f != nil {
			forms := []map[link.Language]string{f.Titles, f.Intro}
			for _, q := range f.Questions {
				forms = append(forms, q.Texts)
			}
			for _, m := range forms {
				m[pseudo] = disguise(m["en"])
			}
		}
	}
	return catalogue, func(sc *workflowtest.Scenario) {
		sc.Options.Words, sc.Options.Texts, sc.Options.PortalURL = catalogue, texts, "https://portal.example/claims/"
		for i := range sc.Engagements {
			sc.Engagements[i].Proof = proof
		}
	}
}

// What people read besides the catalogue: names and other data of the scenario.
var (
	scenarioData = []string{
		"Contoso", "Azure Migration", "Infrastructure", "Northwind Consulting", "Adatum", "Fourth Coffee", "Woodgrove Bank", "21Vianet China", "21Vianet", "Commerce Incentives",
		"About ", "ana", "joana", "rita", "azure-migration", "The customer has at least 300 seats", "The customer is an organisation", "seats", "Lisboa", "public", "smb",
		"northwind", "Sign the findings.", "Nothing was delivered.", "It was.", "application/pdf", "Muito bom.", "customer", "location", "contoso.com",
	}
	scenarioPatterns = regexp.MustCompile(`https://\S+|[\w.-]+@[\w.-]+|\b\w+\.(com|example)\b|azure-migration/\w+|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}-[0-9a-f-]{27}|\bC(-\w{4}){3}\b|\b(USD|EUR)\b`)
	latin            = regexp.MustCompile(`[A-Za-z]{2,}`)
)

// stray returns the words in a text that are neither the catalogue's nor data.
func stray(text string) []string { return latin.FindAllString(withoutData(text), -1) }

func withoutData(text string) string {
	text = scenarioPatterns.ReplaceAllString(text, "")
	data := slices.SortedFunc(slices.Values(scenarioData), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, d := range data {
		text = strings.ReplaceAll(text, d, "")
	}
	return text
}

// textOf returns what a person reads of a page.
func textOf(t *testing.T, page string) string {
	t.Helper()
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for style := false; ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return out.String()
		case html.StartTagToken, html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "style" {
				style = kind == html.StartTagToken
			}
		case html.TextToken:
			if !style {
				out.WriteString(z.Token().Data + "\n")
			}
		}
	}
}

func allOf[T interface{ In(words.Words) string }](in words.Words, values []T) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.In(in)
	}
	return texts
}

// said gathers everything that is said of a world's customer in a language, by what it
// is.
func said(t *testing.T, w *workflowtest.World, in words.Words) map[string]string {
	t.Helper()
	all := map[string]string{}
	add := func(what string, texts ...string) {
		for _, text := range texts {
			all[what+": "+text] = text
		}
	}
	add("value", allOf(in, engagement.AllStatuses())...)
	add("value", allOf(in, engagement.AllRowTypes())...)
	add("value", allOf(in, engagement.AllActions())...)
	add("value", allOf(in, engagement.AllOrigins())...)
	add("value", allOf(in, engagement.AllAvailabilities())...)
	add("value", allOf(in, engagement.AllTypes())...)
	add("value", allOf(in, engagement.AllParties())...)
	add("value", allOf(in, engagement.AllMessageKinds())...)
	for _, kind := range engagement.AllReasonKinds() {
		add("reason", engagement.Reason{Kind: kind}.In(in), engagement.Reason{Kind: kind, Takes: tenant.AllIDKinds()}.In(in))
	}
	for _, code := range link.AllFailureCodes() {
		u := engagement.Unreached{Message: engagement.MessageClaimPaid, Failure: link.Failure{Code: code}}
		add("unreached", u.In(in))
	}
	for _, tab := range append(engagement.AllTabs(), engagement.TabOff) {
		add("tab", tab.In(in))
		if tab == engagement.TabOff {
			continue
		}
		for _, r := range w.Rows(migration, tab) {
			add("row", r.Todo(in), r.TodoBy(in, nil), r.Status.In(in), r.Type.In(in), r.Origin.In(in))
			for _, reason := range r.Reasons {
				add("reason", reason.In(in))
			}
			for _, a := range r.Actions {
				add("action", a.In(in))
			}
			for _, u := range r.Unreached {
				add("unreached", u.In(in))
			}
		}
	}
	events, _ := history(t, w, "contoso.com")
	for _, e := range events {
		add("history", e.Sentence(in, nil))
	}
	var table strings.Builder
	ok(t, w.Desk.Customers.Export(background, w.Actor, workflow.CustomersQuery{Engagement: migration}, &table, &workflow.CSVOptions{Language: in.Language()}))
	ok(t, w.Desk.Claims.Export(background, w.Actor, workflow.ClaimsQuery{}, &table, &workflow.CSVOptions{Language: in.Language()}))
	add("export", strings.Split(table.String(), "\r\n")...)
	for _, d := range w.Messages() {
		add("mail", d.Subject, d.Body)
	}
	return all
}

// pagesOf shows the pages of all links that went out, and what they say to a form that
// is not theirs.
func pagesOf(t *testing.T, w *workflowtest.World, catalogue *words.Catalogue) map[string]string {
	t.Helper()
	all := map[string]string{}
	look := func(page http.Handler, method, path string) {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Language", string(pseudo))
		answer := httptest.NewRecorder()
		page.ServeHTTP(answer, r)
		all[method+" "+path] = textOf(t, answer.Body.String())
	}
	consents, surveys := consenthttp.New(w.Desk.Links, &consenthttp.Options{Words: catalogue}), consenthttp.NewSurvey(w.Desk.Links, &consenthttp.Options{Words: catalogue})
	look(consents, "GET", "/consent/nothing")
	for _, d := range w.Messages() {
		token := d.Link[strings.LastIndexByte(d.Link, '/')+1:]
		for _, method := range []string{"GET", "POST"} {
			switch d.Message.Kind {
			case engagement.MessageConsentRequest:
				look(consents, method, "/consent/"+token)
			case engagement.MessageSurveyRequest:
				look(surveys, method, "/survey/"+token)
			}
		}
	}
	return all
}

// Nothing that people read stands outside the catalogue: in a language with letters of
// its own no other letters are found in mails, pages, rows, reasons, histories and
// exports.
func TestNothingOutsideTheCatalogue(t *testing.T) {
	catalogue, disguise := inDisguise(t)
	w, _ := newWorld(t, disguise, sandbox)
	for _, known := range []string{"fourthcoffee.com", "woodgrovebank.com", "adatum.com"} {
		w.Known(known)
	}
	everyMessage(t, w, string(pseudo))
	open := w.Claimed(migration, "adatum.com")
	asking := asked(w, "it@adatum.com")
	asking.Language = string(pseudo)
	_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), open, asking)
	ok(t, err)
	w.Relayed()

	texts := said(t, w, catalogue.For(pseudo))
	for what, page := range pagesOf(t, w, catalogue) {
		texts["page "+what] = page
	}
	if len(texts) < 100 {
		t.Fatalf("only %d texts", len(texts))
	}
	for what, text := range texts {
		if found := stray(text); found != nil {
			t.Errorf("%q are outside the catalogue: %s: %s", found, what, text)
		}
	}
	if found := stray("⟦а⟧ Hello"); len(found) != 1 {
		t.Errorf("a word outside was not found: %q", found)
	}
}

// In one language of the library nothing is said in the words of the other.
func TestNoWordsOfTheOtherLanguage(t *testing.T) {
	thorough(t)
	english, portuguese := words.Standard().For("en"), words.Standard().For("pt-PT")
	for _, pair := range [][2]words.Words{{english, portuguese}, {portuguese, english}} {
		in, other := pair[0], pair[1]
		w, _ := newWorld(t, sandbox, func(sc *workflowtest.Scenario) { sc.Options.PortalURL = "https://portal.example/claims/" })
		for _, known := range []string{"fourthcoffee.com", "woodgrovebank.com", "adatum.com"} {
			w.Known(known)
		}
		everyMessage(t, w, string(in.Language()))
		texts := said(t, w, in)
		for _, key := range words.Standard().Keys() {
			piece := other.Text(key, nil)
			if len(piece) < 12 || strings.Contains(in.Text(key, nil), piece) {
				continue
			}
			for part := range strings.SplitSeq(placeholders.ReplaceAllString(piece, "\n"), "\n") {
				part = strings.TrimSpace(part)
				for what, text := range texts {
					if len(part) >= 12 && strings.Contains(withoutData(text), part) {
						t.Errorf("in %s: %q of the text %s in %s: %s", in.Language(), part, key, other.Language(), what)
					}
				}
			}
		}
	}
}

var placeholders = regexp.MustCompile(`\{[a-z_]*\}`)

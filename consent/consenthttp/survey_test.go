package consenthttp_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// surveyCase is a page of a survey.
type surveyCase struct {
	name     string
	language link.Language
	prepare  func(d *surveyDesk)
	posts    []string // only the last one's answer is looked at, unless look
	look     bool     // with GET afterwards
	header   []string
	status   int
}

// Every page of a survey there is, as HTML.
func TestSurveyPages(t *testing.T) {
	cases := []surveyCase{
		{name: "survey", language: "en", status: 200},
		{name: "survey_pt", language: "pt", status: 200},
		{name: "survey_all_kinds", language: "en", status: 200},
		{name: "survey_done", language: "en", posts: []string{filled()}, look: true, status: 200},
		{name: "survey_done_pt", language: "pt", posts: []string{filled()}, look: true, status: 200},
		{name: "survey_wanted", language: "en", posts: []string{filled("satisfaction", "9", "delivered", "", "comments", "Ask Ana \x07& co.\r\n</textarea>")}, status: 422},
		{name: "survey_wanted_pt", language: "pt", posts: []string{"comments=" + strings.Repeat("x", survey.MaxText+1)}, status: 422},
		{name: "survey_twice", language: "en", posts: []string{filled(), filled("satisfaction", "1")}, status: 409},
		{name: "survey_twice_pt", language: "pt", posts: []string{filled(), "junk=1"}, status: 409},
		{name: "survey_closed", language: "en", look: true, status: 410,
			prepare: func(d *surveyDesk) { d.now = deadline }},
		{name: "survey_closed_pt", language: "pt", posts: []string{filled()}, status: 410,
			prepare: func(d *surveyDesk) { d.now = deadline }},
		{name: "survey_replaced", language: "en", posts: []string{filled()}, status: 410,
			prepare: func(d *surveyDesk) { d.token = d.void }},
		{name: "survey_unknown", language: "en", look: true, status: 404,
			prepare: func(d *surveyDesk) { d.token = link.Token{} }},
		{name: "survey_unavailable", language: "en", posts: []string{filled()}, status: 503,
			prepare: func(d *surveyDesk) { d.fail = errStore }},
		{name: "survey_not_from_page", language: "en", posts: []string{filled("other", "x")}, status: 400},
		{name: "survey_hostile", language: "en", status: 422, posts: []string{
			filled("delivered", `"><script>alert(1)</script>`, "comments", "</textarea><script>alert(2)</script>\x00\u0085\xff\u202e"),
		}},
	}
	for _, c := range slices.Clone(cases) { // every page in both languages, for reading
		twin, data := c.name+"_pt", c.name == "survey_hostile" || c.name == "survey_all_kinds"
		if c.language == "en" && !data && !slices.ContainsFunc(cases, func(o surveyCase) bool { return o.name == twin }) {
			c.name, c.language, c.header = twin, "pt", []string{"Accept-Language", "pt"}
			cases = append(cases, c)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newSurveyDesk(c.language, func(f *survey.Form, p *survey.Page) {
				switch c.name {
				case "survey_hostile":
					p.Partner, p.Customer, p.Program = `<script>alert("1")</script>`, `"><img src=x onerror=alert(1)>`, "\u202Egnp.elgoog</dd>"
					p.Engagement = "</title><script>alert(2)</script>"
					f.Titles["en"], f.Intro["en"] = "</h1>{{.}}", "javascript:alert(3) ' onmouseover='x"
					f.Questions[0].Texts["en"], f.Questions[3].Texts["en"] = "</legend><script>alert(4)</script>", `" onfocus="alert(5)`
				case "survey_all_kinds":
					for i := range f.Questions {
						f.Questions[i].Required = !f.Questions[i].Required
					}
					f.Intro = nil
				}
			})
			if c.prepare != nil {
				c.prepare(d)
			}
			h := surveyHandler(d)
			var w *httptest.ResponseRecorder
			for _, body := range c.posts {
				w = post(h, surveyPath(d.token), body, c.header...)
				d.now = d.now.Add(time.Hour)
			}
			if c.look || len(c.posts) == 0 {
				w = get(h, surveyPath(d.token), c.header...)
			}
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			body := w.Body.String()
			if strings.Contains(body, d.token.Secret()) {
				t.Error("the token stands in the page")
			}
			checkHTML(t, body)
			compare(t, c.name, body)
		})
	}
}

// Scanners and previews open links as they like: nothing changes, and nobody writes
// to the SurveyDesk.
func TestLookingAtASurveyChangesNothing(t *testing.T) {
	d := newSurveyDesk("en")
	before := d.state
	for _, r := range [][]string{
		{"GET"}, {"HEAD"}, {"GET", "Sec-Purpose", "prefetch"}, {"HEAD", "User-Agent", "SafeLinks"}, {"GET"},
	} {
		for _, query := range []string{"", "?" + filled()} {
			w := do(surveyHandler(d), r[0], surveyPath(d.token)+query, filled(), r[1:]...)
			if w.Code != 200 || (r[0] == "HEAD") != (w.Body.Len() == 0) {
				t.Errorf("%v: status %d, %d bytes", r, w.Code, w.Body.Len())
			}
		}
	}
	if d.answers != 0 || d.views == 0 || !reflect.DeepEqual(before, d.state) {
		t.Errorf("%d answers, %d views, state %+v", d.answers, d.views, d.state)
	}
}

func TestSurveyIsAnswered(t *testing.T) {
	d := newSurveyDesk("en")
	w := post(surveyHandler(d), surveyPath(d.token), filled())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != d.token.Secret() || w.Body.Len() != 0 {
		t.Errorf("%d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	want := map[string]string{"delivered": "yes", "findings": "no", "satisfaction": "4", "comments": "Well done.\nAna"}
	if !reflect.DeepEqual(want, d.state.Response.Answers) {
		t.Errorf("recorded %v", d.state.Response.Answers)
	}
}

// Only the page's own form answers.
func TestFormsThatAnswerNothing(t *testing.T) {
	for name, c := range map[string]struct {
		path, body string
		header     []string
		status     int
	}{
		"a field twice":      {"", filled() + "&delivered=no", nil, 400},
		"the same twice":     {"", filled() + "&delivered=yes", nil, 400},
		"an unknown field":   {"", filled("decision", "accept"), nil, 400},
		"a field of no name": {"", filled("", "x"), nil, 400},
		"broken":             {"", filled() + ";x", nil, 400},
		"broken escape":      {"", "delivered=%zz", nil, 400},
		"in the address":     {"?" + filled(), "", nil, 422},
		"nothing":            {"", "", nil, 422},
		"too large":          {"", filled("comments", strings.Repeat("x", 512<<10)), nil, 413},
		"no type":            {"", filled(), []string{"Content-Type", ""}, 415},
		"JSON":               {"", `{"delivered":"yes"}`, []string{"Content-Type", "application/json"}, 415},
		"multipart":          {"", filled(), []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		"cross-site":         {"", filled(), []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"same-site":          {"", filled(), []string{"Sec-Fetch-Site", "same-site"}, 403},
		"another origin":     {"", filled(), []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, 403},
	} {
		d := newSurveyDesk("en")
		before := d.state
		w := post(surveyHandler(d), surveyPath(d.token)+c.path, c.body, c.header...)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
		if !reflect.DeepEqual(before, d.state) {
			t.Errorf("%s: something was recorded", name)
		}
		if want := "This did not come from the page"; (c.status != 422) != strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %q in\n%s", name, want, w.Body)
		}
	}
}

// The limit fits what the form can hold at most.
func TestTheLargestSurveyFits(t *testing.T) {
	d := newSurveyDesk("en", func(f *survey.Form, _ *survey.Page) {
		text := f.Questions[3]
		f.Questions = nil
		for i := range survey.MaxQuestions {
			text.ID = strings.Repeat("q", 38) + string([]byte{byte('0' + i/10), byte('0' + i%10)})
			f.Questions = append(f.Questions, text)
		}
	})
	form := make(url.Values)
	for i, q := range d.state.Form.Questions {
		form.Set(q.ID, "x"+strings.Repeat([]string{"\r\n", "\U0001F600"}[i%2], survey.MaxText-2)+"y")
	}
	if w := post(surveyHandler(d), surveyPath(d.token), form.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("%d for %d bytes", w.Code, len(form.Encode()))
	}
	for _, q := range d.state.Form.Questions {
		if n := utf8.RuneCountInString(d.state.Response.Answers[q.ID]); n != survey.MaxText {
			t.Errorf("%s has %d characters", q.ID, n)
		}
	}
}

// Whatever a browser lets through, by the page's maxlength, is recorded: it counts
// UTF-16 code units, and a line end as one, which it sends as two.
func TestWhatTheBrowserLetsThroughIsRecorded(t *testing.T) {
	d := newSurveyDesk("pt")
	page := get(surveyHandler(d), surveyPath(d.token)).Body.String()
	_, rest, _ := strings.Cut(page, ` maxlength="`)
	number, _, _ := strings.Cut(rest, `"`)
	most, err := strconv.Atoi(number)
	if err != nil {
		t.Fatalf("the page has no maxlength: %v\n%s", err, page)
	}
	cut := func(text string) string { // as a browser does
		for len(utf16.Encode([]rune(text))) > most {
			_, size := utf8.DecodeLastRuneInString(text)
			text = text[:len(text)-size]
		}
		return text
	}
	for _, piece := range []string{"x", "não há ", "ação\n", "Ωμέγα ", "日本語", "\U0001F600", "e\u0301"} {
		typed := strings.Repeat(piece, most)
		for _, text := range []string{cut(typed), string([]rune(typed)[:1980])} {
			text = cut(text)
			d := newSurveyDesk("pt")
			w := post(surveyHandler(d), surveyPath(d.token), filled("comments", strings.ReplaceAll(text, "\n", "\r\n")))
			if got := d.state.Response.Answers["comments"]; w.Code != http.StatusSeeOther || got != strings.TrimSpace(text) {
				t.Errorf("%q, %d characters in %d bytes: %d", piece, utf8.RuneCountInString(text), len(text), w.Code)
			}
		}
	}
}

// What was typed is shown again, beside what is wrong with it.
func TestWhatWasTypedIsKept(t *testing.T) {
	d := newSurveyDesk("en")
	body := post(surveyHandler(d), surveyPath(d.token), "findings=no&satisfaction=9&comments="+url.QueryEscape("  kept <b>\r\n& \x07safe")).Body.String()
	for _, want := range []string{
		`name="findings" value="no" required checked>`,
		`<p class="problem" id="p-delivered">Please answer this question.</p>`,
		`<p class="problem" id="p-satisfaction">Please choose one of the answers.</p>`,
		`<p class="problem" id="p-comments">Some characters`,
		`aria-describedby="p-satisfaction"`,
		"\n  kept &lt;b&gt;\n&amp; safe</textarea>",
		`<a href="#q-delivered">Did the partner carry out`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if n := strings.Count(body, " checked"); n != 1 {
		t.Errorf("%d choices are made", n)
	}
	if strings.Contains(body, `id="p-findings"`) {
		t.Error("a problem where there is none")
	}
	if !d.state.Response.IsZero() {
		t.Error("something was recorded")
	}
}

// Of many at once, one wins; who answered the same is done, too.
func TestTwoSurveysAtOnce(t *testing.T) {
	d := newSurveyDesk("en")
	var wait sync.WaitGroup
	codes := make([]int, 8)
	for i := range codes {
		wait.Go(func() {
			codes[i] = post(surveyHandler(d), surveyPath(d.token), filled("satisfaction", []string{"1", "5"}[i%2])).Code
		})
	}
	wait.Wait()
	won := map[string]int{"1": 0, "5": 1}[d.state.Response.Answers["satisfaction"]]
	for i, code := range codes {
		if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusConflict}[i%2 == won]; code != want {
			t.Errorf("status %d, want %d", code, want)
		}
	}
	if w := get(surveyHandler(d), surveyPath(d.token)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Thank you") {
		t.Errorf("afterwards: %d\n%s", w.Code, w.Body)
	}
}

func TestSurveyDeadlineByTheMicrosecond(t *testing.T) {
	for late, want := range map[time.Duration]int{-time.Microsecond: 303, 0: 410, time.Microsecond: 410} {
		d := newSurveyDesk("en")
		d.now = deadline.Add(late)
		if w := post(surveyHandler(d), surveyPath(d.token), filled()); w.Code != want {
			t.Errorf("%s late: %d, want %d", late, w.Code, want)
		}
	}
	// A survey that the claim no longer needs has no deadline to show.
	d := newSurveyDesk("en")
	d.page.Deadline = time.Time{}
	if w := get(surveyHandler(d), surveyPath(d.token)); w.Code != 410 || strings.Contains(w.Body.String(), "<time") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
}

func TestErrorsOfSurveysOfAllKinds(t *testing.T) {
	path := surveyPath(newSurveyDesk("en").token)
	open := survey.View{Partner: "Fabrikam", Language: "en", Title: "T", Deadline: deadline, Status: survey.StatusSent, MayAnswer: true}
	done, over := open, open
	done.Status, done.AnsweredAt, done.MayAnswer, over.MayAnswer = survey.StatusDone, start, false, false
	wrong := &survey.AnswersError{Problems: []*survey.AnswerError{{Question: "delivered", Kind: survey.KindYesNo, Problem: survey.ProblemMissing}}}
	for _, c := range []struct {
		name string
		desk fixedSurvey
		want int
		says string
	}{
		{"unknown", fixedSurvey{wrong: link.ErrUnknown, look: link.ErrUnknown}, 404, "does not work"},
		{"void", fixedSurvey{wrong: &link.VoidError{VoidedAt: start}, look: errStore}, 410, "newer link"},
		{"late", fixedSurvey{wrong: &survey.ExpiredError{Deadline: deadline}, look: errStore}, 410, "survey is closed"},
		{"cancelled", fixedSurvey{wrong: &survey.NotAllowedError{}, look: errStore}, 410, "survey is closed"},
		{"twice, and no more", fixedSurvey{wrong: &survey.AlreadyAnsweredError{At: start}, look: errStore}, 409, "1 July 2026, 09:00 (UTC)"},
		{"twice", fixedSurvey{wrong: &survey.AlreadyAnsweredError{At: start}, view: done}, 409, "Your answers were not recorded"},
		{"failed", fixedSurvey{wrong: errors.Join(errStore, http.ErrServerClosed), view: open}, 503, "try again"},
		{"wrong", fixedSurvey{wrong: wrong, view: open}, 422, "check your answers"},
		{"wrong, and then away", fixedSurvey{wrong: wrong, look: errStore}, 503, "try again"},
		{"wrong, and then replaced", fixedSurvey{wrong: wrong, look: &link.VoidError{VoidedAt: start}}, 410, "newer link"},
		{"wrong, and answered meanwhile", fixedSurvey{wrong: wrong, view: done}, 409, "Thank you"},
		{"wrong, and late meanwhile", fixedSurvey{wrong: wrong, view: over}, 410, "survey is closed"},
	} {
		w := post(consenthttp.NewSurvey(c.desk, nil), path, filled())
		if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d, want %d with %q in\n%s", c.name, w.Code, c.want, c.says, w.Body)
		}
		checkHTML(t, w.Body.String())
	}
}

// A failing SurveyDesk is told to the log; a token and an answer to nobody.
func TestSurveyLogs(t *testing.T) {
	var log bytes.Buffer
	d := newSurveyDesk("en")
	h := consenthttp.NewSurvey(d, &consenthttp.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	post(h, surveyPath(d.token), filled("comments", "secret \a"))
	if log.Len() != 0 {
		t.Errorf("a slip of a person is logged:\n%s", &log)
	}
	post(h, surveyPath(d.token), filled("secret", "secret"))
	post(h, surveyPath(d.token), filled()+"&comments=secret")
	d.fail = errStore
	get(h, surveyPath(d.token))
	post(h, surveyPath(d.token), filled("comments", "secret"))
	if warned, failed := strings.Count(log.String(), "survey form refused"), strings.Count(log.String(), "survey page failed"); warned != 2 || failed != 2 {
		t.Errorf("%d warnings and %d failures in\n%s", warned, failed, &log)
	}
	if strings.Contains(log.String(), "secret") || strings.Contains(log.String(), d.token.Secret()[:10]) {
		t.Errorf("too much is logged:\n%s", &log)
	}
}

// A form in a language that the page has no words for says so.
func TestSurveyInAnotherLanguage(t *testing.T) {
	d := newSurveyDesk("fr", func(f *survey.Form, _ *survey.Page) {
		for _, texts := range append([]map[link.Language]string{f.Titles, f.Intro}, f.Questions[0].Texts, f.Questions[1].Texts, f.Questions[2].Texts, f.Questions[3].Texts) {
			texts["fr"] = "En français"
		}
	})
	h := consenthttp.NewSurvey(d, nil)
	page := get(h, surveyPath(d.token), "Accept-Language", "pt").Body.String()
	for _, want := range []string{`<html lang="pt-PT">`, `<h1 lang="fr">`, `<p lang="fr">En français</p>`, `<legend><span lang="fr">`, `<label for="q-comments"><span lang="fr">`, "> Sim</label>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	page = post(h, surveyPath(d.token), "", "Accept-Language", "pt").Body.String()
	for _, want := range []string{"<h1><bdi>Verifique", `<h2 lang="fr">En français</h2>`, `<a href="#q-delivered" lang="fr">`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	page = get(consenthttp.NewSurvey(d, &consenthttp.Options{Words: invented(t, "fr", nil)}), surveyPath(d.token)).Body.String()
	for _, want := range []string{`<html lang="fr">`, "> fr Yes</label>", "> fr No</label>"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
}

// FuzzSurveyPost throws any form at the handler: it is recorded whole or not at all,
// nothing fails, and every answer is a page.
func FuzzSurveyPost(f *testing.F) {
	f.Add(filled(), "application/x-www-form-urlencoded", "same-origin")
	f.Add(filled("comments", "</textarea><script>\x00\xff"), "application/x-www-form-urlencoded", "same-origin")
	f.Add("delivered=yes&delivered=no", "application/x-www-form-urlencoded; charset=utf-8", "")
	f.Add("q=%zz", "text/plain", "cross-site")
	f.Add("satisfaction=%22%3E%3Cscript%3E&comments=%0D%0A%0D%0Ax", "application/x-www-form-urlencoded", "none")
	f.Fuzz(func(t *testing.T, body, kind, site string) {
		d := newSurveyDesk("en")
		before := d.state
		r := httptest.NewRequest("POST", surveyPath(d.token), strings.NewReader(body))
		r.Header = http.Header{"Content-Type": {kind}, "Sec-Fetch-Site": {site}}
		w := httptest.NewRecorder()
		surveyHandler(d).ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("status %d", w.Code)
		}
		if w.Code == http.StatusSeeOther {
			if d.state.Status != survey.StatusDone {
				t.Fatal("told that it is recorded, and it is not")
			}
			return
		}
		if !reflect.DeepEqual(before, d.state) {
			t.Fatalf("refused with %d and recorded", w.Code)
		}
		checkHTML(t, w.Body.String())
		if w.Code == http.StatusUnprocessableEntity && strings.Contains(strings.ToLower(w.Body.String()), "<script") {
			t.Fatal("what was typed became markup")
		}
	})
}

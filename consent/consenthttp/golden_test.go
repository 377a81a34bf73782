package consenthttp_test

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// pageCase is a page of a consent.
type pageCase struct {
	name     string
	language link.Language
	prepare  func(d *desk)
	posts    []string // only the last one's answer is looked at, unless look
	look     bool     // with GET afterwards
	header   []string
	status   int
}

// Every page there is, as HTML.
func TestPages(t *testing.T) {
	accept, decline, withdraw := "decision=accept", "decision=decline", "decision=withdraw"
	cases := []pageCase{
		{name: "request", language: "en", status: 200},
		{name: "request_pt", language: "pt", status: 200},
		{name: "granted", language: "en", posts: []string{accept}, look: true, status: 200},
		{name: "granted_pt", language: "pt", posts: []string{accept}, look: true, status: 200},
		{name: "granted_submitted", language: "en", posts: []string{accept}, look: true, status: 200,
			prepare: func(d *desk) { d.submitted = true }},
		{name: "declined", language: "en", posts: []string{decline}, look: true, status: 200},
		{name: "withdrawn", language: "en", posts: []string{accept, withdraw}, look: true, status: 200},
		{name: "withdrawal_noted_pt", language: "pt", posts: []string{accept, withdraw}, look: true, status: 200,
			prepare: func(d *desk) { d.submitted = true }},
		{name: "already_answered", language: "en", posts: []string{decline, accept}, status: 409},
		{name: "already_answered_pt", language: "pt", posts: []string{accept, decline}, status: 409},
		{name: "expired", language: "en", look: true, status: 410,
			prepare: func(d *desk) { d.now = deadline }},
		{name: "expired_pt", language: "pt", posts: []string{accept}, status: 410,
			prepare: func(d *desk) { d.now = deadline }},
		{name: "cancelled", language: "en", posts: []string{accept}, status: 410,
			prepare: func(d *desk) { d.apply(consent.Cancel{}) }},
		{name: "replaced", language: "en", look: true, status: 410,
			prepare: func(d *desk) { d.token = d.void }},
		{name: "replaced_pt", language: "pt", posts: []string{accept}, status: 410, header: []string{"Accept-Language", "pt-BR,en;q=0.5"},
			prepare: func(d *desk) { d.token = d.void }},
		{name: "unknown", language: "en", look: true, status: 404,
			prepare: func(d *desk) { d.token = link.Token{} }},
		{name: "taken_elsewhere", language: "en", posts: []string{accept}, status: 409,
			prepare: func(d *desk) { d.failGrant = consent.ErrTakenElsewhere }},
		{name: "taken_elsewhere_pt", language: "pt", posts: []string{accept}, status: 409,
			prepare: func(d *desk) { d.failGrant = consent.ErrTakenElsewhere }},
		{name: "unavailable", language: "en", posts: []string{accept}, status: 503,
			prepare: func(d *desk) { d.fail = errStore }},
		{name: "not_from_page", language: "en", posts: []string{"decision="}, status: 400},
		{name: "hostile", language: "en", status: 200},
	}
	for _, c := range slices.Clone(cases) { // every page in both languages, for reading
		if twin := c.name + "_pt"; c.language == "en" && !strings.Contains(c.name, "hostile") && !slices.ContainsFunc(cases, func(o pageCase) bool { return o.name == twin }) {
			c.name, c.language, c.header = twin, "pt", []string{"Accept-Language", "pt"}
			cases = append(cases, c)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var hostile []func(*consent.Terms)
			if c.name == "hostile" {
				hostile = append(hostile, func(terms *consent.Terms) {
					terms.Parties[0].Name = `<script>alert("1")</script>`
					terms.Parties[1].Name = `"><img src=x onerror=alert(1)>`
					terms.Parties[2].Name = "\u202Egnp.elgoog</dd>"
					terms.Engagement.Name = "</title><script>alert(2)</script>"
					terms.Engagement.Summary = `{{.}} javascript:alert(3) ' onmouseover='x`
				})
			}
			d := newDesk(c.language, hostile...)
			if c.prepare != nil {
				c.prepare(d)
			}
			h := handlerOf(d)
			var w *httptest.ResponseRecorder
			for _, body := range c.posts {
				w = post(h, pathOf(d.token), body, c.header...)
				d.now = d.now.Add(time.Hour)
			}
			if c.look || len(c.posts) == 0 {
				w = get(h, pathOf(d.token), c.header...)
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

// compare leaves out the style sheet, which is the same on every page.
func compare(t *testing.T, name, page string) {
	t.Helper()
	head, rest, _ := strings.Cut(page, "<style>")
	_, tail, found := strings.Cut(rest, "</style>")
	if !found {
		t.Fatal("there is no style sheet")
	}
	got := head + "<style>…</style>" + tail
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run with -update if this is meant):\n%s", file, diff)
	}
}

package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// browser is somebody at a portal of their own.
type browser struct {
	t      *testing.T
	portal *portal
	base   string
	client http.Client
}

// page is what a browser shows.
type page struct {
	t      *testing.T
	status int
	url    string
	html   string
}

// visit opens a new portal in a browser that prefers a language.
func visit(t *testing.T, language string) *browser {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	p, err := open(t.Context(), memory.New(), new(evidencetest.Memory), "http://"+server.Listener.Addr().String(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = p.handler()
	server.Start()
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, portal: p, base: server.URL, client: http.Client{Jar: jar, Transport: speaking(language)}}
}

// speaking says which language a browser prefers.
type speaking string

func (s speaking) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept-Language", string(s))
	return http.DefaultTransport.RoundTrip(r)
}

func (b *browser) shown(resp *http.Response, err error) page {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	html, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, bad := range []string{"ZgotmplZ", "<no value>", "%!"} {
		if strings.Contains(string(html), bad) {
			b.t.Errorf("%s shows %s", resp.Request.URL, bad)
		}
	}
	return page{b.t, resp.StatusCode, resp.Request.URL.RequestURI(), string(html)}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	return b.shown(b.client.Get(b.base + path))
}

// post sends a form, of which fields and values come in turn.
func (b *browser) post(path string, form ...string) page {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	return b.shown(b.client.PostForm(b.base+path, values))
}

func (b *browser) login(person string) page {
	b.t.Helper()
	return b.post("/login", "person", person)
}

func (p page) has(status int, texts ...string) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s answers %d, not %d: %.2000s", p.url, p.status, status, p.html)
	}
	for _, text := range texts {
		if !strings.Contains(p.html, text) {
			p.t.Errorf("%s does not show %q: %.4000s", p.url, text, p.html)
		}
	}
	return p
}

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

func (p page) key() string { return keyField.FindStringSubmatch(p.html)[1] }

// Somebody adds a customer in three steps, twice by a double click, and finds it.
func TestAddCustomer(t *testing.T) {
	b := visit(t, "en")
	b.login("ana").has(200, "Engagements", "Ana Sousa")
	b.get("/engagements/secure-multicloud").has(200, "Secure Multi-Cloud Environments", "Criteria for customers", "Lisboa")
	key := b.get("/add?engagement=secure-multicloud").has(200, "Step 1 of 3", "Lisboa", "Porto").key()
	entered := []string{"key", key, "location", string(lisboa), "email", "ana@northernfoods.example.com", "engagements", "secure-multicloud"}
	b.post("/add/engagements", entered...).has(200, "Step 2 of 3", "Northern Foods", `value="secure-multicloud" checked`, "These cannot")
	b.post("/add/confirm", entered...).has(200, "Step 3 of 3", "Northern Foods", "Secure Multi-Cloud Environments")
	for range 2 {
		b.post("/add", entered...).has(200, "Northern Foods has been added.", "30 days left to obtain consent")
	}
	counted := b.get("/engagements/secure-multicloud/customers?search=northern+foods").has(200, "1 in all")
	if n := strings.Count(counted.html, "Northern Foods</"); n > 1 {
		t.Errorf("it is there %d times", n)
	}
	b.get("/attention").has(200, "Northern Foods")
}

// What is wrong stands beside its field, and what was typed is still there.
func TestMistakesStandBesideTheirFields(t *testing.T) {
	b := visit(t, "en")
	b.login("ana")
	p := b.post("/add/engagements", "key", "k", "location", string(lisboa), "email", "nobody", "tenant_id", "zz", "friendly_name", "Our friends").
		has(http.StatusBadRequest, "Step 1 of 3", `value="nobody"`, `value="zz"`, `value="Our friends"`, "Check what you entered.")
	if strings.Count(p.html, `class="problem"`) < 2 {
		t.Error("not both mistakes are told")
	}
	b.post("/add/confirm", "key", "k", "location", string(lisboa), "email", "ana@northernfoods.example.com").has(422, "Step 2 of 3", `class="problem"`)
	b.post("/add", "key", "k", "location", string(lisboa), "email", "ana@northernfoods.example.com", "engagements", "copilot-readiness").
		has(409, "Step 2 of 3", "Copilot Readiness")
}

// The pages of an engagement, in the language of whoever reads them.
func TestCustomers(t *testing.T) {
	b := visit(t, "pt")
	b.login("ana").has(200, "Projetos")
	first := b.get("/engagements/defend-against-threats/customers").has(200, "Clientes", "Elegíveis", "Página seguinte")
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.html)
	second := b.get("/engagements/defend-against-threats/customers"+strings.ReplaceAll(next[1], "&amp;", "&")).has(200, "Página anterior")
	if first.html == second.html {
		t.Error("the second page is the first")
	}
	b.get("/engagements/defend-against-threats/customers?tab=ineligible&search=energy").has(200, "Porquê", "Critério não cumprido")
	b.get("/engagements/none/customers").has(404)
	b.get("/engagements/defend-against-threats/customers?tab=none").has(400)
	b.post("/language", "language", "en", "back", "/engagements").has(200, "Engagements")
}

// Who is narrowed to a location is offered no other.
func TestNarrowed(t *testing.T) {
	b := visit(t, "en")
	b.login("rui")
	if p := b.get("/add").has(200, "Lisboa"); strings.Contains(p.html, "Porto") {
		t.Error("Rui is offered Porto")
	}
	b.post("/add/engagements", "key", "k", "location", string(porto), "email", "ana@northernfoods.example.com").has(403)
}

// Who is not logged in, or no longer, is asked to log in, and nothing is done.
func TestLoggedOut(t *testing.T) {
	b := visit(t, "en")
	for _, path := range []string{"/engagements", "/attention", "/add", "/engagements/secure-multicloud/customers"} {
		b.get(path).has(http.StatusUnauthorized, "Log in again")
	}
	b.login("ana")
	b.post("/logout").has(200, "Who is it?")
	b.post("/add", "key", "k").has(http.StatusUnauthorized, "Log in again")
	b.get("/nothing").has(404, "That page is not there.")
}

// The clock can be moved, and mails end in the mailbox.
func TestSandbox(t *testing.T) {
	b := visit(t, "en")
	b.login("ana")
	before := b.portal.sandbox.now()
	b.post("/clock", "pass", "month", "back", "/mailbox").has(200, "Mailbox")
	if passed := b.portal.sandbox.now().Sub(before); passed < 30*day {
		t.Errorf("%s have passed", passed)
	}
	b.post("/language", "language", "pt-PT", "back", "//evil.example").has(200, "Quem é?")
}

// Other sites cannot post here.
func TestOtherSites(t *testing.T) {
	b := visit(t, "en")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+"/clock", strings.NewReader("pass=month"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	b.shown(b.client.Do(r)).has(http.StatusForbidden)
}

var (
	said    = regexp.MustCompile(`\.T "([^"]+)"|\bT\("([^"]+)"`)
	notSaid = []string{"by name", "by deadline", "by date", "by status", "by amount"} // in a map
)

// Every text of the pages is there in Portuguese, and none that no page says.
func TestTextsAreComplete(t *testing.T) {
	used := map[string]bool{}
	for _, text := range notSaid {
		used[text] = true
	}
	for _, p := range people {
		used[p.Title] = true
	}
	files, _ := filepath.Glob("templates/*.html")
	code, _ := filepath.Glob("*.go")
	for _, name := range append(files, code...) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range said.FindAllStringSubmatch(string(b), -1) {
			used[m[1]+m[2]] = true
		}
	}
	for text := range used {
		if texts[text]["pt-PT"] == "" {
			t.Errorf("%q is not there in Portuguese", text)
		}
	}
	for text := range texts {
		if !used[text] {
			t.Errorf("nothing says %q", text)
		}
	}
}

package workflowhttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowhttp"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// Every method of every desk has a route, and every route a method. Exports are the CSV
// of their lists; links are package consenthttp's, and jobs nobody's outside.
func TestEveryMethodHasARoute(t *testing.T) {
	routes := map[string]bool{}
	for _, r := range workflowhttp.Routes() {
		name := r.Desk + "." + r.Call
		assert.False(t, routes[name], "%s has two routes", name)
		assert.NotEmpty(t, r.Doc)
		routes[name] = true
	}
	service := reflect.TypeFor[workflow.Service]()
	for i := range service.NumField() {
		desk := service.Field(i).Type
		if !service.Field(i).IsExported() || desk.Kind() != reflect.Pointer || !strings.HasSuffix(desk.Elem().Name(), "Desk") {
			continue
		}
		for j := range desk.NumMethod() {
			name := desk.Elem().Name() + "." + desk.Method(j).Name
			switch {
			case desk.Elem().Name() == "LinksDesk", desk.Elem().Name() == "JobsDesk", desk.Method(j).Name == "Export":
				continue
			}
			assert.True(t, routes[name], "%s has no route", name)
			delete(routes, name)
		}
	}
	assert.Empty(t, routes, "routes without a method")
}

// A customer goes through the program over HTTP.
func TestFromAddToPayment(t *testing.T) {
	c := newClient(t, nil)
	location := c.w.Location(migration)

	offer := m{}
	c.do("POST", "/customers/identify", m{"location": location, "email": "ana@contoso.com"}).status(200).into(&offer)
	assert.NotEmpty(t, offer["eligible"])

	var added []workflow.ParticipationView
	c.post("/customers/add", m{"candidate": m{"location": location, "email": "ana@contoso.com"}, "engagements": []string{migration}}).status(200).into(&added)
	p := added[0]
	at := "/participations/" + string(p.ID)

	asked := c.post(at+"/consent/request", m{
		"customer": []m{{"name": "Ana", "email": "ana@contoso.com"}},
		"partner":  []m{{"name": "Rui", "email": "rui@northwind.example"}},
	}, "If-Match", `"`+string(p.Revision)+`"`).status(200)
	assert.NotEqual(t, `"`+string(p.Revision)+`"`, asked.Header().Get("ETag"))
	c.w.Relayed()
	c.w.Accepted(p.ID)

	shown := c.get(at).status(200)
	shown.into(&p)
	assert.Equal(t, engagement.StatusConsentReceived, p.Status)
	c.get(at, "If-None-Match", shown.Header().Get("ETag")).status(http.StatusNotModified)
	c.get(at + "/claim").status(200)

	c.w.Proved(p.ID)
	c.post(at+"/submit", m{"requested": "4000 USD"}).status(200).into(&p)
	assert.Equal(t, engagement.StatusSubmitted, p.Status)

	reviewer := c.as(c.w.Reviewer())
	partner := "?partner=" + string(c.w.Actor.Partner)
	reviewer.post(at+"/review/start"+partner, m{}).status(200)
	reviewer.post(at+"/review/approve"+partner, m{"amount": "4000 USD"}).status(200)
	reviewer.post(at+"/review/record-payment"+partner, m{"amount": "4000 USD", "reference": "PO-1"}).status(200).into(&p)
	assert.Equal(t, engagement.StatusPaid, p.Status)

	var status string
	c.get(at + "/status").status(200).into(&status)
	assert.Equal(t, string(engagement.StatusPaid), status)
}

// A command that is sent again is carried out once, and says so.
func TestRepeated(t *testing.T) {
	c := newClient(t, nil)
	add := m{"candidate": m{"location": c.w.Location(migration), "email": "ana@contoso.com"}, "engagements": []string{migration}}
	first := c.do("POST", "/customers/add", add, "Idempotency-Key", "key-1").status(200)
	again := c.do("POST", "/customers/add", add, "Idempotency-Key", "key-1").status(200)
	var a, b []workflow.ParticipationView
	first.into(&a)
	again.into(&b)
	assert.Equal(t, a[0].ID, b[0].ID)
	assert.Empty(t, first.Header().Get("Idempotency-Replayed"))
	assert.Equal(t, "true", again.Header().Get("Idempotency-Replayed"))

	add["engagements"] = []string{pilot}
	p := c.do("POST", "/customers/add", add, "Idempotency-Key", "key-1").problem(422)
	assert.Equal(t, "key_reused", p.Code)
}

// Somebody was faster: the answer is what is there now.
func TestStale(t *testing.T) {
	c := newClient(t, func(o *workflowhttp.Options) { o.RequireIfMatch = true })
	p := c.w.Added(migration, "ana@contoso.com")
	at := "/participations/" + string(p)
	tag := c.get(at).status(200).Header().Get("ETag")
	c.post(at+"/cancel", m{"reason": "too early"}).problem(http.StatusPreconditionRequired)
	c.post(at+"/update", m{"friendly_name": "Contoso North"}, "If-Match", tag).status(200)
	stale := c.post(at+"/cancel", m{"reason": "too early"}, "If-Match", tag)
	now := stale.problem(http.StatusPreconditionFailed)
	assert.Equal(t, "stale", now.Code)
	require.NotNil(t, now.Now)
	assert.Equal(t, "Contoso North", now.Now.FriendlyName)
	c.post(at+"/cancel", m{"reason": "too early"}, "If-Match", stale.Header().Get("ETag")).status(200)
	c.post(at+"/cancel", m{}, "If-Match", `W/"x", "y"`).problem(400)
}

// What is wrong with a request is said, with the field.
func TestRefused(t *testing.T) {
	c := newClient(t, func(o *workflowhttp.Options) { o.MaxBody = 1000 })
	p := c.w.Added(migration, "ana@contoso.com")
	at := "/participations/" + string(p)
	location := c.w.Location(migration)
	for _, test := range []struct {
		name    string
		reply   *reply
		status  int
		code    string
		field   string
		allowed string
	}{
		{"no key", c.do("POST", at+"/cancel", m{}), 400, "invalid_input", "", ""},
		{"no JSON", c.post(at+"/cancel", strings.NewReader("{")), 400, "invalid_input", "", ""},
		{"two values", c.post(at+"/cancel", strings.NewReader("{}{}")), 400, "invalid_input", "", ""},
		{"an unknown field", c.post(at+"/cancel", m{"raison": "x"}), 400, "invalid_input", "/raison", ""},
		{"another kind of value", c.post(at+"/cancel", m{"reason": 7}), 400, "invalid_input", "/reason", ""},
		{"a form", c.post(at+"/cancel", strings.NewReader("reason=x"), "Content-Type", "application/x-www-form-urlencoded"), 415, "", "", ""},
		{"a large body", c.post(at+"/cancel", m{"reason": strings.Repeat("x", 2000)}), 413, "invalid_input", "", ""},
		{"another site", c.post(at+"/cancel", m{}, "Sec-Fetch-Site", "cross-site"), 403, "forbidden", "", ""},
		{"an unknown parameter", c.get("/claims?sorted=name"), 400, "invalid_input", "/sorted", ""},
		{"a parameter twice", c.get("/claims?limit=1&limit=2"), 400, "invalid_input", "/limit", ""},
		{"no number", c.get("/claims?limit=many"), 400, "invalid_input", "/limit", ""},
		{"no status", c.get("/claims?statuses=Paid&statuses=Payed"), 400, "invalid_input", "/statuses/1", ""},
		{"no day", c.get("/claims?from=yesterday"), 400, "invalid_input", "/from", ""},
		{"nothing there", c.get("/claim"), 404, "not_found", "", ""},
		{"another method", c.do("DELETE", at, nil), 405, "", "", "GET, HEAD"},
		{"an unknown participation", c.get("/participations/P-1"), 404, "not_found", "", ""},
		{"a mailbox that is none", c.do("POST", "/customers/identify", m{"location": location, "email": "ana"}), 400, "invalid_input", "/email", ""},
		{"another partner", c.get("/claims?partner=fabrikam"), 400, "invalid_input", "/partner", ""},
		{"not the program", c.post(at+"/review/start", m{}), 403, "forbidden", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.reply.problem(test.status)
			assert.Equal(t, test.code, got.Code)
			if test.field != "" && assert.NotEmpty(t, got.Refusals) {
				assert.Equal(t, test.field, got.Refusals[0].Field)
			}
			assert.Equal(t, test.allowed, test.reply.Header().Get("Allow"))
			assert.NotEmpty(t, got.Title)
			assert.NotEmpty(t, got.Detail)
		})
	}
}

// Where waiting helps, how long is said; and nobody between keeps an answer.
func TestRetryAfter(t *testing.T) {
	c := newClient(t, nil)
	p := c.w.Added(migration, "ana@contoso.com")
	c.w.Requested(p, "ana@contoso.com")
	c.w.Relayed()
	soon := c.post("/participations/"+string(p)+"/consent/resend", nil)
	assert.Equal(t, "too_soon", soon.problem(429).Code)
	seconds, err := strconv.Atoi(soon.Header().Get("Retry-After"))
	require.NoError(t, err)
	assert.Positive(t, seconds)
	c.w.Advance(time.Duration(seconds) * time.Second)
	c.post("/participations/"+string(p)+"/consent/resend", nil).status(200)

	c.w.Fail(workflowtest.Directory, errors.New("down"))
	down := c.do("POST", "/customers/identify", m{"location": c.w.Location(migration), "email": "ana@adatum.com"})
	assert.Equal(t, "unavailable", down.problem(503).Code)
	assert.NotEmpty(t, down.Header().Get("Retry-After"))
	assert.NotContains(t, down.Body.String(), "down", "what the source answered is nobody's business")
	for _, r := range []*reply{soon, down, c.get("/claims").status(200)} {
		assert.Equal(t, "no-store", r.Header().Get("Cache-Control"))
		assert.Equal(t, "nosniff", r.Header().Get("X-Content-Type-Options"))
	}
}

// A refusal is told in the language of whoever reads it.
func TestLanguage(t *testing.T) {
	c := newClient(t, nil)
	p := c.get("/participations/P-1", "Accept-Language", "fr;q=0.9, pt-BR;q=0.8, en;q=0.1").problem(404)
	english := c.get("/participations/P-1", "Accept-Language", "en").problem(404)
	assert.NotEqual(t, english.Detail, p.Detail)
}

// Who is not logged in is told so, and nothing else.
func TestNobody(t *testing.T) {
	c := newClient(t, nil)
	p := c.w.Added(migration, "ana@contoso.com")
	c.actor = nil
	for _, r := range workflowhttp.Routes() {
		target := strings.NewReplacer("{id}", string(p), "{engagement}", migration, "{customer}", "x", "{document}", "y", "{survey}", "z", "{partner}", "northwind").Replace(r.Path)
		got := c.do(r.Method, target, m{}, "Idempotency-Key", "k")
		if got.Code != http.StatusUnauthorized {
			t.Errorf("%s %s answers %d", r.Method, target, got.Code)
		}
	}
}

// Nothing of a partner's is shown or done for another, whatever the route.
func TestIsolation(t *testing.T) {
	c := newClient(t, nil)
	p := c.w.Granted(migration, "ana@contoso.com")
	document := c.w.Documented(p, claim.ProofInvoice)
	customer := c.w.Customer("contoso.com")
	before := c.get("/participations/" + string(p)).status(200).Body.String()

	other := c.w.Actor
	other.Partner, other.User = "fabrikam", "eve"
	eve := c.as(other)
	tried := 0
	for _, r := range workflowhttp.Routes() {
		if !strings.Contains(r.Path, "{id}") {
			continue
		}
		target := strings.NewReplacer("{id}", string(p), "{document}", string(document.ID), "{survey}", claim.ProofPartnerSurvey).Replace(r.Path)
		if strings.HasSuffix(r.Path, "/documents") {
			target += "?kind=invoice&name=x.pdf"
		}
		got := eve.do(r.Method, target, m{}, "Idempotency-Key", "k"+target)
		if got.Code != 404 && got.Code != 403 && got.Code != 400 {
			t.Errorf("%s %s answers %d", r.Method, target, got.Code)
		}
		for _, secret := range []string{"Contoso", "ana@contoso.com", string(customer)} {
			assert.NotContains(t, got.Body.String(), secret, target)
		}
		tried++
	}
	assert.Greater(t, tried, 25)
	for _, list := range []string{"/claims", "/claims/all", "/customers/known", "/customers/known/all", "/customers/search?search=contoso", "/customers/needing-attention", "/customers?engagement=" + migration, "/feed"} {
		assert.NotContains(t, eve.get(list).Body.String(), string(p), list)
	}
	assert.Equal(t, before, c.get("/participations/"+string(p)).Body.String(), "nothing has changed")
}

// Lists are pages, lines or tables.
func TestLists(t *testing.T) {
	c := newClient(t, nil)
	for i := range 3 {
		c.w.Known([]string{"contoso.com", "adatum.com", "fourthcoffee.com"}[i])
	}
	first := c.get("/customers?engagement=" + migration + "&tab=eligible&limit=1").status(200)
	var page m
	first.into(&page)
	if next, _ := page["next"].(string); next != "" {
		assert.Contains(t, first.Header().Get("Link"), `rel="next"`)
		assert.Contains(t, first.Header().Get("Link"), "cursor=")
	}
	assert.NotEmpty(t, c.get("/customers/known/all").status(200).lines())
	c.get("/claims/all").status(200).lines()

	table := c.get("/customers?engagement="+migration+"&separator=semicolon", "Accept", "text/csv", "Accept-Language", "pt").status(200)
	assert.Contains(t, table.Header().Get("Content-Type"), "text/csv")
	assert.Contains(t, table.Body.String(), ";")
	c.get("/customers?engagement="+migration+"&separator=pipe", "Accept", "text/csv").problem(400)
	c.get("/customers?engagement=none", "Accept", "text/csv").problem(404)
}

// Many customers are added by lines, and each line has its answer; a line that cannot be
// read ends it, and what was added stays.
func TestAddAll(t *testing.T) {
	c := newClient(t, nil)
	line := func(key, email string) string {
		return fmt.Sprintf(`{"key": %q, "candidate": {"location": %q, "email": %q}, "engagements": [%q]}`+"\n", key, c.w.Location(migration), email, migration)
	}
	body := line("k1", "ana@contoso.com") + line("k2", "nobody") + "\n" + line("k3", "bo@adatum.com")
	dry := c.do("POST", "/customers/add-all?dry_run=true", strings.NewReader(body)).status(200).lines()
	require.Len(t, dry, 3)
	lines := c.do("POST", "/customers/add-all", strings.NewReader(body)).status(200).lines()
	require.Len(t, lines, 3)
	assert.Len(t, lines[0]["started"], 1)
	assert.Len(t, lines[1]["refusals"], 1)

	lines = c.do("POST", "/customers/add-all", strings.NewReader(line("k1", "ana@contoso.com")+"{")).status(200).lines()
	require.Len(t, lines, 2)
	assert.Contains(t, lines[1], "problem")
	c.do("POST", "/customers/add-all", strings.NewReader("{")).problem(400)
}

// Long work tells its progress, and its result in the end.
func TestProgram(t *testing.T) {
	c := newClient(t, nil)
	reviewer := c.as(c.w.Reviewer())
	lines := reviewer.do("POST", "/program/reevaluate", m{"partner": "northwind"}).status(200).lines()
	assert.Contains(t, lines[len(lines)-1], "result")
	lines = reviewer.do("POST", "/program/partners/northwind/import", strings.NewReader(`{"identity": {"tpid": "4711001"}, "friendly_name": "Wingtip"}`+"\n")).status(200).lines()
	require.Contains(t, lines[len(lines)-1], "result")
	assert.EqualValues(t, 1, lines[len(lines)-1]["result"].(m)["done"])
	c.do("POST", "/program/reevaluate", m{"partner": "northwind"}).problem(403)
}

// A document goes up and comes down as it was, and nothing runs it.
func TestDocuments(t *testing.T) {
	c := newClient(t, func(o *workflowhttp.Options) { o.MaxDocument = 100 })
	p := c.w.Granted(migration, "ana@contoso.com")
	at := "/participations/" + string(p) + "/documents"
	const content = "%PDF-1.7 \x00\xff"
	var document claim.Evidence
	c.post(at+"?kind=invoice&name=Rechnung+%C3%9C.pdf", strings.NewReader(content), "Content-Type", "application/pdf").status(200).into(&document)
	got := c.get(at + "/" + string(document.ID)).status(200)
	assert.Equal(t, content, got.Body.String())
	assert.Equal(t, "application/pdf", got.Header().Get("Content-Type"))
	assert.Contains(t, got.Header().Get("Content-Disposition"), "attachment")
	assert.Contains(t, got.Header().Get("Content-Security-Policy"), "sandbox")

	c.post(at+"?kind=invoice&name=x.pdf", strings.NewReader(strings.Repeat("x", 101)), "Content-Type", "application/pdf").problem(413)
	c.post(at+"?kind=invoice&name=x.pdf", io.MultiReader(strings.NewReader(strings.Repeat("x", 101))), "Content-Type", "application/pdf").problem(413)
	c.post(at+"?kind=invoice&name=x.pdf", strings.NewReader("x"), "Content-Type", "").problem(415)
	c.get(at + "/none").problem(404)
	c.post(at+"/remove", m{"evidence": document.ID}).status(200)
}

// Whoever sends a body too slowly is told so, and does not hold up the server.
func TestSlowBody(t *testing.T) {
	c := newClient(t, func(o *workflowhttp.Options) { o.Patience = 20 * time.Millisecond })
	server := httptest.NewServer(c.api)
	defer server.Close()
	r, w := io.Pipe()
	defer w.Close() //nolint:errcheck // it never ends
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/customers/identify", r)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // read below
	assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
}

// Lines come as they are made: the first answer is there before the second line is sent.
func TestLinesAreNotHeldBack(t *testing.T) {
	c := newClient(t, nil)
	server := httptest.NewServer(c.api)
	defer server.Close()
	r, w := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/customers/add-all", r)
	require.NoError(t, err)
	send := func(key, email string) {
		_, err := fmt.Fprintf(w, `{"key": %q, "candidate": {"location": %q, "email": %q}, "engagements": [%q]}`+"\n", key, c.w.Location(migration), email, migration)
		assert.NoError(t, err)
	}
	go send("k1", "ana@contoso.com")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // read below
	answers := bufio.NewScanner(resp.Body)
	answers.Buffer(nil, 1<<20)
	require.True(t, answers.Scan())
	assert.Contains(t, answers.Text(), `"k1"`)
	send("k2", "bo@adatum.com")
	require.True(t, answers.Scan())
	assert.Contains(t, answers.Text(), `"k2"`)
	require.NoError(t, w.Close())
	assert.False(t, answers.Scan())
}

// Whatever is sent, the answer is one of those that are documented, and nothing panics.
func FuzzBody(f *testing.F) {
	w := workflowtest.New(f, workflowtest.Contoso)
	p := w.Added(migration, "ana@contoso.com")
	api, err := workflowhttp.New(w.Desk, workflowhttp.Options{Actor: func(*http.Request) (workflow.Actor, error) { return w.Actor, nil }})
	require.NoError(f, err)
	routes := workflowhttp.Routes()
	for i := range routes {
		f.Add(uint8(i), `{"reason": "x"}`, "limit=1&cursor=x")
	}
	f.Add(uint8(0), `[{"seq": 1}]`, "partner=x")
	f.Fuzz(func(t *testing.T, n uint8, body, query string) {
		r := routes[int(n)%len(routes)]
		target := strings.NewReplacer("{id}", string(p), "{engagement}", migration, "{customer}", "x", "{document}", "y", "{survey}", "z", "{partner}", "northwind").Replace(r.Path)
		req := httptest.NewRequestWithContext(t.Context(), r.Method, target, strings.NewReader(body))
		req.URL.RawQuery = query
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "k"+body)
		got := httptest.NewRecorder()
		api.ServeHTTP(got, req)
		if got.Code >= 500 {
			t.Fatalf("%s %s?%s with %q: %d %s", r.Method, target, query, body, got.Code, got.Body)
		}
	})
}

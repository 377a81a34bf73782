package consenthttp_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Scanners and previews open links as they like: nothing changes, and nobody
// writes to the Desk.
func TestLookingChangesNothing(t *testing.T) {
	d := newDesk("en")
	h := handlerOf(d)
	before := d.state
	for _, r := range [][]string{
		{"GET"}, {"HEAD"}, {"GET", "Sec-Purpose", "prefetch"}, {"GET", "Purpose", "prefetch"}, {"HEAD", "User-Agent", "SafeLinks"}, {"GET"},
	} {
		for range 3 {
			for _, query := range []string{"", "?decision=accept", "?decision=accept&decision=accept"} {
				if w := do(h, r[0], pathOf(d.token)+query, "decision=accept", r[1:]...); w.Code != 200 {
					t.Errorf("%v: status %d", r, w.Code)
				}
			}
		}
	}
	if d.answers != 0 || !reflect.DeepEqual(before, d.state) {
		t.Errorf("%d answers, state %+v", d.answers, d.state)
	}
	if d.views == 0 {
		t.Error("nobody looked")
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	d := newDesk("en")
	for _, path := range []string{pathOf(d.token), pathOf(d.void), "/consent/nonsense"} {
		g, h := get(handlerOf(d), path), do(handlerOf(d), "HEAD", path, "")
		if h.Body.Len() != 0 {
			t.Errorf("HEAD %s has a body", path)
		}
		if g.Code != h.Code || !reflect.DeepEqual(g.Header(), h.Header()) {
			t.Errorf("GET: %d %v\nHEAD: %d %v", g.Code, g.Header(), h.Code, h.Header())
		}
		if got := h.Header().Get("Content-Length"); got != strconv.Itoa(g.Body.Len()) {
			t.Errorf("Content-Length %s of %d", got, g.Body.Len())
		}
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	d := newDesk("pt")
	h := handlerOf(d)
	var style string
	for name, w := range map[string]*httptest.ResponseRecorder{
		"page": get(h, pathOf(d.token)), "unknown": get(h, "/consent/x"), "void": get(h, pathOf(d.void)),
		"method": do(h, "DELETE", pathOf(d.token), ""), "bad form": post(h, pathOf(d.token), ""),
		"cross-site": post(h, pathOf(d.token), "decision=accept", "Sec-Fetch-Site", "cross-site"),
		"decided":    post(h, pathOf(d.token), "decision=accept"), "twice": post(h, pathOf(d.token), "decision=accept"),
	} {
		for key, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := w.Header().Get(key); got != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got, want)
			}
		}
		csp := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy %q lacks %s", name, csp, want)
			}
		}
		if w.Body.Len() == 0 {
			continue
		}
		_, style, _ = strings.Cut(w.Body.String(), "<style>")
		style, _, _ = strings.Cut(style, "</style>")
		sum := sha256.Sum256([]byte(style))
		if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; style == "" || !strings.Contains(csp, want) {
			t.Errorf("%s: the policy %q does not allow the style of the page: %s", name, csp, want)
		}
		if !strings.Contains(w.Body.String(), `<html lang="`+w.Header().Get("Content-Language")+`">`) {
			t.Errorf("%s: Content-Language %q is not the page's", name, w.Header().Get("Content-Language"))
		}
	}
}

func TestOtherMethods(t *testing.T) {
	d := newDesk("en")
	for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND"} {
		w := do(handlerOf(d), method, pathOf(d.token), "decision=accept", "Content-Type", "application/x-www-form-urlencoded")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, POST" {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	if d.answers+d.views != 0 {
		t.Error("the Desk was asked")
	}
}

// Only the page's own form decides.
func TestFormsThatDecideNothing(t *testing.T) {
	large := "decision=accept&x=" + strings.Repeat("x", 8<<10)
	for name, c := range map[string]struct {
		path, body string
		header     []string
		status     int
	}{
		"no decision":        {"", "", nil, 400},
		"empty decision":     {"", "decision=", nil, 400},
		"another decision":   {"", "decision=yes", nil, 400},
		"other case":         {"", "decision=Accept", nil, 400},
		"two decisions":      {"", "decision=accept&decision=decline", nil, 400},
		"the same twice":     {"", "decision=accept&decision=accept", nil, 400},
		"in the address":     {"?decision=accept", "", nil, 400},
		"one in the address": {"?decision=accept", "decision=", nil, 400},
		"broken":             {"", "decision=accept;decision=decline", nil, 400},
		"broken escape":      {"", "decision=%zz", nil, 400},
		"too large":          {"", large, nil, 413},
		"no type":            {"", "decision=accept", []string{"Content-Type", ""}, 415},
		"JSON":               {"", `{"decision":"accept"}`, []string{"Content-Type", "application/json"}, 415},
		"plain text":         {"", "decision=accept", []string{"Content-Type", "text/plain"}, 415},
		"multipart":          {"", "decision=accept", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		"cross-site":         {"", "decision=accept", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"same-site":          {"", "decision=accept", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"cross-site, null":   {"", "decision=accept", []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, 403},
		"another origin":     {"", "decision=accept", []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, 403},
	} {
		d := newDesk("en")
		w := post(handlerOf(d), pathOf(d.token)+c.path, c.body, c.header...)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
		if d.answers != 0 || d.state.Status != consent.StatusRequested {
			t.Errorf("%s: the Desk was told", name)
		}
		if !strings.Contains(w.Body.String(), "This did not come from the page") {
			t.Errorf("%s: no page to read", name)
		}
	}
}

func TestFormsThatDecide(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		header []string
	}{
		"same origin":                    {"", nil},
		"typed by hand":                  {"", []string{"Sec-Fetch-Site", "none"}},
		"no browser":                     {"", []string{"Sec-Fetch-Site", ""}},
		"older browser":                  {"", []string{"Sec-Fetch-Site", "", "Origin", "http://example.com"}},
		"older browser, no referrer":     {"", []string{"Sec-Fetch-Site", "", "Origin", "null"}},
		"type with a parameter":          {"", []string{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}},
		"something a mail tool appended": {"?utm=a;b&decision=decline", nil},
	} {
		d := newDesk("en")
		w := post(handlerOf(d), pathOf(d.token)+c.path, "decision=accept", c.header...)
		if w.Code != http.StatusSeeOther || d.state.Status != consent.StatusGranted {
			t.Errorf("%s: status %d, consent %s", name, w.Code, d.state.Status)
		}
	}
}

func TestHostAllowsAnotherOrigin(t *testing.T) {
	csrf := http.NewCrossOriginProtection()
	if err := csrf.AddTrustedOrigin("https://portal.example"); err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]int{"https://portal.example": 303, "https://evil.example": 403} {
		d := newDesk("en")
		h := consenthttp.New(d, &consenthttp.Options{CrossOrigin: csrf})
		if w := post(h, pathOf(d.token), "decision=decline", "Sec-Fetch-Site", "cross-site", "Origin", origin); w.Code != want {
			t.Errorf("%s: %d, want %d", origin, w.Code, want)
		}
	}
}

// Wherever it is mounted, a decision leads back to the same address.
func TestMounts(t *testing.T) {
	for name, c := range map[string]struct {
		prefix string
		mount  func(*http.ServeMux, http.Handler)
	}{
		"prefix":        {"/consent/", func(m *http.ServeMux, h http.Handler) { m.Handle("/consent/", h) }},
		"pattern":       {"/a/b/", func(m *http.ServeMux, h http.Handler) { m.Handle("/a/b/{token}", h) }},
		"strip":         {"/x/y/", func(m *http.ServeMux, h http.Handler) { m.Handle("/x/", http.StripPrefix("/x/y", h)) }},
		"strip all":     {"/x/", func(m *http.ServeMux, h http.Handler) { m.Handle("/x/", http.StripPrefix("/x/", h)) }},
		"root":          {"/", func(m *http.ServeMux, h http.Handler) { m.Handle("/", h) }},
		"method by mux": {"/c/", func(m *http.ServeMux, h http.Handler) { m.Handle("GET /c/{token}", h); m.Handle("POST /c/{token}", h) }},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk("en")
			mux := http.NewServeMux()
			c.mount(mux, handlerOf(d))
			server := httptest.NewServer(mux)
			defer server.Close()
			address := server.URL + c.prefix + d.token.Secret()
			answer, err := server.Client().Post(address, "application/x-www-form-urlencoded", strings.NewReader("decision=accept"))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != 200 || answer.Request.Method != "GET" || answer.Request.URL.String() != address {
				t.Errorf("%s %s: %d", answer.Request.Method, answer.Request.URL, answer.StatusCode)
			}
			if !strings.Contains(string(body), "Consent given") || d.answers != 1 {
				t.Errorf("%d answers, page:\n%s", d.answers, body)
			}
		})
	}
}

func TestOnlyTheLastSegmentIsTheToken(t *testing.T) {
	d := newDesk("en")
	for _, path := range []string{pathOf(d.token) + "/", pathOf(d.token) + "/x", "/consent/", "/", "/consent/" + d.token.Secret()[1:], "/consent/x" + d.token.Secret(), pathOf(d.token) + "%0a"} {
		if w := get(handlerOf(d), path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if d.views != 0 {
		t.Error("the Desk was asked for what cannot be a token")
	}
}

// Of many at once, the first wins; who decided the same is done, too, and the others
// are told what was decided.
func TestTwoAtOnce(t *testing.T) {
	for range 20 {
		d := newDesk("en")
		h := handlerOf(d)
		var wait sync.WaitGroup
		codes := make([]int, 8)
		bodies := make([]string, len(codes))
		for i := range codes {
			wait.Go(func() {
				w := post(h, pathOf(d.token), "decision="+[]string{"accept", "decline"}[i%2])
				codes[i], bodies[i] = w.Code, w.Body.String()
			})
		}
		wait.Wait()
		won, told := map[consent.Status]int{consent.StatusGranted: 0, consent.StatusDeclined: 1}[d.state.Status],
			map[consent.Status]string{consent.StatusGranted: "Consent given", consent.StatusDeclined: "Consent declined"}[d.state.Status]
		for i, code := range codes {
			switch {
			case i%2 == won && code != http.StatusSeeOther:
				t.Errorf("the same decision: %d", code)
			case i%2 != won && (code != http.StatusConflict || !strings.Contains(bodies[i], told)):
				t.Errorf("another decision: %d without %q", code, told)
			}
		}
		if w := get(h, pathOf(d.token)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), told) {
			t.Errorf("afterwards: %d without %q", w.Code, told)
		}
	}
}

// A failing Desk is told to the log, not to the customer, and no token to either.
func TestFailures(t *testing.T) {
	var log bytes.Buffer
	d := newDesk("en")
	d.fail = errStore
	h := consenthttp.New(d, &consenthttp.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for _, w := range []*httptest.ResponseRecorder{get(h, pathOf(d.token)), post(h, pathOf(d.token), "decision=accept")} {
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "30" {
			t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
		}
		if strings.Contains(w.Body.String(), errStore.Error()) || !strings.Contains(w.Body.String(), "try again") {
			t.Errorf("the page says\n%s", w.Body)
		}
	}
	if n := strings.Count(log.String(), "the store is away"); n != 2 {
		t.Errorf("logged %d times:\n%s", n, &log)
	}
	log.Reset()
	d.fail = nil
	post(h, pathOf(d.token), "decision=accept", "Sec-Fetch-Site", "cross-site")
	post(h, pathOf(d.token), "token="+d.token.Secret())
	post(h, pathOf(d.token), "decision="+d.token.Secret()[:20])
	get(h, pathOf(d.token))
	if n := strings.Count(log.String(), "level=WARN"); n != 3 {
		t.Errorf("%d warnings:\n%s", n, &log)
	}
	if strings.Contains(log.String(), d.token.Secret()[:10]) {
		t.Errorf("a token in the log:\n%s", &log)
	}
}

// The Desk can say what was answered even when it can show nothing any more.
func TestAlreadyAnsweredWithoutAView(t *testing.T) {
	for decision, want := range map[consent.Decision]string{
		consent.DecisionAccept: "Consent given", consent.DecisionDecline: "Consent declined", consent.DecisionWithdraw: "Consent withdrawn",
	} {
		d := newDesk("en")
		d.fail = &consent.AlreadyAnsweredError{Decision: decision, At: start}
		other := map[consent.Decision]string{consent.DecisionAccept: "decline"}[decision]
		w := post(handlerOf(d), pathOf(d.token), "decision="+cmp.Or(other, "accept"))
		if body := w.Body.String(); w.Code != 409 || !strings.Contains(body, want) || !strings.Contains(body, "1 July 2026, 09:00 (UTC)") {
			t.Errorf("%d: %q is not in\n%s", w.Code, want, body)
		}
	}
}

func TestOutOfOrder(t *testing.T) {
	d := newDesk("en")
	if w := post(handlerOf(d), pathOf(d.token), "decision=withdraw"); w.Code != 409 || d.state.Status != consent.StatusRequested {
		t.Errorf("withdrawn before an answer: %d, %s", w.Code, d.state.Status)
	}
	d.apply(consent.Accept{Link: "new"})
	d.apply(consent.Cancel{})
	if w := post(handlerOf(d), pathOf(d.token), "decision=withdraw"); w.Code != 410 || !strings.Contains(w.Body.String(), "was cancelled") {
		t.Errorf("withdrawn after a cancellation: %d\n%s", w.Code, w.Body)
	}
	if w := get(handlerOf(d), pathOf(d.token)); w.Code != 410 {
		t.Errorf("cancelled: %d", w.Code)
	}
	// Withdrawing twice.
	d = newDesk("en")
	for i, want := range []int{303, 303, 303, 303, 409} {
		decision := []string{"accept", "accept", "withdraw", "withdraw", "accept"}[i]
		if w := post(handlerOf(d), pathOf(d.token), "decision="+decision); w.Code != want {
			t.Errorf("%d: %s: %d, want %d", i, decision, w.Code, want)
		}
	}
}

func TestDeadlineByTheMicrosecond(t *testing.T) {
	for late, want := range map[time.Duration]int{-time.Microsecond: 303, 0: 410, time.Microsecond: 410} {
		d := newDesk("en")
		d.now = deadline.Add(late)
		if w := post(handlerOf(d), pathOf(d.token), "decision=accept"); w.Code != want {
			t.Errorf("%s late: %d, want %d", late, w.Code, want)
		}
	}
}

func TestLanguageOfPages(t *testing.T) {
	for accept, want := range map[string]string{
		"": "en", "pt": "pt-PT", "pt-BR, en": "pt-PT", "en;q=0.5, pt;q=0.8": "pt-PT", "fr, de;q=0.9, pt;q=0.1": "pt-PT", "fr": "en", "*": "en",
		"pt;q=0, en": "en", "pt;q=x, en": "en", "pt;q=2, en": "en", "pt;q=NaN": "en", ";;;,,,": "en", "en-GB , pt": "en", "pt; q=0.9, en;q=0.2": "pt-PT",
		strings.Repeat("fr,", 10000) + "pt": "en",
	} {
		d := newDesk("en")
		w := get(handlerOf(d), "/consent/nothing", "Accept-Language", accept)
		if got := w.Header().Get("Content-Language"); got != want {
			t.Errorf("%.40q: %s, want %s", accept, got, want)
		}
	}
	// What was asked in one language is shown in it, whatever the browser wants.
	d := newDesk("pt")
	if got := get(handlerOf(d), pathOf(d.token), "Accept-Language", "en").Header().Get("Content-Language"); got != "pt-PT" {
		t.Errorf("the request's page is in %s", got)
	}
	if got := post(handlerOf(d), pathOf(d.token), "decision=withdraw", "Accept-Language", "en").Header().Get("Content-Language"); got != "pt-PT" {
		t.Errorf("a refusal is in %s", got)
	}
}

// invented returns a catalogue whose pages are in one more language: English with the
// language before it, but for the texts given.
func invented(t *testing.T, language link.Language, texts map[words.Key]string, more ...words.Translation) *words.Catalogue {
	t.Helper()
	added := words.Translation{Language: language, Base: "pt-PT", Texts: map[words.Key]string{}}
	for _, group := range []words.Group{words.GroupBasics, words.GroupPages} {
		for _, key := range words.Standard().KeysOf(group) {
			added.Texts[key] = string(language) + " " + words.Standard().For("en").Text(key, nil)
		}
	}
	maps.Copy(added.Texts, texts)
	catalogue, err := words.New(append(more, added)...)
	if err != nil {
		t.Fatal(err)
	}
	return catalogue
}

// A host adds languages to the pages, and changes what they say.
func TestHostsOwnWords(t *testing.T) {
	catalogue := invented(t, "fr", map[words.Key]string{"page.unknown.heading": "Ce lien ne fonctionne pas"},
		words.Translation{Language: "en", Texts: map[words.Key]string{"page.unknown.heading": "Terribly sorry"}})
	d := newDesk("en")
	h := consenthttp.New(d, &consenthttp.Options{Words: catalogue})
	for accept, want := range map[string]string{"fr-CA": "Ce lien ne fonctionne pas", "en": "Terribly sorry", "": "Terribly sorry", "pt": "Esta ligação não funciona"} {
		if body := get(h, "/x", "Accept-Language", accept).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%q: no %q in\n%s", accept, want, body)
		}
	}
	catalogue, err := catalogue.WithDefault("fr")
	if err != nil {
		t.Fatal(err)
	}
	h = consenthttp.New(d, &consenthttp.Options{Words: catalogue})
	if got := get(h, "/x", "Accept-Language", "de").Header().Get("Content-Language"); got != "fr" {
		t.Errorf("whoever wants German is told in %s, not the default", got)
	}
}

// A text in a language that the page has no words for says so.
func TestTextInAnotherLanguage(t *testing.T) {
	text := consent.StandardTexts().For("en")
	text.Language, text.Title = "fr", "Consentement"
	view := consent.View{Partner: "Fabrikam", Customer: "Contoso", Engagement: "Atelier", Text: text, Language: "fr", Deadline: deadline, Status: consent.StatusRequested, MayDecide: true}
	page := get(consenthttp.New(fixed{view: view}, nil), "/"+newDesk("en").token.Secret(), "Accept-Language", "pt").Body.String()
	for _, want := range []string{`<html lang="pt-PT">`, `<h1 lang="fr">`, `<section lang="fr">`, `<h2 lang="pt-PT">Para que serve`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	view.MayDecide, view.MayWithdraw, view.Status = false, true, consent.StatusGranted
	page = get(consenthttp.New(fixed{view: view}, nil), "/"+newDesk("en").token.Secret()).Body.String()
	for _, want := range []string{"<h1>", `<summary lang="fr">`, `<div lang="fr">`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	checkHTML(t, page)
}

// An address can hold what means something in a mailto link.
func TestHostileAddress(t *testing.T) {
	address, err := tenant.ParseEmail("x?bcc=all&subject=%41'@fabrikam.com")
	if err != nil {
		t.Fatal(err)
	}
	view := consent.View{Partner: "Fabrikam", Status: consent.StatusDeclined, Contacts: []link.Contact{{Email: address}}}
	page := get(consenthttp.New(fixed{view: view}, nil), "/"+newDesk("en").token.Secret()).Body.String()
	if want := `href="mailto:x%3Fbcc=all&amp;subject=%2541%27@fabrikam.com"`; !strings.Contains(page, want) {
		t.Errorf("no %s in\n%s", want, page)
	}
	checkHTML(t, page)
}

func TestErrorsOfAllKinds(t *testing.T) {
	secret := newDesk("en").token.Secret()
	for _, c := range []struct {
		err  error
		want int
	}{
		{link.ErrUnknown, 404},
		{&link.VoidError{VoidedAt: start}, 410},
		{&consent.ExpiredError{Deadline: deadline}, 410},
		{&consent.AlreadyAnsweredError{Decision: consent.DecisionAccept, At: start}, 409},
		{consent.ErrTakenElsewhere, 409},
		{&consent.NotAllowedError{Status: consent.StatusRequested, Event: consent.KindWithdraw}, 409},
		{consent.ErrUnknownText, 500}, // nothing but a mend of the host's helps
		{fmt.Errorf("wrapped: %w", &storage.UnreadableError{Kind: "participation"}), 500},
		{link.ErrNotShown, 500},
		{errors.Join(errStore, http.ErrServerClosed), 503},
	} {
		h := consenthttp.New(fixed{err: c.err}, nil)
		for _, w := range []*httptest.ResponseRecorder{get(h, "/"+secret), post(h, "/"+secret, "decision=decline")} {
			if w.Code != c.want {
				t.Errorf("%v: %d, want %d", c.err, w.Code, c.want)
			}
			checkHTML(t, w.Body.String())
		}
	}
}

// FuzzPost throws anything at the handler: only the one form decides, nothing
// fails, and every answer is a page.
func FuzzPost(f *testing.F) {
	f.Add("POST", "", "application/x-www-form-urlencoded", "decision=accept", "same-origin", "", "pt")
	f.Add("POST", "?decision=accept", "application/x-www-form-urlencoded", "", "none", "null", "en")
	f.Add("GET", "", "", "decision=accept", "", "", "")
	f.Add("POST", "/", "multipart/form-data", "decision=decline&decision=accept", "", "null", "*;q=1e9")
	f.Add("HEAD", "?x=;", "text/plain;;", "decision=withdraw", "cross-site", "https://x", ";;q=")
	f.Add("POST", "", "application/x-www-form-urlencoded; charset=\"", "%zz=&decision=withdraw", "", "", ",")
	f.Fuzz(func(t *testing.T, method, tail, kind, body, site, origin, language string) {
		d := newDesk("en")
		before := d.state
		r := httptest.NewRequest("GET", "/consent/x", strings.NewReader(body))
		r.Method, r.URL.Path = method, pathOf(d.token)
		if path, query, ok := strings.Cut(tail, "?"); ok || path != "" {
			r.URL.Path, r.URL.RawQuery = r.URL.Path+path, query
		}
		r.Header = http.Header{"Content-Type": {kind}, "Sec-Fetch-Site": {site}, "Origin": {origin}, "Accept-Language": {language}}
		w := httptest.NewRecorder()
		handlerOf(d).ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("status %d", w.Code)
		}
		decided := !reflect.DeepEqual(before, d.state)
		if decided != (w.Code == http.StatusSeeOther) {
			t.Fatalf("status %d, decided %v", w.Code, decided)
		}
		if decided && (method != "POST" || !strings.Contains(body, "=")) {
			t.Fatalf("%s %q decided", method, body)
		}
		if !decided && method != "HEAD" {
			checkHTML(t, w.Body.String())
		}
	})
}

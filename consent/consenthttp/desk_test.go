package consenthttp_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	start    = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	deadline = start.AddDate(0, 0, 30)
)

// desk keeps one consent with two links, one of which is void.
type desk struct {
	mu        sync.Mutex
	state     consent.State
	now       time.Time
	submitted bool
	fail      error // what everything fails with
	failGrant error // what an acceptance fails with
	views     int
	answers   int

	token, void link.Token
}

func newDesk(language link.Language, change ...func(*consent.Terms)) *desk {
	d := &desk{now: start}
	terms := consent.NewTerms(consent.StandardTexts().For(language),
		consent.Subject{ID: "azure-migration", Name: "Azure Migration Workshop", Summary: "Three days that end in a plan for moving your servers."},
		consent.Party{Role: consent.RoleCustomer, ID: "tpid:1", Name: "Contoso"},
		consent.Party{Role: consent.RolePartner, ID: "fabrikam", Name: "Fabrikam Consulting"},
		consent.Party{Role: consent.RoleProgram, ID: "mci", Name: "Commerce Incentives"})
	for _, c := range change {
		c(&terms)
	}
	ana, _ := tenant.ParseEmail("ana@contoso.com")
	paula, _ := tenant.ParseEmail("paula@fabrikam.com")
	d.state = consent.Start(deadline)
	d.apply(consent.Request{Customer: []link.Contact{{Email: ana}}, Partner: []link.Contact{{Email: paula}}, Links: []link.ID{"old"}, Terms: terms})
	d.void = d.mint("old")
	d.now = start.Add(24 * time.Hour)
	d.apply(consent.Resend{Links: []link.ID{"new"}})
	d.token = d.mint("new")
	d.now = d.now.Add(2 * time.Hour)
	return d
}

func (d *desk) apply(e consent.Event) {
	s, err := consent.Apply(d.state, e, d.now)
	if err != nil {
		panic(err)
	}
	d.state = s
}

func (d *desk) mint(id link.ID) link.Token {
	token, hash, err := link.NewToken(rand.Reader, 777) // a survey's links in these tests carry no slot
	if err != nil {
		panic(err)
	}
	if d.state, err = consent.Mint(d.state, id, hash); err != nil {
		panic(err)
	}
	return token
}

func (d *desk) ConsentView(_ context.Context, t link.Token) (consent.View, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.views++
	return d.view(t)
}

func (d *desk) view(t link.Token) (consent.View, error) {
	if d.fail != nil {
		return consent.View{}, d.fail
	}
	link, err := d.state.Find(t.Hash())
	if err != nil {
		return consent.View{}, err
	}
	return consent.NewView(d.state, link.ID, consent.Page{Submitted: d.submitted}, d.now)
}

func (d *desk) AnswerConsent(_ context.Context, t link.Token, decision consent.Decision) (consent.View, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers++
	if d.fail != nil {
		return consent.View{}, d.fail
	}
	link, err := d.state.Find(t.Hash())
	if err != nil {
		return consent.View{}, err
	}
	var e consent.Event
	switch decision {
	case consent.DecisionAccept:
		if d.failGrant != nil {
			return consent.View{}, d.failGrant
		}
		e = consent.Accept{Link: link.ID}
	case consent.DecisionDecline:
		e = consent.Decline{Link: link.ID}
	case consent.DecisionWithdraw:
		e = consent.Withdraw{Link: link.ID, AfterSubmission: d.submitted}
	}
	next, err := consent.Apply(d.state, e, d.now)
	if err != nil {
		return consent.View{}, err
	}
	d.state = next
	return d.view(t)
}

var errStore = errors.New("the store is away")

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	return do(h, "GET", path, "", header...)
}

// post sends what the page's form sends.
func post(h http.Handler, path, body string, header ...string) *httptest.ResponseRecorder {
	return do(h, "POST", path, body, append([]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}, header...)...)
}

func do(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func handlerOf(d *desk) http.Handler { return consenthttp.New(d, nil) }

func pathOf(t link.Token) string { return "/consent/" + t.Secret() }

// fixed is a Desk that always says the same.
type fixed struct {
	view consent.View
	err  error
}

func (f fixed) ConsentView(context.Context, link.Token) (consent.View, error) {
	return f.view, f.err
}

func (f fixed) AnswerConsent(context.Context, link.Token, consent.Decision) (consent.View, error) {
	return f.view, f.err
}

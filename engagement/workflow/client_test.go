package workflow_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// From where a customer answered is kept where the host says so, and nowhere else; it
// goes with the person.
func TestClientOfAnAnswer(t *testing.T) {
	const address, agent = "192.0.2.77", "Mozilla/5.0 (Unusual)"
	for _, kept := range []bool{false, true} {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		w.Requested(p, "ana@contoso.com")
		opts := &consenthttp.Options{}
		if kept {
			opts.Client = func(r *http.Request) consent.Client {
				return consent.Client{Address: address, Agent: r.UserAgent() + "\n" + strings.Repeat("x", 400)}
			}
		}
		page := httptest.NewServer(consenthttp.New(w.Desk.Links, opts))
		defer page.Close()
		for _, decision := range []string{"accept", "withdraw"} {
			r, err := http.NewRequestWithContext(background, http.MethodPost, page.URL+"/"+w.Links(p)[0].Secret(), strings.NewReader(url.Values{"decision": {decision}}.Encode()))
			ok(t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("User-Agent", agent)
			resp, err := page.Client().Do(r)
			ok(t, err)
			ok(t, resp.Body.Close())
			equal(t, "the status", resp.StatusCode, http.StatusOK)
		}
		evidence, err := w.Desk.Consents.Evidence(background, w.Actor, p)
		ok(t, err)
		for _, e := range evidence[1:] {
			equal(t, "kept", !e.Client.IsZero(), kept)
			if kept && (e.Client.Address != address || !strings.HasPrefix(e.Client.Agent, agent+"xx") || len(e.Client.Agent) != 300) {
				t.Errorf("kept is %+v", e.Client)
			}
		}
		equal(t, "what is stored of it", len(holding(stored(w), address)) > 0, kept)
		view, err := w.Desk.Claims.Get(background, w.Actor, p)
		ok(t, err)
		equal(t, "what the partner's page has of it", view.Consent.Answer.Client, consent.Client{})
		_, err = w.Desk.Program.ErasePerson(background, w.Actor, workflow.Person{Email: "ana@contoso.com"}, nil)
		ok(t, err)
		equal(t, "what is left of it", len(holding(stored(w), address))+len(holding(stored(w), agent)), 0)
	}
}

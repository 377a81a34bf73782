package workflow_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// again is an answer that a person gives twice, on a page.
type again struct {
	page  func(*workflow.Service) http.Handler
	ready func(*testing.T, *workflowtest.World) link.Token // a world in which it can be given
	form  url.Values
	other url.Values // an answer that is another one
	said  string     // what the page says afterwards
	event engagement.EventKind
}

var agains = map[string]again{
	"accept": {
		page: func(s *workflow.Service) http.Handler { return consenthttp.New(s.Links, nil) }, ready: asking,
		form: url.Values{"decision": {"accept"}}, other: url.Values{"decision": {"decline"}}, said: "Consent given", event: engagement.EventConsentGranted,
	},
	"decline": {
		page: func(s *workflow.Service) http.Handler { return consenthttp.New(s.Links, nil) }, ready: asking,
		form: url.Values{"decision": {"decline"}}, other: url.Values{"decision": {"accept"}}, said: "Consent declined", event: engagement.EventConsentDeclined,
	},
	"withdraw": {
		page: func(s *workflow.Service) http.Handler { return consenthttp.New(s.Links, nil) },
		ready: func(t *testing.T, w *workflowtest.World) link.Token {
			link := asking(t, w)
			ok(t, answer(w, link, consent.DecisionAccept))
			return link
		},
		form: url.Values{"decision": {"withdraw"}}, other: url.Values{"decision": {"accept"}}, said: "Consent withdrawn", event: engagement.EventConsentWithdrawn,
	},
	"survey": {
		page: func(s *workflow.Service) http.Handler { return consenthttp.NewSurvey(s.Links, nil) },
		ready: func(t *testing.T, w *workflowtest.World) link.Token {
			return sendSurvey(t, w, w.Granted(migration, "ana@contoso.com"), "eva@contoso.com")
		},
		form:  url.Values{"delivered": {"yes"}, "findings": {"no"}, "satisfaction": {"4"}, "comments": {" Muito bom.\r\nAna "}},
		other: url.Values{"delivered": {"yes"}, "findings": {"no"}, "satisfaction": {"5"}, "comments": {"Muito bom."}}, said: "Thank you", event: engagement.EventSurveyAnswered,
	},
}

func asking(t *testing.T, w *workflowtest.World) link.Token {
	t.Helper()
	p := w.Added(migration, "ana@contoso.com")
	w.Requested(p, "ana@contoso.com", "eva@contoso.com")
	return w.Links(p)[0]
}

// A double click: the second POST arrives while the desk is still writing what the
// first one decided, or has written it and not yet said so. Both are done, and the
// page says what was decided.
func TestTheSameAnswerTwiceAtOnce(t *testing.T) {
	for name, a := range agains {
		for _, written := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w, spy := newWorld(t)
				link := a.ready(t, w)
				server := httptest.NewServer(a.page(w.Desk))
				defer server.Close()
				post := func(form url.Values) (int, string) {
					resp, err := server.Client().PostForm(server.URL+"/"+link.Secret(), form)
					if err != nil {
						t.Error(err)
						return 0, ""
					}
					defer resp.Body.Close()
					var page strings.Builder
					if _, err := io.Copy(&page, resp.Body); err != nil {
						t.Error(err)
					}
					return resp.StatusCode, page.String()
				}
				late, proceed := make(chan struct{}), make(chan struct{})
				spy.reset(func(n int, apply func() error) error {
					if n != 1 {
						return apply()
					}
					var err error
					if written {
						err = apply()
					}
					close(late)
					<-proceed
					if !written {
						err = apply()
					}
					return err
				}, nil)
				type shown struct {
					status int
					page   string
				}
				first := make(chan shown)
				go func() {
					status, page := post(a.form)
					first <- shown{status, page}
				}()
				<-late
				status, page := post(a.form)
				close(proceed)
				for which, s := range map[string]shown{"first": <-first, "second": {status, page}} {
					if s.status != http.StatusOK || !strings.Contains(s.page, a.said) {
						t.Errorf("the %s click: %d without %q:\n%s", which, s.status, a.said, s.page)
					}
				}
				equal(t, "how often it happened", count(t, w, "contoso.com", a.event), 1)
				spy.reset(nil, nil)
				unchanged(t, spy, func() {
					if status, page := post(a.form); status != http.StatusOK || !strings.Contains(page, a.said) {
						t.Errorf("a third click: %d without %q", status, a.said)
					}
					if status, page := post(a.other); status != http.StatusConflict || !strings.Contains(page, "Already answered") && !strings.Contains(page, "not recorded") {
						t.Errorf("another answer: %d:\n%s", status, page)
					}
				})
			})
		}
	}
	if len(agains) != len(consent.AllDecisions())+1 {
		t.Errorf("%d answers are tried of %d decisions and the survey", len(agains), len(consent.AllDecisions()))
	}
}

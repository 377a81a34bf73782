package workflowhttp

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// problem is an error as RFC 9457 has it.
type problem struct {
	Title    string                      `json:"title"`
	Status   int                         `json:"status"`
	Detail   string                      `json:"detail,omitempty"`
	Code     workflow.Code               `json:"code,omitempty"`
	Refusals []workflow.Refusal          `json:"refusals,omitempty"`
	Now      *workflow.ParticipationView `json:"now,omitempty"` // of a stale request: what is there

	retryAfter time.Duration
}

func (p *problem) Error() string { return p.Detail }

// problemOf makes a problem of an error, in a language.
func (h *Handler) problemOf(r *http.Request, in link.Language, err error) *problem {
	if p := new(problem); errors.As(err, &p) {
		p.Title = http.StatusText(p.Status)
		return p
	}
	w := h.options.Words.For(in)
	p := &problem{Status: workflow.HTTPStatus(err), Refusals: workflow.RefusalsIn(err, w, h.options.Zone)}
	if len(p.Refusals) > 0 {
		p.Code, p.Detail = p.Refusals[0].Code, p.Refusals[0].Message
		for _, one := range p.Refusals {
			if one.Code.HTTPStatus() == p.Status {
				p.Code, p.Detail = one.Code, one.Message
				break
			}
		}
	}
	if stale := new(workflow.StaleError); errors.As(err, &stale) && r.Header.Get("If-Match") != "" {
		p.Status, p.Now = http.StatusPreconditionFailed, &stale.Now
	}
	p.Title = http.StatusText(p.Status)
	p.retryAfter = wait(p, h.options.Now())
	return p
}

// wait is how long a client does well to wait before it tries again; 0: that would not
// help.
func wait(p *problem, now time.Time) (most time.Duration) {
	switch p.Status {
	case http.StatusServiceUnavailable:
		return 5 * time.Second
	case http.StatusTooManyRequests, http.StatusConflict:
		for _, one := range p.Refusals {
			if !one.NotBefore.IsZero() {
				most = max(most, one.NotBefore.Sub(now))
			}
		}
	}
	return most
}

// fail answers with an error, and logs what whoever runs the server has to know.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, in link.Language, err error) {
	p := h.problemOf(r, in, err)
	if p.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		h.options.Logger.ErrorContext(r.Context(), "a request failed", "method", r.Method, "status", p.Status, "error", err)
	}
	h.refuse(w, r, p)
}

// refuse answers with a problem.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, p *problem) {
	p.Title = http.StatusText(p.Status)
	data, err := json.Marshal(p)
	if err != nil {
		h.options.Logger.ErrorContext(r.Context(), "a problem cannot be told", "error", err)
		data = []byte(`{"title":"Internal Server Error","status":500}`)
		p = &problem{Status: http.StatusInternalServerError}
	}
	header := w.Header()
	header.Del("ETag")
	header.Set("Content-Type", "application/problem+json")
	if p.retryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	if p.Now != nil {
		header.Set("ETag", `"`+string(p.Now.Revision)+`"`)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(data, '\n')) // nobody is left to be told
}

// language is that which a request asks for, among those that there are words in.
func (h *Handler) language(r *http.Request) link.Language {
	return h.options.Words.For(link.AcceptedLanguages(r.Header.Get("Accept-Language"))...).Language()
}

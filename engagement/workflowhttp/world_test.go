package workflowhttp_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowhttp"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

const migration, pilot = "azure-migration", "copilot-pilot"

// client is somebody who uses the API of a world.
type client struct {
	t     testing.TB
	w     *workflowtest.World
	api   http.Handler
	actor *workflow.Actor // nil: nobody
}

// newClient serves Contoso to Northwind's Ana.
func newClient(t testing.TB, change func(*workflowhttp.Options)) *client {
	t.Helper()
	w := workflowtest.New(t, workflowtest.Contoso)
	c := &client{t: t, w: w, actor: &w.Actor}
	o := workflowhttp.Options{Now: w.Now, Actor: func(*http.Request) (workflow.Actor, error) {
		if c.actor == nil {
			return workflow.Actor{}, errors.New("no session")
		}
		return *c.actor, nil
	}}
	if change != nil {
		change(&o)
	}
	var err error
	c.api, err = workflowhttp.New(w.Desk, o)
	require.NoError(t, err)
	return c
}

// as is another one who uses the same world.
func (c *client) as(actor workflow.Actor) *client {
	other := *c
	other.actor = &actor
	o := workflowhttp.Options{Now: c.w.Now, Actor: func(*http.Request) (workflow.Actor, error) { return actor, nil }}
	var err error
	other.api, err = workflowhttp.New(c.w.Desk, o)
	require.NoError(c.t, err)
	return &other
}

// reply is what came back.
type reply struct {
	*httptest.ResponseRecorder
	t testing.TB
}

// do makes a request: a body that is not a reader is sent as JSON, and headers come in
// pairs.
func (c *client) do(method, target string, body any, headers ...string) *reply {
	c.t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		content = b
	default:
		data, err := json.Marshal(b)
		require.NoError(c.t, err)
		content = bytes.NewReader(data)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, target, content)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := &reply{httptest.NewRecorder(), c.t}
	c.api.ServeHTTP(w, r)
	return w
}

func (c *client) get(target string, headers ...string) *reply {
	c.t.Helper()
	return c.do(http.MethodGet, target, nil, headers...)
}

// post sends a command under a key of its own.
func (c *client) post(target string, body any, headers ...string) *reply {
	c.t.Helper()
	return c.do(http.MethodPost, target, body, append([]string{"Idempotency-Key", c.w.Key()}, headers...)...)
}

// status checks how it was answered.
func (r *reply) status(want int) *reply {
	r.t.Helper()
	require.Equal(r.t, want, r.Code, "%.2000s", r.Body)
	return r
}

// into decodes the answer.
func (r *reply) into(v any) {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal(r.Body.Bytes(), v), "%.2000s", r.Body)
}

// problem decodes a problem.
type problem struct {
	Title, Detail, Code string
	Status              int
	Refusals            []struct{ Code, Field, Message string }
	Now                 *workflow.ParticipationView
}

func (r *reply) problem(status int) (p problem) {
	r.t.Helper()
	r.status(status)
	require.Equal(r.t, "application/problem+json", r.Header().Get("Content-Type"))
	r.into(&p)
	require.Equal(r.t, status, p.Status)
	return p
}

// lines decodes an answer of a line each.
func (r *reply) lines() []map[string]any {
	r.t.Helper()
	require.Equal(r.t, "application/jsonl", r.Header().Get("Content-Type"))
	var out []map[string]any
	for line := range strings.Lines(r.Body.String()) {
		var v map[string]any
		require.NoError(r.t, json.Unmarshal([]byte(line), &v))
		out = append(out, v)
	}
	return out
}

type m = map[string]any

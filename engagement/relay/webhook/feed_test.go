package webhook_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// feed is one of events that a test makes up: each cursor is the number of events before
// it.
type feed struct {
	mu        sync.Mutex
	events    []engagement.Event
	consumers map[string]workflow.FeedConsumer
	now       func() time.Time
	err       error // of reading
	moves     int   // that are written; then the process is dead
	written   bool  // whether the last one is, of which it does not learn
	moved     int
}

func newFeed(n int) *feed {
	f := &feed{consumers: map[string]workflow.FeedConsumer{}, now: time.Now, moves: 1 << 30}
	f.happen(n)
	return f
}

// happen adds events.
func (f *feed) happen(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		seq := int64(len(f.events) + 1)
		e := engagement.Event{Partner: "northwind", Customer: "tpid:1", Seq: seq, At: f.now(), Kind: engagement.EventClaimApproved, By: engagement.ByProgram}
		if seq%5 == 0 {
			e.Kind = engagement.EventCommentAdded
		}
		e.Hash = engagement.Digest{1, byte(seq >> 8), byte(seq)}
		f.events = append(f.events, e)
	}
}

var errDead = errors.New("the process is dead")

func (f *feed) Read(_ context.Context, _ workflow.Actor, q workflow.FeedQuery) (workflow.FeedPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return workflow.FeedPage{}, f.err
	}
	from, _ := strconv.Atoi(q.Cursor)
	to := min(from+q.Limit, len(f.events))
	page := workflow.FeedPage{Next: strconv.Itoa(to), More: to < len(f.events)}
	if to == 0 {
		page.Next = ""
	}
	for i := from; i < to; i++ {
		page.Events = append(page.Events, workflow.FeedEvent{Event: f.events[i], Cursor: strconv.Itoa(i + 1)})
	}
	return page, nil
}

func (f *feed) Consumers(context.Context, workflow.Actor) ([]workflow.FeedConsumer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []workflow.FeedConsumer
	for _, c := range f.consumers {
		all = append(all, c)
	}
	return all, nil
}

func (f *feed) MoveConsumer(_ context.Context, _ workflow.Actor, m workflow.MoveFeedConsumer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.consumers[m.Name].Cursor != m.From {
		return &workflow.ConsumerMovedError{Name: m.Name}
	}
	f.moved++
	if f.moves--; f.moves < 0 && (!f.written || f.moves < -1) {
		return errDead
	}
	if f.consumers[m.Name] = (workflow.FeedConsumer{Name: m.Name, Cursor: m.To, At: f.now()}); m.To == "" {
		delete(f.consumers, m.Name)
	}
	if f.moves < 0 {
		return errDead
	}
	return nil
}

func endpoint(name, url string) webhook.Endpoint {
	return webhook.Endpoint{Name: name, URL: url, Actor: workflow.Actor{User: "hooks", Roles: []workflow.Role{workflow.RoleProgram}}, Secrets: []webhook.Secret{webhook.NewSecret()}}
}

// listing is held while a list of endpoints is read or changed.
var listing sync.Mutex

// sender sends to these endpoints, wherever they are.
func sender(t testing.TB, f webhook.Feed, endpoints []webhook.Endpoint, change func(*webhook.Options)) *webhook.Sender {
	t.Helper()
	o := webhook.Options{Source: "https://portal.example/program", AllowHTTP: true, Allow: func(netip.Addr) bool { return true }}
	if change != nil {
		change(&o)
	}
	s, err := webhook.New(f, func(context.Context) ([]webhook.Endpoint, error) {
		listing.Lock()
		defer listing.Unlock()
		return slices.Clone(endpoints), nil
	}, o)
	ok(t, err)
	return s
}

// receiver is an endpoint, without a network.
type receiver struct {
	mu     sync.Mutex
	ids    []string
	bodies []string
	times  []time.Time
	answer func(n int) (status int, retryAfter string) // to the n-th request, from 1; nil: it takes all
	n      int
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	if err := q.Context().Err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	r.times = append(r.times, time.Now())
	status, after := 200, ""
	if r.answer != nil {
		status, after = r.answer(r.n)
	}
	if status/100 == 2 {
		r.ids, r.bodies = append(r.ids, q.Header.Get("webhook-id")), append(r.bodies, string(body))
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}, Body: http.NoBody, Request: q}, nil
}

// took returns the IDs of what the receiver has taken.
func (r *receiver) took() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids)
}

// inOrder fails the test unless what arrived is every event, in order but for what is
// repeated, of which there is no more than so many.
func inOrder(t testing.TB, what string, f *feed, got []string, repeated int) {
	t.Helper()
	var want, first []string
	for _, e := range f.events {
		want = append(want, e.Hash.String())
	}
	for _, id := range got {
		if !slices.Contains(first, id) {
			first = append(first, id)
		}
	}
	if !slices.Equal(first, want) {
		t.Errorf("%s: %d different events have arrived, want %d in order", what, len(first), len(want))
	}
	if len(got)-len(first) > repeated {
		t.Errorf("%s: %d have arrived again, want at most %d", what, len(got)-len(first), repeated)
	}
}

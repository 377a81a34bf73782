package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/cloudevents"
	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// What happens in a program arrives at a server, signed with each secret, in order, once,
// and names nobody; a partner's endpoint is sent what is the partner's.
func TestWorld(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "lisboan@contoso.com")
	w.As(workflowtest.Fabrikam).Granted("security-workshop", "it@adatum.com")
	w.Proved(p)
	w.Submitted(p)
	secrets := []webhook.Secret{webhook.NewSecret(), webhook.NewSecret()}
	type hook struct {
		path string
		cloudevents.Event
	}
	var mu sync.Mutex
	var got []hook
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		h := hook{path: r.URL.Path}
		if err := json.Unmarshal(body, &h.Event); err != nil || strings.Contains(string(body), "lisboan") || r.Header.Get("Content-Type") != "application/cloudevents+json" {
			t.Errorf("%v: %s", err, body)
		}
		for _, secret := range secrets {
			if err := webhook.Verify(r.Header, body, time.Now(), secret); err != nil || r.Header.Get("webhook-id") != h.ID {
				t.Errorf("%v: %v", err, r.Header)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, h)
	}))
	defer server.Close()
	program, partner := endpoint("all", server.URL+"/program"), endpoint("all", server.URL+"/partner")
	program.Actor, program.Secrets = workflowtest.Vendor, secrets
	partner.Actor, partner.Secrets, partner.Kinds = workflowtest.Fabrikam, secrets, []engagement.EventKind{engagement.EventCustomerAdded, engagement.EventConsentGranted}
	s := sender(t, w.Desk.Feed, []webhook.Endpoint{program, partner}, func(o *webhook.Options) { o.Transport = server.Client().Transport })
	_, err := s.Send(t.Context())
	ok(t, err)
	page, err := w.Desk.Feed.Read(t.Context(), workflowtest.Vendor, workflow.FeedQuery{Limit: 1000})
	ok(t, err)
	last := map[string]int64{}
	paths := map[string]int{}
	for _, h := range got {
		of := h.path + string(h.Data.Partner) + string(h.Data.Customer)
		if h.Data.Seq <= last[of] || h.path == "/partner" && h.Data.Partner != "fabrikam" {
			t.Errorf("%s: %d after %d", of, h.Data.Seq, last[of])
		}
		last[of] = h.Data.Seq
		paths[h.path]++
	}
	equal(t, "events of the program", paths["/program"], len(page.Events))
	equal(t, "events of the partner", paths["/partner"], 2)
	n, err := s.Send(t.Context())
	ok(t, err)
	equal(t, "again", n, 0)
	consumers, err := w.Desk.Feed.Consumers(t.Context(), workflowtest.Vendor)
	ok(t, err)
	equal(t, "the consumer's cursor is at the end", consumers[0].Name == "all" && consumers[0].Lag.Events == 0, true)
}

// A process that dies, before or after it has written how far it is, loses nothing, and
// what was on its way arrives twice.
func TestDeath(t *testing.T) {
	for moves := range 8 {
		for _, written := range []bool{false, true} {
			f, r := newFeed(60), &receiver{}
			f.moves, f.written = moves, written
			to := []webhook.Endpoint{endpoint("crm", "https://crm.example/")}
			through := func(o *webhook.Options) { o.Transport = r }
			if _, err := sender(t, f, to, through).Send(t.Context()); !errors.Is(err, errDead) {
				t.Fatalf("it lives: %v", err)
			}
			f.moves = 1 << 30
			_, err := sender(t, f, to, through).Send(t.Context())
			ok(t, err)
			inOrder(t, fmt.Sprintf("after %d moves", moves), f, r.took(), 1)
		}
	}
}

// The context's end stops a process between two events, and what was taken stays taken.
func TestContextEnds(t *testing.T) {
	f, r := newFeed(10), &receiver{}
	ctx, cancel := context.WithCancel(t.Context())
	r.answer = func(n int) (int, string) {
		if n == 4 {
			cancel()
		}
		return 200, ""
	}
	to := []webhook.Endpoint{endpoint("crm", "https://crm.example/")}
	through := func(o *webhook.Options) { o.Transport = r }
	if n, err := sender(t, f, to, through).Send(ctx); !errors.Is(err, context.Canceled) || n != 4 {
		t.Errorf("%d, %v", n, err)
	}
	_, err := sender(t, f, to, through).Send(t.Context())
	ok(t, err)
	inOrder(t, "after the end", f, r.took(), 0)
}

// Two processes: one leaves the endpoint to the other, and takes over when that is gone.
func TestTwoProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := newFeed(5), &receiver{}
		to := []webhook.Endpoint{endpoint("crm", "https://crm.example/")}
		one, other := sender(t, f, to, func(o *webhook.Options) { o.Transport = r }), sender(t, f, to, func(o *webhook.Options) { o.Transport = r })
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { ok(t, one.Run(ctx)) })
		ctx2, cancel2 := context.WithCancel(t.Context())
		running.Go(func() { ok(t, other.Run(ctx2)) })
		for range 100 {
			time.Sleep(13 * time.Second)
			f.happen(3)
		}
		time.Sleep(2 * time.Minute)
		inOrder(t, "of both", f, r.took(), 10)
		cancel()
		time.Sleep(time.Second)
		f.happen(20)
		time.Sleep(2 * time.Minute)
		inOrder(t, "of the one that is left", f, r.took(), 10)
		cancel2()
		running.Wait()
	})
}

// What fails is tried again after longer and longer, or when the endpoint says; one that
// keeps failing is disabled, and goes on where it was once it is enabled.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := newFeed(3), &receiver{}
		mended := false
		r.answer = func(n int) (int, string) {
			switch {
			case mended || n == 1:
				return 204, ""
			case n == 4:
				return 503, "120"
			case n == 5:
				return 429, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
			}
			return 500, ""
		}
		e := endpoint("crm", "https://crm.example/hunter2")
		list := []webhook.Endpoint{e}
		var disabled []time.Time
		var failing time.Time
		s := sender(t, f, list, func(o *webhook.Options) {
			o.Transport, o.Every = r, 10*time.Second
			o.Disabled = func(_ context.Context, e webhook.Endpoint, since time.Time, why error) {
				if e.Name != "crm" || why == nil || strings.Contains(why.Error(), "hunter2") {
					t.Errorf("%s: %v", e.Name, why)
				}
				disabled, failing = append(disabled, time.Now()), since
			}
			o.Failed = func(_ webhook.Endpoint, err error) {
				if strings.Contains(err.Error(), "hunter2") {
					t.Error(err)
				}
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { ok(t, s.Run(ctx)) })
		begun := time.Now()
		time.Sleep(10 * 24 * time.Hour)
		synctest.Wait()
		for i, want := range []time.Duration{0, 5 * time.Second, 10 * time.Second, 2 * time.Minute, time.Hour, 80 * time.Second, 160 * time.Second, 320 * time.Second, 640 * time.Second, 1280 * time.Second, 2560 * time.Second, time.Hour, time.Hour} {
			if got := r.times[i+1].Sub(r.times[i]); got < want*9/10 || got > want*11/10+10*time.Second {
				t.Errorf("the try %d comes after %s, want about %s", i+2, got, want)
			}
		}
		equal(t, "disabled", len(disabled), 1)
		if after := disabled[0].Sub(begun); after < 5*24*time.Hour || after > 5*24*time.Hour+2*time.Hour || !failing.Equal(begun) {
			t.Errorf("it is disabled after %s, as failing since %s", after, failing)
		}
		if last := r.times[len(r.times)-1]; last.After(disabled[0]) {
			t.Error("it was tried after it was disabled")
		}
		equal(t, "taken", len(r.took()), 1)
		r.mu.Lock()
		mended = true
		r.mu.Unlock()
		listing.Lock()
		list[0].EnabledAt = time.Now()
		listing.Unlock()
		time.Sleep(11 * time.Second)
		inOrder(t, "when it is enabled", f, r.took(), 0)
		cancel()
		running.Wait()
	})
}

// An endpoint that is gone is disabled at once; others have what is theirs, however slow
// one is; and what the feed does wrong disables none.
func TestOneAmongOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, good := newFeed(3), &receiver{}
		var disabled []string
		through := roundTrip(func(q *http.Request) (*http.Response, error) {
			switch q.URL.Host {
			case "gone.example":
				return &http.Response{StatusCode: 410, Body: http.NoBody}, nil
			case "slow.example":
				<-q.Context().Done()
				return nil, q.Context().Err()
			}
			return good.RoundTrip(q)
		})
		to := []webhook.Endpoint{endpoint("gone", "https://gone.example/"), endpoint("slow", "https://slow.example/"), endpoint("good", "https://good.example/"), endpoint("good", "https://twice.example/"), endpoint("bad", "ftp://x")}
		s := sender(t, f, to, func(o *webhook.Options) {
			o.Transport, o.GiveUp = through, time.Hour
			o.Disabled = func(_ context.Context, e webhook.Endpoint, _ time.Time, _ error) {
				listing.Lock()
				defer listing.Unlock()
				disabled = append(disabled, e.Name)
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { ok(t, s.Run(ctx)) })
		time.Sleep(time.Second)
		synctest.Wait()
		inOrder(t, "the good one", f, good.took(), 0)
		equal(t, "disabled", strings.Join(disabled, " "), "gone")
		f.mu.Lock()
		f.err = errors.New("the storage is away")
		f.mu.Unlock()
		time.Sleep(48 * time.Hour)
		f.mu.Lock()
		f.err = nil
		f.mu.Unlock()
		f.happen(4)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		inOrder(t, "the good one, later", f, good.took(), 0)
		if strings.Contains(strings.Join(disabled, " "), "good") {
			t.Error("the storage's fault is the endpoint's")
		}
		cancel()
		running.Wait()
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(q *http.Request) (*http.Response, error) { return f(q) }

// An endpoint is sent nothing from before its time. It can begin again after the storage
// was restored, which is told.
func TestSinceAndRestart(t *testing.T) {
	f, r := newFeed(5), &receiver{}
	since := time.Now().Add(time.Hour)
	f.now = func() time.Time { return since }
	f.happen(7)
	e := endpoint("crm", "https://crm.example/")
	e.Since, e.Kinds = since, []engagement.EventKind{engagement.EventCommentAdded}
	s := sender(t, f, []webhook.Endpoint{e}, func(o *webhook.Options) { o.Transport = r })
	n, err := s.Send(t.Context())
	ok(t, err)
	equal(t, "sent", n, 1)
	equal(t, "writes", f.moved, 2) // of the event, and of the page's end
	f.err = fmt.Errorf("restored: %w", storage.ErrRewound)
	if _, err := s.Send(t.Context()); !errors.Is(err, storage.ErrRewound) {
		t.Error(err)
	}
	f.err = nil
	ok(t, s.Restart(t.Context(), e))
	n, err = sender(t, f, []webhook.Endpoint{e}, func(o *webhook.Options) { o.Transport = r }).Send(t.Context())
	ok(t, err)
	equal(t, "sent again", n, 1)
	equal(t, "with the same ID", r.took()[0], r.took()[1])
}

// Whoever is woken looks at once.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, r := newFeed(0), &receiver{}
		wake := make(chan struct{})
		s := sender(t, f, []webhook.Endpoint{endpoint("crm", "https://crm.example/")}, func(o *webhook.Options) { o.Transport, o.Every, o.Wake = r, time.Hour, wake })
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { ok(t, s.Run(ctx)) })
		time.Sleep(time.Minute)
		f.happen(1)
		wake <- struct{}{}
		synctest.Wait()
		equal(t, "taken", len(r.took()), 1)
		close(wake)
		time.Sleep(2 * time.Hour)
		cancel()
		running.Wait()
	})
}

func TestOptions(t *testing.T) {
	for what, o := range map[string]webhook.Options{"source": {}, "time": {Source: "/x", GiveUp: -1}} {
		if _, err := webhook.New(newFeed(0), nil, o); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s, err := webhook.New(newFeed(0), func(context.Context) ([]webhook.Endpoint, error) { return nil, errDead }, webhook.Options{Source: "/x"})
	ok(t, err)
	if _, err := s.Send(t.Context()); !errors.Is(err, errDead) {
		t.Error(err)
	}
}

// No error tells the address of an endpoint: it can hold a secret.
func TestAddressStaysSecret(t *testing.T) {
	through := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })
	_, err := sender(t, newFeed(1), []webhook.Endpoint{endpoint("crm", "https://crm.example/hunter2")}, func(o *webhook.Options) { o.Transport = through }).Send(t.Context())
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "connection refused") {
		t.Error(err)
	}
}

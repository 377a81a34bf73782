package stress_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/tenant"
)

// hookTask is the environment variable in which a process that sends to a webhook, until it
// is killed, finds the file of the storage and the address.
const hookTask = "PARTNERENGAGE_STRESS_WEBHOOK"

type nowhere struct{}

func (nowhere) Lookup(context.Context, tenant.Domain) ([]tenant.Entry, error) { return nil, nil }

// TestWebhookSender is the process that is killed.
func TestWebhookSender(t *testing.T) {
	file, address, found := strings.Cut(os.Getenv(hookTask), " ")
	if !found {
		t.Skip("nobody is to be killed")
	}
	store := must(sqlite.Open(t.Context(), file, &sqlite.Options{Relaxed: true}))
	sc := workflowtest.Contoso()
	facts := func(context.Context, engagement.PartnerID, tenant.Identity) (eligibility.Facts, error) {
		return eligibility.Facts{}, nil
	}
	desk := must(workflow.New(store, nowhere{}, must(engagement.NewCatalog(sc.Engagements, sc.Partners)), workflow.FactFunc(facts), nil))
	hooks := must(webhook.New(desk.Feed, func(context.Context) ([]webhook.Endpoint, error) {
		return []webhook.Endpoint{{
			Name: "crm", URL: address, Secrets: []webhook.Secret{webhook.NewSecret()},
			Actor: workflow.Actor{User: "hooks", Roles: []workflow.Role{workflow.RoleProgram}},
		}}, nil
	}, webhook.Options{Source: "/program", AllowHTTP: true, Allow: netip.Addr.IsLoopback, Every: time.Millisecond}))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // also where the one who would kill it has died
	defer cancel()
	if err := hooks.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestWebhooksKilled kills processes that send to a webhook, before the endpoint answers,
// just then, or a little later: every event arrives, in order, and each process that is
// killed repeats no more than the one event that was on its way.
func TestWebhooksKilled(t *testing.T) {
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "program.db")
	store := must(sqlite.Open(ctx, file, &sqlite.Options{Relaxed: true}))
	defer store.Close()

	var mu sync.Mutex
	var got []string
	var doomed *exec.Cmd // to be killed while it is answered
	before := false      // rather than afterwards
	taken := make(chan struct{}, 1)
	kill := func() {
		if doomed != nil {
			_ = doomed.Process.Kill()
			doomed = nil
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Header.Get("webhook-id"))
		if before {
			kill()
		}
		w.WriteHeader(http.StatusNoContent)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		if !before && rand.N(2) == 0 {
			kill()
		}
		select {
		case taken <- struct{}{}:
		default:
		}
	}))
	defer server.Close()
	start := func() *exec.Cmd {
		process := exec.Command(must(os.Executable()), "-test.run", "^TestWebhookSender$")
		process.Env = append(os.Environ(), hookTask+"="+file+" "+server.URL)
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		return process
	}
	write := func() {
		for {
			err := writeSome(ctx, store)
			if err == nil {
				return
			}
			if !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrUnavailable) {
				t.Fatal(err)
			}
		}
	}
	killed := max(*kills/slowdown, 1)
	for range killed {
		write()
		process := start()
		for range rand.N(4) {
			<-taken
			write()
		}
		mu.Lock()
		doomed, before = process, rand.N(2) == 0
		mu.Unlock()
		go func() { // at the latest a moment from now, wherever it is then
			time.Sleep(rand.N(20 * time.Millisecond))
			_ = process.Process.Kill()
		}()
		_ = process.Wait()
		mu.Lock()
		doomed = nil
		mu.Unlock()
		select {
		case <-taken:
		default:
		}
	}

	var want []string
	for at := storage.FeedPosition(""); ; {
		page := must(store.Feed(ctx, storage.FeedQuery{After: at, Limit: 1000}))
		for _, e := range page.Events {
			want = append(want, e.Hash.String())
		}
		if at = page.Next; !page.More {
			break
		}
	}
	last := start()
	defer func() {
		_ = last.Process.Kill()
		_ = last.Wait()
	}()
	// Everything arrives in the end: the one who is left runs until then.
	var first []string
	for len(first) < len(want) {
		<-taken
		mu.Lock()
		first = first[:0]
		for _, id := range got {
			if !slices.Contains(first, id) {
				first = append(first, id)
			}
		}
		mu.Unlock()
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(first, want) {
		t.Error("the events have not arrived in the order of the feed")
	}
	if again := len(got) - len(first); again > killed {
		t.Errorf("of %d processes that were killed, %d events have arrived again", killed, again)
	}
	t.Logf("%d killed, %d events, %d of them twice", killed, len(want), len(got)-len(first))
}

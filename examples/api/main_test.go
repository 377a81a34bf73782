package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
)

// screen is what the example prints.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start serves the example until the test ends, and returns its address.
func start(t *testing.T, out *screen, s settings) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, out, s) }()
	until(t, "the start", func() bool { return strings.Contains(out.String(), "The API is at") })
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// until waits for something that other goroutines do.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

var commands = regexp.MustCompile("(?s)```sh\n(curl .*?)```")

// What the README says, works: its lines are run as they stand there, one after the other.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out screen
	base := start(t, &out, settings{})
	id := ""
	answers := []string{}
	for _, m := range commands.FindAllStringSubmatch(string(readme), -1) {
		curl := exec.CommandContext(t.Context(), "bash", "-ec", m[1])
		curl.Env = append(os.Environ(), "BASE="+base, "ID="+id)
		answer, err := curl.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", m[1], err, answer)
		}
		var started []struct{ ID string }
		if json.Unmarshal(answer, &started) == nil && len(started) > 0 {
			id = started[0].ID
		}
		answers = append(answers, string(answer))
	}
	if len(answers) != 6 || id == "" {
		t.Fatalf("%d answers, and the participation %q: %.2000s", len(answers), id, answers)
	}
	for i, want := range []string{`"eligible"`, `"claim_number"`, `"sendings"`, `"language":"pt-PT"`, `"not_found"`, `"events"`} {
		if !strings.Contains(answers[i], want) {
			t.Errorf("answer %d has no %s: %.1000s", i+1, want, answers[i])
		}
	}
	until(t, "the mail", func() bool { return strings.Contains(out.String(), base+"/consent/") })
	link := regexp.MustCompile(regexp.QuoteMeta(base) + `/consent/\S+`).FindString(out.String())
	for _, page := range []string{base, link, base + "/openapi.json"} {
		resp, err := http.Get(page)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", page, resp.StatusCode)
		}
	}
}

// What happens is sent to the webhook, signed.
func TestWebhook(t *testing.T) {
	secret := webhook.NewSecret()
	got := make(chan error, 100)
	crm := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := new(bytes.Buffer)
		_, _ = body.ReadFrom(r.Body)
		got <- webhook.Verify(r.Header, body.Bytes(), time.Now(), secret)
	}))
	defer crm.Close()
	base := start(t, new(screen), settings{webhook: crm.URL, secrets: secret.Reveal(), local: true})
	add, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/customers/add",
		strings.NewReader(`{"candidate": {"location": "4711201", "email": "priya@fourthcoffee.com"}, "engagements": ["endpoint-management"]}`))
	if err != nil {
		t.Fatal(err)
	}
	add.Header = http.Header{"Authorization": {"Bearer ana"}, "Content-Type": {"application/json"}, "Idempotency-Key": {"1"}}
	resp, err := http.DefaultClient.Do(add)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the add answers %d", resp.StatusCode)
	}
	select {
	case err := <-got:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("no event arrived")
	}
}

package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/verify"
)

var failovers = flag.Int("failovers", 1, "how many failovers each of the tests with them goes through")

// said are the lines of processes that work, in the order in which they came.
type said struct {
	mu    sync.Mutex
	came  *sync.Cond
	lines []string
}

func newSaid() *said {
	s := &said{}
	s.came = sync.NewCond(&s.mu)
	return s
}

func (s *said) tell(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
	s.came.Broadcast()
}

// more returns all lines when so many more have come.
func (s *said) more(n int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n += len(s.lines); len(s.lines) < n; {
		s.came.Wait()
	}
	return append([]string(nil), s.lines...)
}

// living starts a process that works from a customer on, until it is killed when the test
// ends.
func living(t *testing.T, dsn, schema string, first int, began time.Time, tell func(string)) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", childTask, schema, first, began.UnixMicro()), childDSN+"="+dsn+" application_name=living", childLossy+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var problem strings.Builder
	cmd.Stderr = &problem
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for in := bufio.NewScanner(out); in.Scan(); {
			if in.Text() != "begun" {
				tell(in.Text())
			}
		}
	}()
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = cmd.Wait() // it was killed
		if problem.Len() > 0 {
			t.Errorf("a process failed before it was killed: %s", problem.String())
		}
	})
	t.Cleanup(kill)
	return kill
}

// either returns a connection string that leads to whichever of two clusters takes writes.
func either(one, other *cluster) string {
	return fmt.Sprintf("%s host='127.0.0.1,127.0.0.1' port='%d,%d' target_session_attrs=read-write", one.DSN(), one.Port(), other.Port())
}

// TestFailover has a replica become the primary while processes live on that write and
// read. It lags behind, or commits wait for it.
func TestFailover(t *testing.T) {
	for name, commit := range map[string]string{"a replica that lags": "", "a replica that is waited for": "on"} {
		t.Run(name, func(t *testing.T) {
			for range *failovers {
				failover(t, commit)
			}
		})
	}
}

func failover(t *testing.T, commit string) {
	waits := commit != ""
	c := own(t)
	p := newProxy(t, c.Port())
	r := following(t, c, c.with("port", p.port()))
	direct, survivor := c.pool(t, modes["exec"], 4), r.pool(t, modes["exec"], 8)
	schema := newSchema()
	store(t, direct, schema)
	waitsForReplicas(t, direct, commit)

	// Two processes, and one with a pool and a follower of the feed in it, are at work.
	const apart = 10_000
	began, heard := time.Now(), newSaid()
	dsn := either(c, r)
	var kills []func()
	for n := range 2 {
		kills = append(kills, living(t, dsn, schema, n*apart, began, heard.tell))
	}
	s := store(t, poolOf(t, dsn, modes["cached"], 4), schema)
	w, err := newWorkload(s, began, heard.tell)
	if err != nil {
		t.Fatal(err)
	}
	w.lossy = true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		failed = w.run(ctx, 2, 2*apart, apart)
	}()

	heard.more(60)
	kept := feed(t, s, "")
	before := heard.more(0)
	caughtUp(t, survivor, direct)
	if !waits {
		p.stop()
		heard.more(60)
	}
	cursor := followed(t, w.desk)
	end := wholeFeed(t, s, "")
	last := heard.more(0)
	c.Stop(syscall.SIGQUIT)
	if err := r.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := len(heard.more(0))
	after := heard.more(120)[first+60:] // what was still on its way is among the first
	for _, kill := range kills {
		kill()
	}
	cancel()
	<-done
	for left := 1; left > 0; { // what they had under way may be carried out still
		if err := survivor.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'living'").Scan(&left); err != nil {
			t.Fatal(err)
		}
	}
	if failed != nil {
		t.Fatal(failed)
	}

	// What was acknowledged before the replica lost the connection is there, and what was
	// since it is the primary. What was between is there whole, or not at all.
	acknowledged(t, s, before)
	acknowledged(t, s, after)
	if waits {
		acknowledged(t, s, heard.more(0))
	}
	lost := missing(t, s, last)
	switch {
	case waits && lost > 0:
		t.Errorf("%d commands are lost that the replica had", lost)
	case !waits && lost == 0:
		t.Error("nothing is lost: the test shows nothing")
	}
	t.Logf("of %d commands that were acknowledged before the failover %d are lost", len(last), lost)

	// A follower that had read what is lost is told so; one that had not goes on, and
	// gets everything once.
	if !waits {
		if _, err := s.Feed(t.Context(), storage.FeedQuery{After: end[len(end)-1].Position, Limit: 10}); !errors.Is(err, storage.ErrRewound) {
			t.Errorf("behind an event that is lost, the feed says %v", err)
		}
		if _, err := w.desk.Feed.Read(t.Context(), workflowtest.Vendor, workflow.FeedQuery{Cursor: cursor}); !errors.Is(err, storage.ErrRewound) {
			t.Errorf("and at the desk %v", err)
		}
	}
	all := wholeFeed(t, s, "")
	rest := wholeFeed(t, s, kept.Next)
	if len(kept.Events)+len(rest) != len(all) {
		t.Errorf("in two parts the feed has %d and %d events, and as a whole %d", len(kept.Events), len(rest), len(all))
	}

	// The keys of what is lost can be used again, and all is done in the end.
	again, err := newWorkload(s, began, heard.tell)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if err := again.run(t.Context(), 2, n*apart, lastOf(heard.more(0), n, apart)-n*apart+1); err != nil {
			t.Fatal(err)
		}
	}
	audit(t, survivor, schema, s, again.clock())
	intact(t, s, again.clock)
}

// wholeFeed reads the feed to its end, from behind a position.
func wholeFeed(t *testing.T, s storage.Store, after storage.FeedPosition) []storage.FeedEvent {
	t.Helper()
	var out []storage.FeedEvent
	for {
		f, err := s.Feed(t.Context(), storage.FeedQuery{After: after, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		if out = append(out, f.Events...); !f.More {
			return out
		}
		after = f.Next
	}
}

// followed reads the feed of a desk to its end.
func followed(t *testing.T, desk *workflow.Service) string {
	t.Helper()
	for cursor := ""; ; {
		page, err := desk.Feed.Read(t.Context(), workflowtest.Vendor, workflow.FeedQuery{Cursor: cursor, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if cursor = page.Next; !page.More {
			return cursor
		}
	}
}

// missing returns of how many acknowledged commands nothing happened. Of one that was
// carried out after another one that is missing nothing is there, either.
func missing(t *testing.T, s storage.Store, lines []string) int {
	t.Helper()
	happened := auditHistories(t, s)
	lost := 0
	for _, l := range lines {
		f := strings.Fields(l)
		kinds := map[string]engagement.EventKind{"add": engagement.EventCustomerAdded, "ask": engagement.EventConsentRequested, "yes": engagement.EventConsentGranted}
		if kind, is := kinds[f[0]]; is && happened[engagement.ParticipationID(f[2])][kind] == 0 {
			lost++
		}
	}
	return lost
}

// lastOf returns the highest number of a customer of a process's that was added.
func lastOf(lines []string, process, apart int) int {
	var theirs []string
	for _, l := range lines {
		if f := strings.Fields(l); f[0] == "add" {
			if n := lastCustomer([]string{l}); n/apart == process {
				theirs = append(theirs, l)
			}
		}
	}
	return max(process*apart, lastCustomer(theirs))
}

// intact reports what verify finds.
func intact(t *testing.T, s storage.Inspector, now func() time.Time) {
	t.Helper()
	done, err := verify.Check(t.Context(), s, verify.Options{Now: now, Report: func(f storage.Finding) error {
		t.Errorf("found: %+v", f)
		return nil
	}})
	if err != nil || done.Customers == 0 {
		t.Errorf("checked were %+v: %v", done, err)
	}
}

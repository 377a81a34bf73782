package stress_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// victimTask is the environment variable in which a process that is to be killed finds
// its database.
const victimTask = "PARTNERENGAGE_STRESS_VICTIM"

// applied is what a process has been told is done.
type applied struct {
	Command *storage.CommandKey   `json:"command,omitzero"`
	Heads   []engagement.Customer `json:"heads,omitzero"` // no more than their keys and the ends of their histories
	Sent    int                   `json:"sent,omitzero"`
}

// telling is a store that says what it was told is done.
type telling struct {
	storage.Store
	mu *sync.Mutex
}

func (s telling) Apply(ctx context.Context, c storage.Changes) error {
	err := s.Store.Apply(ctx, c)
	if err != nil {
		return err
	}
	var a applied
	if c.Command != nil {
		a.Command = &c.Command.Key
	}
	for _, x := range c.Customers {
		a.Heads = append(a.Heads, engagement.Customer{Key: x.Key, History: x.History})
	}
	a.Sent = len(c.Delivered)
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Printf("applied %s\n", must(json.Marshal(a)))
	return nil
}

// TestVictim is the process that is killed: it gives every kind of command there is.
func TestVictim(t *testing.T) {
	text := os.Getenv(victimTask)
	if text == "" {
		t.Skip("nobody is to be killed")
	}
	var d database
	must(0, json.Unmarshal([]byte(text), &d))
	s, done, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	st, _ := storyOf(t, telling{s, &sync.Mutex{}})
	st.rest()
}

// rest is what no story of a kept store has.
func (st *teller) rest() {
	st.t.Helper()
	for _, e := range keptEngagements(2) {
		e.Version, e.AsksReferral = "3", true
		st.ok(st.Catalog.PutEngagement(e))
	}
	p := st.granted("silent") // who did not answer the first time
	st.ok(errOf(st.Desk.Claims.RecordReferral(st.ctx, st.Actor.Request(st.Key()), p, workflow.RecordReferral{Reference: "7-REF"})))
	st.Submitted(p)
	st.ok(errOf(st.Desk.Claims.Recall(st.ctx, st.Actor.Request(st.Key()), p, workflow.RecallClaim{Reason: "Falta uma página."})))
	_, err := st.Desk.Consents.Request(st.ctx, st.Actor.Request(st.Key()), st.Added(migration, "unasked.example"), workflow.RequestConsent{Customer: workflow.ByEmail("nobody@unasked.example")})
	st.ok(err)
	st.Fail(workflowtest.Mail, workflow.ErrUndeliverable)
	_, _ = st.Desk.Jobs.Relay(st.ctx)
	st.Fail(workflowtest.Mail, nil)
}

// victim runs the process until it has been told so many times that something is done,
// and a moment longer; without end if that is less than 0. It returns what was done.
func victim(t *testing.T, d database, until int) []applied {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victimTask+"="+string(must(json.Marshal(d))))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	var all []applied
	kill := sync.OnceFunc(func() {
		go func() { // what it goes on to say meanwhile counts, too
			time.Sleep(rand.N(4 * time.Millisecond))
			_ = cmd.Process.Kill()
		}()
	})
	if until == 0 {
		time.Sleep(rand.N(200 * time.Millisecond))
		kill()
	}
	in := bufio.NewScanner(out)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		text, is := strings.CutPrefix(in.Text(), "applied ")
		if !is {
			said.WriteString(in.Text() + "\n")
			continue
		}
		var a applied
		if json.Unmarshal([]byte(text), &a) != nil {
			break // it was killed while it said so
		}
		if all = append(all, a); until >= 0 && len(all) >= until {
			kill()
		}
	}
	err = cmd.Wait()
	if killed := err != nil && err.Error() == "signal: killed"; !killed && (err != nil || until >= 0 && len(all) < until) {
		t.Fatalf("the process ended with %v: %s", err, said.String())
	}
	return all
}

// Whatever command is under way when its process is killed, it has happened whole or
// not at all; what it was told is done is there; and work goes on.
func TestKilled(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			whole := newDatabase(t, kind)
			most := len(victim(t, whole, -1))
			everyKind(t, whole)
			n, kept := max(*kills/slowdown, 1), 0
			for range n {
				d := newDatabase(t, kind)
				done := victim(t, d, rand.N(most))
				kept += len(done)
				survived(t, d, done)
				if t.Failed() {
					return
				}
			}
			t.Logf("%d processes were killed within the %d changes that each was to make; the %d that they were told are done are there", n, most, kept)
		})
	}
}

// everyKind fails unless everything that can happen has happened.
func everyKind(t *testing.T, d database) {
	t.Helper()
	s, done, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	happened := map[engagement.EventKind]bool{}
	for _, a := range keptActors {
		all, err := s.Customers(t.Context(), storage.CustomersQuery{Partner: a.Partner, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			events, err := s.History(t.Context(), storage.HistoryQuery{Customer: c.Key, Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				happened[e.Kind] = true
			}
		}
	}
	for _, kind := range engagement.AllEventKinds() {
		if !happened[kind] {
			t.Errorf("%q does not happen in a process that is killed", kind)
		}
	}
}

// survived looks at the database that a killed process left.
func survived(t *testing.T, d database, all []applied) {
	t.Helper()
	s, done, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for _, a := range all {
		if a.Command != nil {
			loaded, err := s.Load(t.Context(), storage.Want{Command: *a.Command})
			if err != nil || loaded.Command == nil {
				t.Errorf("the command %q was carried out, and is not there: %v", a.Command.Key, err)
			}
		}
		for _, x := range a.Heads {
			events, err := s.History(t.Context(), storage.HistoryQuery{Customer: x.Key, After: x.History.Seq - 1, Limit: 1})
			if x.History.Seq > 0 && (err != nil || len(events) == 0 || events[0].Hash != x.History.Hash) {
				t.Errorf("event %d of %v was written, and is not there: %v", x.History.Seq, x.Key, err)
			}
		}
	}
	late := keptStart.AddDate(3, 0, 0)
	if len(all) > 0 {
		verified(t, s, func() time.Time { return late })
	}
	desk := keptDesk(t, s, newMailbox(), late)
	_, err = desk.Jobs.Sweep(t.Context())
	_, err2 := desk.Jobs.Relay(t.Context())
	if err := errors.Join(err, err2); err != nil {
		t.Errorf("work does not go on: %v", err)
	}
	if len(all) > 0 {
		verified(t, s, func() time.Time { return late })
	}
}

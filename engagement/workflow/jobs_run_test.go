package workflow_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// timetable is a store that notes when each job comes to it, and does something first.
type timetable struct {
	storage.Store
	mu    sync.Mutex
	begun map[string][]time.Time
	first func(job string) error
}

func (s *timetable) begin(job string) error {
	s.mu.Lock()
	if s.begun == nil {
		s.begun = map[string][]time.Time{}
	}
	s.begun[job] = append(s.begun[job], time.Now())
	first := s.first
	s.mu.Unlock()
	if first == nil {
		return nil
	}
	return first(job)
}

// times returns when a job has begun.
func (s *timetable) times(job string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.begun[job])
}

func (s *timetable) do(first func(job string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = first
}

func (s *timetable) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	if err := s.begin("sweep"); err != nil {
		return nil, err
	}
	return s.Store.Due(ctx, q)
}

func (s *timetable) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	if err := s.begin("relay"); err != nil {
		return nil, err
	}
	return s.Store.Lease(ctx, q)
}

func (s *timetable) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	if err := s.begin("prune"); err != nil {
		return storage.Pruned{}, err
	}
	return s.Store.Prune(ctx, q)
}

// running is a process that runs the jobs, in the time of a bubble.
type running struct {
	*workflowtest.World
	*timetable
	log   bytes.Buffer // to be read when the process has stopped
	stop  context.CancelFunc
	ended chan error
	mu    sync.Mutex
	told  map[string][]error // by Failed
}

// run starts a process on the world's storage.
func run(t *testing.T, w *workflowtest.World, schedule workflow.Schedule, to workflow.Notifier) *running {
	t.Helper()
	r := &running{World: w, timetable: &timetable{Store: w.Store}, ended: make(chan error, 1), told: map[string][]error{}}
	desk, err := workflow.New(r.timetable, directory{}, w.Catalog, workflow.FactFunc(noFacts), &workflow.Options{Notifier: to, Now: w.Now, Logger: newLog(&r.log)})
	ok(t, err)
	schedule.Failed = func(job string, err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told[job] = append(r.told[job], err)
	}
	ctx, stop := context.WithCancel(background)
	r.stop = stop
	go func() { r.ended <- desk.Jobs.Run(ctx, schedule) }()
	return r
}

// stopped stops the process, which has to end by itself, and well.
func (r *running) stopped(t *testing.T) {
	t.Helper()
	r.stop()
	ok(t, <-r.ended)
}

func nowhere(context.Context, workflow.Delivery) error { return nil }

// gaps returns the times between moments.
func gaps(at []time.Time) []time.Duration {
	var out []time.Duration
	for i := range at[1:] {
		out = append(out, at[i+1].Sub(at[i]))
	}
	return out
}

// about fails the test unless each of the times is about what is wanted.
func about(t *testing.T, what string, got []time.Duration, want ...time.Duration) {
	t.Helper()
	if len(got) < len(want) {
		t.Fatalf("%s: %v, want about %v", what, got, want)
	}
	for i, d := range want {
		if got[i] < d-d/10 || got[i] > d+d/10 {
			t.Errorf("%s: %v, want about %v", what, got[:len(want)], want)
			return
		}
	}
}

// Every job runs at its interval, and two processes do not march in step.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newWorld(t)
		begun := time.Now()
		one, other := run(t, w, workflow.Schedule{}, notify(nowhere)), run(t, w, workflow.Schedule{Sweep: time.Hour}, notify(nowhere))
		time.Sleep(3 * day)
		one.stopped(t)
		other.stopped(t)
		for job, every := range map[string]time.Duration{"sweep": 30 * time.Second, "relay": 30 * time.Second, "prune": day} {
			at := one.times(job)
			if first := at[0].Sub(begun); first > 30*time.Second {
				t.Errorf("%s: the first after %s", job, first)
			}
			between := gaps(at)
			want := slices.Repeat([]time.Duration{every}, max(len(between), int(3*day/every*9/10)))
			about(t, job, between, want...)
			if slices.Max(between) == slices.Min(between) || slices.Equal(at, other.times(job)) {
				t.Errorf("%s: in step", job)
			}
		}
		about(t, "sweeps of the other", gaps(other.times("sweep")), slices.Repeat([]time.Duration{time.Hour}, 60)...)
		equal(t, "failures", len(one.told)+len(other.told), 0)
	})
}

// Who wakes the relay has it run at once, and once more for what comes while it runs;
// one who has gone is none who wakes all the time.
func TestRunWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newWorld(t)
		wake := make(chan struct{})
		r := run(t, w, workflow.Schedule{Relay: 10 * time.Hour, Sweep: -1, Prune: -1, Wake: wake}, notify(nowhere))
		time.Sleep(time.Hour)
		equal(t, "relays", len(r.times("relay")), 1)
		wake <- struct{}{}
		synctest.Wait()
		equal(t, "relays, woken", len(r.times("relay")), 2)
		equal(t, "when", r.times("relay")[1], time.Now())

		hold := make(chan struct{})
		r.do(func(string) error { <-hold; return nil })
		for range 4 {
			wake <- struct{}{}
			synctest.Wait()
		}
		close(hold)
		synctest.Wait()
		equal(t, "relays, woken while one was running", len(r.times("relay")), 4)

		close(wake)
		time.Sleep(8 * time.Hour)
		equal(t, "relays, with nobody who wakes", len(r.times("relay")), 4)
		time.Sleep(4 * time.Hour)
		equal(t, "relays at the interval", len(r.times("relay")), 5)
		r.stopped(t)
		equal(t, "other jobs", len(r.times("sweep"))+len(r.times("prune")), 0)
	})
}

// A job that fails or panics is told, tried again less and less often, and keeps no
// other from running.
func TestRunFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newWorld(t)
		r := run(t, w, workflow.Schedule{}, notify(nowhere))
		down := errors.New("down")
		time.Sleep(time.Minute)
		swept, pruned := len(r.times("sweep")), len(r.times("prune"))
		equal(t, "prunes", pruned, 1)
		r.do(func(job string) error {
			switch job {
			case "sweep":
				panic("nil map")
			case "prune":
				return down
			}
			return nil
		})
		time.Sleep(2 * day)
		about(t, "relays", gaps(r.times("relay")), slices.Repeat([]time.Duration{30 * time.Second}, 5000)...)
		about(t, "sweeps that fail", gaps(r.times("sweep")[swept:]), 30*time.Second, time.Minute, 2*time.Minute, 4*time.Minute, 5*time.Minute, 5*time.Minute)
		about(t, "prunes that fail", gaps(r.times("prune")[pruned:]), time.Minute, 2*time.Minute, 4*time.Minute, 8*time.Minute)

		r.do(nil)
		time.Sleep(3 * day)
		mended := gaps(r.times("sweep"))
		about(t, "sweeps that are mended", mended[len(mended)-5000:], slices.Repeat([]time.Duration{30 * time.Second}, 5000)...)
		mended = gaps(r.times("prune"))
		about(t, "prunes that are mended", mended[len(mended)-1:], day)
		r.stopped(t)

		equal(t, "relays that failed", len(r.told["relay"]), 0)
		var panicked *workflow.PanicError
		if err := r.told["sweep"][0]; !errors.As(err, &panicked) || panicked.Value != "nil map" || len(panicked.Stack) == 0 {
			t.Errorf("the sweep failed with %v", err)
		}
		if err := r.told["prune"][0]; !errors.Is(err, down) {
			t.Errorf("the prune failed with %v", err)
		}
		for _, text := range []string{"a job has failed", "job=sweep", "nil map", "stack=", "job=prune", "down"} {
			if !strings.Contains(r.log.String(), text) {
				t.Errorf("the log does not say %q", text)
			}
		}
	})
}

// One that got something done is not held back by what failed in it.
func TestRunGoesOnWithTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "a@contoso.com", "b@contoso.com"))
		ok(t, err)
		r := run(t, w, workflow.Schedule{Relay: time.Hour}, notify(func(_ context.Context, d workflow.Delivery) error {
			if d.Message.To.String() == "a@contoso.com" {
				return errors.New("no such mailbox yet")
			}
			return nil
		}))
		time.Sleep(2 * time.Hour)
		r.stopped(t)
		equal(t, "relays that failed", len(r.told["relay"]), 1)
		first := r.times("relay")
		// A relay leases once for messages, and once more to see that there are none left.
		about(t, "relays", gaps(first[1:]), time.Hour)
	})
}

// A context that ends lets the job in progress come to its end first: what was sent is
// recorded, and what was not waits for the next process.
func TestRunStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(w.Key()), p, asked(w, "a@contoso.com", "b@contoso.com"))
		ok(t, err)
		sending, hold := make(chan struct{}), make(chan struct{})
		r := run(t, w, workflow.Schedule{}, notify(func(context.Context, workflow.Delivery) error {
			close(sending) // panics when something is sent besides
			<-hold
			return nil
		}))
		<-sending
		r.stop()
		synctest.Wait()
		select {
		case err := <-r.ended:
			t.Errorf("Run has returned %v, and a mail is being sent", err)
		default:
		}
		close(hold)
		r.stopped(t)
		equal(t, "failures", len(r.told), 0)
		equal(t, "log", r.log.String(), "")
		w.Relayed()
		equal(t, "what the next process sends", len(w.Messages()), 1)
	})
}

// What could never run says so at once.
func TestRunNeedsANotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newWorld(t)
		if err := <-run(t, w, workflow.Schedule{}, nil).ended; err == nil {
			t.Error("without a Notifier it ends well")
		}
		r := run(t, w, workflow.Schedule{Relay: -1}, nil)
		time.Sleep(time.Hour)
		r.stopped(t)
		equal(t, "relays", len(r.times("relay")), 0)
		equal(t, "runs of the others", len(r.times("sweep")) > 50 && len(r.times("prune")) == 1, true)
	})
}

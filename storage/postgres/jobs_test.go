package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// counting is a store that counts its calls, each of which is one trip, and that gives
// out so many records and messages at once at most, 0 for as many as are asked for.
type counting struct {
	storage.Store
	trips atomic.Int64
	most  int
}

func (s *counting) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	s.trips.Add(1)
	return s.Store.Load(ctx, want)
}

func (s *counting) Apply(ctx context.Context, c storage.Changes) error {
	s.trips.Add(1)
	return s.Store.Apply(ctx, c)
}

func (s *counting) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	s.trips.Add(1)
	if s.most > 0 {
		q.Limit = s.most
	}
	return s.Store.Due(ctx, q)
}

func (s *counting) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	s.trips.Add(1)
	if s.most > 0 {
		q.Limit = s.most
	}
	return s.Store.Lease(ctx, q)
}

// asking is a world on a store in which so many customers wait for being asked.
func asking(t testing.TB, s storage.Store, n int) *workflowtest.World {
	t.Helper()
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := manyCustomers(n)
		sc.Store = s
		return sc
	})
	together(8, n, func(i int) {
		started, err := w.Desk.Customers.Add(context.Background(), w.Actor.Request(fmt.Sprintf("add-%d", i)), workflow.AddCustomer{
			Engagements: []engagement.ID{"azure-migration"},
			Candidate:   workflow.Candidate{Location: "4711201", Domain: fmt.Sprintf("customer-%d.example", i)},
		})
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := w.Desk.Consents.Request(context.Background(), w.Actor.Request(fmt.Sprintf("ask-%d", i)), started[0].ID, workflow.RequestConsent{
			Customer: workflow.ByEmail("contact@customer.example"), Partner: workflow.ByEmail("partner@partner.example"), Language: "en",
		}); err != nil {
			t.Error(err)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	return w
}

// jobs asks customers, lets the time in which they could answer pass, records that, and
// tells it to their partner. It calls each of the three with its name.
func jobs(t testing.TB, w *workflowtest.World, n int, each func(name string, job func() (int, error))) {
	t.Helper()
	do := func(name string, job func(context.Context) (int, error)) {
		each(name, func() (int, error) {
			done, err := job(context.Background())
			if done != n || err != nil {
				t.Fatalf("%s: %d of %d, %v", name, done, n, err)
			}
			return done, err
		})
	}
	do("relay with links", w.Desk.Jobs.Relay)
	w.Advance(31 * 24 * time.Hour)
	do("sweep", w.Desk.Jobs.Sweep)
	do("relay", w.Desk.Jobs.Relay)
}

// Jobs make at most three trips for ten customers or messages, and none that waits.
func TestJobsTakeFewTrips(t *testing.T) {
	const n = 120
	s := &counting{Store: store(t, running(t).pool(t, modes["cached"], 9), newSchema())}
	w := asking(t, s, n)
	jobs(t, w, n, func(name string, job func() (int, error)) {
		s.trips.Store(0)
		_, _ = job()
		trips := s.trips.Load()
		t.Logf("%s: %d trips for %d", name, trips, n)
		if 10*trips > 3*n {
			t.Errorf("%s: %d trips for %d", name, trips, n)
		}
	})
}

// Processes that sweep and relay at once record each deadline once and send each message
// once.
func TestJobsOfManyProcesses(t *testing.T) {
	const n, processes = 400, 8
	w := asking(t, store(t, running(t).pool(t, modes["cached"], processes+2), newSchema()), n)
	all := func(job func(context.Context) (int, error)) int {
		var sum atomic.Int64
		together(processes, processes, func(int) {
			done, err := job(context.Background())
			if err != nil {
				t.Error(err)
			}
			sum.Add(int64(done))
		})
		return int(sum.Load())
	}
	for _, job := range []func(context.Context) (int, error){w.Desk.Jobs.Relay, w.Desk.Jobs.Sweep, w.Desk.Jobs.Relay} {
		if done := all(job); done != n {
			t.Errorf("%d of %d", done, n)
		}
		w.Advance(31 * 24 * time.Hour)
	}
}

// A Lease waits for no transaction that goes on: it takes what that leaves alone.
func TestLeaseWaitsForNobody(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 3)
	s := store(t, pool, newSchema())
	var c storage.Changes
	for _, id := range []string{"a", "b", "c", "d"} {
		c.Messages = append(c.Messages, letter(id).Messages...)
	}
	applied(t, s, c)
	applied(t, s.WithTx(hostTx(t, pool)), storage.Changes{Delivered: []engagement.MessageID{"a"}, Postponed: map[engagement.MessageID]time.Time{"b": feedStart.Add(time.Hour)}})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	found, err := s.Lease(ctx, storage.LeaseQuery{Now: feedStart, Until: feedStart.Add(time.Minute), Limit: 2})
	if err != nil || len(found) != 2 || found[0].ID != "c" || found[1].ID != "d" {
		t.Errorf("beside a transaction that changes a and b, %d messages are taken: %v", len(found), err)
	}
}

// BenchmarkJobs measures the jobs in batches beside the same jobs on a store that gives
// out one record and one message at a time.
func BenchmarkJobs(b *testing.B) {
	const n = 300
	c := measured(b)
	pool := c.pool(b, modes["cached"], 9)
	if *far > 0 {
		p := newProxy(b, c.Port())
		p.far = *far / 2
		pool = poolOf(b, c.with("port", p.port()), modes["cached"], 9)
	}
	near := c.pool(b, modes["cached"], 9)
	took := map[string][2][]time.Duration{}
	for range samples {
		for side, most := range []int{0, 1} {
			schema := newSchema()
			s := &counting{Store: store(b, near, schema), most: most}
			w := asking(b, s, n)
			s.Store = store(b, pool, schema)
			jobs(b, w, n, func(name string, job func() (int, error)) {
				began := time.Now()
				_, _ = job()
				of := took[name]
				of[side] = append(of[side], time.Since(began))
				took[name] = of
			})
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, name := range []string{"relay with links", "sweep", "relay"} {
		for side := range took[name] {
			slices.Sort(took[name][side])
		}
		ours, theirs := took[name][0][samples/2], took[name][1][samples/2]
		b.Logf("%-17s %5d µs each, one at a time %5d µs: %.1f x", name, ours.Microseconds()/n, theirs.Microseconds()/n, float64(theirs)/float64(ours))
	}
}

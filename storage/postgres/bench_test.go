package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

var (
	durable    = flag.Bool("durable", false, "benchmarks wait for the disk at each commit")
	statements = flag.Bool("statements", false, "BenchmarkGrant shows what each statement took, with pg_stat_statements")
	far        = flag.Duration("far", 0, "how long a trip to the server takes in BenchmarkGrant, beyond what it takes on loopback")
)

// samples is how many times either side is measured, by turns.
const samples = 7

// measured returns a cluster to measure on.
func measured(b *testing.B) *cluster {
	settings := []string{"max_wal_size=4GB", "shared_buffers=1GB"}
	if *durable {
		settings = append(settings, "fsync=on")
	}
	if *statements {
		settings = append(settings, "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track_planning=on")
	}
	return own(b, settings...)
}

// rival measures two sides by turns, each on n things, and reports the medians
// and how many times as fast ours is.
func rival(b *testing.B, n int, ours, theirs func(sample int) time.Duration) {
	b.Helper()
	var a, z []time.Duration
	for sample := range samples {
		a = append(a, ours(sample))
		z = append(z, theirs(sample))
	}
	slices.Sort(a)
	slices.Sort(z)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(a[samples/2].Microseconds())/float64(n), "ours-µs")
	b.ReportMetric(float64(z[samples/2].Microseconds())/float64(n), "theirs-µs")
	b.ReportMetric(float64(z[samples/2])/float64(a[samples/2]), "x")
}

// together calls f for 0 to n-1 from so many goroutines.
func together(goroutines, n int, f func(i int)) time.Duration {
	var next atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range goroutines {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// manyCustomers is Contoso with one engagement and so many customers.
func manyCustomers(n int) workflowtest.Scenario {
	sc := workflowtest.Contoso()
	sc.Engagements, sc.Options.Policy = sc.Engagements[:1], link.Unlimited()
	for i := range n {
		id, err := tenant.ParseID(fmt.Sprintf("00000000-0000-4000-9000-%012d", i))
		if err != nil {
			panic(err)
		}
		c := workflowtest.Customer{Domain: fmt.Sprintf("customer-%d.example", i), Entry: tenant.Entry{Tenant: id, Name: fmt.Sprintf("Customer %d", i), Cloud: tenant.CloudPublic}}
		workflowtest.Seats.Set(&c.Facts, 500)
		workflowtest.Segment.Set(&c.Facts, "enterprise")
		sc.Customers = append(sc.Customers, c)
	}
	return sc
}

// BenchmarkGrant grants consents, the whole command, beside the least that a guarded
// write is (floor), and beside what one writes by hand for a grant (fair).
func BenchmarkGrant(b *testing.B) {
	for _, goroutines := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("goroutines=%d", goroutines), func(b *testing.B) {
			n := 100 * min(goroutines, 4)
			c := measured(b)
			pool := c.pool(b, modes["cached"], int32(goroutines+1))
			if *far > 0 {
				p := newProxy(b, c.Port())
				p.far = *far / 2
				pool = poolOf(b, c.with("port", p.port()), modes["cached"], int32(goroutines+1))
			}
			s := store(b, pool, newSchema())
			w := workflowtest.New(b, func() workflowtest.Scenario {
				sc := manyCustomers(samples * n)
				sc.Store = s
				return sc
			})
			tokens := requested(b, w, samples*n)
			naive, fairGrants := newNaive(b, pool, samples*n), newFair(b, pool, samples*n)
			run(b, pool, "", "ANALYZE")
			meter := newMeter(b, pool)
			if *statements {
				run(b, pool, "", "CREATE EXTENSION pg_stat_statements")
				run(b, pool, "", "SELECT pg_stat_statements_reset()")
			}
			granting := func(grant func(i int) error) func(sample int) time.Duration {
				return func(sample int) time.Duration {
					return together(goroutines, n, func(i int) {
						if err := grant(sample*n + i); err != nil {
							b.Error(err)
						}
					})
				}
			}
			ctx := context.Background()
			for b.Loop() {
				sides(b, meter, n, []string{"ours", "floor", "fair"}, granting(func(i int) error {
					_, err := w.Desk.Links.AnswerConsent(ctx, tokens[i], consent.DecisionAccept)
					return err
				}), granting(func(i int) error { return naive.grant(ctx, i) }), granting(func(i int) error { return fairGrants.grant(ctx, i) }))
			}
			if *statements {
				showStatements(b, pool)
			}
		})
	}
}

// requested asks the first n customers for consent, and returns the tokens of
// their links.
func requested(b *testing.B, w *workflowtest.World, n int) []link.Token {
	b.Helper()
	ids := make([]engagement.ParticipationID, n)
	together(8, n, func(i int) {
		started, err := w.Desk.Customers.Add(context.Background(), w.Actor.Request(fmt.Sprintf("add-%d", i)), workflow.AddCustomer{
			Engagements: []engagement.ID{"azure-migration"},
			Candidate:   workflow.Candidate{Location: "4711201", Domain: fmt.Sprintf("customer-%d.example", i)},
		})
		if err != nil {
			b.Error(err)
			return
		}
		ids[i] = started[0].ID
		if _, err := w.Desk.Consents.Request(context.Background(), w.Actor.Request(fmt.Sprintf("ask-%d", i)), ids[i], workflow.RequestConsent{
			Customer: workflow.ByEmail("contact@customer.example"), Partner: workflow.ByEmail("partner@partner.example"), Language: "en",
		}); err != nil {
			b.Error(err)
		}
	})
	if b.Failed() {
		b.FailNow()
	}
	w.Relayed()
	at := map[engagement.ParticipationID]link.Token{}
	for _, m := range w.Messages() {
		token, err := link.ParseToken(m.Link[len("https://portal.example/consent/"):])
		if err != nil {
			b.Fatal(err)
		}
		at[m.Message.Participation] = token
	}
	tokens := make([]link.Token, n)
	for i, id := range ids {
		tokens[i] = at[id]
	}
	return tokens
}

// naive writes the least that a guarded write is, as one does by hand.
type naive struct{ pool *pgxpool.Pool }

func newNaive(b *testing.B, pool *pgxpool.Pool, n int) naive {
	b.Helper()
	for _, sql := range []string{
		"CREATE TABLE public.state (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL)",
		"CREATE TABLE public.happened (id BIGINT, seq BIGINT, body TEXT NOT NULL, PRIMARY KEY (id, seq))",
		"CREATE TABLE public.outbox (id TEXT PRIMARY KEY, body TEXT NOT NULL)",
	} {
		run(b, pool, "", sql)
	}
	run(b, pool, "", "INSERT INTO public.state SELECT n, 1, repeat('x', 1000) FROM generate_series(0, $1::bigint) n", n)
	return naive{pool}
}

func (v naive) grant(ctx context.Context, i int) error {
	tx, err := v.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	tag, err := tx.Exec(ctx, "UPDATE public.state SET version = version + 1, body = $2 WHERE id = $1 AND version = 1", i, body[:1200])
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return pgx.ErrNoRows
	}
	if _, err := tx.Exec(ctx, "INSERT INTO public.happened VALUES ($1, 1, $2)", i, body[:500]); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "INSERT INTO public.outbox VALUES ($1, $2)", fmt.Sprintf("0190-message-%d", i), body[:400]); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

var body = fmt.Sprintf("%01300d", 0)

package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// BenchmarkImport makes customers known, with their facts, and classifies them for
// one engagement, beside a COPY of the same rows into tables with the same indexes.
func BenchmarkImport(b *testing.B) {
	const n = 4000
	k := newKnown(b, samples*n)
	for b.Loop() {
		rival(b, n, func(sample int) time.Duration { return k.imports(b, sample*n, (sample+1)*n) },
			func(sample int) time.Duration {
				return k.bare.copy(b, customerKey(sample*n), customerKey((sample+1)*n), 1)
			})
	}
}

// BenchmarkReevaluate classifies known customers anew after the rules have changed,
// so that all of them move to another tab, beside a COPY of the rows as they are then.
func BenchmarkReevaluate(b *testing.B) {
	const n = 20_000
	k := newKnown(b, n)
	k.imports(b, 0, n)
	seats := eligibility.Rule{ID: "enough_seats", Doc: "The customer has at least 300 seats.", Check: eligibility.AtLeast(workflowtest.Seats, 300)}
	for b.Loop() {
		rival(b, n, func(sample int) time.Duration {
			all, err := k.world.Catalog.Engagements(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			e := all[0]
			rule := seats
			if sample%2 == 0 { // all customers have 500
				rule.Check = eligibility.AtLeast(workflowtest.Seats, 3000)
			}
			e.CustomerRules, err = eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "azure-migration/customer", Version: fmt.Sprint(sample + 2), Rules: []eligibility.Rule{rule}})
			if err != nil {
				b.Fatal(err)
			}
			if err := k.world.Catalog.PutEngagement(e); err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			done, err := k.world.Desk.Program.Reevaluate(b.Context(), workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind", Engagement: e.ID}, nil)
			if err != nil || done.Changed != n {
				b.Fatal(done, err)
			}
			return time.Since(began)
		}, func(sample int) time.Duration {
			k.bare.empty(b)
			return k.bare.copy(b, customerKey(0), customerKey(n), int64(sample+2))
		})
	}
}

// known is a world with customers that can be imported.
type known struct {
	world *workflowtest.World
	bare  bare
}

func newKnown(b *testing.B, n int) known {
	b.Helper()
	pool := measured(b).pool(b, modes["cached"], 4)
	schema := newSchema()
	s := store(b, pool, schema)
	return known{workflowtest.New(b, func() workflowtest.Scenario {
		sc := manyCustomers(n)
		sc.Store = s
		return sc
	}), bareTables(b, pool, schema)}
}

func customerKey(i int) string { return fmt.Sprintf("tenant:00000000-0000-4000-9000-%012d", i) }

// imports imports some of the customers, and returns how long that took.
func (k known) imports(b *testing.B, from, to int) time.Duration {
	b.Helper()
	began := time.Now()
	done, err := k.world.Desk.Program.Import(b.Context(), workflowtest.Vendor, "northwind", func(yield func(workflow.KnownCustomer) bool) {
		for i := from; i < to; i++ {
			id, err := tenant.ParseID(strings.TrimPrefix(customerKey(i), "tenant:"))
			if err != nil {
				b.Fatal(err)
			}
			if !yield(workflow.KnownCustomer{Identity: tenant.Identity{Tenant: id, Name: fmt.Sprintf("Customer %d", i), Cloud: tenant.CloudPublic}}) {
				return
			}
		}
	}, nil)
	if err != nil || done.Done != to-from {
		b.Fatal(done, err)
	}
	return time.Since(began)
}

// bare are tables with the columns and indexes of those that an import fills, and
// with nothing else.
type bare struct {
	pool   *pgxpool.Pool
	schema string
}

var filledByImport = []string{"entry", "customer", "event"}

func bareTables(b *testing.B, pool *pgxpool.Pool, schema string) bare {
	b.Helper()
	for _, table := range filledByImport {
		run(b, pool, schema, "CREATE TABLE pe.bare_"+table+" (LIKE pe."+table+" INCLUDING INDEXES)")
	}
	return bare{pool, schema}
}

// empty removes everything from them.
func (t bare) empty(b *testing.B) {
	b.Helper()
	for _, table := range filledByImport {
		run(b, t.pool, t.schema, "TRUNCATE pe.bare_"+table)
	}
}

// copy writes the rows of customers into them, with the event of that number, by
// COPY in one transaction, and returns how long that took.
func (t bare) copy(b *testing.B, from, to string, event int64) time.Duration {
	b.Helper()
	type lot struct {
		into    pgx.Identifier
		columns []string
		rows    [][]any
	}
	var lots []lot
	for _, table := range filledByImport {
		l := lot{into: pgx.Identifier{t.schema, "bare_" + table}}
		sql, args := "SELECT * FROM "+t.schema+"."+table+" WHERE customer >= $1 AND customer < $2", []any{from, to}
		if table == "event" {
			sql, args = sql+" AND seq = $3", append(args, event)
		}
		found, err := t.pool.Query(b.Context(), sql, args...)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range found.FieldDescriptions() {
			l.columns = append(l.columns, f.Name)
		}
		for found.Next() {
			row, err := found.Values()
			if err != nil {
				b.Fatal(err)
			}
			l.rows = append(l.rows, row)
		}
		if found.Err() != nil || len(l.rows) == 0 {
			b.Fatalf("%d rows of %s: %v", len(l.rows), table, found.Err())
		}
		lots = append(lots, l)
	}
	began := time.Now()
	err := pgx.BeginFunc(b.Context(), t.pool, func(tx pgx.Tx) error {
		for _, l := range lots {
			if _, err := tx.CopyFrom(b.Context(), l.into, l.columns, pgx.CopyFromRows(l.rows)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

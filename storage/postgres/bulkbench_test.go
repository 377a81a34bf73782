package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// BenchmarkImport makes customers known, with their facts, and classifies them for
// one engagement, beside a COPY of the same rows into tables with the same indexes.
func BenchmarkImport(b *testing.B) {
	const n = 4000
	pool := measured(b).pool(b, modes["cached"], 4)
	schema := newSchema()
	s := store(b, pool, schema)
	w := workflowtest.New(b, func() workflowtest.Scenario {
		sc := manyCustomers(samples * n)
		sc.Store = s
		return sc
	})
	bare := bareTables(b, pool, schema)
	for b.Loop() {
		rival(b, n, func(sample int) time.Duration {
			began := time.Now()
			done, err := w.Desk.ImportKnown(b.Context(), workflowtest.Vendor, "northwind", func(yield func(workflow.KnownCustomer) bool) {
				for i := sample * n; i < (sample+1)*n; i++ {
					id, err := tenant.ParseID(fmt.Sprintf("00000000-0000-4000-9000-%012d", i))
					if err != nil {
						b.Fatal(err)
					}
					if !yield(workflow.KnownCustomer{Identity: tenant.Identity{Tenant: id, Name: fmt.Sprintf("Customer %d", i), Cloud: tenant.CloudPublic}}) {
						return
					}
				}
			}, nil)
			if err != nil || done.Done != n {
				b.Fatal(done, err)
			}
			return time.Since(began)
		}, func(sample int) time.Duration {
			return bare.copy(b, fmt.Sprintf("tenant:00000000-0000-4000-9000-%012d", sample*n), fmt.Sprintf("tenant:00000000-0000-4000-9000-%012d", (sample+1)*n))
		})
	}
}

// bare are tables with the columns and indexes of those that an import fills, and
// with nothing else.
type bare struct {
	pool   *pgxpool.Pool
	schema string
}

var filledByImport = []string{"place", "standing", "entry", "customer", "event"}

func bareTables(b *testing.B, pool *pgxpool.Pool, schema string) bare {
	b.Helper()
	for _, table := range filledByImport {
		run(b, pool, schema, "CREATE TABLE pe.bare_"+table+" (LIKE pe."+table+" INCLUDING INDEXES)")
	}
	run(b, pool, schema, "ALTER TABLE pe.bare_event DROP COLUMN before, DROP COLUMN beginning")
	return bare{pool, schema}
}

// copy writes the rows of customers that were imported into them, by COPY in one
// transaction, and returns how long that took.
func (t bare) copy(b *testing.B, from, to string) time.Duration {
	b.Helper()
	type lot struct {
		into    pgx.Identifier
		columns []string
		rows    [][]any
	}
	var lots []lot
	for _, table := range filledByImport {
		l := lot{into: pgx.Identifier{t.schema, "bare_" + table}}
		found, err := t.pool.Query(b.Context(), "SELECT * FROM "+t.schema+"."+table+" WHERE customer >= $1 AND customer < $2", from, to)
		if err != nil {
			b.Fatal(err)
		}
		var keep []int
		for i, f := range found.FieldDescriptions() {
			if f.Name != "before" && f.Name != "beginning" {
				keep, l.columns = append(keep, i), append(l.columns, f.Name)
			}
		}
		for found.Next() {
			all, err := found.Values()
			if err != nil {
				b.Fatal(err)
			}
			var row []any
			for _, i := range keep {
				row = append(row, all[i])
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

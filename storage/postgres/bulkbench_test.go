package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

// BenchmarkImport makes customers known, with their facts, and classifies them for
// one engagement, beside a bare COPY into a table with the indexes of the pages.
func BenchmarkImport(b *testing.B) {
	const n = 4000
	pool := measured(b).pool(b, modes["cached"], 2)
	schema := newSchema()
	s := store(b, pool, schema)
	w := workflowtest.New(b, func() workflowtest.Scenario {
		sc := manyCustomers(samples * n)
		sc.Store = s
		return sc
	})
	run(b, pool, schema, "CREATE TABLE pe.bare (LIKE pe.entry INCLUDING INDEXES)")
	columns := []string{"partner", "engagement", "customer", "row", "participation", "tab", "type", "status", "locations", "name", "search", "since", "deadline", "soonest", "amount", "due"}
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
			began := time.Now()
			_, err := pool.CopyFrom(b.Context(), pgx.Identifier{schema, "bare"}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) {
				key := fmt.Sprintf("tenant:00000000-0000-4000-9000-%012d", sample*n+i)
				name := fmt.Sprintf("customer %d", sample*n+i)
				return []any{"northwind", "azure-migration", key, key, false, "eligible", "not started", "", `["4711201"]`, name, name + "\n" + key, int64(i), int64(0), int64(0), "", int64(1 << 62)}, nil
			}))
			if err != nil {
				b.Fatal(err)
			}
			return time.Since(began)
		})
	}
}

package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

var million = flag.Int("customers", 20000, "how many customers the larger one of the page benchmarks has")

// BenchmarkPage reads pages of 50 rows through the service, beside a keyset
// SELECT of the same rows by hand, without and with the counts of the tabs.
func BenchmarkPage(b *testing.B) {
	for _, customers := range []int{1000, *million} {
		for _, eligible := range []int{1000, 500, 60000 / customers} {
			f := storagetest.Filling{Customers: customers, Eligible: max(eligible, 1), Completed: 100}
			b.Run(f.String(), func(b *testing.B) { benchPages(b, f) })
		}
	}
}

func benchPages(b *testing.B, f storagetest.Filling) {
	c := measured(b)
	pool := c.pool(b, modes["cached"], 2)
	schema := newSchema()
	s := store(b, pool, schema)
	if err := f.Fill(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	run(b, pool, schema, "VACUUM ANALYZE")
	w := workflowtest.New(b, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store, sc.Start = s, time.Date(2026, 8, 2, 9, 0, 0, 0, time.UTC)
		return sc
	})
	positions := positionsOf(b, pool, schema)
	for _, at := range []string{"first", "middle", "last"} {
		for _, counts := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/counts=%t", at, counts), func(b *testing.B) {
				const n = 60
				p := positions[at]
				cursor := cursorOf(b, w, p)
				for b.Loop() {
					rival(b, n, func(int) time.Duration {
						return together(1, n, func(int) {
							page, err := w.Desk.Customers.List(context.Background(), w.Actor, workflow.CustomersQuery{Engagement: "azure-migration", Cursor: cursor})
							if err != nil || len(page.Rows) != 50 {
								b.Fatalf("%d rows: %v", len(page.Rows), err)
							}
						})
					}, func(int) time.Duration {
						return together(1, n, func(int) { byHand(b, pool, schema, p, counts) })
					})
				}
			})
		}
	}
}

// positionsOf returns the positions before the first, the middle and the last 50
// rows of the eligible customers.
func positionsOf(b *testing.B, pool *pgxpool.Pool, schema string) map[string]storage.Position {
	b.Helper()
	out := map[string]storage.Position{"first": {}}
	var n int
	if err := pool.QueryRow(b.Context(), "SELECT count(*) FROM "+schema+".entry WHERE tab = 'e'").Scan(&n); err != nil {
		b.Fatal(err)
	}
	for at, skip := range map[string]int{"middle": (n - 50) / 2, "last": n - 51} {
		var p storage.Position
		err := pool.QueryRow(b.Context(), `SELECT name, customer FROM `+schema+`.entry WHERE partner = 'northwind' AND engagement = 'azure-migration' AND tab = 'e' AND participation = ''
			ORDER BY name, customer OFFSET $1 LIMIT 1`, skip).Scan(&p.Text, &p.Row)
		if err != nil {
			b.Fatal(err)
		}
		out[at] = p
	}
	return out
}

// cursorOf returns the service's cursor for a position: that of the page which
// ends there.
func cursorOf(b *testing.B, w *workflowtest.World, p storage.Position) string {
	b.Helper()
	if p.Row == "" {
		return ""
	}
	var cursor string
	for {
		page, err := w.Desk.Customers.List(context.Background(), w.Actor, workflow.CustomersQuery{Engagement: "azure-migration", Cursor: cursor, Limit: 1000})
		if err != nil {
			b.Fatal(err)
		}
		for i, r := range page.Rows {
			if r.ID == p.Row {
				page, err := w.Desk.Customers.List(context.Background(), w.Actor, workflow.CustomersQuery{Engagement: "azure-migration", Cursor: cursor, Limit: i + 1})
				if err != nil {
					b.Fatal(err)
				}
				return page.Next
			}
		}
		cursor = page.Next
	}
}

// byHand reads what a page shows as one does without a library, from one table with the
// same orders: the rows, and what they show.
func byHand(b *testing.B, pool *pgxpool.Pool, schema string, after storage.Position, counts bool) {
	b.Helper()
	sql := `SELECT customer, name, since, locations, shown FROM ` + schema + `.entry
		WHERE partner = $1 AND engagement = $2 AND tab = 'e' AND participation = '' AND (name, customer) > ($3, $4) ORDER BY name, customer LIMIT 50`
	rows, err := pool.Query(context.Background(), sql, "northwind", "azure-migration", after.Text, string(after.Row))
	if err != nil {
		b.Fatal(err)
	}
	var customer, name string
	var since int64
	var locations *string
	var shown []byte
	n := 0
	if _, err := pgx.ForEachRow(rows, []any{&customer, &name, &since, &locations, &shown}, func() error {
		n++
		_, err := record.Decode[engagement.Shown](shown[4:]) // behind its sum
		return err
	}); err != nil || n != 50 {
		b.Fatalf("%d rows by hand: %v", n, err)
	}
	if !counts {
		return
	}
	rows, err = pool.Query(context.Background(), "SELECT tab, sum(entries)::bigint FROM "+schema+".tab_count WHERE partner = $1 AND engagement = $2 GROUP BY tab", "northwind", "azure-migration")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := pgx.ForEachRow(rows, []any{&name, &since}, func() error { return nil }); err != nil {
		b.Fatal(err)
	}
}

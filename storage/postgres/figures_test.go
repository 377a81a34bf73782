package postgres_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/verify"
)

func figureTexts(t *testing.T, s storage.Store) []string {
	t.Helper()
	found, err := s.Figures(t.Context(), storage.FiguresQuery{By: storage.AllFigureDimensions()})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range found.Rows {
		out = append(out, fmt.Sprint(r))
	}
	return out
}

func figureRows(t *testing.T, pool *pgxpool.Pool, schema string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM "`+schema+`".figure`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Prune leaves one row of a figure of a past month, and none of what has come to nothing,
// and changes no figure, whatever others do meanwhile.
func TestFiguresAreFolded(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 8)
	schema := newSchema()
	s := store(t, pool, schema)
	sc := manyCustomers(40)
	sc.Store = s
	w := workflowtest.New(t, func() workflowtest.Scenario { return sc })
	for i := range 30 {
		if p := w.Added("azure-migration", fmt.Sprintf("contact@customer-%d.example", i)); i%2 == 0 {
			w.Cancelled(p) // in the shard of its slot
		}
	}
	w.Advance(40 * 24 * time.Hour)
	w.Swept() // in a shard of its own: all others have expired
	// Years ago.
	run(t, pool, schema, "UPDATE pe.figure SET month = replace(month, '2026-', '2016-')")
	run(t, pool, schema, "UPDATE pe.entry SET figures = replace(figures, '2026-', '2016-')")
	was, rows := figureTexts(t, s), figureRows(t, pool, schema)
	q := storage.PruneQuery{Commands: w.Now().AddDate(-1, 0, 0), Limit: 1000}
	var wg sync.WaitGroup
	for i := range 4 { // beside others who prune, and who write
		wg.Go(func() {
			if _, err := s.Prune(context.Background(), q); err != nil {
				t.Error(err)
			}
		})
		w.Added("azure-migration", fmt.Sprintf("contact@customer-%d.example", 30+i))
	}
	wg.Wait()
	if _, err := s.Prune(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	is, left := figureTexts(t, s), figureRows(t, pool, schema)
	if len(is) != len(was)+1 || !slices.ContainsFunc(was, func(text string) bool { return strings.Contains(text, "2016-") }) {
		t.Errorf("after it there are the figures\n%q\nbefore\n%q", is, was)
	}
	for _, text := range was {
		if strings.Contains(text, "2016-") && !slices.Contains(is, text) {
			t.Errorf("after it there is no\n%s\nin\n%q", text, is)
		}
	}
	if left >= rows || left > 10 {
		t.Errorf("%d rows are left of %d", left, rows)
	}
	again := figureTexts(t, s)
	if _, err := s.Prune(t.Context(), q); err != nil || !reflect.DeepEqual(figureTexts(t, s), again) {
		t.Errorf("it changes %q: %v", again, err)
	}
	for _, f := range found(t, s, w.Now, verify.Check) {
		if f.Kind == storage.FindingCount {
			t.Errorf("found: %+v", f)
		}
	}
}

// Whoever writes at once, batches among them, loses no figure and waits for nobody for
// long.
func TestFiguresAtOnce(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 12)
	s := store(t, pool, newSchema())
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := manyCustomers(160)
		sc.Store = s
		return sc
	})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 20 {
				started, err := w.Desk.Customers.Add(context.Background(), w.Actor.Request(fmt.Sprint("add ", g, " ", i)), workflow.AddCustomer{
					Engagements: []engagement.ID{"azure-migration"},
					Candidate:   workflow.Candidate{Location: "4711201", Domain: fmt.Sprintf("customer-%d.example", 20*g+i)},
				})
				if err != nil {
					t.Error(err)
					continue
				}
				if i%2 == 0 {
					if _, err := w.Desk.Claims.Cancel(context.Background(), w.Actor.Request(fmt.Sprint("cancel ", g, " ", i)), started[0].ID, workflow.Cancel{}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	w.Advance(40 * 24 * time.Hour)
	w.Swept()
	got, err := s.Figures(t.Context(), storage.FiguresQuery{Participation: true, By: []storage.FigureDimension{storage.FiguresByStatus}, Now: w.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, r := range got.Rows {
		counts = append(counts, r.Entries)
	}
	if !slices.Equal(counts, []int{80, 80}) {
		t.Errorf("the figures are %+v", got.Rows)
	}
	for _, f := range found(t, s, w.Now, verify.Check) {
		t.Errorf("found: %+v", f)
	}
}

// BenchmarkFigures reads the totals, and the figures by everything, of 100,800 claims: of
// ten engagements, seven statuses, three years and four locations, folded but for the last
// two months. And those of the program, in which as many claims of another hundred
// partners are besides: of three engagements, two years and two locations each.
func BenchmarkFigures(b *testing.B) {
	pool := running(b).pool(b, modes["cached"], 2)
	schema := newSchema()
	s := store(b, pool, schema)
	run(b, pool, schema, `INSERT INTO pe.figure SELECT shard, 'northwind', 'engagement-' || i % 10, 'c', 'status-' || i / 10 % 7,
		to_char(date '2024-01-01' + make_interval(months => i / 70 % 36), 'YYYY-MM'), '["471120' || i / 2520 || '"]', 'EUR', CASE shard WHEN 0 THEN 10 ELSE 0 END, 25000, 25000.5, 20000, 12000.01
		FROM generate_series(0, 10079) i, generate_series(0, 7) shard WHERE shard = 0 OR i / 70 % 36 > 33`)
	run(b, pool, schema, `INSERT INTO pe.figure SELECT shard, 'partner-' || p, 'engagement-' || i % 3, 'c', 'status-' || i / 3 % 7,
		to_char(date '2025-01-01' + make_interval(months => i / 21 % 24), 'YYYY-MM'), '["' || p || '0' || i / 504 || '"]', 'EUR', CASE shard WHEN 0 THEN 1 ELSE 0 END, 25000, 25000.5, 20000, 12000.01
		FROM generate_series(1, 100) p, generate_series(0, 1007) i, generate_series(0, 7) shard WHERE shard = 0 OR i / 21 % 24 > 21`)
	run(b, pool, schema, "ANALYZE")
	for name, q := range map[string]storage.FiguresQuery{
		"totals":             {Partner: "northwind", By: []storage.FigureDimension{storage.FiguresByStatus}},
		"by month":           {Partner: "northwind", By: []storage.FigureDimension{storage.FiguresByStatus, storage.FiguresByMonth}},
		"everything":         {Partner: "northwind", By: storage.AllFigureDimensions()},
		"program totals":     {By: []storage.FigureDimension{storage.FiguresByStatus}},
		"program by partner": {By: []storage.FigureDimension{storage.FiguresByPartner, storage.FiguresByStatus}},
	} {
		claims := 100_800
		if q.Partner == "" {
			claims *= 2
		}
		b.Run(name, func(b *testing.B) {
			q.Participation = true
			for b.Loop() {
				found, err := s.Figures(b.Context(), q)
				n := 0
				for _, r := range found.Rows {
					n += r.Entries
				}
				if err != nil || n != claims {
					b.Fatalf("%d claims: %v", n, err)
				}
			}
		})
	}
}

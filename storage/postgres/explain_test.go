package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/storagetest"
	"github.com/partnerengage/partnerengage/tenant"
)

// tracer remembers every statement with the arguments of its first use.
type tracer struct {
	mu         sync.Mutex
	statements map[string][]any
	trips      int
}

func (r *tracer) note(sql string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.statements[sql]; !there {
		r.statements[sql] = args
	}
}

func (r *tracer) trip() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trips++
}

func (r *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	r.note(d.SQL, d.Args)
	r.trip()
	return ctx
}

func (r *tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (r *tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	r.trip()
	return ctx
}

func (r *tracer) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	r.note(d.SQL, d.Args)
}

func (r *tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// traced returns a pool whose statements are remembered.
func (c *cluster) traced(t testing.TB, mode pgx.QueryExecMode) (*pgxpool.Pool, *tracer) {
	t.Helper()
	config, err := pgxpool.ParseConfig(c.DSN())
	if err != nil {
		t.Fatal(err)
	}
	r := &tracer{statements: map[string][]any{}}
	config.ConnConfig.Tracer, config.ConnConfig.DefaultQueryExecMode = r, mode
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool, r
}

// filled is what the plans are looked at with: enough that no plan would read a
// whole table for want of rows.
var filled = storagetest.Filling{Customers: 12000, Eligible: 500, Completed: 200}

// TestPlans explains every statement that a workflow makes on filled tables, once
// for its arguments and once for a plan that is kept.
func TestPlans(t *testing.T) {
	c := running(t)
	pool, trace := c.traced(t, modes["exec"])
	schema := newSchema()
	s := store(t, pool, schema)
	// Nothing but the ANALYZE below says how large the tables are: the commands empty
	// the outbox, and would have the server see a small one.
	run(t, pool, schema, "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '"+schema+"'"+
		" LOOP EXECUTE format('ALTER TABLE %I.%I SET (autovacuum_enabled = false)', '"+schema+"', t); END LOOP; END $$")
	if err := filled.Fill(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	fillOutbox(t, s, 20_000)
	run(t, pool, schema, "INSERT INTO pe.command SELECT 'northwind', 'old-' || n, '', '', 0 FROM generate_series(1, 5000) n")
	run(t, pool, schema, "INSERT INTO pe.sending SELECT 'partner-' || n % 100, n::text, sha256((n % 5000)::text::bytea), '', n FROM generate_series(1, 20000) n")
	run(t, pool, schema, "INSERT INTO pe.token SELECT 1 + n % 1024, 1 + n % 1024, sha256(n::text::bytea), 'northwind', 'p' FROM generate_series(1, 50000) n")
	run(t, pool, schema, "ANALYZE")
	clear(trace.statements) // those of the filling are for bulk
	everyCommand(t, s)
	everyPage(t, s)
	statements := maps.Clone(trace.statements)
	if len(statements) < 60 {
		t.Fatalf("a workflow makes %d different statements: is it traced?", len(statements))
	}
	for _, sql := range slices.Sorted(maps.Keys(statements)) {
		if !strings.Contains(sql, schema+`"`) {
			continue // BEGIN and the like
		}
		args := statements[sql]
		checkPlan(t, pool, sql, args, false)
		checkPlan(t, pool, sql, args, true)
	}
}

// small are the tables that do not grow, or for as long only as something waits.
var small = []string{"tab_count", "status_count", "migration", "feed_epoch", "consumer"}

var seqScan = regexp.MustCompile(`Seq Scan on (\w+)`)

func checkPlan(t *testing.T, pool *pgxpool.Pool, sql string, args []any, kept bool) {
	t.Helper()
	explain := planFor
	if kept {
		explain = keptPlan
	}
	plan, err := explain(t.Context(), pool, sql, args)
	if err != nil {
		t.Errorf("explain %s: %v", sql, err)
		return
	}
	if strings.Contains(sql, "receiver = ") {
		return // erasing reads the whole outbox
	}
	for _, found := range seqScan.FindAllStringSubmatch(plan, -1) {
		if !slices.Contains(small, found[1]) {
			t.Errorf("the whole table %s is read (kept plan: %t) by\n%s\n%s", found[1], kept, sql, plan)
		}
	}
}

// planFor returns the plan for these arguments.
func planFor(ctx context.Context, pool *pgxpool.Pool, sql string, args []any) (string, error) {
	rows, err := pool.Query(ctx, "EXPLAIN "+sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

// keptPlan returns the plan that a prepared statement is kept with, whatever its
// arguments.
func keptPlan(ctx context.Context, pool *pgxpool.Pool, sql string, args []any) (string, error) {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	execute := "EXPLAIN EXECUTE explained"
	if len(args) > 0 {
		execute += "(NULL" + strings.Repeat(", NULL", len(args)-1) + ")"
	}
	script := "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained AS " + sql + ";" + execute + "; DEALLOCATE explained"
	results, err := tx.Conn().PgConn().Exec(ctx, script).ReadAll()
	var plan strings.Builder
	for _, r := range results {
		for _, row := range r.Rows {
			fmt.Fprintf(&plan, "%s\n", row[0])
		}
	}
	return plan.String(), err
}

// fillOutbox puts messages into the outbox, some of which wait.
func fillOutbox(t testing.TB, s storage.Store, n int) {
	t.Helper()
	var c storage.Changes
	c.Postponed = map[engagement.MessageID]time.Time{}
	for i := range n {
		id := engagement.MessageID(fmt.Sprintf("00000000-0000-8000-8000-%09d%03x", i, 1+i%storage.Slots))
		c.Messages = append(c.Messages, engagement.Message{ID: id, Kind: engagement.MessageConsentRequest, Partner: "northwind", Language: "en", To: receiver(i), CreatedAt: time.Unix(int64(i), 0)})
	}
	if err := s.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for i := range n / 100 {
		c.Postponed[c.Messages[100*i].ID] = time.Now().Add(time.Hour)
	}
	c.Messages = nil
	if err := s.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// everyCommand does all that a workflow does.
func everyCommand(t testing.TB, s storage.Store) {
	t.Helper()
	ctx := t.Context()
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = s
		return sc
	})
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "one more document")
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "not enough")
	w.Disputed(p, "enough")
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "100.00 USD")
	w.Paid(p, "100.00 USD")
	q := w.Added("data-pilot", "joe@adatum.com")
	w.Requested(q)
	w.Declined(q)
	w.Cancelled(w.Added("security-workshop", "joe@adatum.com"))
	w.Known("adatum.com")
	w.Claimed("security-workshop", "adatum.com")
	late := w.Claimed("endpoint-workshop", "adatum.com")
	w.Requested(late)
	w.Advance(40 * 24 * time.Hour)
	w.Swept()
	w.Relayed()
	if _, err := w.Desk.Program.Reevaluate(ctx, workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind", Customer: w.Customer("adatum.com")}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Customers(ctx, storage.CustomersQuery{Partner: "northwind", Limit: 100}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Customers(ctx, storage.CustomersQuery{Partner: "northwind", Known: true, Limit: 100}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.History(ctx, storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: "northwind", Customer: w.Customer("contoso.com")}, Limit: 100}); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(ctx, storage.Changes{Unsent: []storage.Recipient{{Partner: "northwind", To: receiver(7)}}}); err != nil {
		t.Fatal(err)
	}
}

// everyPage asks for pages in every order, from the first row and from within.
func everyPage(t testing.TB, s storage.Store) {
	t.Helper()
	ctx, now := t.Context(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, sort := range storage.AllSorts() {
		if sort == storage.SortByEngagement { // names are not stored, so that no index has them
			continue
		}
		for _, descending := range []bool{false, true} {
			q := storage.ListQuery{Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabEligible, Sort: sort, Descending: descending, Limit: 50, Now: now}
			all := storage.ListQuery{Sort: sort, Descending: descending, Limit: 50, Now: now}
			of := all
			of.Partner = "northwind"
			for range 3 {
				page, err := s.List(ctx, q)
				if err != nil || len(page.Rows) != 50 {
					t.Fatalf("a page of %d rows: %v", len(page.Rows), err)
				}
				at := sort.PositionOf(page.Rows[49].Entry, nil)
				q.After = &at
				for _, c := range []*storage.ListQuery{&all, &of} {
					page, err := s.List(ctx, *c)
					if err != nil || len(page.Rows) != 50 {
						t.Fatalf("a page of %d claims: %v", len(page.Rows), err)
					}
					at := sort.PositionOf(page.Rows[49].Entry, nil)
					c.After = &at
				}
			}
		}
	}
}

func receiver(i int) tenant.Email {
	to, err := tenant.ParseEmail(fmt.Sprintf("m-%d@contoso.com", i))
	if err != nil {
		panic(err)
	}
	return to
}

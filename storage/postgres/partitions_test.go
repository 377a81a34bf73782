package postgres_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// asksAll are parts of the statements that are not about one customer: those of lists,
// of sweeps, of the relay, of erasing, and of Migrate.
var asksAll = []string{"tab_count t", "status_count t", "figure t WHERE", "entry WHERE tab IS NOT NULL", "t.wake <= ", "taken AS", "receiver = ", "max(place)", "ORDER BY t.customer", "missing AS", "ORDER BY \"slot\""}

// TestOnePartition looks at the plan of every statement of commands on one customer:
// each touches one partition of each table.
func TestOnePartition(t *testing.T) {
	c := running(t)
	pool, trace := c.traced(t, modes["exec"])
	schema := newSchema()
	s := storeIn(t, pool, schema, 4)
	everyCommand(t, s)
	run(t, pool, schema, "ANALYZE")
	statements := maps.Clone(trace.statements)
	n := 0
	for _, sql := range slices.Sorted(maps.Keys(statements)) {
		if !strings.Contains(sql, schema+`"`) || !statement.MatchString(sql) || slices.ContainsFunc(asksAll, func(part string) bool { return strings.Contains(sql, part) }) {
			continue
		}
		plan, err := touched(t.Context(), pool, sql, statements[sql])
		if err != nil {
			t.Errorf("explain %s: %v", sql, err)
			continue
		}
		n++
		for table, parts := range partsOf(plan) {
			if len(parts) > 1 && !aboutSeveral(statements[sql]) {
				t.Errorf("the parts %v of %s are touched by\n%s\n%s", parts, table, sql, plan)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d statements are looked at: are they traced?", n)
	}
	// The check would find one that is in all parts.
	plan, err := touched(t.Context(), pool, "SELECT 1 FROM "+schema+".entry WHERE customer = $1::text", []any{"c"})
	if parts := partsOf(plan)["entry"]; err != nil || len(parts) != 4 {
		t.Errorf("of a statement that asks all parts %v are found: %v", parts, err)
	}
}

// aboutSeveral reports whether a statement is about several customers, as those of jobs
// are, which take many at once: whether slots that differ are among its arguments.
func aboutSeveral(args []any) bool {
	slots := map[int16]bool{}
	for _, arg := range args {
		switch v := arg.(type) {
		case int16:
			slots[v] = true
		case []int16:
			for _, slot := range v {
				slots[slot] = true
			}
		}
	}
	return len(slots) > 1
}

var statement = regexp.MustCompile(`^(SELECT|WITH|INSERT|UPDATE|DELETE) `)

var part = regexp.MustCompile(`(?: on |Update on |Delete on )(shared|entry|participation|customer|event|token|message|person|tab_count|status_count|figure)_(\d+)\b`)

// partsOf returns which parts of each table a plan touches.
func partsOf(plan string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(plan) {
		if m := part.FindStringSubmatch(line); m != nil && !strings.Contains(line, "never executed") && !slices.Contains(out[m[1]], m[2]) {
			out[m[1]] = append(out[m[1]], m[2])
		}
	}
	return out
}

// touched returns the plan of a statement: as it was carried out where it only reads,
// since some parts are left out only then.
func touched(ctx context.Context, pool *pgxpool.Pool, sql string, args []any) (string, error) {
	explain := "EXPLAIN "
	if !strings.Contains(sql, "UPDATE ") && !strings.Contains(sql, "INSERT ") && !strings.Contains(sql, "DELETE ") && !strings.Contains(sql, "1 / ") {
		explain = "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) "
	}
	tx, err := pool.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	// As where there are more rows than these.
	if _, err := tx.Exec(ctx, "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off", pgx.QueryExecModeSimpleProtocol); err != nil {
		return "", err
	}
	rows, err := tx.Query(ctx, explain+sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

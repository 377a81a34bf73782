package postgres_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// cost is what a side of a benchmark took.
type cost struct {
	clock          time.Duration
	client, server time.Duration // of processors
	log            int64         // bytes that the server wrote to its log, without images of pages
	entries        int64         // entries that it put into indexes, by its log
}

// meter measures costs. What is of processors is 0 where the system does not say.
type meter struct {
	pool       *pgxpool.Pool
	postmaster string
}

func newMeter(b *testing.B, pool *pgxpool.Pool) *meter {
	b.Helper()
	run(b, pool, "", "CREATE EXTENSION IF NOT EXISTS pg_walinspect")
	m := &meter{pool: pool}
	var backend int
	if err := pool.QueryRow(b.Context(), "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		b.Fatal(err)
	}
	m.postmaster = parentOf(strconv.Itoa(backend))
	return m
}

// of runs f, and returns what it cost.
func (m *meter) of(b *testing.B, f func() time.Duration) cost {
	b.Helper()
	from, client, server := m.position(b), clientTime(), m.serverTime()
	out := cost{clock: f()}
	out.client, out.server = clientTime()-client, m.serverTime()-server
	to := m.position(b)
	err := m.pool.QueryRow(b.Context(), `SELECT coalesce(sum(record_size), 0)::bigint, coalesce(sum(count) FILTER (WHERE "resource_manager/record_type" LIKE 'Btree/INSERT%'), 0)::bigint`+
		" FROM pg_get_wal_stats($1::pg_lsn, $2::pg_lsn, true)", from, to).Scan(&out.log, &out.entries)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func (m *meter) position(b *testing.B) (at string) {
	b.Helper()
	if err := m.pool.QueryRow(b.Context(), "SELECT pg_current_wal_flush_lsn()::text").Scan(&at); err != nil {
		b.Fatal(err)
	}
	return at
}

// serverTime is what the processes of the server have taken so far.
func (m *meter) serverTime() (sum time.Duration) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		pid := filepath.Base(filepath.Dir(path))
		if m.postmaster != "" && parentOf(pid) == m.postmaster {
			data, _ := os.ReadFile("/proc/" + pid + "/schedstat")
			if f := strings.Fields(string(data)); len(f) > 0 {
				ns, _ := strconv.ParseInt(f[0], 10, 64)
				sum += time.Duration(ns)
			}
		}
	}
	return sum
}

// clientTime is what this process has taken so far.
func clientTime() (sum time.Duration) {
	threads, _ := filepath.Glob("/proc/self/task/*/schedstat")
	for _, path := range threads {
		data, _ := os.ReadFile(path)
		if f := strings.Fields(string(data)); len(f) > 0 {
			ns, _ := strconv.ParseInt(f[0], 10, 64)
			sum += time.Duration(ns)
		}
	}
	return sum
}

func parentOf(pid string) string {
	data, _ := os.ReadFile("/proc/" + pid + "/stat")
	text := string(data)
	if f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]); len(f) > 1 {
		return f[1]
	}
	return ""
}

// sides measures several sides by turns, each on n things, and reports the medians of
// each and how they compare with the first one.
func sides(b *testing.B, m *meter, n int, names []string, side ...func(sample int) time.Duration) {
	b.Helper()
	costs := make([][]cost, len(side))
	for sample := range samples {
		for i := range side {
			k := (i + sample) % len(side)
			costs[k] = append(costs[k], m.of(b, func() time.Duration { return side[k](sample) }))
		}
	}
	b.ReportMetric(0, "ns/op")
	var first cost
	for i, list := range costs {
		c := cost{
			clock:  median(list, func(c cost) time.Duration { return c.clock }),
			client: median(list, func(c cost) time.Duration { return c.client }),
			server: median(list, func(c cost) time.Duration { return c.server }),
			log:    median(list, func(c cost) int64 { return c.log }), entries: median(list, func(c cost) int64 { return c.entries }),
		}
		each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(n) }
		line := fmt.Sprintf("%-6s clock %6.0f µs, client %5.0f µs, server %5.0f µs, log %6d B, index entries %4.1f",
			names[i], each(c.clock), each(c.client), each(c.server), c.log/int64(n), float64(c.entries)/float64(n))
		if i == 0 {
			first = c
		} else {
			clock := float64(c.clock) / float64(first.clock)
			processors := float64(c.client+c.server) / float64(first.client+first.server)
			line += fmt.Sprintf("; %.2f x of %s by the clock, %.2f x by processors", clock, names[0], processors)
			b.ReportMetric(clock, names[i]+"-x")
			b.ReportMetric(processors, names[i]+"-cpu-x")
		}
		b.Log(line)
	}
}

func median[V time.Duration | int64](list []cost, of func(cost) V) V {
	var out []V
	for _, c := range list {
		out = append(out, of(c))
	}
	slices.Sort(out)
	return out[len(out)/2]
}

// showStatements prints what each statement took by the server's clock.
func showStatements(b *testing.B, pool *pgxpool.Pool) {
	b.Helper()
	rows, err := pool.Query(b.Context(), `SELECT format('%5s calls, min %4s mean %5s µs, planned %4s x %4s µs, log %5s B, %4s buffers: %s', calls, round(min_exec_time * 1000), round(mean_exec_time * 1000), plans,
		round(mean_plan_time * 1000), round(wal_bytes / calls), (shared_blks_hit + shared_blks_read) / calls, left(regexp_replace(query, '\s+', ' ', 'g'), 150))
		FROM pg_stat_statements WHERE calls > 100 ORDER BY calls * mean_exec_time DESC LIMIT 60`)
	if err != nil {
		b.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		b.Fatal(err)
	}
	fmt.Println(strings.Join(lines, "\n"))
}

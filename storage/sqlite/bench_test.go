package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

var large = flag.Int("large", 100_000, "how many customers BenchmarkPage compares with 1,000")

func BenchmarkApply(b *testing.B) {
	for _, bench := range storagetest.Benchmarks() {
		b.Run(bench.Name, func(b *testing.B) {
			b.ReportAllocs()
			bench.Run(b, open(b, newFile(b), nil))
		})
	}
}

// naive is the least that a guarded write can be: prepared statements that update
// one row if it is at its version, and insert an event and a message.
type naive struct {
	db                     *sql.DB
	update, event, message *sql.Stmt
	body                   string
}

func newNaive(b testing.TB, customers int, body string) *naive {
	b.Helper()
	db, err := sqlite.OpenDB(b.Context(), newFile(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	run(b, db, `
		CREATE TABLE state (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL);
		CREATE TABLE event (id INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, seq));
		CREATE TABLE message (id TEXT PRIMARY KEY, body TEXT NOT NULL)`)
	n := &naive{db: db, body: body}
	prepare := func(query string) *sql.Stmt {
		stmt, err := db.PrepareContext(b.Context(), query)
		if err != nil {
			b.Fatal(err)
		}
		return stmt
	}
	n.update = prepare("UPDATE state SET version = version + 1, body = ? WHERE id = ? AND version = ?")
	n.event = prepare("INSERT INTO event VALUES (?, ?, ?)")
	n.message = prepare("INSERT INTO message VALUES (?, ?)")
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := range customers {
		if _, err := tx.Exec("INSERT INTO state VALUES (?, 1, ?)", i, body); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return n
}

func (n *naive) write(ctx context.Context, id int) error {
	tx, err := n.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	result, err := tx.StmtContext(ctx, n.update).ExecContext(ctx, n.body, id, 1)
	if err != nil {
		return err
	}
	if changed, err := result.RowsAffected(); err != nil || changed != 1 {
		return fmt.Errorf("the row is at another version: %v", err)
	}
	if _, err := tx.StmtContext(ctx, n.event).ExecContext(ctx, id, 1, n.body[:400]); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, n.message).ExecContext(ctx, fmt.Sprintf("018f-%d", id), n.body[:300]); err != nil {
		return err
	}
	return tx.Commit()
}

// BenchmarkGrantRatio grants consents, the whole command of the workflow in a program
// of one engagement, and makes naive writes in turns, one at a time and eight at once.
// It reports how many times the naive write a command takes.
func BenchmarkGrantRatio(b *testing.B) {
	const block, turns = 40, 7
	for b.Loop() {
		s := open(b, newFile(b), nil)
		d, err := newDesk(s, 1, 1)
		if err != nil {
			b.Fatal(err)
		}
		asked := make([]step, 3*block*turns)
		for i := range asked {
			asked[i] = ask(b, d, i)
		}
		p, err := d.Claims.Participation(b.Context(), actorOf("northwind"), asked[0].ID)
		if err != nil {
			b.Fatal(err)
		}
		body, err := json.Marshal(p)
		if err != nil {
			b.Fatal(err)
		}
		n := newNaive(b, 2*block*turns, string(body))
		accept := func(i int) {
			if err := d.do(b.Context(), &asked[i]); err != nil {
				b.Error(err)
			}
		}
		plain := func(i int) {
			if err := n.write(b.Context(), i); err != nil {
				b.Error(err)
			}
		}
		var ours, oursAt8, theirs, theirsAt8 []time.Duration
		for turn := range turns {
			theirs = append(theirs, timed(1, 2*block*turn, block, plain))
			ours = append(ours, timed(1, 3*block*turn, block, accept))
			theirsAt8 = append(theirsAt8, timed(8, 2*block*turn+block, block, plain))
			oursAt8 = append(oursAt8, timed(8, 3*block*turn+block, 2*block, accept)/2)
		}
		one, naive := storagetest.Median(ours), storagetest.Median(theirs)
		b.ReportMetric(float64(one)/float64(naive), "x-naive")
		b.ReportMetric(float64(storagetest.Median(oursAt8))/float64(storagetest.Median(theirsAt8)), "x-naive-at-8")
		b.ReportMetric(float64(storagetest.Median(oursAt8))/float64(one), "x-one-at-8")
		b.ReportMetric(float64(one.Microseconds())/block, "us/grant")
		b.ReportMetric(float64(naive.Microseconds())/block, "us/naive")
	}
}

// timed calls f for n numbers from the first on, so many at once.
func timed(at, first, n int, f func(int)) time.Duration {
	began := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range at {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(first + i)
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// ask makes a participation with a link that can be answered.
func ask(b testing.TB, d *desk, i int) step {
	b.Helper()
	s := step{Op: "add", Key: fmt.Sprint("add ", i), Partner: "northwind", Domain: fmt.Sprintf("r1-%d.example", i)}
	for _, s.Op = range []string{"add", "request"} {
		s.Key = fmt.Sprint(s.Op, i)
		if err := d.do(b.Context(), &s); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := d.Jobs.Relay(b.Context()); err != nil {
		b.Fatal(err)
	}
	link := d.token(s.ID)
	s.Op, s.Token = "accept", link
	return s
}

// handwritten is a keyset SELECT of what a page shows.
const handwritten = `SELECT row, tab, type, status, name, since, soonest, locations, search, shown FROM pe_entry INDEXED BY pe_tab_name
	WHERE partner = ? AND engagement = ? AND tab = ? AND tab <> '' AND (name, row) > (?, ?) ORDER BY name, row LIMIT ?`

// keyset reads pages with that statement, and makes values of the bodies.
type keyset struct{ stmt *sql.Stmt }

func (k keyset) page(ctx context.Context, q storage.ListQuery) (int, error) {
	var after storage.Position
	if q.After != nil {
		after = *q.After
	}
	found, err := k.stmt.QueryContext(ctx, string(q.Partner), string(q.Engagement), string(q.Tab), after.Text, string(after.Row), q.Limit+1)
	if err != nil {
		return 0, err
	}
	defer found.Close()
	n := 0
	for ; found.Next(); n++ {
		var row, tab, kind, status, name, search string
		var since, soonest int64
		var locations, shown []byte
		if err := found.Scan(&row, &tab, &kind, &status, &name, &since, &soonest, &locations, &search, &shown); err != nil {
			return n, err
		}
		if err := sqlite.DecodeShown(shown); err != nil {
			return n, err
		}
	}
	return n, found.Err()
}

// BenchmarkPage compares a page of 50 rows, counts included, with a hand-written
// keyset SELECT of the same rows, and with itself at 1,000 customers, in turns.
// Run it with -benchtime 1x, and -large 1000000 for a million.
func BenchmarkPage(b *testing.B) {
	for _, mix := range []struct {
		eligible int // in a thousand
		tab      engagement.Tab
	}{{1000, engagement.TabEligible}, {500, engagement.TabEligible}, {1, engagement.TabIneligible}} {
		b.Run(fmt.Sprintf("eligible=%g%%", float64(mix.eligible)/10), func(b *testing.B) {
			few := filled(b, storagetest.Filling{Customers: 1000, Eligible: mix.eligible}, mix.tab)
			many := filled(b, storagetest.Filling{Customers: *large, Eligible: mix.eligible}, mix.tab)
			for b.Loop() {
				comparePages(b, few, many)
			}
		})
	}
}

type filling struct {
	store *sqlite.Store
	keyset
	storagetest.Pages
}

func filled(b *testing.B, f storagetest.Filling, tab engagement.Tab) filling {
	b.Helper()
	path := newFile(b)
	s := open(b, path, relaxed)
	began := time.Now()
	if err := f.Fill(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(f.Customers)/time.Since(began).Seconds(), "filled/s")
	pages, err := f.Pages(b.Context(), s, tab)
	if err != nil {
		b.Fatal(err)
	}
	stmt, err := openDB(b, path).PrepareContext(b.Context(), handwritten)
	if err != nil {
		b.Fatal(err)
	}
	return filling{s, keyset{stmt}, pages}
}

func comparePages(b *testing.B, few, many filling) {
	const turns, n = 7, 200
	for _, at := range []struct {
		name     string
		one, two []storage.ListQuery
	}{
		{"first", []storage.ListQuery{few.First}, []storage.ListQuery{many.First}},
		{"middle", []storage.ListQuery{few.Middle}, []storage.ListQuery{many.Middle}},
		{"last", []storage.ListQuery{few.Last}, []storage.ListQuery{many.Last}},
		{"anywhere", few.Anywhere[:n], many.Anywhere[:n]},
	} {
		var small, big, plain []time.Duration
		for range turns {
			d1, err1 := storagetest.Time(b.Context(), few.store, n, at.one...)
			d2, err2 := storagetest.Time(b.Context(), many.store, n, at.two...)
			if err1 != nil || err2 != nil {
				b.Fatal(err1, err2)
			}
			d3 := timed(1, 0, n, func(i int) {
				if _, err := many.page(b.Context(), at.two[i%len(at.two)]); err != nil {
					b.Error(err)
				}
			}) / n
			small, big, plain = append(small, d1), append(big, d2), append(plain, d3)
		}
		one, two := storagetest.Median(big), storagetest.Median(plain)
		b.ReportMetric(float64(one)/float64(two), "x-handwritten-"+at.name)
		b.ReportMetric(float64(one)/float64(storagetest.Median(small)), "x-1000-"+at.name)
		b.ReportMetric(float64(one.Microseconds()), "us-"+at.name)
	}
}

// BenchmarkImportRatio stores known customers, each with its entry, its words and an
// event, and in turns inserts the same rows, read beforehand, by
// prepared statements in one transaction into empty tables with the same indexes.
// It reports how many times the customers per second of that the store reaches.
func BenchmarkImportRatio(b *testing.B) {
	const customers, turns = 5000, 5
	for b.Loop() {
		var ours, theirs []time.Duration
		for range turns {
			path, other := newFile(b), newFile(b)
			s := open(b, path, relaxed)
			ours = append(ours, timed(1, 0, 1, func(int) {
				if err := (storagetest.Filling{Customers: customers, Eligible: 500}).Fill(b.Context(), s); err != nil {
					b.Error(err)
				}
			}))
			copied := map[string][][]any{}
			for _, table := range filledTables {
				copied[table] = all(b, openDB(b, path), table)
			}
			open(b, other, relaxed)
			theirs = append(theirs, timed(1, 0, 1, func(int) { insertAll(b, openDB(b, other), copied) }))
		}
		b.ReportMetric(float64(storagetest.Median(theirs))/float64(storagetest.Median(ours)), "x-prepared")
		b.ReportMetric(customers/storagetest.Median(ours).Seconds(), "customers/s")
		b.ReportMetric(customers/storagetest.Median(theirs).Seconds(), "prepared-customers/s")
	}
}

// filledTables are what an import fills.
var filledTables = []string{"pe_entry", "pe_customer", "pe_event", "pe_word"}

// all returns every row of a table.
func all(b testing.TB, db *sql.DB, table string) [][]any {
	found, err := db.QueryContext(b.Context(), "SELECT * FROM "+table)
	if err != nil {
		b.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		b.Fatal(err)
	}
	var out [][]any
	for found.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			b.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

func insertAll(b *testing.B, db *sql.DB, copied map[string][][]any) {
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	stmts := map[string]*sql.Stmt{}
	for table, rows := range copied {
		values := strings.Repeat(", ?", len(rows[0]))[2:]
		if stmts[table], err = tx.PrepareContext(b.Context(), "INSERT INTO "+table+" VALUES ("+values+")"); err != nil {
			b.Fatal(err)
		}
	}
	for _, table := range filledTables {
		for _, row := range copied[table] {
			if _, err := stmts[table].ExecContext(b.Context(), row...); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

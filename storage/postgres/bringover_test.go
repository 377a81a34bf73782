package postgres_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

var dumped = regexp.MustCompile(`\bpartnerengage\.`)

// kept returns a schema that an older version of the library wrote, with everything in
// it that there is.
func kept(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	text, err := os.ReadFile("../stress/testdata/stores/912a1f7.sql")
	if err != nil {
		t.Fatal(err)
	}
	schema := newSchema()
	dump := strings.Replace(dumped.ReplaceAllString(string(text), schema+"."), "CREATE SCHEMA partnerengage", "CREATE SCHEMA "+schema, 1)
	conn, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig.Copy()) // of its own, because the dump changes its settings
	if err == nil {
		_, err = conn.PgConn().Exec(t.Context(), dump).ReadAll()
		err = errors.Join(err, conn.Close(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

var (
	// keptBegin is before everything that was stored, so that nothing is overdue.
	keptBegin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	keptEnd   = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
)

func number(t *testing.T, pool *pgxpool.Pool, schema, query string) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), strings.ReplaceAll(query, "pe.", schema+".")).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Tables that JSON was kept in are brought over whole: whatever was there is there.
func TestBroughtOver(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	for _, parts := range []int{0, 3} {
		schema := kept(t, pool)
		was := map[string]int{}
		for table, query := range map[string]string{
			"participation": "SELECT count(*) FROM pe.participation", "customer": "SELECT count(*) FROM pe.customer", "event": "SELECT count(*) FROM pe.event",
			"token": "SELECT count(*) FROM pe.token", "message": "SELECT count(*) FROM pe.message", "command": "SELECT count(*) FROM pe.command",
			"shared": "SELECT count(*) FROM pe.place p WHERE EXISTS (SELECT 1 FROM pe.participation q WHERE q.engagement = p.engagement AND q.customer = p.customer) OR consented + participated > 0",
			"entry":  "SELECT (SELECT count(*) FROM pe.standing) + (SELECT count(*) FROM pe.participation)",
		} {
			was[table] = number(t, pool, schema, query)
		}
		s := storeIn(t, pool, schema, parts)
		for table, n := range was {
			if now := number(t, pool, schema, "SELECT count(*) FROM pe."+table); now != n || n == 0 {
				t.Errorf("%s has %d rows, and should have %d", table, now, n)
			}
		}
		if n := number(t, pool, schema, "SELECT count(*) FROM pg_class WHERE relnamespace = '"+schema+"'::regnamespace AND (relname LIKE '%former%' OR relname IN ('place', 'standing'))"); n != 0 {
			t.Errorf("%d of the former tables and indexes are left", n)
		}
		if parts > 0 && number(t, pool, schema, "SELECT count(*) FROM pe.entry_1") == 0 {
			t.Error("nothing is in a part of the entries")
		}
		readAll(t, s, was["customer"], was["event"], 0)
		due, err := s.Due(t.Context(), storage.DueQuery{Now: keptEnd, Limit: 1000})
		if err != nil || len(due) == 0 {
			t.Fatalf("%d records are due: %v", len(due), err)
		}
		loaded, err := s.Load(t.Context(), storage.Want{Records: due})
		if err != nil {
			t.Fatal(err)
		}
		for key, r := range loaded.Records {
			if len(r.Participations) == 0 || len(r.Unreadable) > 0 || loaded.Shared[key.Shared()].Version == 0 || !engagement.Passed(r.Wake(), keptEnd) {
				t.Errorf("what is due is %+v, shared %+v", r, loaded.Shared[key.Shared()])
			}
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Errorf("again: %v", err)
		}
	}
}

// readAll reads whatever there is. So many rows cannot be read.
func readAll(t *testing.T, s storage.Store, customers, events, bad int) {
	t.Helper()
	lost := 0
	for _, partner := range []engagement.PartnerID{"northwind", "fabrikam", "litware"} {
		list, err := s.List(t.Context(), storage.ListQuery{Partner: partner, Sort: storage.SortByName, Limit: 1000, Now: keptBegin})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, n := range list.Statuses {
			sum += n
		}
		if len(list.Rows) != sum || len(list.Overdue) > 0 {
			t.Errorf("%s has %d participations, %d overdue, and %d are counted", partner, len(list.Rows), len(list.Overdue), sum)
		}
		for _, r := range list.Rows {
			if r.Err != nil {
				lost++
			}
		}
		all, err := s.Customers(t.Context(), storage.CustomersQuery{Partner: partner, Limit: 1000})
		gone, err := storage.Unreadable(err)
		if lost += len(gone); err != nil {
			t.Fatal(err)
		}
		customers -= len(all) + len(gone)
		for _, c := range all {
			history, err := s.History(t.Context(), storage.HistoryQuery{Customer: c.Key, Limit: 1000})
			gone, err := storage.Unreadable(err)
			if lost += len(gone); err != nil {
				t.Fatal(err)
			}
			events -= len(history) + len(gone)
			if len(gone) > 0 {
				continue
			}
			if err := engagement.VerifyHistory(history, c.History); err != nil {
				t.Errorf("the history of %s: %v", c.Key.Customer, err)
			}
		}
	}
	if customers != 0 || bad == 0 && events != 0 {
		t.Errorf("%d customers and %d events are missing", customers, events)
	}
	if lost != bad {
		t.Errorf("%d rows cannot be read, not %d", lost, bad)
	}
	messages, err := s.Lease(t.Context(), storage.LeaseQuery{Now: keptEnd, Until: keptEnd.Add(time.Hour), Limit: 100})
	if _, err = storage.Unreadable(err); err != nil || len(messages) == 0 {
		t.Errorf("%d messages are left: %v", len(messages), err)
	}
}

// What could not be read before cannot be read afterwards, and is there all the same,
// named where it is met.
func TestUnreadableIsBroughtOver(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	schema := kept(t, pool)
	const one = " WHERE (engagement, customer, partner) = (SELECT engagement, customer, partner FROM pe.participation WHERE status = 'Awaiting customer consent response' ORDER BY id LIMIT 1)"
	for _, sql := range []string{
		"ALTER TABLE pe.event DISABLE TRIGGER event_same",
		"UPDATE pe.standing SET body = '[]'" + one,
		"UPDATE pe.participation SET body = '{' WHERE status = 'Paid'",
		"UPDATE pe.customer SET body = '{' WHERE (partner, customer) = (SELECT partner, customer FROM pe.customer ORDER BY partner DESC, customer LIMIT 1)",
		"UPDATE pe.message SET body = '{}' WHERE id = (SELECT min(id) FROM pe.message)",
		"UPDATE pe.event SET person = '{' WHERE (partner, customer, seq) = (SELECT partner, customer, seq FROM pe.event WHERE person IS NOT NULL ORDER BY 1, 2, 3 LIMIT 1)",
	} {
		run(t, pool, schema, sql)
	}
	customers, events := number(t, pool, schema, "SELECT count(*) FROM pe.customer"), number(t, pool, schema, "SELECT count(*) FROM pe.event")
	paid := number(t, pool, schema, "SELECT count(*) FROM pe.participation WHERE status = 'Paid'")
	var key engagement.RecordKey
	if err := pool.QueryRow(t.Context(), strings.ReplaceAll("SELECT engagement, customer, partner FROM pe.standing"+one, "pe.", schema+".")).Scan(&key.Engagement, &key.Customer, &key.Partner); err != nil {
		t.Fatal(err)
	}
	s := store(t, pool, schema)
	readAll(t, s, customers, events, paid+2)
	loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}})
	r := loaded.Records[key]
	if err != nil || len(r.Unreadable) != 1 || !strings.Contains(r.Unreadable[0].Err.Error(), "stored record") || len(r.Participations) != 1 {
		t.Errorf("the record is %+v: %v", r, err)
	}
	shared := loaded.Shared[key.Shared()]
	now := keptBegin
	c := storage.Changes{At: now, Relied: []storage.Relied{{Key: shared.Key, Version: shared.Version}}, Records: []engagement.PartnerRecord{r}, Entries: r.Entries(shared.RoomFor(key.Partner), now)}
	if err := s.Apply(t.Context(), c); !errors.Is(err, storage.ErrUnreadable) {
		t.Errorf("what cannot be read is written: %v", err)
	}
	if n := number(t, pool, schema, "SELECT count(*) FROM pe.entry WHERE shown = '[]'::bytea"); n != 1 {
		t.Errorf("what cannot be read is there %d times as it was", n)
	}
}

// TestEveryFormerVersion brings over tables of each version before, as the statements
// of that time left them.
func TestEveryFormerVersion(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	names, err := filepath.Glob("before/*.sql")
	if err != nil || len(names) != 9 {
		t.Fatalf("there are %d: %v", len(names), err)
	}
	first := 0
	for n := range names {
		schema := kept(t, pool)
		if first == 0 {
			first = number(t, pool, schema, "SELECT max(version) FROM pe.migration")
		}
		if n+1 < first {
			continue // the dump is newer
		}
		for i, name := range names[:n+1] {
			if i < first {
				continue
			}
			script, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := "SET search_path TO " + schema + ";" + string(script) + "; INSERT INTO migration VALUES (" + names[i][len("before/000"):len("before/0000")] + "); RESET search_path"
			conn, err := pool.Acquire(t.Context())
			if err == nil {
				_, err = conn.Conn().PgConn().Exec(t.Context(), text).ReadAll()
				conn.Release()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		list, err := store(t, pool, schema).List(t.Context(), storage.ListQuery{Sort: storage.SortByName, Limit: 100, Now: keptBegin})
		if err != nil || len(list.Rows) != 48 {
			t.Errorf("of version %d there are %d participations: %v", n+1, len(list.Rows), err)
		}
	}
}

// Where tables cannot be brought over, they stay as they were.
func TestHalfBroughtOver(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	schema := kept(t, pool)
	run(t, pool, schema, "CREATE TABLE pe.former_place (x int)") // in the way of the old one
	s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err == nil {
		t.Fatal("tables are made over those of somebody else")
	}
	if n := number(t, pool, schema, "SELECT count(*) FROM pe.standing"); n != 195 {
		t.Errorf("there are %d standings", n)
	}
	run(t, pool, schema, "DROP TABLE pe.former_place")
	if err := s.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
}

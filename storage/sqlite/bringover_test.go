package sqlite_test

import (
	"compress/gzip"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// kept returns a file that an older version of the library wrote, with everything in
// it that there is.
func kept(t *testing.T) string {
	t.Helper()
	f, err := os.Open("../stress/testdata/stores/912a1f7.sqlite.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := newFile(t)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	// keptBegin is before everything that was stored, so that nothing is overdue.
	keptBegin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	keptEnd   = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Tables that JSON was kept in are brought over whole: whatever was there is there.
func TestBroughtOver(t *testing.T) {
	path := kept(t)
	old := openDB(t, path)
	was := map[string]int{}
	for table, query := range map[string]string{
		"pe_participation": "SELECT count(*) FROM pe_participation", "pe_customer": "SELECT count(*) FROM pe_customer", "pe_event": "SELECT count(*) FROM pe_event",
		"pe_token": "SELECT count(*) FROM pe_token", "pe_message": "SELECT count(*) FROM pe_message", "pe_command": "SELECT count(*) FROM pe_command",
		"pe_sending": "SELECT 0", "pe_shared": "SELECT count(*) FROM pe_place p WHERE EXISTS (SELECT 1 FROM pe_participation q WHERE q.engagement = p.engagement AND q.customer = p.customer) OR consented + participated > 0",
		"pe_entry": "SELECT (SELECT count(*) FROM pe_standing) + (SELECT count(*) FROM pe_participation)",
	} {
		was[table] = number(t, old, query)
	}
	s := open(t, path, relaxed)
	db := openDB(t, path)
	for table, n := range was {
		if now := number(t, db, "SELECT count(*) FROM "+table); now != n || n == 0 && table != "pe_sending" {
			t.Errorf("%s has %d rows, and should have %d", table, now, n)
		}
	}
	if n := number(t, db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%former%' OR name LIKE 'pe_place%' OR name LIKE 'pe_standing%'"); n != 0 {
		t.Errorf("%d of the former tables and indexes are left", n)
	}
	soundness(t, db)
	readAll(t, s, was["pe_customer"], was["pe_event"], 0)
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

func number(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// What could not be read before cannot be read afterwards, and is there all the same,
// named where it is met.
func TestUnreadableIsBroughtOver(t *testing.T) {
	path := kept(t)
	const one = " WHERE (engagement, customer, partner) = (SELECT engagement, customer, partner FROM pe_participation WHERE status = 'Awaiting customer consent response' LIMIT 1)"
	db := openDB(t, path)
	var trigger string
	if err := db.QueryRowContext(t.Context(), "SELECT sql FROM sqlite_schema WHERE name = 'pe_event_same'").Scan(&trigger); err != nil {
		t.Fatal(err)
	}
	run(t, db, `DROP TRIGGER pe_event_same;
		UPDATE pe_standing SET body = '[]'`+one+`;
		UPDATE pe_participation SET body = '{' WHERE status = 'Paid';
		UPDATE pe_customer SET body = '{' WHERE rowid = (SELECT max(rowid) FROM pe_customer);
		UPDATE pe_message SET body = '{}' WHERE rowid = (SELECT min(rowid) FROM pe_message);
		UPDATE pe_event SET person = '{' WHERE rowid = (SELECT min(rowid) FROM pe_event WHERE person IS NOT NULL);`+trigger)
	customers, events := number(t, db, "SELECT count(*) FROM pe_customer"), number(t, db, "SELECT count(*) FROM pe_event")
	paid := number(t, db, "SELECT count(*) FROM pe_participation WHERE status = 'Paid'")
	var key engagement.RecordKey
	if err := db.QueryRowContext(t.Context(), "SELECT engagement, customer, partner FROM pe_standing"+one).Scan(&key.Engagement, &key.Customer, &key.Partner); err != nil {
		t.Fatal(err)
	}

	s := open(t, path, relaxed)
	readAll(t, s, customers, events, paid+2)
	loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{key}})
	r := loaded.Records[key]
	if err != nil || len(r.Unreadable) != 1 || !strings.Contains(r.Unreadable[0].Err.Error(), "stored record") || len(r.Participations) != 1 {
		t.Errorf("the record is %+v: %v", r, err)
	}
	r.Key, r.Unreadable = key, r.Unreadable[:1]
	c := taking(loaded.Shared[key.Shared()], r, r.Participations...)
	if err := s.Apply(t.Context(), c); !errors.Is(err, storage.ErrUnreadable) {
		t.Errorf("what cannot be read is written: %v", err)
	}
	if n := number(t, db, "SELECT count(*) FROM pe_entry WHERE shown = CAST('[]' AS BLOB)"); n != 1 {
		t.Errorf("what cannot be read is there %d times as it was", n)
	}
}

// TestEveryFormerVersion brings over tables of each version before, as the statements
// of that time left them.
func TestEveryFormerVersion(t *testing.T) {
	names, err := filepath.Glob("before/*.sql")
	if err != nil || len(names) != 7 {
		t.Fatalf("there are %d: %v", len(names), err)
	}
	for n := range names {
		path := kept(t)
		db := openDB(t, path)
		for i, name := range names[:n+1] {
			if i == 0 {
				continue // the file has it
			}
			script, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			run(t, db, string(script))
			if _, err := db.ExecContext(t.Context(), "INSERT INTO pe_schema VALUES (?)", i+1); err != nil {
				t.Fatal(err)
			}
		}
		s := open(t, path, relaxed)
		list, err := s.List(t.Context(), storage.ListQuery{Sort: storage.SortByName, Limit: 100, Now: keptBegin})
		if err != nil || len(list.Rows) != 48 {
			t.Errorf("of version %d there are %d participations: %v", n+1, len(list.Rows), err)
		}
	}
}

// A process that dies while it brings tables over leaves them as they were.
func TestHalfBroughtOver(t *testing.T) {
	path := kept(t)
	db := openDB(t, path)
	run(t, db, "CREATE TABLE pe_word (x)") // in the way of the new ones
	if _, err := sqlite.Open(t.Context(), path, relaxed); err == nil {
		t.Fatal("tables are made over those of somebody else")
	}
	run(t, db, "DROP TABLE pe_word")
	if n := number(t, db, "SELECT count(*) FROM pe_standing"); n != 195 {
		t.Errorf("there are %d standings", n)
	}
	open(t, path, relaxed)
}

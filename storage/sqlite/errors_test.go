package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"
	ncruces "github.com/ncruces/go-sqlite3/driver"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// trouble checks an error: what it matches, that it says so in a sentence, and
// whether trying again can help.
func trouble(t *testing.T, what string, err, want error, passes bool) {
	t.Helper()
	var e *sqlite.Error
	if !errors.Is(err, want) || !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "sqlite: "+e.Op+": "+want.Error()) {
		t.Errorf("%s: %v", what, err)
	}
	if errors.Is(err, storage.ErrFull) != (want == sqlite.ErrFull) {
		t.Errorf("%s: whether there is no room: %v", what, err)
	}
	if errors.Is(err, storage.ErrUnavailable) != passes {
		t.Errorf("%s: whether trying later can help is %t: %v", what, !passes, err)
	}
}

func TestDiskFull(t *testing.T) {
	db, err := ncruces.Open("file:"+newFile(t), func(c *sqlite3.Conn) error {
		return c.Exec("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA max_page_count = 120")
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := sqlite.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = s.Apply(t.Context(), changed(known(2*n), known(2*n+1)))
	}
	trouble(t, "a full disk", err, sqlite.ErrFull, true)
	list, err := s.List(t.Context(), page(engagement.TabIneligible, storage.SortByName, 5000))
	if err != nil || len(list.Rows) != 2*(n-1) || list.Tabs[engagement.TabIneligible] != 2*(n-1) {
		t.Errorf("of %d records there are %d rows, and %v are counted: %v", 2*(n-1), len(list.Rows), list.Tabs, err)
	}
}

func TestReadOnly(t *testing.T) {
	path := newFile(t)
	apply(t, open(t, path, relaxed), changed(known(1)))
	s, err := sqlite.Open(t.Context(), "file:"+path+"?mode=ro", relaxed)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	trouble(t, "a file that is only read", s.Apply(t.Context(), changed(known(2))), sqlite.ErrReadOnly, false)
	loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{known(1).Key}})
	if err != nil || loaded.Records[known(1).Key].Version != 1 {
		t.Errorf("what can be read is %+v: %v", loaded.Records, err)
	}
}

func TestNotADatabase(t *testing.T) {
	path := newFile(t)
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), path, relaxed)
	trouble(t, "a text file", err, sqlite.ErrNotDatabase, false)
	_, err = sqlite.Open(t.Context(), filepath.Join(path, "below", "a.db"), relaxed)
	trouble(t, "a folder that is not there", err, sqlite.ErrOpen, false)
	for _, path := range []string{"", ":memory:", "file::memory:?cache=shared"} {
		if _, err := sqlite.Open(t.Context(), path, relaxed); err == nil {
			t.Errorf("%q is opened", path)
		}
	}
}

// TestEncodings: in UTF-16 texts have another order, so a host's file in it is
// refused at once.
func TestEncodings(t *testing.T) {
	for _, encoding := range []string{"UTF-16le", "UTF-16be"} {
		path := newFile(t)
		db, err := ncruces.Open("file:" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("PRAGMA encoding = '" + encoding + "'; CREATE TABLE host (x)"); err != nil {
			t.Fatal(err)
		}
		_, err = sqlite.Open(t.Context(), path, relaxed)
		trouble(t, "a file in "+encoding, err, sqlite.ErrEncoding, false)
		_, err = sqlite.Open(t.Context(), path, &sqlite.Options{NoMigration: true})
		trouble(t, "a file in "+encoding+" that is not migrated", err, sqlite.ErrEncoding, false)
		_, err = sqlite.New(t.Context(), db, nil)
		trouble(t, "a database in "+encoding, err, sqlite.ErrEncoding, false)
	}
}

// TestNotOurs: what cannot be opened, or cannot have tables, is told at once.
func TestNotOurs(t *testing.T) {
	dir := t.TempDir()
	_, err := sqlite.Open(t.Context(), dir, relaxed)
	trouble(t, "a folder", err, sqlite.ErrOpen, false)
	_, err = sqlite.Open(t.Context(), "file:"+filepath.Join(dir, "none.db")+"?mode=ro", relaxed)
	trouble(t, "a file that is not there, to be read", err, sqlite.ErrOpen, false)
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), "file:"+empty+"?mode=ro", relaxed)
	trouble(t, "an empty file, to be read", err, sqlite.ErrReadOnly, false)
}

// TestCorruptPages overwrites pages one after the other: every call tells, or
// gives what was stored.
func TestCorruptPages(t *testing.T) {
	path := newFile(t)
	s, err := sqlite.Open(t.Context(), path, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		apply(t, s, changed(known(2*n), known(2*n+1)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const size = 4096
	told := 0
	for page := 1; page < len(whole)/size; page += 3 {
		broken := append([]byte(nil), whole...)
		for i := range size {
			broken[page*size+i] = byte(i * 7)
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := useAll(t.Context(), path); err != nil {
			told++
			var e *sqlite.Error
			if errors.Is(err, storage.ErrUnavailable) || !errors.As(err, &e) {
				t.Errorf("page %d: %v", page, err)
			}
			if e != nil && e.Problem != nil && e.Problem != sqlite.ErrCorrupt {
				t.Errorf("page %d: %v", page, err)
			}
		}
	}
	if told < len(whole)/size/6 {
		t.Errorf("of %d damaged pages %d were told", len(whole)/size/3, told)
	}
}

// useAll reads everything, and writes.
func useAll(ctx context.Context, path string) error {
	s, err := sqlite.Open(ctx, path, relaxed)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, order := range storage.AllSorts() {
		_, err1 := s.List(ctx, page(engagement.TabIneligible, order, 100))
		_, err2 := s.List(ctx, storage.ListQuery{Sort: order, Limit: 100, Now: noon})
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
	}
	return s.Apply(ctx, changed(known(1000), known(1001)))
}

// TestBusy: who waits for another writer does so for as long as was said, and
// then says so.
func TestBusy(t *testing.T) {
	path := newFile(t)
	s := open(t, path, &sqlite.Options{Relaxed: true, BusyTimeout: 50 * time.Millisecond})
	tx := begin(t, openDB(t, path))
	began := time.Now()
	trouble(t, "a locked database", s.Apply(t.Context(), changed(known(1))), sqlite.ErrBusy, true)
	if waited := time.Since(began); waited < 50*time.Millisecond {
		t.Errorf("it was given up after %v", waited)
	}
	if _, err := s.Due(t.Context(), storage.DueQuery{Now: noon, Limit: 1}); err != nil {
		t.Errorf("who reads waits for who writes: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	apply(t, s, changed(known(1)))
}

// TestWaitingEndsWithTheContext, for a lock of the database and for the writer
// within the process.
func TestWaitingEndsWithTheContext(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	begin(t, openDB(t, path))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	errs := make(chan error)
	for n := range 3 {
		go func() { errs <- s.Apply(ctx, changed(known(n))) }()
	}
	for range 3 {
		if err := <-errs; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an Apply whose time is over: %v", err)
		}
	}
}

// TestConstraints: what the tables demand is told as an invalid call.
func TestConstraints(t *testing.T) {
	s := open(t, newFile(t), relaxed)
	apply(t, s, taking(shares(1, 1), known(1), participation(1, "p-1")))
	second, now := known(1), shares(1, 1)
	second.Version, now.Version = 1, 1
	if err := s.Apply(t.Context(), taking(now, second, participation(1, "p-2"))); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("two open participations of one partner: %v", err)
	}
	apply(t, s, taking(now, second, granted(participation(1, "p-1"))))
	now, _ = now.Following(granted(participation(1, "p-1")))
	now.Version = 2
	other, theirs := granted(participation(1, "p-3")), known(1)
	other.Partner, theirs.Key.Partner = "fabrikam", "fabrikam"
	if err := s.Apply(t.Context(), taking(now, theirs, other)); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("two grants where there is room for one: %v", err)
	}
	now.ClaimLimit = 2
	apply(t, s, taking(now, theirs, other))
	now, _ = now.Following(other)
	now.ClaimLimit, now.Version, theirs.Version = 1, 3, 1
	apply(t, s, taking(now, theirs, other)) // the limit was lowered: nobody loses what it has
	if err := s.Apply(t.Context(), taking(shares(2, 1), known(2), participation(2, "p-1"))); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("a participation in two records: %v", err)
	}
}

// TestNextParticipation: one may close and another one open in one Apply, and a
// granted one give its room to the next.
func TestNextParticipation(t *testing.T) {
	s := open(t, newFile(t), relaxed)
	apply(t, s, taking(shares(1, 1), known(1), granted(participation(1, "p-1"))))
	closed, next := granted(participation(1, "p-1")), granted(participation(1, "p-0"))
	closed.Consent.Status = consent.StatusWithdrawn
	now, r := shares(1, 1), known(1)
	now, _ = now.Following(granted(participation(1, "p-1")))
	now.Version, r.Version = 1, 1
	c := taking(now, r, closed, next)
	c.Participations[0], c.Participations[1] = c.Participations[1], c.Participations[0]
	apply(t, s, c)
	for _, ended := range []bool{false, true} {
		loaded, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{r.Key}, Ended: ended})
		got := loaded.Records[r.Key].Participations
		want := 1
		if ended {
			want = 2
		}
		if err != nil || len(got) != want || got[0].ID != "p-0" || !got[0].OpenAt(noon) {
			t.Errorf("with ended ones %t the participations are %+v: %v", ended, got, err)
		}
	}
}

// TestHistoryStays: whoever has the file cannot change a history by mistake.
func TestHistoryStays(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	storyOf(t, s)
	db := openDB(t, path)
	for _, script := range []string{
		"DELETE FROM pe_event", "UPDATE pe_event SET body = x'00'", "UPDATE pe_event SET hash = x'00'", "UPDATE pe_event SET participation = 'p'",
		"UPDATE pe_event SET person = x'00'", "UPDATE pe_event SET seq = seq + 1",
		"INSERT INTO pe_event (partner, customer, seq, participation, hash, body) SELECT partner, customer, seq + 5, participation, hash, body FROM pe_event",
	} {
		if _, err := db.ExecContext(t.Context(), script); !errors.Is(err, sqlite3.CONSTRAINT_TRIGGER) {
			t.Errorf("%s: %v", script, err)
		}
	}
	run(t, db, "UPDATE pe_event SET person = NULL")
}

func TestFilesAreTheOwners(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a ?#%.db")
	s := open(t, path, nil)
	apply(t, s, changed(known(1)))
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has the permissions %v", name, mode)
		}
	}
}

// foreign is another driver.
type foreign struct{ driver.Driver }

func TestNewTakesItsOwnDriverOnly(t *testing.T) {
	name := fmt.Sprintf("foreign-%d", time.Now().UnixNano())
	sql.Register(name, foreign{})
	db, err := sql.Open(name, "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := sqlite.New(t.Context(), db, nil); err == nil {
		t.Error("a database of another driver is taken")
	}
}

// TestOneConnection: a host's database may be limited to one.
func TestOneConnection(t *testing.T) {
	db := openDB(t, newFile(t))
	db.SetMaxOpenConns(1)
	s, err := sqlite.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range storagetest.Cases() {
		if c.Name == "one winner" {
			if err := c.Run(t.Context(), s, s); err != nil {
				t.Error(err)
			}
		}
	}
}

package sqlite_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

func openDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sqlite.OpenDB(t.Context(), path, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t testing.TB, db *sql.DB, script string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
}

// TestTenOpensAtOnce: one makes the tables, the others find them.
func TestTenOpensAtOnce(t *testing.T) {
	path := newFile(t)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			s, err := sqlite.Open(t.Context(), path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Due(t.Context(), storage.DueQuery{Now: noon, Limit: 1}); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var versions int
	if err := openDB(t, path).QueryRowContext(t.Context(), "SELECT count(*) FROM pe_schema").Scan(&versions); err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(sqlite.Migrations, "*.sql")
	if err != nil || versions != len(files) {
		t.Errorf("%d versions were made by %d files: %v", versions, len(files), err)
	}
}

func TestNewerTablesAreRefused(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	run(t, openDB(t, path), "INSERT INTO pe_schema VALUES (9000)")
	for what, try := range map[string]func() error{
		"Open":                   func() error { _, err := sqlite.Open(t.Context(), path, relaxed); return err },
		"Open without migration": func() error { _, err := sqlite.Open(t.Context(), path, &sqlite.Options{NoMigration: true}); return err },
		"New":                    func() error { _, err := sqlite.New(t.Context(), openDB(t, path), nil); return err },
		"Migrate":                func() error { return s.Migrate(t.Context()) },
	} {
		err := try()
		if !errors.Is(err, sqlite.ErrNewerSchema) || errors.Is(err, storage.ErrUnavailable) || !strings.Contains(err.Error(), "9000") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestMissingTables: whoever forgot to call Migrate is told.
func TestMissingTables(t *testing.T) {
	path := newFile(t)
	if _, err := sqlite.Open(t.Context(), path, &sqlite.Options{NoMigration: true}); !errors.Is(err, sqlite.ErrSchema) {
		t.Errorf("a file without tables is opened: %v", err)
	}
	if s, err := sqlite.New(t.Context(), openDB(t, path), &sqlite.Options{NoMigration: true}); s != nil || !errors.Is(err, sqlite.ErrSchema) {
		t.Errorf("of a database without tables there is a store, %v, and %v", s, err)
	}
	s, err := sqlite.New(t.Context(), openDB(t, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err1 := s.Due(t.Context(), storage.DueQuery{Now: noon, Limit: 1})
	err2 := s.Apply(t.Context(), changed(known(1)))
	for _, err := range []error{err1, err2} {
		if !errors.Is(err, sqlite.ErrSchema) || errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("without tables: %v", err)
		}
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), changed(known(1))); err != nil {
		t.Errorf("after Migrate: %v", err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("to migrate again: %v", err)
	}
}

// TestHalfAMigration: one that fails leaves nothing, and can be done again.
func TestHalfAMigration(t *testing.T) {
	path := newFile(t)
	db := openDB(t, path)
	run(t, db, "CREATE TABLE pe_token (x)") // in the way of the last but a few
	s, err := sqlite.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err == nil {
		t.Fatal("tables are made over those of somebody else")
	}
	var tables int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE 'pe_%'").Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables are left: %v", tables, err)
	}
	run(t, db, "DROP TABLE pe_token")
	if err := s.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
}

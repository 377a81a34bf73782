package postgres_test

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// TestTenStartAtOnce lets ten processes begin with an empty database.
func TestTenStartAtOnce(t *testing.T) {
	c := running(t)
	schema := newSchema()
	pools := make([]*pgxpool.Pool, 10)
	for i := range pools {
		pools[i] = c.pool(t, modes[[]string{"cached", "exec"}[i%2]], 2)
	}
	var wg sync.WaitGroup
	for _, pool := range pools {
		wg.Go(func() {
			s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema})
			if err == nil {
				err = s.Migrate(t.Context())
			}
			if err == nil {
				_, err = s.Customers(t.Context(), storage.CustomersQuery{Partner: "northwind", Limit: 1})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var versions []int64
	if err := pools[0].QueryRow(t.Context(), "SELECT array_agg(version ORDER BY version) FROM "+schema+".migration").Scan(&versions); err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(postgres.Migrations, "*.sql")
	if err != nil || len(versions) != len(names) {
		t.Errorf("the versions %v are noted of the migrations %v: %v", versions, names, err)
	}
}

// TestMigrationsSayWhatOlderProcessesDo wants it of each one, before its first
// statement.
func TestMigrationsSayWhatOlderProcessesDo(t *testing.T) {
	says := regexp.MustCompile(`\A(--.*\n)*-- Older processes (go on|have to be stopped)[.:;]`)
	names, err := fs.Glob(postgres.Migrations, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(postgres.Migrations, name)
		if err != nil || !says.Match(text) {
			t.Errorf("%s does not say whether older processes go on: %v", name, err)
		}
	}
}

// TestMigrateIsWhole lets one of its last statements fail.
func TestMigrateIsWhole(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	schema := newSchema()
	run(t, pool, schema, "CREATE SCHEMA "+schema)
	run(t, pool, schema, "CREATE TABLE pe.sending (mine TEXT)") // which the last one makes
	s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err == nil {
		t.Fatal("Migrate succeeds with a table of somebody else's in the way")
	}
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'", schema).Scan(&n); err != nil || n != 1 {
		t.Errorf("after a Migrate that failed there are %d tables: %v", n, err)
	}
	run(t, pool, schema, "DROP TABLE pe.sending")
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("Migrate after what was in the way is gone: %v", err)
	}
}

func TestSchemas(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	ours, theirs := store(t, pool, newSchema()), store(t, pool, newSchema())
	c := storage.Changes{Command: &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: "1"}}}
	for _, s := range []storage.Store{ours, theirs} {
		if err := s.Apply(t.Context(), c); err != nil {
			t.Errorf("a schema sees another's commands: %v", err)
		}
	}
	for _, name := range []string{"Engage", "pg_engage", "1engage", "engage;drop", strings.Repeat("e", 64), `"`, "engage-2", "é"} {
		if _, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: name}); !errors.Is(err, postgres.ErrName) || errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("a store in the schema %q: %v", name, err)
		}
	}
}

// TestMissingTables calls a store whose tables nobody has made.
func TestMissingTables(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: newSchema()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{somebody("c")}}); !errors.Is(err, postgres.ErrSchema) || errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a call without tables: %v", err)
	}
}

func TestOtherVersions(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	schema := newSchema()
	s := store(t, pool, schema)
	run(t, pool, schema, "INSERT INTO pe.migration VALUES (9999)")
	if err := s.Migrate(t.Context()); !errors.Is(err, postgres.ErrNewerSchema) || errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Migrate of tables that are newer: %v", err)
	}
	if _, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema}); !errors.Is(err, postgres.ErrNewerSchema) {
		t.Errorf("New on tables that are newer: %v", err)
	}
	run(t, pool, schema, "ALTER TABLE pe.customer RENAME COLUMN body TO document")
	if _, err := s.Customers(t.Context(), storage.CustomersQuery{Partner: "northwind", Limit: 1}); !errors.Is(err, postgres.ErrNewerSchema) {
		t.Errorf("a call on tables that are newer: %v", err)
	}
	run(t, pool, schema, "DELETE FROM pe.migration WHERE version > 1")
	if _, err := s.Customers(t.Context(), storage.CustomersQuery{Partner: "northwind", Limit: 1}); !errors.Is(err, postgres.ErrSchema) || !strings.Contains(err.Error(), "call Migrate") {
		t.Errorf("a call on tables that are older: %v", err)
	}
}

// placements are the columns with which the keys of a table have to begin; that of
// person, which is asked for people wherever they are, ends with its.
var placements = map[string]string{"tab_count": "shard", "status_count": "shard", "figure": "shard", "command": "partner", "sending": "partner", "consumer": "partner", "feed_epoch": "one"}

// misplaced returns the primary keys and unique indexes of a schema that do not
// begin with what places their rows, and the foreign keys, of which there is none.
func misplaced(t *testing.T, pool *pgxpool.Pool, schema string) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT t.relname, i.relname, (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[CASE t.relname WHEN 'person' THEN x.indnkeyatts - 1 ELSE 0 END])
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
		WHERE n.nspname = $1 AND x.indisunique AND t.relname <> 'migration'
		UNION ALL SELECT t.relname, c.conname, 'another table' FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = c.connamespace
		WHERE n.nspname = $1 AND c.contype = 'f'`, pgx.QueryExecModeExec, schema)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	n := 0
	var table, index, first string
	_, err = pgx.ForEachRow(rows, []any{&table, &index, &first}, func() error {
		n++
		if first != cmp.Or(placements[table], "slot") {
			out = append(out, fmt.Sprintf("%s of %s: %s", index, table, first))
		}
		return nil
	})
	if err != nil || n < 12 {
		t.Fatalf("%d keys are found: %v", n, err)
	}
	return out
}

// TestPlacement reads the catalogue: a key that does not begin with what places
// its rows could not be kept by an engine that spreads them, and all keys of a table
// have to begin with the same.
func TestPlacement(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	schema := newSchema()
	store(t, pool, schema)
	if bad := misplaced(t, pool, schema); len(bad) > 0 {
		t.Errorf("keys that do not distribute: %q", bad)
	}
	run(t, pool, schema, "CREATE UNIQUE INDEX wrong ON pe.message (id, partner)")
	run(t, pool, schema, "ALTER TABLE pe.event ADD CONSTRAINT wrong_too UNIQUE (partner, customer, seq)")
	run(t, pool, schema, "ALTER TABLE pe.token ADD CONSTRAINT wrong_as_well FOREIGN KEY (home, partner, participation) REFERENCES pe.participation")
	if bad := misplaced(t, pool, schema); len(bad) != 3 {
		t.Errorf("of three keys that do not distribute these are found: %q", bad)
	}
}

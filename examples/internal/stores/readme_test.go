package stores

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// The three stores as the README shows them; TestOpen opens them.

func inMemory() storage.Store {
	store := memory.New() // gone with the process
	return store
}

func inAFile(ctx context.Context, path string) *sqlite.Store {
	store := must(sqlite.Open(ctx, path, nil)) // makes the file and its tables
	return store
}

func inADatabase(ctx context.Context, dsn string) (*postgres.Store, error) {
	pool := must(pgxpool.New(ctx, dsn))
	store := must(postgres.New(ctx, pool, nil))
	err := store.Migrate(ctx) // in every process, at its start
	return store, err
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func TestOpen(t *testing.T) {
	for kind, store := range map[string]storage.Store{
		"memory": inMemory(), "sqlite": inAFile(t.Context(), filepath.Join(t.TempDir(), "portal.db")),
	} {
		if c, err := store.Customers(t.Context(), storage.CustomersQuery{Partner: "northwind", Limit: 1}); err != nil || len(c) != 0 {
			t.Errorf("a new %s store holds %v, %v", kind, c, err)
		}
	}
	cluster, err := postgrestest.Start()
	if errors.Is(err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Remove()
	if _, err := inADatabase(t.Context(), cluster.DSN()); err != nil {
		t.Error(err)
	}
	for kind, in := range map[string]string{"cloud": "", "sqlite": t.TempDir(), "postgres": "="} {
		if _, _, err := Open(t.Context(), kind, in); err == nil {
			t.Errorf("%s in %q is opened", kind, in)
		}
	}
}

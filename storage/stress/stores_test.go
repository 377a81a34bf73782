package stress_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

func TestMain(m *testing.M) {
	if text := os.Getenv(childTask); text != "" {
		if err := work(context.Background(), text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if server.cluster != nil {
		server.cluster.Remove()
	}
	os.Exit(code)
}

// server is the one of all tests.
var server struct {
	once    sync.Once
	cluster *postgrestest.Cluster
	err     error
	schemas int
}

// database says where a durable store is, so that another process can open it.
type database struct {
	Kind  string `json:"kind"` // "sqlite" or "postgres"
	Where string `json:"where"`
	Names string `json:"names,omitzero"` // the schema
}

// newDatabase returns a database that nobody uses yet.
func newDatabase(t testing.TB, kind string) database {
	t.Helper()
	if kind == "sqlite" {
		return database{Kind: kind, Where: filepath.Join(t.TempDir(), "stress.db")}
	}
	server.once.Do(func() { server.cluster, server.err = postgrestest.Start() })
	if errors.Is(server.err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(server.err)
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	server.schemas++
	return database{Kind: kind, Where: server.cluster.DSN(), Names: fmt.Sprintf("stress_%d", server.schemas)}
}

// open returns a handle of its own on the database.
func (d database) open(ctx context.Context) (storage.Store, func(), error) {
	if d.Kind == "sqlite" {
		// Nobody pulls the plug here.
		s, err := sqlite.Open(ctx, d.Where, &sqlite.Options{Relaxed: true})
		return s, func() { _ = s.Close() }, err
	}
	pool, err := pgxpool.New(ctx, d.Where+" pool_max_conns=8")
	if err != nil {
		return nil, nil, err
	}
	s, err := postgres.New(ctx, pool, &postgres.Options{Schema: d.Names})
	if err == nil {
		err = s.Migrate(ctx)
	}
	return s, pool.Close, err
}

// handles returns two handles on the same state.
func handles(t *testing.T, kind string) [2]storage.Store {
	t.Helper()
	if kind == "memory" {
		s := memory.New()
		return [2]storage.Store{s, s}
	}
	d := newDatabase(t, kind)
	var both [2]storage.Store
	for i := range both {
		s, done, err := d.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(done)
		both[i] = s
	}
	return both
}

package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
)

// cluster is a server of the tests' own.
type cluster struct{ *postgrestest.Cluster }

func newCluster(settings ...string) (*cluster, error) {
	c, err := postgrestest.Start(settings...)
	return &cluster{c}, err
}

// with returns the connection string with other values, for example "port", "7".
func (c *cluster) with(changes ...string) string {
	out := c.DSN()
	for i := 0; i < len(changes); i += 2 {
		out += " " + changes[i] + "='" + changes[i+1] + "'" // the last one counts
	}
	return out
}

// password is that of the users which tests make.
const password = "correct horse battery"

// shared is the cluster of all tests but those that break theirs.
var shared struct {
	once sync.Once
	c    *cluster
	err  error
}

func TestMain(m *testing.M) {
	if os.Getenv(childTask) != "" {
		os.Exit(child())
	}
	code := m.Run()
	if shared.c != nil {
		shared.c.Remove()
	}
	os.Exit(code)
}

// running returns the shared cluster. Where no server is installed the test is
// skipped, except where everything has to run.
func running(t testing.TB) *cluster {
	t.Helper()
	shared.once.Do(func() { shared.c, shared.err = newCluster() })
	need(t, shared.err)
	return shared.c
}

// own returns a cluster of the test's own.
func own(t testing.TB, settings ...string) *cluster {
	t.Helper()
	c, err := newCluster(settings...)
	need(t, err)
	t.Cleanup(c.Remove)
	return c
}

func need(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") != "" || os.Getenv("PARTNERENGAGE_CI") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

var schemas struct {
	sync.Mutex
	n int
}

// newSchema returns a name that no other test uses.
func newSchema() string {
	schemas.Lock()
	defer schemas.Unlock()
	schemas.n++
	return fmt.Sprintf("engage_%d", schemas.n)
}

// pool returns a pool of the cluster, closed with the test.
func (c *cluster) pool(t testing.TB, mode pgx.QueryExecMode, size int32) *pgxpool.Pool {
	t.Helper()
	return poolOf(t, c.DSN(), mode, size)
}

func poolOf(t testing.TB, dsn string, mode pgx.QueryExecMode, size int32) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = size
	config.ConnConfig.DefaultQueryExecMode = mode
	if mode != pgx.QueryExecModeCacheStatement {
		config.ConnConfig.StatementCacheCapacity = 0
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// store returns a store with its tables in a schema.
func store(t testing.TB, pool *pgxpool.Pool, schema string) *postgres.Store {
	t.Helper()
	return storeIn(t, pool, schema, 0)
}

// storeIn returns a store with its tables in so many parts.
func storeIn(t testing.TB, pool *pgxpool.Pool, schema string, parts int) *postgres.Store {
	t.Helper()
	s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema, Partitions: parts})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// modes are how statements can be sent. A transaction-mode pooler wants one of
// the last two.
var modes = map[string]pgx.QueryExecMode{
	"cached": pgx.QueryExecModeCacheStatement,
	"exec":   pgx.QueryExecModeExec,
	"simple": pgx.QueryExecModeSimpleProtocol,
}

// run runs statements that are not the store's.
func run(t testing.TB, pool *pgxpool.Pool, schema, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), strings.ReplaceAll(sql, "pe.", schema+"."), args...); err != nil {
		t.Fatal(err)
	}
}

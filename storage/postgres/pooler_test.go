package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// pooledCases are the cases of the kit that are run through a pooler where not all are:
// what is exact, what has to be one transaction, and what happens at once.
var pooledCases = []string{"exact", "last part", "one winner", "exclusive leases"}

// A pooler gives out connections by session, then it is as if there were none; or by
// transaction, then everything works, too, from Migrate on, if it keeps track of prepared
// statements or there are none; or by statement, which New refuses.
func TestPoolModes(t *testing.T) {
	c := running(t)
	through := func(t *testing.T, settings ...string) *postgrestest.Pooler {
		t.Helper()
		p, err := c.StartPooler(append([]string{"default_pool_size = 4"}, settings...)...)
		need(t, err)
		t.Cleanup(p.Remove)
		return p
	}
	works := func(t *testing.T, p *postgrestest.Pooler, mode pgx.QueryExecMode) {
		t.Helper()
		pool := poolOf(t, p.DSN(), mode, 4)
		other := poolOf(t, p.DSN(), mode, 4)
		for _, k := range storagetest.Cases() {
			if !*whole && !slices.Contains(pooledCases, k.Name) || k.Name == "model" {
				continue
			}
			schema := newSchema()
			if err := k.Run(t.Context(), store(t, pool, schema), store(t, other, schema)); err != nil {
				t.Errorf("%s: %v", k.Name, err)
			}
		}
	}
	t.Run("transaction", func(t *testing.T) {
		p := through(t)
		for name, mode := range map[string]pgx.QueryExecMode{
			"exec": pgx.QueryExecModeExec, "simple_protocol": pgx.QueryExecModeSimpleProtocol, "cache_describe": pgx.QueryExecModeCacheDescribe,
		} {
			t.Run(name, func(t *testing.T) { works(t, p, mode) })
		}
	})
	t.Run("transaction, with prepared statements", func(t *testing.T) {
		if !postgrestest.PoolerKeepsStatements() {
			t.Skip("this PgBouncer is older than 1.21")
		}
		works(t, through(t, "max_prepared_statements = 200"), pgx.QueryExecModeCacheStatement)
	})
	t.Run("session", func(t *testing.T) {
		works(t, through(t, "pool_mode = session", "default_pool_size = 20"), pgx.QueryExecModeCacheStatement)
	})
	t.Run("statement", func(t *testing.T) {
		p := through(t, "pool_mode = statement")
		for name, mode := range modes {
			_, err := postgres.New(t.Context(), poolOf(t, p.DSN(), mode, 2), nil)
			told(t, err, postgres.ErrPoolMode, false)
			if err != nil && !strings.Contains(err.Error(), "pool_mode") {
				t.Errorf("%s: the error does not say what to set: %v", name, err)
			}
		}
	})
}

// Beside a pooler a Listener has a connection of its own to the server. One to the
// pooler, which would hear nothing, is refused.
func TestListenBesidePooler(t *testing.T) {
	c := running(t)
	for _, mode := range []string{"transaction", "session"} {
		p, err := c.StartPooler("pool_mode = " + mode)
		need(t, err)
		t.Cleanup(p.Remove)
		s := store(t, poolOf(t, p.DSN(), modes["exec"], 4), newSchema())
		_, err = s.Listen(t.Context(), nil)
		told(t, err, postgres.ErrListen, false)

		direct, err := pgx.ParseConfig(c.DSN())
		if err != nil {
			t.Fatal(err)
		}
		l, err := s.Listen(t.Context(), direct)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close(t.Context()) })
		for _, id := range []string{"a", "b"} {
			if err := s.Apply(t.Context(), letter(id)); err != nil {
				t.Fatal(err)
			}
			if took := waits(t, l, minute); took > minute/4 {
				t.Errorf("%s: with message %s it waits for %v", mode, id, took)
			}
		}
	}
}

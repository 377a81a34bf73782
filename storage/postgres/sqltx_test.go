package postgres_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// ownTx is a host's transaction, of one kind or the other.
type ownTx struct {
	store    storage.Store // that joins it
	exec     func(ctx context.Context, sql string) error
	commit   func(ctx context.Context) error
	rollback func()
}

// ways are how a host begins transactions on a pool.
var ways = map[string]func(ctx context.Context, s *postgres.Store, pool *pgxpool.Pool, db *sql.DB) (ownTx, error){
	"pgx": func(ctx context.Context, s *postgres.Store, pool *pgxpool.Pool, _ *sql.DB) (ownTx, error) {
		tx, err := pool.Begin(ctx)
		if err != nil {
			return ownTx{}, err
		}
		return ownTx{
			s.WithTx(tx), func(ctx context.Context, sql string) error { _, err := tx.Exec(ctx, sql); return err },
			tx.Commit, func() { _ = tx.Rollback(context.WithoutCancel(ctx)) },
		}, nil
	},
	"database/sql": func(ctx context.Context, s *postgres.Store, _ *pgxpool.Pool, db *sql.DB) (ownTx, error) {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return ownTx{}, err
		}
		return ownTx{
			s.WithSQLTx(tx), func(ctx context.Context, sql string) error { _, err := tx.ExecContext(ctx, sql); return err },
			func(context.Context) error { return tx.Commit() }, func() { _ = tx.Rollback() },
		}, nil
	},
}

// sqlDB returns a database of database/sql on a pool.
func sqlDB(t *testing.T, pool *pgxpool.Pool) *sql.DB {
	t.Helper()
	db := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// alone makes each call in a host's transaction of its own.
type alone struct {
	storage.Store
	begin func(ctx context.Context) (ownTx, error)
}

func in[R any](ctx context.Context, a *alone, f func(s storage.Store) (R, error)) (R, error) {
	tx, err := a.begin(ctx)
	if err != nil {
		var none R
		return none, err
	}
	got, err := f(tx.store)
	if err != nil {
		tx.rollback()
		return got, err
	}
	return got, tx.commit(ctx)
}

func (a *alone) Load(ctx context.Context, w storage.Want) (storage.Loaded, error) {
	return in(ctx, a, func(s storage.Store) (storage.Loaded, error) { return s.Load(ctx, w) })
}

func (a *alone) Apply(ctx context.Context, c storage.Changes) error {
	_, err := in(ctx, a, func(s storage.Store) (struct{}, error) { return struct{}{}, s.Apply(ctx, c) })
	return err
}

func (a *alone) List(ctx context.Context, q storage.ListQuery) (storage.List, error) {
	return in(ctx, a, func(s storage.Store) (storage.List, error) { return s.List(ctx, q) })
}

func (a *alone) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	return in(ctx, a, func(s storage.Store) ([]engagement.Customer, error) { return s.Customers(ctx, q) })
}

func (a *alone) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	return in(ctx, a, func(s storage.Store) ([]engagement.Event, error) { return s.History(ctx, q) })
}

func (a *alone) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	return in(ctx, a, func(s storage.Store) ([]engagement.RecordKey, error) { return s.Due(ctx, q) })
}

func (a *alone) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	return in(ctx, a, func(s storage.Store) ([]engagement.Message, error) { return s.Lease(ctx, q) })
}

func (a *alone) Consume(ctx context.Context, c storage.Consumed) error {
	_, err := in(ctx, a, func(s storage.Store) (struct{}, error) { return struct{}{}, s.Consume(ctx, c) })
	return err
}

func (a *alone) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	return in(ctx, a, func(s storage.Store) (storage.Pruned, error) { return s.Prune(ctx, q) })
}

// TestContractInHostsTransactions runs every case with each call in a transaction of the
// host's, by pgx and by database/sql, and with -whole by the latter in two ways of sending
// statements.
func TestContractInHostsTransactions(t *testing.T) {
	c := running(t)
	for way, sent := range map[string][]string{"pgx": {"cached"}, "database/sql": {"cached", "simple"}} {
		begin := ways[way]
		for _, mode := range sent {
			if mode != "cached" && !*whole {
				continue
			}
			t.Run(way+" "+mode, func(t *testing.T) {
				pool := c.pool(t, modes[mode], 10)
				db := sqlDB(t, pool)
				for _, k := range storagetest.Cases() {
					if k.Name == "model" && (way == "pgx" || mode != "cached") {
						continue
					}
					t.Run(k.Name, func(t *testing.T) {
						s := store(t, pool, newSchema())
						a := &alone{s, func(ctx context.Context) (ownTx, error) { return begin(ctx, s, pool, db) }}
						if err := k.Run(t.Context(), a, a); err != nil {
							t.Error(err)
						}
					})
				}
			})
		}
	}
}

// TestHostsSQLTransaction commits and rolls back a command with the host's own work, in
// a transaction of database/sql that knows nothing of the store's pool.
func TestHostsSQLTransaction(t *testing.T) {
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			h := newHost(t, mode)
			config := h.pool.Config().ConnConfig
			config.DefaultQueryExecMode = modes[mode]
			db := stdlib.OpenDB(*config)
			defer db.Close()
			for _, commit := range []bool{false, true} {
				tx, err := db.BeginTx(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO "+h.schema+".lead VALUES ($1)", "contoso.com"); err != nil {
					t.Fatal(err)
				}
				desk := h.world.Desk.With(h.store.WithSQLTx(tx))
				_, err = desk.Customers.Add(t.Context(), workflowtest.Northwind.Request("add"), workflow.AddCustomer{
					Candidate: workflow.Candidate{Location: "4711201", Domain: "contoso.com"}, Engagements: []engagement.ID{"azure-migration"},
				})
				if err != nil {
					t.Fatal(err)
				}
				page, err := desk.Customers.List(t.Context(), workflowtest.Northwind, workflow.CustomersQuery{Engagement: "azure-migration"})
				if err != nil || len(page.Rows) != 1 {
					t.Errorf("within the transaction its own command shows %d rows: %v", len(page.Rows), err)
				}
				end, want := tx.Rollback, "0 leads, 0 participations, 0 events, 0 commands"
				if got := h.has(t); got != want {
					t.Errorf("before its end others see %s", got)
				}
				if commit {
					end, want = tx.Commit, "1 leads, 1 participations, 1 events, 1 commands"
				}
				if err := end(); err != nil || h.has(t) != want {
					t.Errorf("committed: %t: there are %s: %v", commit, h.has(t), err)
				}
			}
		})
	}
}

// TestFailedApplyLeavesTheTransaction: the host goes on with its own work, and nothing of
// the Apply that failed is there.
func TestFailedApplyLeavesTheTransaction(t *testing.T) {
	for way, begin := range ways {
		t.Run(way, func(t *testing.T) {
			h := newHost(t, "cached")
			tx, err := begin(t.Context(), h.store, h.pool, sqlDB(t, h.pool))
			if err != nil {
				t.Fatal(err)
			}
			insert := func(domain string) {
				t.Helper()
				if err := tx.exec(t.Context(), "INSERT INTO "+h.schema+".lead VALUES ('"+domain+"')"); err != nil {
					t.Error(err)
				}
			}
			insert("before.com")
			one, other := somebody("tpid:1"), somebody("tpid:2")
			if err := tx.store.Apply(t.Context(), plainly(0, one.Customer)); err != nil {
				t.Fatal(err)
			}
			stale := plainly(0, other.Customer)
			again := plainly(7, one.Customer)
			stale.Records, stale.Entries, stale.Relied = append(stale.Records, again.Records...), append(stale.Entries, again.Entries...), append(stale.Relied, again.Relied...)
			if err := tx.store.Apply(t.Context(), stale); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("an Apply with a stale record: %v", err)
			}
			if err := tx.store.Apply(t.Context(), plainly(0, other.Customer)); !errors.Is(err, storage.ErrConflict) {
				t.Errorf("an Apply after the one that failed: %v", err)
			}
			insert("after.com")
			if err := tx.commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			loaded, err := h.store.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{one, other}})
			if got := h.has(t); err != nil || got != "2 leads, 0 participations, 0 events, 0 commands" || loaded.Records[one].Version != 1 || loaded.Records[other].Version != 0 {
				t.Errorf("there are %s, and records at versions %d and %d: %v", got, loaded.Records[one].Version, loaded.Records[other].Version, err)
			}
		})
	}
}

// A transaction that cannot be joined says what to do.
func TestHostsSQLTransactionOfAnotherKind(t *testing.T) {
	s := store(t, running(t).pool(t, modes["cached"], 2), newSchema())
	for name, d := range map[string]driver.Driver{"strict": otherDriver{}, "lenient": otherDriver{lenient: true}} {
		db := sql.OpenDB(connector{d})
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		within := s.WithSQLTx(tx)
		_, err = within.Load(t.Context(), storage.Want{Command: storage.CommandKey{Partner: "northwind", Key: "x"}})
		told(t, err, postgres.ErrDriver, false)
		err = within.Apply(t.Context(), plainly(0, "tpid:1"))
		told(t, err, postgres.ErrDriver, false)
		if code, ok := errors.AsType[interface {
			error
			Code() string
		}](err); !ok || code.Code() != string(workflow.CodeInternal) {
			t.Errorf("%s: its code: %v", name, err)
		}
		db.Close()
	}
}

// A transaction that has ended, was given up or has lost its connection is no wrong driver.
func TestHostsSQLTransactionThatIsOver(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 4)
	s := store(t, pool, newSchema())
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	begin := func() *sql.Tx {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	load := func(ctx context.Context, tx *sql.Tx) error {
		_, err := s.WithSQLTx(tx).Load(ctx, storage.Want{Command: storage.CommandKey{Partner: "northwind", Key: "x"}})
		return err
	}
	ended := begin()
	if err := errors.Join(ended.Commit()); err != nil {
		t.Fatal(err)
	}
	if err := load(t.Context(), ended); !errors.Is(err, sql.ErrTxDone) || errors.Is(err, postgres.ErrDriver) {
		t.Errorf("after its end: %v", err)
	}
	given := begin()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := load(ctx, given); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
	_ = given.Rollback()
	lost := begin()
	defer lost.Rollback()
	var pid int
	if err := lost.QueryRow("SELECT pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	run(t, pool, "", fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid))
	for range 2 { // the first one meets it, the second one has lost it
		told(t, load(t.Context(), lost), postgres.ErrUnreachable, true)
	}
}

// A host that traces statements sees no errors where there are none.
func TestHostsSQLTransactionIsTraced(t *testing.T) {
	pool := running(t).pool(t, modes["cached"], 2)
	s := store(t, pool, newSchema())
	traced := new(failures)
	config := pool.Config().ConnConfig
	config.Tracer = traced
	db := stdlib.OpenDB(*config)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WithSQLTx(tx).Apply(t.Context(), plainly(0, "tpid:1")); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil || traced.failed != nil || traced.n < 3 {
		t.Errorf("of %d statements one failed: %v, %v", traced.n, traced.failed, err)
	}
}

type failures struct {
	n      int
	failed error
}

func (r *failures) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (r *failures) TraceQueryEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	r.n++
	r.failed = errors.Join(r.failed, data.Err)
}

// connector makes connections of a driver.
type connector struct{ d driver.Driver }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.d.Open("") }
func (c connector) Driver() driver.Driver                        { return c.d }

// otherDriver is none of pgx's. A lenient one takes any argument, and does nothing.
type otherDriver struct{ lenient bool }

func (d otherDriver) Open(string) (driver.Conn, error) {
	if d.lenient {
		return lenientConn{}, nil
	}
	return otherConn{}, nil
}

type otherConn struct{}

func (otherConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (otherConn) Close() error                        { return nil }
func (c otherConn) Begin() (driver.Tx, error)         { return c, nil }
func (otherConn) Commit() error                       { return nil }
func (otherConn) Rollback() error                     { return nil }
func (otherConn) ExecContext(context.Context, string, []driver.NamedValue) (driver.Result, error) {
	return driver.RowsAffected(0), nil
}

type lenientConn struct{ otherConn }

func (lenientConn) CheckNamedValue(*driver.NamedValue) error { return nil }

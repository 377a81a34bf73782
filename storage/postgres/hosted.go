package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/partnerengage/partnerengage/storage"
)

// ErrDriver says that a *sql.Tx is of another driver than pgx's.
var ErrDriver = errors.New(`the transaction is of another driver than pgx's: open the database with github.com/jackc/pgx/v5/stdlib, by sql.Open("pgx", …) or on the store's pool by stdlib.OpenDBFromPool, or begin with pgx and use WithTx`)

// hosted is a transaction of the host's.
type hosted struct {
	do     func(ctx context.Context, f func(querier) error) error // calls f with the transaction
	mu     sync.Mutex                                             // a transaction does one thing at a time
	failed error                                                  // why nothing is done in it any more
}

// WithTx returns a Store that works in the host's own transaction: what it applies
// is committed with the host's work, and rolled back with it.
//
// The transaction holds a connection while a command decides. If the directory, the
// catalog or the facts take theirs from the pool of the transaction, as many commands as
// it has connections wait for each other for ever. Give them a pool of their own, have
// them ask on the transaction (put it into the context, and look for it there), or use
// workflow.Service.WithTransaction, which begins the transaction when the command is
// decided; examples/postgres-embed does.
//
// Within a transaction the Store repeats nothing. An Apply is between a savepoint and its
// release: one that fails leaves the transaction as it was before, for the host to go on
// with, but from then on each call of the Store returns that error again. When it matches
// storage.ErrConflict, or storage.ErrUnavailable where trying again can help, the host
// rolls back and does the whole transaction again: its own work, and the command. That
// holds for errors of Commit, too: 40001 and 40P01 say that nothing was done; after a
// lost connection nobody knows, and the command's idempotency key is what tells. A call
// that fails to read spoils the transaction as any failing statement does.
//
// Any isolation level will do. Under READ COMMITTED fewest have to be done again.
// Rows stay locked until the host commits, so let that be soon. Nobody sees what
// was written, and it is not durable, before then: tell nobody, and let messages go
// out by a Store outside. Listeners are not told of them; see Announce.
func (s *Store) WithTx(tx pgx.Tx) storage.Store {
	return s.within(func(_ context.Context, f func(querier) error) error { return f(tx) })
}

// WithSQLTx is WithTx for a transaction of database/sql, as sqlx, GORM, ent and sqlc
// have: that of a database opened with pgx's driver (github.com/jackc/pgx/v5/stdlib), which
// may share the store's pool (stdlib.OpenDBFromPool). Where it is another driver's, each
// call returns ErrDriver. What is sent, and in how many trips, is the same as with WithTx,
// but for an empty statement more where the connection has a pgx.QueryTracer.
//
// The host must not use the transaction while a call is under way, nor have rows of it
// open.
func (s *Store) WithSQLTx(tx *sql.Tx) storage.Store {
	return s.within(func(ctx context.Context, f func(querier) error) error {
		l := &lent{f: f}
		_, err := tx.ExecContext(ctx, "SELECT 1 WHERE false", l) // never sent: see RewriteQuery
		switch {
		case l.had:
			return l.err
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, sql.ErrTxDone):
			return err
		case errors.Is(err, driver.ErrBadConn):
			return pgconn.ErrConnClosed
		}
		return &Error{Op: "use the host's transaction", Problem: ErrDriver, Err: err}
	})
}

func (s *Store) within(do func(context.Context, func(querier) error) error) *Store {
	return &Store{pool: s.pool, schema: s.schema, in: s.in, texts: s.texts, tx: &hosted{do: do}}
}

// lent is an argument of a statement by which pgx lends the connection of a *sql.Tx: it
// asks an argument that is a pgx.QueryRewriter for the statement to be sent, and for
// that gives it the connection, on which nothing is under way. database/sql keeps it for
// this call meanwhile.
type lent struct {
	f   func(querier) error
	had bool
	err error
}

var errLent = errors.New("the statement is not to be sent")

// RewriteQuery implements pgx.QueryRewriter.
func (l *lent) RewriteQuery(_ context.Context, conn *pgx.Conn, _ string, _ []any) (string, []any, error) {
	l.had, l.err = true, l.f(conn)
	if l.err == nil && conn.Config().Tracer != nil {
		return "", nil, nil // an empty one is sent, else each call would be an error in the host's traces
	}
	return "", nil, errLent
}

// call calls f in the host's transaction, unless something has failed in it before.
func (s *Store) call(ctx context.Context, op string, f func(q querier) error) error {
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	if s.tx.failed != nil {
		return s.tx.failed
	}
	err := s.tx.do(ctx, f)
	if err == nil {
		return nil
	}
	if undone(err) {
		err = conflict("the transaction has met another one: roll it back, and do all of it again")
	}
	s.tx.failed = explain(ctx, op, err)
	return s.tx.failed
}

// The statements that stand for BEGIN, COMMIT and ROLLBACK in a host's transaction.
const (
	savepoint  = "SAVEPOINT partnerengage"
	release    = "RELEASE SAVEPOINT partnerengage"
	rollBackTo = "ROLLBACK TO SAVEPOINT partnerengage"
)

// part makes one trip with all steps, which are a part of the host's transaction: when
// one of them fails, none of them was done.
func part(ctx context.Context, q querier, steps []step) error {
	all := append(make([]step, 0, len(steps)+2), step{sql: savepoint})
	err := send(ctx, q, append(append(all, steps...), step{sql: release}))
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollBackWithin)
		defer cancel()
		_ = send(ctx, q, []step{{sql: rollBackTo}}) // where it cannot, the transaction is lost with its connection
	}
	return err
}

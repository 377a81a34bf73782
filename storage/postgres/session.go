package postgres

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// How often something is tried that is known not to have been done, and how long
// to wait before the second time; it is four times as long before each later one.
const (
	attempts = 5
	patience = 5 * time.Millisecond
)

// retry calls f until it succeeds, or fails with an error after which again says
// no. In a host's transaction it calls f once.
func (s *Store) retry(ctx context.Context, op string, f func(q querier) error, again func(error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.tx != nil {
		return s.call(ctx, op, f)
	}
	wait := patience
	for n := 1; ; n++ {
		err := f(s.pool)
		if err == nil {
			return nil
		}
		if n == attempts || ctx.Err() != nil || !again(err) {
			return s.explain(ctx, op, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait *= 4
	}
}

// together makes one trip with all steps, which are one transaction. BEGIN and COMMIT
// travel with them: not every engine or pooler takes what is sent together for one
// transaction. In a host's transaction the steps are a part, see there.
//
// It takes a connection of its own, so that it is known whether anything was sent:
// of a batch whose answer was lost the driver, too, says that it is safe to be sent
// again. The steps behind are not part of the transaction; a host's has none.
func (s *Store) together(ctx context.Context, q querier, steps []step, behind ...step) error {
	if s.tx != nil {
		return part(ctx, q, steps)
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return unsentError{err}
	}
	defer conn.Release()
	if conn.Conn().IsClosed() {
		return unsentError{pgconn.ErrConnClosed}
	}
	err = send(ctx, conn, append(transaction(steps), behind...))
	if err != nil {
		rollBack(ctx, conn.Conn())
	}
	return err
}

// rollBackWithin is how long the server has for a ROLLBACK.
const rollBackWithin = 5 * time.Second

// rollBack ends the transaction that a failed step has left open, also when the
// context is over. What cannot be rolled back ends with its connection.
func rollBack(ctx context.Context, conn *pgx.Conn) {
	if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollBackWithin)
	defer cancel()
	if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
		_ = conn.Close(ctx)
	}
}

// readable reports whether a call that changes nothing can be made again.
func readable(err error) bool { return undone(err) || lost(err) }

// read runs one statement, and gives its rows to what begin returns; when it has
// to be run again, begin is called again.
func (s *Store) read(ctx context.Context, op, sql string, args []any, begin func() func(pgx.Rows) error) error {
	args = findable(args)
	return s.retry(ctx, op, func(q querier) error {
		found, err := q.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		return each(found, begin())
	}, readable)
}

func each(found pgx.Rows, row func(pgx.Rows) error) error {
	defer found.Close()
	for found.Next() {
		if err := row(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// reading runs one statement, as read does.
type reading func(ctx context.Context, op, sql string, args []any, begin func() func(pgx.Rows) error) error

// list reads rows of one kind.
func list[R any](ctx context.Context, s *Store, op, sql string, args []any, fields func(*R) []any) ([]R, error) {
	return listBy(ctx, s.read, op, sql, args, fields)
}

func listBy[R any](ctx context.Context, read reading, op, sql string, args []any, fields func(*R) []any) ([]R, error) {
	var out []R
	err := read(ctx, op, sql, args, func() func(pgx.Rows) error {
		out = nil
		return func(found pgx.Rows) error {
			var r R
			if err := found.Scan(fields(&r)...); err != nil {
				return err
			}
			out = append(out, r)
			return nil
		}
	})
	return out, err
}

// step is a statement of several that are sent together.
type step struct {
	sql     string
	args    []any
	refused error  // what it means that the step's guard fails
	tag     string // what the server has to say when it is done; "": anything
	scan    func(pgx.Rows) error
	aside   bool // of the last one: what becomes of it does not matter to the others
}

// guardFailed is the code of a division by zero, by which a guard that fails ends
// its transaction: a statement that finds nothing to change would not.
const guardFailed = "22012"

const commit = "COMMIT"

// transaction returns the steps between a BEGIN and a COMMIT. A server that has met
// an error before it answers ROLLBACK to the latter.
func transaction(steps []step) []step {
	out := append(make([]step, 0, len(steps)+2), step{sql: "BEGIN"})
	return append(append(out, steps...), step{sql: commit, tag: commit})
}

// send makes one trip with all steps.
func send(ctx context.Context, q querier, steps []step) error {
	var b pgx.Batch
	for _, s := range steps {
		b.Queue(s.sql, s.args...)
	}
	results := q.SendBatch(ctx, &b)
	for _, s := range steps {
		if err := s.receive(results); err != nil {
			_ = results.Close() // it says the same again
			if s.aside {
				return nil
			}
			return s.refusal(err)
		}
	}
	return results.Close()
}

func (s step) receive(results pgx.BatchResults) error {
	if s.scan == nil {
		tag, err := results.Exec()
		if err == nil && s.tag != "" && tag.String() != s.tag {
			return plain("the server answers %s with something else", s.tag)
		}
		return err
	}
	found, err := results.Query()
	if err != nil {
		return err
	}
	return each(found, s.scan)
}

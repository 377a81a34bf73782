package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// pool is a database with the statements that were prepared on it.
type pool struct {
	db    *sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

func newPool(db *sql.DB) *pool { return &pool{db: db, stmts: map[string]*sql.Stmt{}} }

func (p *pool) prepared(query string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.stmts[query]
}

// keep prepares statements for later transactions. One that fails is prepared by
// each of them.
func (p *pool) keep(ctx context.Context, queries []string) {
	for _, query := range queries {
		stmt, err := p.db.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		p.mu.Lock()
		if p.stmts[query] == nil {
			p.stmts[query], stmt = stmt, nil
		}
		p.mu.Unlock()
		if stmt != nil {
			_ = stmt.Close() // somebody else was faster
		}
	}
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, stmt := range p.stmts {
		errs = append(errs, stmt.Close())
	}
	clear(p.stmts)
	return errors.Join(errs...)
}

// session is one transaction, or what one command does in it.
type session struct {
	ctx   context.Context // of the statements
	over  context.Context // nil, or checked before each of them: what writes is not interrupted within one
	tx    *sql.Tx
	pool  *pool // nil in a host's transaction
	stmts map[string]*sql.Stmt
	fresh *[]string // queries that the pool has no statement of
}

// stmt returns a statement of the transaction. What is prepared anew is kept for
// later ones after the transaction: within it there may be no connection left.
func (s *session) stmt(query string) (*sql.Stmt, error) {
	if s.over != nil && s.over.Err() != nil {
		return nil, s.over.Err()
	}
	if stmt := s.stmts[query]; stmt != nil {
		return stmt, nil
	}
	if s.pool != nil {
		if prepared := s.pool.prepared(query); prepared != nil {
			stmt := s.tx.StmtContext(s.ctx, prepared)
			s.stmts[query] = stmt
			return stmt, nil
		}
		*s.fresh = append(*s.fresh, query)
	}
	stmt, err := s.tx.PrepareContext(s.ctx, query)
	if err != nil {
		return nil, err
	}
	s.stmts[query] = stmt
	return stmt, nil
}

// exec returns how many rows were changed.
func (s *session) exec(query string, args ...any) (int64, error) {
	stmt, err := s.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(s.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// collect returns the rows of a query. fields points to where the columns go.
func collect[R any](s *session, fields func(*R) []any, query string, args ...any) ([]R, error) {
	stmt, err := s.stmt(query)
	if err != nil {
		return nil, err
	}
	found, err := stmt.QueryContext(s.ctx, args...)
	if err != nil {
		return nil, err
	}
	return scan(found, fields)
}

// collectOnce is collect for a query that few others make, so that it is not
// worth keeping.
func collectOnce[R any](s *session, fields func(*R) []any, query string, args ...any) ([]R, error) {
	found, err := s.tx.QueryContext(s.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return scan(found, fields)
}

func scan[R any](found *sql.Rows, fields func(*R) []any) ([]R, error) {
	defer found.Close()
	var out []R
	var row R
	into := fields(&row)
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, found.Err()
}

// read calls f in a transaction that sees one state.
func (s *Store) read(ctx context.Context, op string, f func(*session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.joined != nil {
		return s.explain(ctx, op, s.joined.call(ctx, f))
	}
	// Not as a read-only one: the driver would switch to and fro by a pragma,
	// which makes SQLite prepare every statement again.
	return s.explain(ctx, op, s.reader.within(ctx, f))
}

// write calls f in a transaction that nobody else writes beside, and perhaps once more
// in another one. What f did is committed, or undone when it fails.
func (s *Store) write(ctx context.Context, op string, f func(*session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.joined != nil {
		return s.explain(ctx, op, s.joined.callWhole(ctx, f))
	}
	return s.explain(ctx, op, s.queue.write(ctx, f))
}

// within calls f in a transaction of its own.
func (p *pool) within(ctx context.Context, f func(*session) error) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	se := &session{ctx: ctx, tx: tx, pool: p, stmts: map[string]*sql.Stmt{}, fresh: new([]string)}
	if err := f(se); err != nil {
		_ = tx.Rollback() // the error that led here says more
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	p.keep(context.WithoutCancel(ctx), *se.fresh)
	return nil
}

// call calls f in the host's transaction.
func (j *joined) call(ctx context.Context, f func(*session) error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return f(&session{ctx: ctx, tx: j.tx, stmts: j.stmts})
}

// callWhole is call that undoes what f did when it fails, and no more.
func (j *joined) callWhole(ctx context.Context, f func(*session) error) error {
	return j.call(context.WithoutCancel(ctx), func(se *session) error {
		se.over = ctx
		err := se.whole(f)
		if gone := (*goneError)(nil); errors.As(err, &gone) { // or the host might commit a part
			_ = j.tx.Rollback() // the error that led here says more
		}
		return err
	})
}

package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
)

// queue is what waits to be written. There is one writer at a time, and what all that
// wait have to write is committed together: the disk is waited for once.
type queue struct {
	pool *pool
	turn chan struct{} // holds one value while nobody writes
	log  log           // is for who has the turn

	mu      sync.Mutex
	waiting []*job
}

func newQueue(p *pool, database string) *queue {
	q := &queue{pool: p, turn: make(chan struct{}, 1), log: newLog(database)}
	q.turn <- struct{}{}
	return q
}

// mostAtOnce is of how many the writes are committed together.
const mostAtOnce = 32

// job is something that is written whole or not at all. It may be done again where
// the transaction was lost for another one's sake.
type job struct {
	ctx  context.Context
	do   func(*session) error
	err  error
	done chan struct{}
}

func (j *job) finished() bool {
	select {
	case <-j.done:
		return true
	default:
		return false
	}
}

// finish is for who has the turn.
func (j *job) finish(err error) {
	if !j.finished() {
		j.err = err
		close(j.done)
	}
}

// write does it and returns when it is committed, or undone. Whoever has the turn
// writes for all that wait.
func (q *queue) write(ctx context.Context, do func(*session) error) error {
	j := &job{ctx: ctx, do: do, done: make(chan struct{})}
	q.mu.Lock()
	q.waiting = append(q.waiting, j)
	q.mu.Unlock()
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		if q.drop(j) {
			return ctx.Err()
		}
		<-j.done // it is being written
		return j.err
	case <-q.turn:
	}
	defer func() { q.turn <- struct{}{} }()
	for !j.finished() {
		tx, end, err := q.pool.begin(ctx)
		if err != nil {
			q.drop(j)
			return err
		}
		q.commit(tx, q.take(j))
		end()
	}
	return j.err
}

// drop takes a job back, unless somebody has it in hand.
func (q *queue) drop(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.waiting)
	q.waiting = slices.DeleteFunc(q.waiting, func(o *job) bool { return o == j })
	return len(q.waiting) < n
}

// take returns those that have waited longest, and the one whose turn it is.
func (q *queue) take(own *job) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), mostAtOnce)
	taken := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	if i := slices.Index(q.waiting, own); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		taken = append(taken, own)
	}
	return taken
}

// errLost is what becomes of a job while a bug of another one's ends the process.
var errLost = errors.New("another command that was written at the same time has failed for good")

// commit does jobs in one transaction. Where that is lost with one of them, each of the
// others is done again in one of its own.
func (q *queue) commit(tx *sql.Tx, jobs []*job) {
	defer func() { // nobody waits for good
		for _, j := range jobs {
			j.finish(errLost)
		}
	}()
	if q.together(tx, jobs) {
		return
	}
	for _, j := range jobs {
		if j.finished() {
			continue
		}
		tx, end, err := q.pool.begin(j.ctx)
		if err != nil {
			j.finish(err)
			continue
		}
		q.together(tx, []*job{j})
		end()
	}
}

// together does jobs in a transaction and ends it. It returns false when the
// transaction was lost with one of them.
func (q *queue) together(tx *sql.Tx, jobs []*job) bool {
	ctx := context.Background()
	stmts, fresh := map[string]*sql.Stmt{}, []string(nil)
	var written []*job
	for _, j := range jobs {
		var err error
		se := &session{ctx: ctx, over: j.ctx, tx: tx, pool: q.pool, stmts: stmts, fresh: &fresh}
		if len(jobs) > 1 {
			err = se.whole(j.do)
		} else {
			err = j.do(se)
		}
		if err == nil {
			written = append(written, j)
			continue
		}
		j.finish(err)
		if gone := (*goneError)(nil); errors.As(err, &gone) {
			_ = tx.Rollback() // the error that led here says more
			return false
		}
	}
	if len(written) == 0 {
		_ = tx.Rollback()
		return true
	}
	err := tx.Commit()
	for _, j := range written {
		j.finish(err)
	}
	if err == nil {
		q.pool.keep(ctx, fresh)
		q.log.written(ctx, q.pool.db)
	}
	return true
}

// begin begins a transaction that holds the right to write. The context counts until
// it has begun. End it in any case.
func (p *pool) begin(ctx context.Context) (*sql.Tx, context.CancelFunc, error) {
	within, end := context.WithCancel(context.WithoutCancel(ctx))
	counts := context.AfterFunc(ctx, end)
	tx, err := p.db.BeginTx(within, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if !counts() { // it was over before, and with it the transaction
		if err == nil {
			_ = tx.Rollback()
		}
		err = context.Cause(ctx)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return tx, end, nil
}

// goneError is of a failure that took the whole transaction with it.
type goneError struct{ err error }

func (e *goneError) Error() string { return e.err.Error() }

func (e *goneError) Unwrap() error { return e.err }

// whole calls f, and undoes what it did when it fails, and no more.
func (s *session) whole(f func(*session) error) error {
	if _, err := s.tx.ExecContext(s.ctx, "SAVEPOINT pe_apply"); err != nil {
		return &goneError{err}
	}
	err := f(s)
	end := "RELEASE pe_apply"
	if err != nil {
		end = "ROLLBACK TO pe_apply; RELEASE pe_apply"
	}
	if _, failed := s.tx.ExecContext(s.ctx, end); failed != nil {
		return &goneError{cmp.Or(err, failed)} // the first says why
	}
	return err
}

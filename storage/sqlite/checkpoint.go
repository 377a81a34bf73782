package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// Checkpoint works the write-ahead log into the database and cuts it to nothing, so that
// what was erased or delivered is overwritten in the file, too, and nobody's copy of the
// log has it. Who writes waits meanwhile; it waits for those who read, for as long as
// Options.BusyTimeout says, and then returns ErrBusy with as much worked in as could be.
// It is never needed for the log to stay short, unless a host writes in transactions
// of its own alone. ErrFull: the database cannot grow; nothing is lost, as the log has it.
func (s *Store) Checkpoint(ctx context.Context) error {
	const op = "work in the log"
	if s.joined != nil {
		return &Error{Op: op, Err: errors.New("that cannot be done within a transaction")}
	}
	select {
	case <-s.queue.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.queue.turn <- struct{}{} }()
	busy, _, err := checkpoint(ctx, s.queue.pool.db, "TRUNCATE")
	if err == nil && busy {
		return &Error{Op: op, Problem: ErrBusy}
	}
	return s.explain(ctx, op, err)
}

// checkpoint works in what can be, and returns whether somebody was in the way and
// how many frames the log has.
func checkpoint(ctx context.Context, db *sql.DB, mode string) (busy bool, frames int, err error) {
	var done int
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &frames, &done)
	return busy, frames, err
}

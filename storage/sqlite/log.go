package sqlite

import (
	"context"
	"database/sql"
)

// log keeps the write-ahead log short. SQLite begins it anew only when nobody reads
// from it at the moment of a write; where several processes read all the time that
// moment does not come, and the log grows for as long as they do. So from time to
// time a writer looks how long it is, and when it is too long waits until nobody
// reads from it: readers that begin meanwhile go on without it, writers wait.
type log struct {
	most  int // frames, of a page each, that it may have
	every int // how many writes until one looks
	left  int // of these
	wait  int // how many times as many it is now, while a reader stays for long
}

// The log is 64 MB at most with pages of 4 KB, which is what SQLite is told to keep
// of it.
const (
	mostFrames  = 16384
	everyWrites = 256
	mostWait    = 64
)

func newLog() log { return log{most: mostFrames, every: everyWrites, left: everyWrites, wait: 1} }

// written counts a write. What fails here is tried again later, and does no harm.
func (l *log) written(ctx context.Context, db *sql.DB) {
	if l.left--; l.left > 0 {
		return
	}
	defer func() { l.left = l.every * l.wait }()
	if _, frames, err := checkpoint(ctx, db, "PASSIVE"); err != nil || frames <= l.most {
		return
	}
	busy, _, err := checkpoint(ctx, db, "RESTART")
	switch {
	case err == nil && !busy:
		l.wait = 1
	case l.wait < mostWait:
		l.wait *= 2
	}
}

// checkpoint works in what can be, and returns whether somebody was in the way and
// how many frames the log has.
func checkpoint(ctx context.Context, db *sql.DB, mode string) (busy bool, frames int, err error) {
	var done int
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &frames, &done)
	return busy, frames, err
}

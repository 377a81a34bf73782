package sqlite

import (
	"context"
	"database/sql"
	"os"
	"time"
)

// log keeps the write-ahead log short. SQLite begins it anew only when nobody reads
// from it at the moment of a write; where several processes read all the time that
// moment does not come, and the log grows for as long as they do. So a writer who finds
// it too long waits a moment until nobody reads from it: readers that begin meanwhile go
// on without it, writers wait. A reader that stays for longer is not waited for: the log
// grows on, and the next who looks is the one who finds it longer by as much again.
type log struct {
	path string
	most int64 // bytes that it may have
	next int64 // bytes at which somebody looks
	last int64 // bytes when somebody looked at its size
}

const (
	mostLog = 64 << 20               // what SQLite is told to keep of it
	logWait = 250 * time.Millisecond // a page is read in less
)

func newLog(database string) log {
	return log{path: database + "-wal", most: mostLog, next: mostLog}
}

// written looks after the log. What fails here is tried again later, and does no harm.
func (l *log) written(ctx context.Context, db *sql.DB) {
	info, err := os.Stat(l.path)
	if err != nil {
		return // the database is in no file of the system's
	}
	size := info.Size()
	if size < l.last { // it was begun anew, and cut
		l.next = l.most
	}
	if l.last = size; size <= l.next {
		return
	}
	l.next = size + l.most
	if _, _, err := checkpoint(ctx, db, "PASSIVE"); err != nil { // so that nobody waits for that
		return
	}
	ctx, end := context.WithTimeout(ctx, logWait)
	defer end()
	if busy, _, err := checkpoint(ctx, db, "RESTART"); err == nil && !busy {
		l.next = size // it is overwritten now
	}
}

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"

	"github.com/partnerengage/partnerengage/storage"
)

// What can be wrong with a database, for errors.Is. Of these, ErrBusy, ErrFull,
// ErrResources and ErrInput also match storage.ErrUnavailable: for them it can
// help to try again later.
var (
	ErrBusy        = errors.New("another connection or process kept the database locked for too long")
	ErrFull        = errors.New("there is no room left on the disk, or in what the database may use of it: free some, then try again")
	ErrResources   = errors.New("the machine is out of memory or open files")
	ErrInput       = errors.New("reading or writing the file failed")
	ErrReadOnly    = errors.New("the file cannot be written to: check its permissions, and those of its folder")
	ErrOpen        = errors.New("the file cannot be opened: check that its folder is there, and the permissions")
	ErrNotDatabase = errors.New("the file is not a database, or is encrypted")
	ErrCorrupt     = errors.New("the file is damaged: restore a backup")
	ErrSchema      = errors.New("the tables are missing or older than this library: call Migrate")
	ErrEncoding    = errors.New("the database keeps texts in another encoding than UTF-8: make a new one, with PRAGMA encoding = 'UTF-8'")
	ErrNewerSchema = errors.New("the tables are newer than this library: use the version that made them, or a later one")
	ErrExists      = errors.New("the file of the backup is there already: take another name, or say that it be replaced")
	ErrInUse       = errors.New("the file of the backup is a database in use, or one that was not closed: take another name")
	ErrKeys        = errors.New("the keys by which customers are sorted and found are of another version: call Migrate, by the newest version of the library that works with these tables")
)

// Error is trouble with the database. It matches its Problem, and
// storage.ErrUnavailable where trying again later can help; ErrFull matches
// storage.ErrFull as well.
type Error struct {
	Op      string // what was being done: "apply changes"
	Problem error  // one of this package's, or nil when SQLite says it all
	Err     error  // SQLite's, or nil

	// File is the path of what has no room, cannot be opened or is taken: the database,
	// its log (-wal) or the index of that (-shm), a backup, or the folder of temporary
	// files. "" where nobody knows: of a limit that SQLite itself keeps (PRAGMA
	// max_page_count) for example, and of a database that OpenDB did not open.
	File string

	migrating bool // then that the tables are not what they should be explains nothing
}

func (e *Error) Error() string {
	switch {
	case e.Problem == nil:
		return fmt.Sprintf("sqlite: %s: %v", e.Op, e.Err)
	case e.Err == nil && e.File == "":
		return fmt.Sprintf("sqlite: %s: %v", e.Op, e.Problem)
	case e.Err == nil:
		return fmt.Sprintf("sqlite: %s: %v (%s)", e.Op, e.Problem, e.File)
	case e.File == "" || strings.Contains(e.Err.Error(), e.File):
		return fmt.Sprintf("sqlite: %s: %v (%v)", e.Op, e.Problem, e.Err)
	}
	return fmt.Sprintf("sqlite: %s: %v (%s: %v)", e.Op, e.Problem, e.File, e.Err)
}

// Unwrap returns everything that the error matches.
func (e *Error) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Problem, e.Err} {
		if err != nil {
			all = append(all, err)
		}
	}
	switch e.Problem {
	case ErrFull:
		all = append(all, storage.ErrFull)
	case ErrBusy, ErrResources, ErrInput:
		all = append(all, storage.ErrUnavailable)
	}
	return all
}

// explain turns an error of the driver into one of this package's. Errors of the
// contract stay what they are, and so does that of a context which is over.
func explain(ctx context.Context, op string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrInvalid), errors.Is(err, storage.ErrRewound), errors.Is(err, storage.ErrUnreadable), errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err // of a transaction whose own context is over
	case errors.Is(err, sqlite3.CONSTRAINT):
		return fmt.Errorf("%w: the changes break what the tables demand: %w", storage.ErrInvalid, err)
	}
	e := &Error{Op: op, Problem: problem(err), Err: err}
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		e.File = of.Path
	}
	return e
}

// problem finds out what a driver's error comes to, by its code.
func problem(err error) error {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM) {
		return ErrResources
	}
	if noRoom(err) || errors.Is(err, sqlite3.IOERR_SHMSIZE) { // the log's index could not grow
		return ErrFull
	}
	var code sqlite3.ErrorCode
	if !errors.As(err, &code) {
		return nil
	}
	switch code {
	case sqlite3.BUSY, sqlite3.LOCKED, sqlite3.PROTOCOL:
		return ErrBusy
	case sqlite3.FULL:
		return ErrFull
	case sqlite3.NOMEM:
		return ErrResources
	case sqlite3.IOERR:
		return ErrInput
	case sqlite3.READONLY, sqlite3.PERM, sqlite3.AUTH:
		return ErrReadOnly
	case sqlite3.CANTOPEN:
		return ErrOpen
	case sqlite3.NOTADB:
		return ErrNotDatabase
	case sqlite3.CORRUPT:
		return ErrCorrupt
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrInvalid, fmt.Sprintf(format, args...))
}

func conflict(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrConflict, fmt.Sprintf(format, args...))
}

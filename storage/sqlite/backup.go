package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// BackupOptions are what a host can choose of a backup. The zero value of each field is
// a usable default, and so are nil BackupOptions.
type BackupOptions struct {
	// Replace lets the backup take the place of a file that is there, in one moment:
	// whoever opens it has the former or the new one whole. Otherwise such a file is
	// ErrExists.
	Replace bool

	// Progress is told from time to time, and in the end, how many bytes of how many
	// are copied; nil: nobody is.
	Progress func(copied, total int64)
}

// stepPages are copied before one looks whether the context is over: 1 MB with pages
// of 4 KB.
const stepPages = 256

// Backup copies the whole database, a host's own tables included, into a new file, as it
// was at one moment after the call began, while others read and write. The path is a
// plain one, in a folder that is there. Whoever finds a file under it has the whole
// backup, on the disk: it is written beside it, as path.partial- and some digits, and
// gets its name when it is complete. A process that dies meanwhile can leave such a file,
// and a path.partial-…-journal, which are of no use and may be removed; any other failure
// leaves nothing. There is nothing to resume: a backup is made anew.
//
// The copy is readable for its owner only, and a database of its own, for Open. It holds
// who was erased since, and what links and mails have not gone out: keep it like the
// database, erase again after it is restored, and see the package comment for how to.
//
// A database that is opened by another file system of SQLite's (vfs= in its URI), an
// encrypted one for example, is copied in plain.
//
// It takes one of the connections that read, or of a host's database one of its own.
// Nobody waits for it, but the write-ahead log grows for as long as it takes by what
// others write. When the context is over it ends within a step of a megabyte.
//
// The error is an *Error: ErrExists for a path that is taken, ErrInUse for one that is
// this database or has the log of a database beside it, ErrFull with the File where the
// disk has no room for the copy. What damages the file has is copied with the rest:
// verify.Check, on a Store that opened the copy, says whether it is sound.
func (s *Store) Backup(ctx context.Context, path string, opts *BackupOptions) error {
	const op = "back up the database"
	if s.joined != nil {
		return &Error{Op: op, Err: errors.New("a transaction cannot be backed up: do it outside, by the Store that WithTx was called on")}
	}
	var o BackupOptions
	if opts != nil {
		o = *opts
	}
	err := explain(ctx, op, s.backup(ctx, op, path, o))
	if e := (*Error)(nil); errors.As(err, &e) && e.Problem == ErrFull {
		e.File = path // whatever it is called until then
	}
	return err
}

func (s *Store) backup(ctx context.Context, op, path string, o BackupOptions) error {
	if path == "" {
		return errors.New("a path is needed")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	conn, err := s.reader.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := free(op, path, s.path, o.Replace); err != nil {
		return err
	}
	partial, err := partialOf(path)
	if err != nil {
		return err
	}
	defer removeAll(partial, partial+"-journal", partial+"-wal", partial+"-shm") // of the first nothing is left when all is well
	if err := copyTo(ctx, conn, partial, o.Progress); err != nil {
		return err
	}
	if err := syncFile(partial); err != nil {
		return err
	}
	if err := free(op, path, s.path, o.Replace); err != nil { // somebody may have come since
		return err
	}
	if err := name(op, partial, path, o.Replace); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// free returns an error when a backup cannot be put there. A log that lies beside it is
// another database's, and would be read as the backup's, also what somebody who has
// that one open writes to it later.
func free(op, path, own string, replace bool) error {
	there, err := os.Stat(path)
	if err == nil {
		if same, err := os.Stat(own); err == nil && os.SameFile(there, same) {
			return &Error{Op: op, Problem: ErrInUse, File: path}
		}
		if !replace {
			return &Error{Op: op, Problem: ErrExists, File: path}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, log := range []string{path + "-wal", path + "-shm", path + "-journal"} {
		if _, err := os.Lstat(log); !errors.Is(err, fs.ErrNotExist) {
			return &Error{Op: op, Problem: ErrInUse, Err: err, File: log}
		}
	}
	return nil
}

// partialOf makes the file in which the backup is made, for its owner only.
func partialOf(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".partial-")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// copyTo copies the pages. The transaction keeps what is read from as it is: without
// it a copy begins anew whenever another process writes.
func copyTo(ctx context.Context, conn *sql.Conn, to string, progress func(copied, total int64)) error {
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var size int64
	if err := tx.QueryRow("SELECT page_size FROM pragma_page_size WHERE (SELECT count(*) FROM sqlite_schema) >= 0").Scan(&size); err != nil {
		return err
	}
	return conn.Raw(func(c any) (err error) {
		b, err := c.(driver.Conn).Raw().BackupInit("main", uri(to))
		if err != nil {
			return err
		}
		defer func() {
			if failed := b.Close(); err == nil {
				err = failed
			}
		}()
		return copyPages(ctx, b, size, progress)
	})
}

func copyPages(ctx context.Context, b *sqlite3.Backup, size int64, progress func(copied, total int64)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		done, err := b.Step(stepPages)
		if err != nil {
			return err
		}
		if progress != nil {
			total := int64(b.PageCount())
			progress((total-int64(b.Remaining()))*size, total*size)
		}
		if done {
			return nil
		}
	}
}

// name gives the complete backup its name: in one moment, and without Replace to
// nobody's cost.
func name(op, partial, path string, replace bool) error {
	if !replace {
		switch err := os.Link(partial, path); {
		case err == nil:
			return nil // the other name goes
		case errors.Is(err, fs.ErrExist):
			return &Error{Op: op, Problem: ErrExists, File: path}
		} // else this file system has no second names
	}
	return os.Rename(partial, path)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder brings the names in a folder to the disk, where a system knows that.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func removeAll(paths ...string) {
	for _, path := range paths {
		_ = os.Remove(path)
	}
}

package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/partnerengage/partnerengage/storage"
)

// Options are what a host can choose. The zero value of each field is a usable
// default, and so are nil Options.
type Options struct {
	// Relaxed lets a commit return before the disk has it (synchronous NORMAL).
	// Nothing is lost when the process dies; when the machine does, the last
	// commits can be, whole ones only. Several times faster on most disks.
	Relaxed bool

	// BusyTimeout is how long to wait for another process that writes; 0: 10
	// seconds. After that a call returns ErrBusy.
	BusyTimeout time.Duration

	// Readers is how many calls may read at once; 0: one for each processor, and
	// 4 at least.
	Readers int

	// CacheMiB is how much memory each connection keeps pages in; 0: 32 MiB.
	CacheMiB int

	// NoMigration leaves the tables as they are, and refuses them with ErrSchema
	// unless they are up to date: for hosts that give Migrations to a tool of
	// their own.
	NoMigration bool
}

func (o *Options) orDefault() Options {
	var out Options
	if o != nil {
		out = *o
	}
	out.BusyTimeout = cmp.Or(out.BusyTimeout, 10*time.Second)
	out.Readers = cmp.Or(out.Readers, max(4, runtime.NumCPU()))
	out.CacheMiB = cmp.Or(out.CacheMiB, 32)
	return out
}

// Store keeps the state of a workflow in a SQLite database. It is a
// storage.Store. Make one with Open or New.
type Store struct {
	writer *pool
	reader *pool
	queue  *queue
	path   string  // of the database
	owned  bool    // the pools are closed with the Store
	joined *joined // of a Store that WithTx made; then nothing else is used
}

// joined is a host's transaction.
type joined struct {
	mu    sync.Mutex // held for the whole of each call, as a transaction is for one at a time
	tx    *sql.Tx
	stmts map[string]*sql.Stmt // closed with the transaction
}

var _ storage.Store = (*Store)(nil)

// Open opens the database in a file, which it makes, readable by its owner only,
// if there is none, and brings its tables up to date. Close it in the end.
//
// The path may also be a "file:" URI as SQLite reads them. The error is an
// *Error.
func Open(ctx context.Context, path string, opts *Options) (*Store, error) {
	o := opts.orDefault()
	writer, err := OpenDB(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := openDB(path, o, "PRAGMA query_only = ON")
	if err != nil {
		return nil, errors.Join(explain(ctx, "open the database", err), writer.Close())
	}
	reader.SetMaxOpenConns(o.Readers)
	reader.SetMaxIdleConns(o.Readers)
	s, err := newStore(ctx, writer, reader)
	if err != nil {
		return nil, errors.Join(explain(ctx, "open the database", err), reader.Close(), writer.Close())
	}
	s.owned = true
	if o.NoMigration {
		err = s.checkSchema(ctx)
	} else {
		err = s.Migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// OpenDB opens a file as Open does, for a host that keeps tables of its own
// there: with a write-ahead log, foreign keys, and erased data overwritten. It
// leaves the tables alone. Give what it returns to New.
func OpenDB(ctx context.Context, path string, opts *Options) (*sql.DB, error) {
	const op = "open the database"
	o := opts.orDefault()
	if path == "" || strings.Contains(path, ":memory:") || strings.Contains(path, "mode=memory") {
		return nil, &Error{Op: op, Err: errors.New("a path is needed: each connection would have a database in memory of its own (see storage/memory)")}
	}
	if err := create(path); err != nil {
		return nil, explain(ctx, op, err)
	}
	db, err := openDB(path, o)
	if err != nil {
		return nil, explain(ctx, op, err)
	}
	if err := useWAL(ctx, db, o.BusyTimeout); err != nil {
		return nil, errors.Join(explain(ctx, op, err), db.Close())
	}
	return db, nil
}

// create makes a missing file, for its owner only: SQLite would let everybody
// read it whom the umask lets.
func create(path string) error {
	if strings.HasPrefix(path, "file:") {
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil // it is there, or SQLite says what is wrong
	}
	return f.Close()
}

func openDB(path string, o Options, more ...string) (*sql.DB, error) {
	synchronous := "FULL"
	if o.Relaxed {
		synchronous = "NORMAL"
	}
	setup := append([]string{
		"PRAGMA foreign_keys = ON",
		"PRAGMA secure_delete = ON",
		"PRAGMA synchronous = " + synchronous,
		fmt.Sprintf("PRAGMA cache_size = -%d", o.CacheMiB<<10),
		"PRAGMA wal_autocheckpoint = 4000", // or a bulk of writes would copy the same pages again and again
		"PRAGMA journal_size_limit = 67108864",
	}, more...)
	registerRoom()
	return driver.Open(uri(path), func(c *sqlite3.Conn) error {
		if err := c.BusyTimeout(o.BusyTimeout); err != nil {
			return err
		}
		// A plan once made stays, whatever the arguments: or SQLite would prepare
		// statements again that could use a partial index.
		if _, err := c.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true); err != nil {
			return err
		}
		return c.Exec(strings.Join(setup, ";"))
	})
}

// uri returns the path as a URI, which gives the write-ahead log the permissions
// of the file, and its file system. A URI keeps one of its own.
func uri(path string) string {
	const by = "vfs=" + roomName
	if given, query, _ := strings.Cut(path, "?"); strings.HasPrefix(path, "file:") {
		switch values, err := url.ParseQuery(query); {
		case err != nil || values.Has("vfs"):
			return path
		case query == "":
			return given + "?" + by
		}
		return path + "&" + by
	}
	slashed := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		slashed = "/" + slashed
	}
	modeof := strings.ReplaceAll(url.QueryEscape(path), "+", "%20") // SQLite takes a plus for a plus
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + "?modeof=" + modeof + "&" + by
}

// useWAL turns the write-ahead log on, which stays so. That SQLite is busy with
// just this for somebody else it tells without waiting.
func useWAL(ctx context.Context, db *sql.DB, patience time.Duration) error {
	for began := time.Now(); ; {
		var mode string
		err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
		if err == nil && mode != "wal" {
			err = db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		}
		switch {
		case err == nil && mode != "wal":
			return fmt.Errorf("this file system cannot have a write-ahead log, which needs shared memory: the journal is %q", mode)
		case !errors.Is(err, sqlite3.BUSY) || time.Since(began) > patience:
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// New returns a Store on a host's own database, one of this package's driver;
// see OpenDB. It leaves the tables alone: call Migrate. Its own tables have names
// that begin with pe_.
//
// The Store takes a connection of the database for each call, and of those that
// write one at a time. It keeps statements prepared on them; Close ends that, and
// does not close the database. Of the options only NoMigration matters here.
//
// With an error there is no Store. It is an *Error: ErrNewerSchema for tables that are
// newer than the library, ErrEncoding for a database that is not in UTF-8, what keeps
// the database from being read, and with NoMigration also ErrSchema
// for tables that are missing or older, and ErrKeys for keys of another version.
func New(ctx context.Context, db *sql.DB, opts *Options) (*Store, error) {
	const op = "use the database"
	if _, ok := db.Driver().(*driver.SQLite); !ok {
		return nil, &Error{Op: op, Err: fmt.Errorf("its driver is %T: open it with OpenDB, or with github.com/ncruces/go-sqlite3/driver", db.Driver())}
	}
	s, err := newStore(ctx, db, db)
	if err != nil {
		return nil, explain(ctx, op, err)
	}
	err = s.checkSchema(ctx)
	if migrates := opts == nil || !opts.NoMigration; migrates && (errors.Is(err, ErrSchema) || errors.Is(err, ErrKeys)) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// file returns the path of the database, or "" where it is in none.
func file(ctx context.Context, q asker) (path string, err error) {
	err = q.QueryRowContext(ctx, "SELECT coalesce(file, '') FROM pragma_database_list WHERE name = 'main'").Scan(&path)
	return path, err
}

func newStore(ctx context.Context, writer, reader *sql.DB) (*Store, error) {
	path, err := file(ctx, reader)
	if err != nil {
		return nil, err
	}
	s := &Store{writer: newPool(writer), path: path}
	s.reader, s.queue = s.writer, newQueue(s.writer, path)
	if reader != writer {
		s.reader = newPool(reader)
	}
	return s, nil
}

// Close lets go of the database. A file that Open opened is closed, and its
// write-ahead log worked in when nobody else has it open. No call may be under
// way.
func (s *Store) Close() error {
	err := s.writer.close()
	if s.reader != s.writer {
		err = errors.Join(s.reader.close(), err)
	}
	if s.owned {
		err = errors.Join(err, s.reader.db.Close(), s.writer.db.Close())
	}
	return explain(context.Background(), "close the database", err)
}

// WithTx returns a Store that works in the host's own transaction: what it
// applies is committed with the host's work, and rolled back with it.
//
// The transaction must be of a database with these tables, and had better begin
// as sql.LevelSerializable, which holds the right to write from its start
// (BEGIN IMMEDIATE). One that has only read so far cannot write any more once
// somebody else has: Apply then returns ErrBusy, and the host has to roll back
// and begin again.
//
// Within the transaction nobody else can change anything, so a conflict is one
// with the host itself, and to load and decide again does not help. An Apply that
// fails leaves the transaction as it was before, or ends it where SQLite undoes all of
// it, as with ErrFull: then the host's Commit fails, too. Nobody sees what it wrote, and it
// is not durable, before the host commits: tell nobody before then, and let
// messages go out by a Store outside.
//
// While a command decides, which asks directory, catalog and facts, a transaction that
// holds the right to write keeps everybody else from it, and whatever these write, or read
// on the only connection of a pool, waits until the context ends.
// workflow.Service.WithTransaction begins it when the command is decided.
func (s *Store) WithTx(tx *sql.Tx) storage.Store {
	return &Store{path: s.path, joined: &joined{tx: tx, stmts: map[string]*sql.Stmt{}}}
}

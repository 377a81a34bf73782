package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ncruces/go-sqlite3"
)

//go:embed migrations/*.sql before/*.sql
var embedded embed.FS

// Migrations holds the statements that make the tables, "0008_begin_anew.sql" and so
// on, each for one version after the other. Migrate runs them; a host that has a
// tool of its own for that can give them to it where there are no tables yet, and then
// has to write the last one's number into the table pe_schema. Tables of a version
// before the first of them only Migrate can bring over.
var Migrations = folder("migrations")

// folder panics when there is none: the folder is in the program.
func folder(name string) fs.FS {
	sub, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err)
	}
	return sub
}

// Migrate brings the tables up to date, or makes them. Names and search words are
// kept as keys, which are made anew where another version of the library made
// them, so it has to be called even if another tool ran the Migrations. Any number
// of processes may call it at once: one does it, the others wait. It returns
// ErrNewerSchema, and changes nothing, when the tables are newer than this library,
// and ErrEncoding for a database that is not in UTF-8.
//
// Tables that a version of the library wrote which kept JSON are brought over whole, in
// one transaction that reads and writes everything: no other process may run such a
// version any more.
func (s *Store) Migrate(ctx context.Context) error {
	const op = "migrate the tables"
	if err := s.checkSchema(ctx); err == nil || errors.Is(err, ErrNewerSchema) || errors.Is(err, ErrEncoding) {
		return err // without waiting for those who write
	}
	return s.write(ctx, op, func(se *session) error {
		err := se.migrate(op)
		if ours := (*Error)(nil); errors.Is(err, sqlite3.ERROR) && !errors.As(err, &ours) { // as it is: the tables are not what statements were written for
			err = &Error{Op: op, Err: err, migrating: true}
		}
		return err
	})
}

func (s *session) migrate(op string) error {
	if _, err := s.tx.ExecContext(s.ctx, "CREATE TABLE IF NOT EXISTS pe_schema (version INTEGER NOT NULL PRIMARY KEY) STRICT"); err != nil {
		return err
	}
	at, err := version(s.ctx, s.tx)
	if err != nil {
		return err
	}
	all, err := scripts(Migrations)
	if err != nil {
		return &Error{Op: op, Err: err}
	}
	switch last := all[len(all)-1].version; {
	case at > last:
		return &Error{Op: op, Problem: ErrNewerSchema}
	case at > 0 && at < all[0].version:
		if err := s.bringOver(at, all); err != nil {
			return err
		}
		at = last
	}
	for _, m := range all {
		if m.version > at {
			if err := s.runScript(m); err != nil {
				return err
			}
		}
	}
	if same, err := sameKeys(s.ctx, s.tx); err != nil || same {
		return err
	}
	return s.rekey()
}

func (s *session) runScript(m script) error {
	if _, err := s.tx.ExecContext(s.ctx, m.sql); err != nil {
		return fmt.Errorf("version %d: %w", m.version, err)
	}
	_, err := s.tx.ExecContext(s.ctx, "INSERT INTO pe_schema (version) VALUES (?)", m.version)
	return err
}

// asker is a database or a transaction.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// version returns the version of the tables, 0 when there are none.
func version(ctx context.Context, q asker) (int64, error) {
	var there bool
	var at int64
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'pe_schema')").Scan(&there)
	if err != nil || !there {
		return 0, err
	}
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM pe_schema").Scan(&at)
	return at, err
}

// checkSchema returns ErrSchema, ErrNewerSchema or ErrKeys unless the tables are
// those that the statements of this package are for, and ErrEncoding for a database
// in which these would not work.
func (s *Store) checkSchema(ctx context.Context) error {
	const op = "look for the tables"
	var q asker
	if s.joined != nil {
		q = s.joined.tx
	} else {
		q = s.reader.db
	}
	var encoding string
	if err := q.QueryRowContext(ctx, "PRAGMA encoding").Scan(&encoding); err != nil {
		return explain(ctx, op, err)
	}
	if encoding != "UTF-8" { // in another one texts have another order
		return &Error{Op: op, Problem: ErrEncoding, Err: fmt.Errorf("it is in %s", encoding)}
	}
	at, err := version(ctx, q)
	if err != nil {
		return explain(ctx, op, err)
	}
	all, err := scripts(Migrations)
	if err != nil {
		return &Error{Op: op, Err: err}
	}
	switch last := all[len(all)-1].version; {
	case at < last:
		return &Error{Op: op, Problem: ErrSchema, Err: fmt.Errorf("they are at version %d, and have to be at %d", at, last)}
	case at > last:
		return &Error{Op: op, Problem: ErrNewerSchema, Err: fmt.Errorf("they are at version %d, and the newest that it knows is %d", at, last)}
	}
	same, err := sameKeys(ctx, q)
	if err != nil {
		return explain(ctx, op, err)
	}
	if !same {
		return &Error{Op: op, Problem: ErrKeys}
	}
	return nil
}

// explain is explain that also says which file is full, and looks whether a statement
// fails because the tables are not what it was written for.
func (s *Store) explain(ctx context.Context, op string, err error) error {
	err = explain(ctx, op, err)
	var e *Error
	if errors.As(err, &e) && e.Problem == ErrFull && e.File == "" {
		e.File = fullFile(s.path, e.Err)
	}
	if errors.As(err, &e) && e.Problem == nil && !e.migrating && errors.Is(err, sqlite3.ERROR) {
		var schema *Error
		if errors.As(s.checkSchema(ctx), &schema) && schema.Problem != nil {
			return &Error{Op: op, Problem: schema.Problem, Err: schema.Err}
		}
	}
	return err
}

package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/storage/postgres/internal/scripts"
)

//go:embed migrations/*.sql before/*.sql
var embedded embed.FS

// before are the migrations up to the version whose tables are brought over.
var before = scripts.Folder(embedded, "before")

// Migrations holds the statements that make the tables, "0010_begin_anew.sql" and so
// on, each for one version after the other. They name no schema: they are for the
// first one of the search path. Migrate runs them; a host that has a tool of its
// own for that can give them to it, and then has to write each one's number into
// the table migration (version bigint primary key) of the schema. The comment with
// which each begins says whether processes with an older library may go on meanwhile
// and afterwards, or have to be stopped.
var Migrations = scripts.Folder(embedded, "migrations")

// Migrate makes the schema and its tables, or brings them up to date. Names and
// search words are kept as keys, which are made anew where another version of the
// library made them, so it has to be called even if another tool ran the
// Migrations. Any number of processes may call it at once: one does it, the others
// wait. It happens whole or not at all, and is sent statement by statement. It
// returns ErrNewerSchema, and changes nothing, when the tables are newer than this
// library.
//
// It needs the right to create a schema in the database, or in a schema that is
// there the right to create tables.
func (s *Store) Migrate(ctx context.Context) error {
	const op = "migrate the tables"
	if err := s.checkSchema(ctx); err == nil || !migrates(err) {
		return err // without waiting for anybody
	}
	all, err := scripts.Read(Migrations)
	if err != nil {
		return &Error{Op: op, Err: plain("%v", err)}
	}
	return explain(ctx, op, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return s.migrate(ctx, tx, all) }))
}

// migrates reports whether Migrate is what helps.
func migrates(err error) bool {
	return errors.Is(err, ErrSchema) || errors.Is(err, ErrKeys) || errors.Is(err, ErrRestored)
}

func (s *Store) migrate(ctx context.Context, tx pgx.Tx, all []scripts.Script) error {
	// Until the transaction ends; so it is the same through a pooler.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('partnerengage'), hashtext($1::text))", s.schema); err != nil {
		return err
	}
	var there bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1::text)", s.schema).Scan(&there); err != nil {
		return err
	}
	if !there {
		if _, err := tx.Exec(ctx, `CREATE SCHEMA "`+s.schema+`"`); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+s.in+"migration (version BIGINT NOT NULL PRIMARY KEY)"); err != nil {
		return err
	}
	at, err := s.version(ctx, tx)
	if err != nil {
		return err
	}
	if at > all[len(all)-1].Version {
		return &Error{Op: "migrate the tables", Problem: ErrNewerSchema}
	}
	if _, err := tx.Exec(ctx, `SET LOCAL search_path TO "`+s.schema+`"`); err != nil {
		return err
	}
	old := 0 < at && at < all[0].Version
	if old {
		if err := s.setAside(ctx, tx, at); err != nil {
			return err
		}
	}
	if err := s.run(ctx, tx, all, at); err != nil {
		return err
	}
	if old {
		return s.bringOver(ctx, tx)
	}
	if err := s.beginEpoch(ctx, tx); err != nil {
		return err
	}
	if same, err := s.sameKeys(ctx, tx); err != nil || same {
		return err
	}
	return s.rekey(ctx, tx)
}

// run runs the scripts of later versions, and notes them.
func (s *Store) run(ctx context.Context, tx pgx.Tx, all []scripts.Script, at int64) error {
	for _, m := range all {
		if m.Version <= at {
			continue
		}
		for _, statement := range scripts.Statements(m.SQL) {
			for _, part := range partitioned(statement, s.parts) {
				if _, err := tx.Exec(ctx, part); err != nil {
					return fmt.Errorf("version %d: %w", m.Version, err)
				}
			}
		}
		if _, err := tx.Exec(ctx, "INSERT INTO "+s.in+"migration (version) VALUES ($1::bigint)", m.Version); err != nil {
			return err
		}
	}
	return nil
}

// asker is a pool or the transaction of a Migrate.
type asker interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// version returns the version of the tables, 0 when there are none.
func (s *Store) version(ctx context.Context, q asker) (int64, error) {
	var there bool
	err := q.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = $1::text AND c.relname = 'migration')", s.schema).Scan(&there)
	if err != nil || !there {
		return 0, err
	}
	var at int64
	err = q.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM "+s.in+"migration").Scan(&at)
	return at, err
}

// checkSchema returns ErrSchema, ErrNewerSchema, ErrKeys or ErrRestored unless the tables are those
// that the statements of this package are for.
func (s *Store) checkSchema(ctx context.Context) error {
	const op = "look for the tables"
	at, err := s.version(ctx, s.pool)
	for n := 1; err != nil && n < attempts && readable(err); n++ { // connections that were idle can have ended
		at, err = s.version(ctx, s.pool)
	}
	if err != nil {
		return explain(ctx, op, err)
	}
	all, err := scripts.Read(Migrations)
	if err != nil {
		return &Error{Op: op, Err: plain("%v", err)}
	}
	switch last := all[len(all)-1].Version; {
	case at < last:
		return &Error{Op: op, Problem: ErrSchema, Err: plain("they are at version %d, and have to be at %d", at, last)}
	case at > last:
		return &Error{Op: op, Problem: ErrNewerSchema, Err: plain("they are at version %d, and the newest that it knows is %d", at, last)}
	}
	same, err := s.sameKeys(ctx, s.pool)
	if err != nil {
		return explain(ctx, op, err)
	}
	if !same {
		return &Error{Op: op, Problem: ErrKeys}
	}
	var restored bool
	if err := s.pool.QueryRow(ctx, "SELECT "+s.restored()).Scan(&restored); err != nil {
		return explain(ctx, op, err)
	}
	if restored {
		return &Error{Op: op, Problem: ErrRestored}
	}
	return nil
}

// explain is explain that also looks whether a statement fails because the tables
// are not what it was written for.
func (s *Store) explain(ctx context.Context, op string, err error) error {
	err = explain(ctx, op, err)
	var e *Error
	if errors.As(err, &e) && e.Problem == ErrSchema {
		var schema *Error
		if errors.As(s.checkSchema(ctx), &schema) && schema.Problem != nil {
			return &Error{Op: op, Problem: schema.Problem, Err: schema.Err}
		}
	}
	return err
}

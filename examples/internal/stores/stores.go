// Package stores opens the store that a flag of an example names.
package stores

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// Open opens an empty store: "memory"; "sqlite" in a new file, which is a
// temporary one unless a path is given; or "postgres" in a new schema of the
// database that a connection string names. The caller calls the function that it
// returns in the end.
func Open(ctx context.Context, kind, in string) (storage.Store, func() error, error) {
	switch kind {
	case "memory":
		return memory.New(), func() error { return nil }, nil
	case "sqlite":
		return openSQLite(ctx, in)
	case "postgres":
		return openPostgres(ctx, in)
	}
	return nil, nil, fmt.Errorf("there is no store %q: use memory, sqlite or postgres", kind)
}

func openSQLite(ctx context.Context, path string) (storage.Store, func() error, error) {
	remove := func() error { return nil }
	if path == "" {
		dir, err := os.MkdirTemp("", "partnerengage")
		if err != nil {
			return nil, nil, err
		}
		remove = func() error { return os.RemoveAll(dir) }
		path = filepath.Join(dir, "partnerengage.db")
	} else if _, err := os.Stat(path); err == nil {
		return nil, nil, fmt.Errorf("%s is there already: name a new file", path)
	}
	s, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		return nil, nil, err
	}
	return s, func() error {
		if err := s.Close(); err != nil {
			return err
		}
		return remove()
	}, nil
}

func openPostgres(ctx context.Context, connection string) (storage.Store, func() error, error) {
	pool, err := pgxpool.New(ctx, connection)
	if err != nil {
		return nil, nil, err
	}
	s, err := postgres.New(ctx, pool, &postgres.Options{Schema: fmt.Sprintf("example_%d", time.Now().UnixNano())})
	if err == nil {
		err = s.Migrate(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	return s, func() error { pool.Close(); return nil }, nil
}

// Package pgstore opens the store that a flag of an example names, PostgreSQL included.
package pgstore

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/examples/internal/stores"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// Open opens an empty store as stores.Open does, or "postgres" in a new schema of the
// database that a connection string names.
func Open(ctx context.Context, kind, in string) (storage.Store, func() error, error) {
	if kind != "postgres" {
		return stores.Open(ctx, kind, in)
	}
	pool, err := pgxpool.New(ctx, in)
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

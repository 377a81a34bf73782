// Package stores opens the store that a flag of an example names: one that needs no
// server. Package pgstore opens PostgreSQL, too, so that an example which has no use for
// its driver is built without it.
package stores

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// Open opens an empty store: "memory", or "sqlite" in a new file, which is a temporary
// one unless a path is given. The caller calls the function that it returns in the end.
func Open(ctx context.Context, kind, in string) (storage.Store, func() error, error) {
	switch kind {
	case "memory":
		return memory.New(), func() error { return nil }, nil
	case "sqlite":
		return openSQLite(ctx, in)
	}
	return nil, nil, fmt.Errorf("there is no store %q here: use memory or sqlite", kind)
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

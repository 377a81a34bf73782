package postgres_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// TestBackups takes backups while commands are carried out, by pg_basebackup and by
// pg_dump, and restores them, the dump in a server whose transactions have lower numbers.
// Each is one state of its time, in which everything agrees, and that goes on.
func TestBackups(t *testing.T) {
	c := own(t)
	schema, began, heard := newSchema(), time.Now(), newSaid()
	s := store(t, c.pool(t, modes["cached"], 8), schema)
	w, err := newWorkload(s, began, heard.tell)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		failed = w.run(ctx, 4, 0, 1<<30)
	}()
	before := heard.more(40)
	b, err := c.StartBackup()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Remove)
	between := heard.more(40)
	dir, err := os.MkdirTemp("", "dumped-") // of the user that runs the servers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "dump.sql")
	if err := c.Run("pg_dump", "-d", c.DSN(), "-n", schema, "-f", file); err != nil {
		t.Fatal(err)
	}
	heard.more(40)
	end := wholeFeed(t, s, "")
	cancel()
	<-done
	if failed != nil {
		t.Fatal(failed)
	}

	of := &cluster{b}
	run(t, of.pool(t, modes["exec"], 1), "", "CREATE DATABASE restored TEMPLATE template0")
	// In one transaction, so that the server does not get as far as the other one by restoring.
	if err := b.Run("psql", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", of.with("dbname", "restored"), "-f", file); err != nil {
		t.Fatal(err)
	}
	for _, is := range []struct {
		name, dsn string
		has       []string // what was acknowledged before it was begun
		dump      bool
	}{
		{"pg_dump", of.with("dbname", "restored"), between, true}, {"pg_basebackup", b.DSN(), before, false},
	} {
		t.Run(is.name, func(t *testing.T) {
			pool := poolOf(t, is.dsn, modes["cached"], 4)
			s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema})
			if err != nil {
				t.Fatal(err)
			}
			if is.dump {
				_, err := s.Feed(t.Context(), storage.FeedQuery{Limit: 1})
				told(t, err, postgres.ErrRestored, false)
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			again, err := newWorkload(s, began, heard.tell)
			if err != nil {
				t.Fatal(err)
			}
			audit(t, pool, schema, s, again.clock())
			intact(t, s, again.clock)
			acknowledged(t, s, is.has)
			all := wholeFeed(t, s, "")
			if _, err := s.Feed(t.Context(), storage.FeedQuery{After: end[len(end)-1].Position, Limit: 1}); !errors.Is(err, storage.ErrRewound) {
				t.Errorf("behind what it does not have, the feed says %v", err)
			}
			// All that it had, and all that is new.
			if err := again.run(t.Context(), 2, 0, lastCustomer(heard.more(0))+2); err != nil {
				t.Fatal(err)
			}
			audit(t, pool, schema, s, again.clock())
			intact(t, s, again.clock)
			if rest := wholeFeed(t, s, all[len(all)-1].Position); len(rest) == 0 || len(all)+len(rest) != len(wholeFeed(t, s, "")) {
				t.Errorf("the feed had %d events, and then %d more", len(all), len(rest))
			}
		})
	}
}

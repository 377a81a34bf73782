package postgrestest_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/storage/postgres/postgrestest"
)

// A replica follows its cluster, and goes on as a primary of its own once it is promoted;
// a backup is what was there.
func TestReplicaAndBackup(t *testing.T) {
	c, err := postgrestest.Start("max_connections=20")
	if errors.Is(err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Remove()
	do := func(c *postgrestest.Cluster, sql string) string {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), c.DSN())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.Background()) }()
		rows, err := conn.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			return ""
		}
		return found[0]
	}
	do(c, "CREATE TABLE kept (n int)")
	r, err := c.StartReplica(c.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Remove()
	b, err := c.StartBackup()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Remove()
	at := do(c, "WITH put AS (INSERT INTO kept VALUES (1) RETURNING 1) SELECT 'x' FROM put")
	at += do(c, "SELECT pg_current_wal_insert_lsn()::text")
	for do(r, "SELECT (pg_last_wal_replay_lsn() >= '"+at[1:]+"')::text") != "true" {
	}
	if n := do(r, "SELECT count(*)::text || pg_is_in_recovery()::text FROM kept"); n != "1true" {
		t.Errorf("the replica has %s", n)
	}
	if n := do(b, "SELECT count(*)::text || pg_is_in_recovery()::text FROM kept"); n != "0false" {
		t.Errorf("the backup has %s", n)
	}
	c.Stop(syscall.SIGQUIT)
	if err := r.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(r, "INSERT INTO kept VALUES (2)")
	if n := do(r, "SELECT count(*)::text FROM kept"); n != "2" {
		t.Errorf("the promoted replica has %s", n)
	}
}

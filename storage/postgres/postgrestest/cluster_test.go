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

// A cluster answers, also after it has crashed and was started again.
func TestCluster(t *testing.T) {
	c, err := postgrestest.Start("max_connections=10")
	if errors.Is(err, postgrestest.ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Remove()
	for range 2 {
		conn, err := pgx.Connect(t.Context(), c.DSN())
		if err != nil {
			t.Fatal(err)
		}
		var n string
		if err := conn.QueryRow(t.Context(), "SHOW max_connections").Scan(&n); err != nil || n != "10" {
			t.Errorf("max_connections is %q, %v", n, err)
		}
		_ = conn.Close(context.Background())
		c.Stop(syscall.SIGQUIT)
		if err := c.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pgx.Connect(t.Context(), c.DSNAs("engage", "wrong")); err == nil {
		t.Error("a wrong password is let in")
	}
}

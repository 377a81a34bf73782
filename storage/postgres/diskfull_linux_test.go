package postgres_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
)

// TestDiskFull fills a small file system with the tables on it.
func TestDiskFull(t *testing.T) {
	c := own(t)
	if os.Getuid() != 0 {
		t.Skip("only root can make a small file system")
	}
	admin := c.pool(t, modes["cached"], 1)
	var data string
	if err := admin.QueryRow(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	small := data + "-small" // beside it
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, fmt.Sprintf("size=6m,uid=%d,gid=%d,mode=700", owner.Uid, owner.Gid)); err != nil {
		t.Skip("no file system can be made here: ", err)
	}
	defer func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) }()
	pool := poolOf(t, c.DSN()+" default_tablespace=small", modes["cached"], 2)
	run(t, admin, "", "CREATE TABLESPACE small LOCATION '"+small+"'")
	schema := newSchema()
	s := store(t, pool, schema)
	applied := 0
	for err == nil && applied < 1000 {
		var c storage.Changes
		for i := range 100 {
			c.Messages = append(c.Messages, letter(fmt.Sprintf("%d-%d-%0200d", applied, i, 0)).Messages...)
		}
		if err = s.Apply(t.Context(), c); err == nil {
			applied++
		}
	}
	told(t, err, postgres.ErrFull, true)
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM "+schema+".message").Scan(&n); err != nil || n != 100*applied {
		t.Errorf("%d messages are there, not those of %d calls: %v", n, applied, err)
	}
}

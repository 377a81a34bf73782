package sqlite_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// TestSmallFileSystem is the same on a file system that is full.
func TestSmallFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("no file system can be made here; the other tests of full disks do without: ", err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	path := filepath.Join(dir, "engage.db")
	s, err := sqlite.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = s.Apply(t.Context(), changed(known(n)))
	}
	noRoom(t, err, path+"-wal")
	rows(t, s, n-1)
	to := filepath.Join(dir, "b.db")
	noRoom(t, s.Backup(t.Context(), to, nil), to)
	only(t, dir, "engage.db", "engage.db-shm", "engage.db-wal")
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=20m"); err != nil {
		t.Fatal(err)
	}
	for ; n < 100; n++ {
		apply(t, s, changed(known(n)))
	}
	rows(t, s, n-1)
	if err := s.Backup(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Size() == 0 {
		t.Errorf("the backup: %v, %v", info, err)
	}
}

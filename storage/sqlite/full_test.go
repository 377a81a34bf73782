package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
	"github.com/partnerengage/partnerengage/storage/verify"
)

// disk is a file system that can be full for each kind of file. Then a file does not
// grow, and says so as the system does.
type disk struct {
	vfs.VFSFilename
	full [3]atomic.Bool
}

const (
	database = iota
	walLog
	temporary
)

// newDisk has all files on it until the test ends.
func newDisk(t *testing.T) *disk {
	d := &disk{VFSFilename: vfs.Find("").(vfs.VFSFilename)}
	sqlite.UseDisk(d)
	t.Cleanup(func() { sqlite.UseDisk(nil) })
	return d
}

func (d *disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := d.VFSFilename.OpenFilename(name, flags)
	if err != nil {
		return f, flags, err
	}
	kind := temporary
	switch {
	case flags&vfs.OPEN_MAIN_DB != 0:
		kind = database
	case flags&vfs.OPEN_WAL != 0:
		kind = walLog
	}
	return &diskFile{osFile: f.(osFile), path: name.String(), full: &d.full[kind]}, flags, nil
}

type osFile interface {
	vfs.FileLockState
	vfs.FilePersistWAL
	vfs.FilePowersafeOverwrite
	vfs.FileSizeHint
	vfs.FileHasMoved
}

type diskFile struct {
	osFile
	path string
	full *atomic.Bool
}

func (f *diskFile) SharedMemory() vfs.SharedMemory {
	return f.osFile.(vfs.FileSharedMemory).SharedMemory()
}

// room returns an error for a file that would have to grow to that size, and cannot.
func (f *diskFile) room(to int64) error {
	size, err := f.Size()
	if err == nil && to > size && f.full.Load() {
		err = &fs.PathError{Op: "write", Path: f.path, Err: syscall.ENOSPC}
	}
	return err
}

func (f *diskFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.room(off + int64(len(p))); err != nil {
		return 0, err
	}
	return f.osFile.WriteAt(p, off)
}

func (f *diskFile) SizeHint(size int64) error {
	if err := f.room(size); err != nil {
		return err
	}
	return f.osFile.SizeHint(size)
}

// rows fails unless just these customers are there.
func rows(t *testing.T, s *sqlite.Store, n int) {
	t.Helper()
	list, err := s.List(t.Context(), page(engagement.TabIneligible, storage.SortByName, 5000))
	if err != nil || len(list.Rows) != n || list.Tabs[engagement.TabIneligible] != n {
		t.Errorf("of %d records there are %d rows, and %v are counted: %v", n, len(list.Rows), list.Tabs, err)
	}
}

// noRoom checks that a call says which file has no room.
func noRoom(t *testing.T, err error, file string) {
	t.Helper()
	trouble(t, "a full disk", err, sqlite.ErrFull, true)
	if e := (*sqlite.Error)(nil); !errors.As(err, &e) || e.File != file {
		t.Errorf("it is %s that is full: %v", file, err)
	}
}

// TestLogIsFull: what does not fit in the log is not there, what was there stays, and
// the same calls go on once there is room.
func TestLogIsFull(t *testing.T) {
	d, path := newDisk(t), newFile(t)
	s := open(t, path, relaxed)
	apply(t, s, changed(known(0)))
	d.full[walLog].Store(true)
	failed := 0
	for round := range 3 {
		var calls sync.WaitGroup
		errs := make([]error, 8) // of which some are committed together
		for n := range errs {
			calls.Go(func() { errs[n] = s.Apply(t.Context(), changed(known(1+n))) })
		}
		calls.Wait()
		for _, err := range errs {
			noRoom(t, err, path+"-wal")
			failed++
		}
		rows(t, s, 1)
		if round == 1 { // others see the same
			rows(t, open(t, path, relaxed), 1)
		}
	}
	d.full[walLog].Store(false)
	for n := range 8 {
		apply(t, s, changed(known(1+n)))
	}
	rows(t, s, 9)
	rows(t, open(t, path, relaxed), 9)
}

// TestDatabaseIsFull: while the file cannot grow all goes on in the log, also in a
// process that begins then, and Checkpoint says why the log stays.
func TestDatabaseIsFull(t *testing.T) {
	d, path := newDisk(t), newFile(t)
	s := open(t, path, relaxed)
	apply(t, s, changed(known(0)))
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.full[database].Store(true)
	for n := range 300 {
		apply(t, s, changed(known(2*n+1), known(2*n+2)))
	}
	noRoom(t, s.Checkpoint(t.Context()), path)
	rows(t, s, 601)
	apply(t, s, changed(known(601)))
	if err := s.Close(); err != nil {
		t.Errorf("to close it: %v", err)
	}
	later := open(t, path, relaxed)
	rows(t, later, 602)
	noRoom(t, later.Checkpoint(t.Context()), path)
	apply(t, later, changed(known(602)))
	d.full[database].Store(false)
	if err := later.Checkpoint(t.Context()); err != nil {
		t.Error(err)
	}
	if n := size(t, path+"-wal"); n != 0 {
		t.Errorf("the log has %d bytes after all", n)
	}
	rows(t, later, 603)
}

// TestTemporaryFilesAreFull: who needs one and has no room for it has done nothing, in a
// host's transaction as well, and the same goes on once there is.
func TestTemporaryFilesAreFull(t *testing.T) {
	d, path := newDisk(t), newFile(t)
	s := open(t, path, relaxed)
	db, err := sqlite.OpenDB(t.Context(), path, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	many := func(from int) (c storage.Changes) {
		var all []engagement.PartnerRecord
		for n := range 400 {
			all = append(all, known(2*n+from))
		}
		return changed(all...)
	}
	run(t, db, "CREATE TABLE host (x)")
	apply(t, s, many(0))
	host, err := sqlite.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	for _, full := range []bool{true, false} {
		d.full[temporary].Store(full)
		tx := begin(t, db)
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO host VALUES (1)"); err != nil {
			t.Fatal(err)
		}
		err := host.WithTx(tx).Apply(t.Context(), many(1)) // to undo it alone it keeps the pages as they were
		if full {
			noRoom(t, err, os.TempDir())
			if err := tx.Commit(); err == nil {
				t.Error("a part of the transaction is committed")
			}
			rows(t, s, 400)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	rows(t, s, 800)
}

// TestBackupIsFull: a backup that has no room leaves nothing, and the database goes on.
func TestBackupIsFull(t *testing.T) {
	d, path, dir := newDisk(t), newFile(t), t.TempDir()
	s := open(t, path, relaxed)
	apply(t, s, changed(known(0)))
	d.full[database].Store(true)
	to := filepath.Join(dir, "b.db")
	noRoom(t, s.Backup(t.Context(), to, nil), to)
	only(t, dir)
	apply(t, s, changed(known(1)))
	d.full[database].Store(false)
	if err := s.Backup(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	only(t, dir, "b.db")
	rows(t, open(t, to, relaxed), 2)
}

// TestFullWhileOthersWork: whole commands of several who write, while the log is full now and then.
func TestFullWhileOthersWork(t *testing.T) {
	d, path := newDisk(t), newFile(t)
	s := open(t, path, relaxed)
	desk, err := newDesk(s, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	refusals := 0
	var mu sync.Mutex
	var writers sync.WaitGroup
	for worker := range 3 {
		writers.Go(func() {
			for i := range 15 {
				one := func(step) {}
				if worker == 0 && i%3 == 1 {
					d.full[walLog].Store(true)
				}
				err := desk.story(t.Context(), "northwind", fmt.Sprintf("r1-%d.example", 3*i+worker), i, one)
				d.full[walLog].Store(false)
				if err != nil {
					mu.Lock()
					refusals++
					mu.Unlock()
					if !errors.Is(err, storage.ErrFull) {
						t.Error(err)
					}
				}
			}
		})
	}
	writers.Wait()
	if refusals == 0 {
		t.Error("there was room all the time")
	}
	if found := check(t, s, desk.now, verify.Check); len(found) > 0 {
		t.Errorf("it is not sound: %+v", found)
	}
	if err := desk.story(context.WithoutCancel(t.Context()), "northwind", "r1-99.example", 0, func(step) {}); err != nil {
		t.Error(err)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

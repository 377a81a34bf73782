package sqlite_test

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// TestLogStaysShort reads all the time, so that there is no moment at which nobody
// does, and writes. Without being looked after the log grows on.
func TestLogStaysShort(t *testing.T) {
	const most = 200 * 4096
	grown := func(most int64) int64 {
		path := newFile(t)
		s := open(t, path, nil)
		if err := sqlite.KeepLog(s, most); err != nil {
			t.Fatal(err)
		}
		stop := make(chan struct{})
		var readers sync.WaitGroup
		for range 4 {
			db := openDB(t, path)
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					tx, err := db.BeginTx(t.Context(), nil)
					if err != nil {
						t.Error(err)
						return
					}
					var n int
					if err := tx.QueryRow("SELECT count(*) FROM pe_command").Scan(&n); err != nil {
						t.Error(err)
					}
					time.Sleep(3 * time.Millisecond)
					_ = tx.Rollback()
				}
			})
		}
		for n := range 1500 {
			err := s.Apply(t.Context(), storage.Changes{Command: &storage.CommandRecord{
				Key: storage.CommandKey{Partner: "northwind", Key: fmt.Sprint(n)}, Result: make([]byte, 3000),
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		close(stop)
		readers.Wait()
		return size(t, path+"-wal")
	}
	kept, free := grown(most), grown(math.MaxInt64/2)
	t.Logf("the log has %d bytes, and %d where nobody looks after it", kept, free)
	if kept > 4*most { // now and then the moment does not come
		t.Errorf("the log has %d bytes, more than %d", kept, 4*most)
	}
	if free < 2*kept {
		t.Errorf("where nobody looks after it the log has %d bytes: this proves little", free)
	}
}

// writeMB writes a command record of a megabyte.
func writeMB(t *testing.T, s *sqlite.Store, n int) {
	t.Helper()
	apply(t, s, storage.Changes{Command: &storage.CommandRecord{
		Key: storage.CommandKey{Partner: "northwind", Key: fmt.Sprint(n)}, Result: make([]byte, 1<<20),
	}})
}

// TestLogOfSteadyWriters: what is written goes on to the database, and the log is used
// again from its beginning.
func TestLogOfSteadyWriters(t *testing.T) {
	path := newFile(t)
	s := open(t, path, relaxed)
	for n := range 60 {
		writeMB(t, s, n)
		if log := size(t, path+"-wal"); log > 20<<20 {
			t.Fatalf("after %d MB the log has %d bytes", n, log)
		}
	}
}

// TestReaderThatStays: who reads one state for long makes the log as long as what is
// written meanwhile, and nobody waits for it however patient a writer is; later the log
// is short again.
func TestReaderThatStays(t *testing.T) {
	path := newFile(t)
	s := open(t, path, &sqlite.Options{Relaxed: true, BusyTimeout: time.Hour})
	apply(t, s, changed(known(0)))
	tx, err := openDB(t, path).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM pe_command").Scan(&n); err != nil {
		t.Fatal(err)
	}
	for n := range 80 {
		writeMB(t, s, n)
	}
	long := size(t, path+"-wal")
	if long < 80<<20 {
		t.Errorf("the log has %d bytes: this proves little", long)
	}
	if err := tx.QueryRow("SELECT count(*) FROM pe_command").Scan(&n); err != nil || n != 0 {
		t.Errorf("who stays sees %d commands: %v", n, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		writeMB(t, s, 100+n)
	}
	if log := size(t, path+"-wal"); log > 64<<20 {
		t.Errorf("the log still has %d bytes, and had %d", log, long)
	}
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if log := size(t, path+"-wal"); log != 0 {
		t.Errorf("after all the log has %d bytes", log)
	}
}

// TestCheckpointWaits for who reads, as long as for who writes, and no longer.
func TestCheckpointWaits(t *testing.T) {
	path := newFile(t)
	s := open(t, path, &sqlite.Options{Relaxed: true, BusyTimeout: 20 * time.Millisecond})
	apply(t, s, changed(known(0)))
	tx, err := openDB(t, path).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM pe_command").Scan(&n); err != nil {
		t.Fatal(err)
	}
	apply(t, s, changed(known(1)))
	trouble(t, "a reader that stays", s.Checkpoint(t.Context()), sqlite.ErrBusy, true)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Error(err)
	}
}

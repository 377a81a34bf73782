package sqlite_test

import (
	"fmt"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// TestLogStaysShort reads all the time, so that there is no moment at which nobody
// does, and writes. Without being looked after the log grows on.
func TestLogStaysShort(t *testing.T) {
	const most, every = 200, 20
	grown := func(most int) int64 {
		path := newFile(t)
		s := open(t, path, nil)
		sqlite.KeepLog(s, most, every)
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
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		close(stop)
		readers.Wait()
		return info.Size() / 4096
	}
	kept, free := grown(most), grown(math.MaxInt)
	t.Logf("the log has %d pages, and %d where nobody looks after it", kept, free)
	if limit := int64(most + 50*every); kept > limit {
		t.Errorf("the log has %d pages, more than %d", kept, limit)
	}
	if free < 2*kept {
		t.Errorf("where nobody looks after it the log has %d pages: this proves little", free)
	}
}

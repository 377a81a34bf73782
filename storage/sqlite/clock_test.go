package sqlite_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

// The store tells the machine's time.
func TestClock(t *testing.T) {
	var clock storage.Clock = open(t, t.TempDir()+"/clock.db", nil)
	before := time.Now().Truncate(time.Microsecond)
	at, err := clock.Now(t.Context())
	if err != nil || at.Before(before) || at.After(time.Now()) || at.Location() != time.UTC {
		t.Fatalf("%v, %v", at, err)
	}
}

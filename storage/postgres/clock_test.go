package postgres_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

// The store tells the server's time, in each way of sending statements.
func TestClock(t *testing.T) {
	c := running(t)
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			var clock storage.Clock = store(t, c.pool(t, mode, 1), newSchema())
			at, err := clock.Now(t.Context())
			if off := time.Since(at); err != nil || off < -time.Second || off > time.Minute || at.Location() != time.UTC {
				t.Fatalf("%v, %v", at, err)
			}
		})
	}
}

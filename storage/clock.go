package storage

import (
	"context"
	"time"
)

// Clock is for a Store that can tell a time that all of its processes share, to which
// their own clocks are compared. memory and sqlite tell the machine's time, postgres
// its server's.
type Clock interface {
	// Now returns the present, to the microsecond and in UTC, or the errors of a
	// read.
	Now(ctx context.Context) (time.Time, error)
}

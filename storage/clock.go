package storage

import (
	"context"
	"time"
)

// Clock is what a Store can be besides: one that knows the time by which all of its
// processes can be held to one another. memory and sqlite tell the machine's time,
// postgres its server's.
type Clock interface {
	// Now returns the present, to the microsecond and in UTC, or the errors of a
	// read.
	Now(ctx context.Context) (time.Time, error)
}

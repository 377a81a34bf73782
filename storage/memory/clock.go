package memory

import (
	"context"
	"time"
)

// Now implements storage.Clock by the machine's clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	return precise(time.Now()), ctx.Err()
}

// precise returns a time as it is stored: to the microsecond, in UTC.
func precise(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

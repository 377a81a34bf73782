package memory

import (
	"context"
	"time"
)

// Now implements storage.Clock by the machine's clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	return time.Now().UTC().Truncate(time.Microsecond), ctx.Err()
}

package postgres

import (
	"context"
	"time"
)

// Now implements storage.Clock by the server's clock, so that processes on many
// machines are held to one.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	const op = "read the clock"
	found, err := list(ctx, s, op, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", nil, func(at *int64) []any { return []any{at} })
	if err != nil {
		return time.Time{}, err
	}
	if len(found) != 1 {
		return time.Time{}, &Error{Op: op, Err: plain("the server tells no time")}
	}
	return timeOf(found[0]), nil
}

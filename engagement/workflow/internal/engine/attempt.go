package engine

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

// The first attempts follow each other at once; then they wait for a moment
// that grows with the number of attempts, so that a crowd at one place thins.
const (
	MaxAttempts   = 64
	eagerAttempts = 3
	patience      = 200 * time.Microsecond
)

// errOvertaken says that somebody else was faster every time.
var errOvertaken = errors.New("too many others changed the same at the same time")

// Dry decides, and writes nothing.
func Dry[R any](ctx context.Context, e *Engine, command storage.CommandRecord, do func(*Unit) (R, error)) (R, error) {
	u, result, err := decide(e, command, do)
	if errors.Is(err, ErrReplay) {
		return replayed[R](u)
	}
	return result, err
}

// Attempt decides and writes until no one else was faster: whole, or not at all. The
// same command with the same body gives the result that it gave the first time; one
// that was refused leaves nothing behind, so its key is still new. Without a key it is
// done as often as it is asked for.
func Attempt[R any](ctx context.Context, e *Engine, command storage.CommandRecord, do func(*Unit) (R, error)) (R, error) {
	return AttemptUpTo(ctx, e, command, MaxAttempts, do)
}

// AttemptUpTo is Attempt with so many tries.
func AttemptUpTo[R any](ctx context.Context, e *Engine, command storage.CommandRecord, tries int, do func(*Unit) (R, error)) (R, error) {
	var zero R
	for n := range tries {
		u, result, err := decide(e, command, do)
		if errors.Is(err, ErrReplay) {
			return replayed[R](u)
		}
		if err != nil {
			return zero, err
		}
		if n == 0 && len(u.overdue) > 0 {
			e.sweepFirst(ctx, u.overdue)
			continue
		}
		err = u.apply(ctx, result)
		if err == nil {
			return result, nil
		}
		if own, ok := errors.AsType[hostError](err); ok {
			return zero, own.error
		}
		if !errors.Is(err, storage.ErrConflict) {
			return zero, e.unavailable(err)
		}
		if n >= eagerAttempts {
			if err := pause(ctx, rand.N(time.Duration(n)*patience)); err != nil {
				return zero, err
			}
		}
	}
	return zero, e.unavailable(errOvertaken)
}

// replayed returns the result that the command gave the first time.
func replayed[R any](u *Unit) (R, error) {
	var result R
	if err := json.Unmarshal(u.replay, &result); err != nil {
		key := u.command.Key
		return result, &storage.UnreadableError{Kind: "command record", Key: string(key.Partner) + " " + key.Key, Err: err}
	}
	return result, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

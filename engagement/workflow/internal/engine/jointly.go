package engine

import (
	"context"
	"errors"
)

// Jointly carries out a job for several items at once, each of which would do by
// itself. Where it fails because of one of them, or others keep changing one of them, it
// is carried out for the halves, down to single items; alone is told of an item that
// fails by itself, and the others go on. It returns an error only for what concerns all
// of them: storage that is out of reach, or a context that is over. The job is to pass
// tries on to AttemptUpTo.
func Jointly[T any](ctx context.Context, e *Engine, items []T, job func(items []T, tries int) error, alone func(item T, err error)) error {
	if len(items) == 0 {
		return nil
	}
	tries := eagerAttempts
	if len(items) == 1 {
		tries = MaxAttempts
	}
	err := job(items, tries)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil, e.Errors.Troubled(err) && !errors.Is(err, errOvertaken):
		return err
	case len(items) == 1:
		alone(items[0], err)
		return nil
	}
	half := len(items) / 2
	if err := Jointly(ctx, e, items[:half], job, alone); err != nil {
		return err
	}
	return Jointly(ctx, e, items[half:], job, alone)
}

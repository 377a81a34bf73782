package engine

import (
	"context"
	"errors"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/storage"
)

var errNotApplied = code.New(code.Internal, "it has ended well, and nothing was applied in it")

// write applies the changes of a unit, those of a command with a key in the host's
// transaction where there is one.
func (e *Engine) write(ctx context.Context, c storage.Changes) error {
	if e.Transaction == nil || c.Command == nil {
		return e.Store.Apply(ctx, c)
	}
	called, applied := false, error(nil)
	err := e.Transaction(ctx, func(store storage.Store) error {
		called, applied = true, store.Apply(ctx, c)
		return applied
	})
	switch {
	case err == nil && !called:
		return e.Errors.Internal("host's transaction", errNotApplied)
	case err == nil:
		return applied
	case applied != nil && errors.Is(err, applied), errors.Is(err, storage.ErrConflict):
		return err
	}
	return hostError{err}
}

// hostError is of the host's own part of a transaction.
type hostError struct{ error }

func (e hostError) Unwrap() error { return e.error }

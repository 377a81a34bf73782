package workflow

import (
	"context"
	"errors"
	"iter"
	"log/slog"
)

// BulkOptions say how MayAddCustomers goes about it.
type BulkOptions struct {
	DryRun   bool           // decide and report, but write nothing
	Progress func(Progress) // called after each row; may be nil
}

// BulkResult is what became of one row.
type BulkResult struct {
	Row     int // counted from 0
	Command AddCustomer
	Started []Started // what began, or would begin in a dry run
	Err     error     // what AddCustomer returned
}

// LogValue hides the person whom the row names.
func (r BulkResult) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("row", r.Row), slog.Any("command", r.Command), slog.Int("started", len(r.Started)), slog.Any("error", r.Err))
}

// MayAddCustomers adds one customer after the other as they are asked for, each as
// AddCustomer would: whole or not at all, and none because of another. It yields
// a result for each; who stops asking stops the adding. When the context ends,
// the next result says so and is the last. A row that was added before, with the
// same key, is not added again, so that a list which stopped can be begun anew.
//
// A dry run decides each row as if it were the only one.
func (s *Service) AddCustomers(ctx context.Context, actor Actor, commands iter.Seq[AddCustomer], opts BulkOptions) iter.Seq[BulkResult] {
	return func(yield func(BulkResult) bool) {
		var done Progress
		for cmd := range commands {
			r := BulkResult{Row: done.Done, Command: cmd}
			if r.Err = ctx.Err(); r.Err == nil {
				r.Started, r.Err = s.addCustomer(ctx, actor, cmd, opts.DryRun)
			}
			done.Done++
			if r.Err != nil {
				done.Failed++
			} else if !opts.DryRun {
				done.Changed++
			}
			if opts.Progress != nil {
				opts.Progress(done)
			}
			if ended := ctx.Err() != nil && errors.Is(r.Err, ctx.Err()); !yield(r) || ended {
				return
			}
		}
	}
}

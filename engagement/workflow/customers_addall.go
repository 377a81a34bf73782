package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
)

// BulkOptions say how [CustomersDesk.AddAll] goes about it.
type BulkOptions struct {
	DryRun   bool           // decide and report, but write nothing
	Progress func(Progress) // called after each row; may be nil
}

// BulkResult is what became of one row.
type BulkResult struct {
	Row     int                 `json:"row"` // counted from 0
	Key     string              `json:"key"` // its idempotency key
	Command AddCustomer         `json:"command"`
	Started []ParticipationView `json:"started"` // what began, or would begin in a dry run
	Err     error               `json:"-"`       // what Add returned
}

// MarshalJSON writes the error as [Refusal] says it.
func (r BulkResult) MarshalJSON() ([]byte, error) {
	type plain BulkResult
	r.Started = listOf(r.Started)
	return json.Marshal(struct {
		plain
		Refusals []Refusal `json:"refusals"`
	}{plain(r), listOf(Refusals(r.Err))})
}

// LogValue hides the person whom the row names.
func (r BulkResult) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("row", r.Row), slog.Any("command", r.Command), slog.Int("started", len(r.Started)), slog.Any("error", r.Err))
}

// AddAll adds customers lazily, one row at a time: each command with its idempotency
// key. A row is added whole or not at all, as [CustomersDesk.Add] does it, and a failing
// row does not affect the others. It yields a result for each row; if the caller stops
// iterating, no more rows are added. When the context ends, the next result says so and
// is the last. A row that was added before under the same key is not added again, so an
// interrupted list can be resumed from its start.
//
// A dry run decides each row as if it were the only one.
func (d *CustomersDesk) AddAll(ctx context.Context, actor Actor, commands iter.Seq2[string, AddCustomer], opts BulkOptions) iter.Seq[BulkResult] {
	s := d.s
	return func(yield func(BulkResult) bool) {
		var done Progress
		for key, cmd := range commands {
			r := BulkResult{Row: done.Done, Key: key, Command: cmd}
			if r.Err = ctx.Err(); r.Err == nil {
				r.Started, r.Err = s.addCustomer(ctx, actor.Request(key), cmd, opts.DryRun)
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

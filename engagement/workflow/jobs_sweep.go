package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
)

// Sweep records every deadline that has passed and every reminder that is due: the
// history gets its event, and those who wait are told. Except for the history, queries
// show the same before and after. It reads 50 records at a time together, and writes
// them together. Any number of processes may sweep at once, as often as they like: a
// deadline is recorded once, and a reminder sent once. None waits for another: a
// process whose records others have just recorded takes others. It returns how many
// deadlines and reminders it recorded.
//
// An *[UnavailableError] and a context that is over end it. What is wrong with one
// customer does not keep the others waiting, not even those of its batch; it is in the
// joined error.
func (d *JobsDesk) Sweep(ctx context.Context) (int, error) {
	if err := d.s.checkClock(ctx); err != nil {
		return 0, engine.Explain(err)
	}
	settled, err := d.s.engine.Sweep(ctx)
	return settled, engine.Explain(err)
}

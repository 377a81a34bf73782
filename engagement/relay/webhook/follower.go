package webhook

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement/workflow"
)

const (
	pageSize   = 50
	firstRetry = 5 * time.Second
	lastRetry  = time.Hour
	longWait   = 24 * time.Hour // the most that an endpoint can ask for
	standBy    = time.Minute    // for which an endpoint is left to another process
	leastTries = 10             // before an endpoint is disabled: over an hour's worth
)

// follower is how an endpoint stands, for this process.
type follower struct {
	s         *Sender
	enabledAt time.Time
	busy      bool // somebody sends; guarded by the Sender, as are the times to others

	cursor  string    // to which the endpoint has got
	located bool      // whether cursor is that which the storage had
	movedAt time.Time // when it got there; zero: never

	failures int       // in a row, of whatever kind
	refused  int       // in a row, of the endpoint's
	firstAt  time.Time // of these
	next     time.Time // before which it is not tried
	disabled bool
}

// follow sends what there is, and returns how many events have arrived.
func (f *follower) follow(ctx context.Context, e Endpoint) (sent int, err error) {
	if err := f.s.check(e); err != nil {
		return 0, err
	}
	for more := true; more; {
		var n int
		n, more, err = f.page(ctx, e)
		sent += n
		var moved *workflow.ConsumerMovedError
		switch {
		case err == nil:
			f.failures, f.refused = 0, 0
			continue
		case errors.As(err, &moved): // another process sends: it may go on
			f.located, f.next = false, f.s.o.Now().Add(spread(standBy))
			return sent, nil
		case ctx.Err() != nil && errors.Is(err, ctx.Err()):
			return sent, err
		}
		f.located = false
		return sent, f.fail(ctx, e, err)
	}
	return sent, nil
}

// page sends one page of the feed, event by event, and moves on after each.
func (f *follower) page(ctx context.Context, e Endpoint) (sent int, more bool, err error) {
	fresh := !f.located
	if fresh {
		if err := f.locate(ctx, e); err != nil {
			return 0, false, err
		}
	}
	page, err := f.s.feed.Read(ctx, e.Actor, workflow.FeedQuery{Cursor: f.cursor, Limit: pageSize})
	if err != nil {
		return 0, false, err
	}
	if len(page.Events) > 0 && !fresh { // another process may have sent them since this one looked
		before := f.cursor
		if err := f.locate(ctx, e); err != nil {
			return 0, false, err
		}
		if f.cursor != before {
			return 0, false, &workflow.ConsumerMovedError{Name: e.Name}
		}
	}
	for i, event := range page.Events {
		if err := ctx.Err(); err != nil {
			return sent, false, err
		}
		if len(e.Kinds) > 0 && !slices.Contains(e.Kinds, event.Kind) || event.At.Before(e.Since) {
			continue
		}
		if err := f.s.post(ctx, e, event.Event); err != nil {
			if i > 0 { // what is not for this endpoint need not be read again
				err = errors.Join(err, f.move(ctx, e, page.Events[i-1].Cursor))
			}
			return sent, false, &unsent{at: event.At, err: err}
		}
		sent++
		f.failures, f.refused = 0, 0
		// The endpoint has it: that is written also when the process is told to stop.
		if err := f.move(context.WithoutCancel(ctx), e, event.Cursor); err != nil {
			return sent, false, err
		}
	}
	return sent, page.More, f.move(ctx, e, page.Next)
}

// locate asks the storage how far the endpoint has got.
func (f *follower) locate(ctx context.Context, e Endpoint) error {
	all, err := f.s.feed.Consumers(ctx, e.Actor)
	if err != nil {
		return err
	}
	f.cursor, f.movedAt, f.located = "", time.Time{}, true
	if i := slices.IndexFunc(all, func(c workflow.FeedConsumer) bool { return c.Name == e.Name }); i >= 0 {
		f.cursor, f.movedAt = all[i].Cursor, all[i].At
	}
	return nil
}

func (f *follower) move(ctx context.Context, e Endpoint, to string) error {
	if to == f.cursor {
		return nil
	}
	if err := f.s.feed.MoveConsumer(ctx, e.Actor, workflow.MoveFeedConsumer{Name: e.Name, From: f.cursor, To: to}); err != nil {
		return err
	}
	f.cursor, f.movedAt = to, f.s.o.Now()
	return nil
}

// fail decides when the endpoint is tried again, or whether it is disabled. What the feed
// or the storage does wrong delays it, and disables nobody.
func (f *follower) fail(ctx context.Context, e Endpoint, err error) error {
	now := f.s.o.Now()
	f.failures++
	wait := min(firstRetry<<min(f.failures-1, 20), lastRetry)
	f.next = now.Add(spread(wait))
	var event *unsent
	if !errors.As(err, &event) {
		return err
	}
	if f.refused++; f.refused == 1 {
		f.firstAt = now
	}
	var refused *refusal
	gone := false
	if errors.As(err, &refused) {
		gone = refused.gone()
		if asked := min(refused.after, longWait); asked > wait {
			f.next = now.Add(asked)
		}
	}
	// It fails since it has last taken an event, since there is one to take, or since it
	// is enabled; for one that never took any this process does not know better than since
	// it has tried.
	since := latest(f.movedAt, event.at, e.EnabledAt)
	if f.movedAt.IsZero() {
		since = latest(f.firstAt, e.EnabledAt)
	}
	if gone || f.refused >= leastTries && now.Sub(since) >= f.s.o.GiveUp {
		f.disabled = true
		f.s.o.Logger.ErrorContext(ctx, "an endpoint is disabled", "endpoint", e, "since", since, "error", err)
		if f.s.o.Disabled != nil {
			f.s.o.Disabled(ctx, e, since, err)
		}
	}
	return err
}

func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}

// spread returns a time of about this length, so that endpoints do not march in step.
func spread(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }

package workflow

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"
)

const (
	sweepEvery = 30 * time.Second
	relayEvery = 30 * time.Second
	pruneEvery = 24 * time.Hour
	firstRun   = 30 * time.Second // within which each job runs for the first time
	firstAgain = time.Minute      // after a job has failed, unless it runs more often anyway
	lastAgain  = 5 * time.Minute  // while it keeps failing, unless it runs less often anyway
)

// Schedule is how often Run runs the jobs. The zero value is usable.
type Schedule struct {
	// Sweep, Relay and Prune are the time from the end of one run to the beginning of the
	// next, give or take a tenth. 0: 30 seconds, 30 seconds and 24 hours; negative: this
	// process leaves the job to others.
	Sweep, Relay, Prune time.Duration

	// Wake has Relay run at once, for each value or, while it is running, once more for
	// all that came meanwhile: a listener for new messages, such as that of package
	// storage/postgres, sends when there may be some. Run reads all the time, so nobody
	// waits long to send. nil or closed: messages wait for their interval.
	Wake <-chan struct{}

	// Failed is told the error of a job ("sweep", "relay" or "prune"), which is also
	// logged. Jobs may call it at the same time; nil: it is only logged.
	Failed func(job string, err error)
}

// Run runs the jobs, Sweep, Relay and Prune, until the context ends: each for itself, so
// that none waits for another, and for the first time within 30 seconds. Any number of
// processes may do so at once; the times are spread at random, so that they do not march
// in step. They pass by the process's own timers, also where Options.Now gives the time.
//
// A job that fails, or panics (a *PanicError), is logged and told to Schedule.Failed; it
// runs again, and the others go on. If it got nothing done at all it is tried again after
// a minute, or its interval where that is less, and then after twice as long each time,
// up to five minutes or its interval, whichever is more. A value of Wake has Relay run at
// once even so.
//
// When the context ends, jobs that are running stop as each says, having recorded what
// they did, and Run returns nil after the last of them. Another error says that it could
// not begin: without a Notifier there is nothing that could relay.
func (d *JobsDesk) Run(ctx context.Context, schedule Schedule) error {
	if d.s.notifier == nil && schedule.Relay >= 0 {
		return errors.New("workflow: Run needs a Notifier in the Options, or a Schedule with a negative Relay")
	}
	woken := make(chan struct{}, 1)
	jobs := []job{
		{"sweep", interval(schedule.Sweep, sweepEvery), nil, d.Sweep},
		{"relay", interval(schedule.Relay, relayEvery), woken, d.Relay},
		{"prune", interval(schedule.Prune, pruneEvery), nil, func(ctx context.Context) (int, error) {
			gone, err := d.Prune(ctx)
			return gone.Commands + gone.Links + gone.Sendings, err
		}},
	}
	var running sync.WaitGroup
	running.Go(func() { passOn(ctx, schedule.Wake, woken) })
	for _, j := range jobs {
		if j.every > 0 {
			running.Go(func() { d.s.repeat(ctx, j, schedule.Failed) })
		}
	}
	<-ctx.Done()
	running.Wait()
	return nil
}

// interval returns how often a job runs; negative: never.
func interval(wanted, standard time.Duration) time.Duration {
	if wanted == 0 {
		return standard
	}
	return wanted
}

// passOn remembers that somebody was woken until he looks, and keeps nobody waiting who
// wakes him.
func passOn(ctx context.Context, wake <-chan struct{}, woken chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-wake:
			if !open {
				return
			}
		}
		select {
		case woken <- struct{}{}:
		default: // he is to look anyway
		}
	}
}

// job is one that is run again and again.
type job struct {
	name  string
	every time.Duration
	wake  <-chan struct{} // runs it at once; nil: nothing does
	run   func(context.Context) (int, error)
}

// repeat runs a job until the context ends.
func (s *Service) repeat(ctx context.Context, j job, failed func(string, error)) {
	failures := 0
	for wait := rand.N(min(j.every, firstRun)); j.waits(ctx, wait); wait = spread(j.pause(failures)) {
		n, err := j.once(ctx)
		switch {
		case err == nil:
			s.log.DebugContext(ctx, "a job has run", "job", j.name, "done", n)
		case ctx.Err() != nil && errors.Is(err, ctx.Err()): // it was told to stop
			return
		default:
			s.logFailure(ctx, j.name, n, err)
			if failed != nil {
				failed(j.name, err)
			}
		}
		if failures++; err == nil || n > 0 {
			failures = 0
		}
	}
}

func (s *Service) logFailure(ctx context.Context, job string, done int, err error) {
	about := []any{"job", job, "done", done, "error", err}
	var panicked *PanicError
	if errors.As(err, &panicked) {
		about = append(about, "stack", string(panicked.Stack))
	}
	s.log.ErrorContext(ctx, "a job has failed", about...)
}

// waits returns true when the job is to run, and false when the context has ended.
func (j job) waits(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-j.wake:
	}
	return ctx.Err() == nil
}

// once runs the job. What panics in it fails it.
func (j job) once(ctx context.Context) (n int, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("workflow: %s: %w", j.name, &PanicError{Value: value, Stack: debug.Stack()})
		}
	}()
	return j.run(ctx)
}

// pause is the time to the next run, after so many in a row that failed.
func (j job) pause(failures int) time.Duration {
	if failures == 0 {
		return j.every
	}
	wait, most := min(j.every, firstAgain), max(j.every, lastAgain)
	for ; failures > 1 && wait < most; failures-- {
		wait *= 2
	}
	return min(wait, most)
}

// spread returns a time of about this length.
func spread(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }

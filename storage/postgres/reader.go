package postgres

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const (
	// defaultStale is how old what a replica shows may be.
	defaultStale = time.Second
	// readerWithin is how long a replica has to give a connection, and readerPause how
	// long it is left alone when it does not, or is not one of this primary's.
	readerWithin = time.Second
	readerPause  = 5 * time.Second
)

// replica is one from which what is shown can be read.
type replica struct {
	pool, primary *pgxpool.Pool

	mu     sync.Mutex
	track  track
	paused time.Time // until when it is left alone
	status ReaderStatus
}

// ReaderStatus says how often a reader was used.
type ReaderStatus struct {
	Read   int64 // what it answered
	Behind int64 // what went to the primary because it had not got far enough yet
	Failed int64 // what went to the primary because it was not there, or said something else
	Err    error // what it failed with last, an *Error; nil: nothing yet
}

// ReaderStatus returns how often what can be read from Options.Reader was, since New: for
// a host to see whether it helps.
func (s *Store) ReaderStatus() ReaderStatus {
	if s.reader == nil {
		return ReaderStatus{}
	}
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	return s.reader.status
}

func newReader(pool, primary *pgxpool.Pool, stale time.Duration) *replica {
	if stale == 0 {
		stale = defaultStale
	}
	return &replica{pool: pool, primary: primary, track: track{stale: stale}}
}

// check returns an error if the reader can never be used. One that is out of reach may
// come back.
func (r *replica) check(ctx context.Context) error {
	const op = "look at the reader"
	err := checkSurroundings(ctx, r.pool)
	if errors.Is(err, ErrUnreachable) || errors.Is(err, ErrBusy) {
		r.failed(explain(ctx, op, err), readerPause)
		return nil
	}
	if err != nil {
		return err
	}
	written, err := r.ask(ctx)
	if err != nil {
		return explain(ctx, op, err)
	}
	shown, _, err := r.read(ctx, nil)
	if err == nil && shown.system != written.system {
		return &Error{Op: op, Problem: ErrReader}
	}
	return explain(ctx, op, err)
}

// read makes one trip to the reader, and returns how far it was before it read, and
// whether it
// still follows a primary.
func (r *replica) read(ctx context.Context, steps []step) (shown position, follows bool, err error) {
	within, cancel := context.WithTimeout(ctx, readerWithin)
	conn, err := r.pool.Acquire(within)
	cancel()
	if err != nil {
		return shown, false, unsentError{err}
	}
	defer conn.Release()
	where := step{sql: shownText, scan: func(found pgx.Rows) error {
		return found.Scan(&shown.system, &shown.timeline, &shown.at, &follows)
	}}
	return shown, follows, send(ctx, conn, append([]step{where}, steps...))
}

// ask returns how far the primary is.
func (r *replica) ask(ctx context.Context) (position, error) {
	var p position
	found, err := r.primary.Query(ctx, writtenText)
	if err == nil {
		err = each(found, p.scan)
	}
	return p, err
}

// least returns the position that the reader has to have reached, for which it may have
// to ask the primary.
func (r *replica) least(ctx context.Context, of engagement.PartnerID) (position, error) {
	now := time.Now()
	r.mu.Lock()
	least, known := r.track.least(of, now)
	due, round := r.track.due(now), r.track.round
	r.mu.Unlock()
	if known && !due {
		return least, nil
	}
	p, err := r.ask(ctx)
	if err != nil && known {
		return least, nil // for as long as that will do
	}
	if err != nil {
		return position{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.track.answered(p, now, round):
		return position{}, errFormerPrimary
	case known:
		return least, nil
	}
	return r.track.with(of, p), nil
}

// noting is a step behind a COMMIT, which asks how far the primary is then.
func (r *replica) noting(at *position) []step {
	if r == nil {
		return nil
	}
	return []step{{sql: writtenText, scan: at.scan, aside: true}}
}

// wrote notes that changes were made, and how far the primary was then; zero: nobody
// knows.
func (r *replica) wrote(c storage.Changes, at position) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if at == (position{}) {
		r.track.forget()
		return
	}
	r.track.wrote(partnersOf(c), at)
}

// partnersOf returns the partners of whom something is written.
func partnersOf(c storage.Changes) []engagement.PartnerID {
	var out []engagement.PartnerID
	for _, r := range c.Records {
		out = append(out, r.Key.Partner)
	}
	for _, x := range c.Customers {
		out = append(out, x.Key.Partner)
	}
	for _, e := range c.Erased {
		out = append(out, e.Partner)
	}
	if c.Command != nil {
		out = append(out, c.Command.Key.Partner)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fromReader reads what is shown to a partner, or, of "", to whoever sees all, from the
// reader, and reports whether that has worked. If it has not, the primary has to be read.
//
// A commit is on a replica a moment before its primary shows it, or as long before as that
// waits for another replica. What has to agree with what is read there, or is read on from
// there, must not be of transactions from least.shows on.
func (s *Store) fromReader(ctx context.Context, op string, of engagement.PartnerID, steps func(least position) []step) bool {
	r := s.reader
	if r == nil || s.tx != nil || storage.IsCurrent(ctx) || r.isPaused() {
		return false
	}
	least, err := r.least(ctx, of)
	if err != nil {
		return false // which reading there will say, too
	}
	shown, follows, err := r.read(ctx, steps(least))
	err = explain(ctx, op, err)
	switch {
	case ctx.Err() != nil:
		return false
	case errors.Is(err, ErrSchema): // it has not seen Migrate yet
		return r.behind()
	case err != nil && shown == (position{}):
		return r.failed(err, r.pauseAfter(err))
	case !follows || shown.system != least.system:
		return r.failed(&Error{Op: op, Problem: ErrReader}, readerPause)
	case shown.timeline != least.timeline:
		r.wrote(storage.Changes{}, position{}) // there may be another primary
		return r.failed(&Error{Op: op, Problem: ErrReader, Err: plain("it is on another timeline")}, readerPause)
	case shown.at < least.at || errors.Is(err, storage.ErrRewound) || errors.Is(err, ErrRestored) || errors.Is(err, errNotThereYet):
		return r.behind()
	case err != nil:
		return r.failed(err, r.pauseAfter(err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Read++
	return true
}

// errFormerPrimary says that a server still takes itself for the primary after another one
// has become it.
var errFormerPrimary = errors.New("the server is not the primary any more")

// errNotThereYet says that a replica does not have what is known to be there.
var errNotThereYet = errors.New("the replica does not have that yet")

func (r *replica) isPaused() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	paused := time.Now().Before(r.paused)
	if paused {
		r.status.Failed++
	}
	return paused
}

func (r *replica) behind() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Behind++
	return false
}

func (r *replica) failed(err error, pause time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Failed++
	r.status.Err = err
	r.paused = time.Now().Add(pause)
	return false
}

// pauseAfter returns how long a reader is left alone after an error: not at all where the
// replica had to give up a statement to follow its primary, or all of the pool's
// connections are in use.
func (r *replica) pauseAfter(err error) time.Duration {
	used := r.pool.Stat()
	if undone(err) || unsent(err) && errors.Is(err, context.DeadlineExceeded) && used.AcquiredConns() == used.MaxConns() {
		return 0
	}
	return readerPause
}

// shown runs one statement that reads what is shown to a partner, on the reader where it
// can, with more steps that make sure of that; see read and fromReader.
func (s *Store) shown(ctx context.Context, op string, of engagement.PartnerID, sql string, args []any, begin func() func(pgx.Rows) error, sure func(position) []step) error {
	if s.fromReader(ctx, op, of, func(least position) []step {
		var steps []step
		if sure != nil {
			steps = sure(least)
		}
		return append(steps, step{sql: sql, args: findable(args), scan: begin()})
	}) {
		return nil
	}
	return s.read(ctx, op, sql, args, begin)
}

// asAsked returns how to read what is wanted of a partner, or of several, "": on the
// primary unless it is only shown to somebody.
func (s *Store) asAsked(ctx context.Context, of engagement.PartnerID) reading {
	if !storage.IsShown(ctx) {
		return s.read
	}
	return func(ctx context.Context, op, sql string, args []any, begin func() func(pgx.Rows) error) error {
		return s.shown(ctx, op, of, sql, args, begin, nil)
	}
}

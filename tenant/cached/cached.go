// Package cached has a directory that remembers what another one answered.
//
// It remembers found and not found, each for its own time, for at most so many
// domains: the one not asked for longest goes first. Lookups of one domain at
// the same time become one. Errors are never remembered: the next lookup asks
// again. Whether an old answer is better than an error is for the host to say,
// see [Options.Stale].
package cached

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// Options of a [Directory]. The zero value of each means its default.
type Options struct {
	Found    time.Duration // how long an answer with entries is remembered: 24 hours; if negative, not at all
	NotFound time.Duration // how long an answer without entries is remembered: 15 minutes; if negative, not at all

	// Stale is how much longer than that an answer serves when the directory
	// returns an error instead of a new one: not at all.
	Stale time.Duration

	Size int              // how many domains are remembered at most: 10,000
	Now  func() time.Time // the clock: [time.Now]
}

// Directory remembers what another directory answered. It is safe for use by
// many goroutines.
type Directory struct {
	dir             tenant.Directory
	found, notFound time.Duration
	stale           time.Duration
	size            int
	now             func() time.Time

	mu      sync.Mutex
	known   map[tenant.Domain]*list.Element // of *memory
	order   *list.List                      // the one asked for last comes first
	flights map[tenant.Domain]*flight
}

// memory is an answer that is remembered. It does not change.
type memory struct {
	domain  tenant.Domain
	entries []tenant.Entry
	asked   time.Time
}

// flight is a lookup under way, and what came of it once done is closed.
type flight struct {
	asked    time.Time
	waiting  int // callers; under the directory's lock
	cancel   context.CancelFunc
	done     chan struct{}
	entries  []tenant.Entry
	err      error
	panicked any
}

// New returns a directory that asks dir and remembers its answers. Options may
// be nil. dir should have a time limit of its own: a lookup goes on for as long
// as anybody waits for it, whatever the time limit of the caller who came first.
func New(dir tenant.Directory, options *Options) *Directory {
	var o Options
	if options != nil {
		o = *options
	}
	d := &Directory{
		dir:      dir,
		found:    cmp.Or(o.Found, 24*time.Hour),
		notFound: cmp.Or(o.NotFound, 15*time.Minute),
		stale:    max(o.Stale, 0),
		size:     o.Size,
		now:      o.Now,
		known:    make(map[tenant.Domain]*list.Element),
		order:    list.New(),
		flights:  make(map[tenant.Domain]*flight),
	}
	if d.size <= 0 {
		d.size = 10_000
	}
	if d.now == nil {
		d.now = time.Now
	}
	return d
}

// Lookup returns what is remembered of the domain, or asks. Its errors are the
// other directory's, or that of ctx.
func (d *Directory) Lookup(ctx context.Context, domain tenant.Domain) ([]tenant.Entry, error) {
	now := d.now()
	d.mu.Lock()
	if m := d.recall(domain); m != nil && d.serves(m, now, 0) {
		d.mu.Unlock()
		return slices.Clone(m.entries), nil
	}
	f := d.join(ctx, domain, now)
	d.mu.Unlock()

	select {
	case <-f.done:
	case <-ctx.Done():
		d.leave(domain, f)
		return nil, ctx.Err()
	}
	switch {
	case f.panicked != nil:
		panic(f.panicked)
	case f.err == nil:
		return slices.Clone(f.entries), nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if m := d.recall(domain); m != nil && d.serves(m, now, d.stale) {
		return slices.Clone(m.entries), nil
	}
	return nil, f.err
}

// LookupID asks the other directory, each time anew: IDs are typed far less often
// than domains.
func (d *Directory) LookupID(ctx context.Context, id tenant.Key) ([]tenant.Entry, error) {
	return tenant.LookupID(ctx, d.dir, id)
}

// Forget drops what is remembered of a domain, so that the next lookup asks,
// and so that the answer of a lookup under way is not remembered.
func (d *Directory) Forget(domain tenant.Domain) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.flights, domain)
	if e, ok := d.known[domain]; ok {
		d.order.Remove(e)
		delete(d.known, domain)
	}
}

// recall returns what is remembered of a domain, nil if nothing is, and counts
// it as asked for. The lock is held.
func (d *Directory) recall(domain tenant.Domain) *memory {
	e, ok := d.known[domain]
	if !ok {
		return nil
	}
	d.order.MoveToFront(e)
	return e.Value.(*memory)
}

// serves reports whether a memory is young enough, with so much grace. One from
// the future, left by a clock that was wrong, is not.
func (d *Directory) serves(m *memory, now time.Time, grace time.Duration) bool {
	ttl := d.found
	if len(m.entries) == 0 {
		ttl = d.notFound
	}
	age := now.Sub(m.asked)
	return ttl > 0 && age >= 0 && age < ttl+grace
}

// join returns the lookup of a domain that is under way, or sets one off. The
// lock is held.
func (d *Directory) join(ctx context.Context, domain tenant.Domain, now time.Time) *flight {
	f, ok := d.flights[domain]
	if !ok {
		f = &flight{asked: now, done: make(chan struct{}), err: errors.New("the directory did not answer")}
		ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
		d.flights[domain] = f
		go func() {
			defer d.land(domain, f)
			entries, err := d.dir.Lookup(ctx, domain)
			f.entries, f.err = entries, err
		}()
	}
	f.waiting++
	return f
}

// leave gives up waiting. When nobody waits any more, the lookup is called off,
// and whoever comes next starts a new one.
func (d *Directory) leave(domain tenant.Domain, f *flight) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f.waiting--
	if f.waiting == 0 {
		f.cancel()
		if d.flights[domain] == f {
			delete(d.flights, domain)
		}
	}
}

// land ends a lookup: it remembers the answer, unless the lookup was called off
// or forgotten, and tells everybody who waits. A panic becomes theirs.
func (d *Directory) land(domain tenant.Domain, f *flight) {
	f.panicked = recover()
	f.cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.flights[domain] == f {
		delete(d.flights, domain)
		if f.err == nil {
			d.remember(&memory{domain, f.entries, f.asked})
		}
	}
	close(f.done)
}

// remember keeps an answer and drops the one not asked for longest if there are
// too many. The lock is held.
func (d *Directory) remember(m *memory) {
	if e, ok := d.known[m.domain]; ok {
		e.Value = m
		d.order.MoveToFront(e)
		return
	}
	d.known[m.domain] = d.order.PushFront(m)
	if d.order.Len() > d.size {
		oldest := d.order.Remove(d.order.Back()).(*memory)
		delete(d.known, oldest.domain)
	}
}

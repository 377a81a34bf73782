package workflow

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/tenant"
)

// batchesAtOnce is how many batches of a run over many customers are processed
// concurrently: while the storage writes one, the rules judge the next.
const batchesAtOnce = 2

// reevaluation is a run over many customers of a partner, in batches that are each
// written whole.
type reevaluation struct {
	s       *Service
	partner engagement.Partner
	only    engagement.ID // "" for all engagements
	actor   Actor
	report  func(Progress) // may be nil

	free    chan struct{} // holds one for each batch that could be begun now
	batches sync.WaitGroup

	mu       sync.Mutex // of all below
	done     Progress
	errs     []error // of customers, the first engine.MaxErrors
	stop     error   // of the batch that could not be written
	panicked any     // by a host's function, or nil
}

func newReevaluation(s *Service, p engagement.Partner, actor Actor, report func(Progress)) *reevaluation {
	r := &reevaluation{s: s, partner: p, actor: actor, report: report, free: make(chan struct{}, batchesAtOnce)}
	for range batchesAtOnce {
		r.free <- struct{}{}
	}
	return r
}

// batch is what is written at once.
type batch struct {
	customers []tenant.Key
	skipped   int // customers that are not among them: they were already
	failed    int // or cannot be
	errs      []error
}

// fail leaves out a customer that cannot be judged.
func (b *batch) fail(err error) {
	b.failed++
	b.errs = engine.KeepErrors(b.errs, []error{err})
}

// start judges a batch while the caller goes on, after preparing each customer, and
// reports whether there is any use in going on.
func (r *reevaluation) start(ctx context.Context, b batch, prepare func(*unit, engagement.CustomerKey)) bool {
	<-r.free
	r.mu.Lock()
	going := r.stop == nil && r.panicked == nil
	r.mu.Unlock()
	if !going {
		r.free <- struct{}{}
		return false
	}
	r.batches.Go(func() {
		defer func() { r.free <- struct{}{} }()
		defer r.catch()
		v, err := r.judge(ctx, b.customers, prepare)
		r.record(b, v, err)
	})
	return true
}

// catch keeps the panic of a host's function for the goroutine that called.
func (r *reevaluation) catch() {
	if value := recover(); value != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.panicked = value
	}
}

// record notes what became of a batch.
func (r *reevaluation) record(b batch, v verdicts, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.stop = errors.Join(r.stop, err)
		return
	}
	r.done.Done += len(b.customers) + b.skipped + b.failed
	r.done.Changed += v.changed
	r.done.Failed += b.failed + len(v.failed)
	r.errs = engine.KeepErrors(engine.KeepErrors(r.errs, b.errs), v.failed)
	if r.report != nil && len(b.customers) > 0 {
		r.report(r.done)
	}
}

// finish waits for the batches, and returns what was done, with what stopped it, if
// anything did, and the errors of customers.
func (r *reevaluation) finish(err error) (Progress, error) {
	r.batches.Wait()
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.done, engine.Explain(errors.Join(append(r.errs, r.stop, err)...))
}

// verdicts are what one batch comes to: how much was written, and the errors of
// the customers who could not be judged.
type verdicts struct {
	changed int
	failed  []error
}

// judge evaluates customers in one transaction. Those that are not known then are
// not evaluated; what is shared of them follows what other portals hold. The error is
// what stopped it.
func (r *reevaluation) judge(ctx context.Context, customers []tenant.Key, prepare func(*unit, engagement.CustomerKey)) (verdicts, error) {
	if len(customers) == 0 {
		return verdicts{}, nil
	}
	all, err := r.s.engagements(ctx)
	if err != nil {
		return verdicts{}, err
	}
	if r.only != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(e engagement.Engagement) bool { return e.ID != r.only })
	}
	return attempt(ctx, r.s, func(u *unit) (verdicts, error) {
		return u.judge(ctx, r, all, customers, prepare)
	})
}

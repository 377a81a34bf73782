package tenanttest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/partnerengage/partnerengage/tenant"
)

// ErrDown is what a [Failing] directory without an error of its own fails with.
var ErrDown = errors.New("the directory is down")

// Failing is a directory that cannot be asked.
type Failing struct {
	Err error // what it fails with; if nil, [ErrDown]
}

// Lookup returns the error.
func (f Failing) Lookup(context.Context, tenant.Domain) ([]tenant.Entry, error) {
	if f.Err == nil {
		return nil, ErrDown
	}
	return nil, f.Err
}

// LookupID returns the error.
func (f Failing) LookupID(context.Context, tenant.Key) ([]tenant.Entry, error) {
	return f.Lookup(context.Background(), tenant.Domain{})
}

// Slow is a directory that makes every lookup wait: for a value from Release,
// or for its closing, or until the lookup's context ends.
type Slow struct {
	Directory tenant.Directory // answers after the wait
	Release   <-chan struct{}  // if nil, the wait ends with the context only
}

// Lookup waits, and then asks the directory behind it or returns the context's error.
func (s Slow) Lookup(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	select {
	case <-s.Release:
		return s.Directory.Lookup(ctx, d)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// LookupID waits, and then asks the directory behind it or returns the context's error.
func (s Slow) LookupID(ctx context.Context, id tenant.Key) ([]tenant.Entry, error) {
	select {
	case <-s.Release:
		return tenant.LookupID(ctx, s.Directory, id)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Ambiguous is a directory that knows several customers by every domain.
type Ambiguous struct {
	Entries []tenant.Entry // if nil, one in the public cloud and one in China's
}

// Lookup returns the entries.
func (a Ambiguous) Lookup(ctx context.Context, _ tenant.Domain) ([]tenant.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if a.Entries == nil {
		return []tenant.Entry{
			{Tenant: tenant.ID{15: 1}, Name: "Tailspin Toys", Cloud: tenant.CloudPublic},
			{Tenant: tenant.ID{15: 2}, Name: "Tailspin Toys", Cloud: tenant.CloudChina},
		}, nil
	}
	return slices.Clone(a.Entries), nil
}

// Recorder is a directory that remembers what it was asked. It must not be
// copied after its first lookup.
type Recorder struct {
	Directory tenant.Directory // answers

	mu       sync.Mutex
	asked    []tenant.Domain
	askedIDs []tenant.Key
}

// Lookup notes the domain and asks the directory behind it.
func (r *Recorder) Lookup(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	r.mu.Lock()
	r.asked = append(r.asked, d)
	r.mu.Unlock()
	return r.Directory.Lookup(ctx, d)
}

// LookupID notes the ID and asks the directory behind it.
func (r *Recorder) LookupID(ctx context.Context, id tenant.Key) ([]tenant.Entry, error) {
	r.mu.Lock()
	r.askedIDs = append(r.askedIDs, id)
	r.mu.Unlock()
	return tenant.LookupID(ctx, r.Directory, id)
}

// AskedIDs returns every ID that was looked up so far, in that order.
func (r *Recorder) AskedIDs() []tenant.Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.askedIDs)
}

// Asked returns every domain that was looked up so far, in that order.
func (r *Recorder) Asked() []tenant.Domain {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

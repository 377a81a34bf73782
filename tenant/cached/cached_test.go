package cached_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/cached"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

var (
	contoso = domain("contoso.com")
	nobody  = domain("nobody-here.example")
	entry   = tenant.Entry{Tenant: tenant.ID{15: 1}, Name: "Contoso", Cloud: tenant.CloudPublic}
	entries = []tenant.Entry{entry}
	static  = tenanttest.NewStatic(tenanttest.Record{Domain: contoso, Entry: entry})
)

func domain(s string) tenant.Domain { return tenanttest.Must(tenant.ParseDomain(s)) }

type lookup func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error)

func (f lookup) Lookup(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	return f(ctx, d)
}

// world is a cached directory with a clock, and with another one behind it that
// can be taken down and notes what it is asked.
type world struct {
	*cached.Directory
	t    *testing.T
	now  time.Time
	down atomic.Bool
	dir  tenanttest.Recorder
}

func newWorld(t *testing.T, o cached.Options) *world {
	w := &world{t: t, now: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}
	w.dir.Directory = lookup(func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
		if w.down.Load() {
			return nil, tenanttest.ErrDown
		}
		return static.Lookup(ctx, d)
	})
	o.Now = func() time.Time { return w.now }
	w.Directory = cached.New(&w.dir, &o)
	return w
}

// expect looks a domain up and checks how often the other directory has been
// asked so far.
func (w *world) expect(d tenant.Domain, asked int) {
	w.t.Helper()
	got, err := w.Lookup(w.t.Context(), d)
	var want []tenant.Entry
	if d == contoso {
		want = entries
	}
	if err != nil || !slices.Equal(got, want) {
		w.t.Errorf("%s: got %v, %v", d, got, err)
	}
	for i := range got {
		got[i].Name = "changed by the caller" // who may do that
	}
	if n := len(w.dir.Asked()); n != asked {
		w.t.Errorf("%s: the directory was asked %d times, want %d", d, n, asked)
	}
}

func (w *world) expectDown(d tenant.Domain, asked int) {
	w.t.Helper()
	got, err := w.Lookup(w.t.Context(), d)
	if !errors.Is(err, tenanttest.ErrDown) || got != nil {
		w.t.Errorf("%s: got %v, %v", d, got, err)
	}
	if n := len(w.dir.Asked()); n != asked {
		w.t.Errorf("%s: the directory was asked %d times, want %d", d, n, asked)
	}
}

func TestConforms(t *testing.T) {
	down := domain("down.example")
	tenanttest.Directory(t, func() tenant.Directory {
		return cached.New(lookup(func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
			if d == down {
				return nil, tenanttest.ErrDown
			}
			return static.Lookup(ctx, d)
		}), nil)
	}, []tenanttest.Case{
		{Domain: contoso, Want: entries},
		{Domain: nobody},
		{Domain: down, Unavailable: true},
	})
}

func TestRemembersFoundAndNotFound(t *testing.T) {
	for name, test := range map[string]struct {
		options         cached.Options
		found, notFound time.Duration
	}{
		"by default":    {cached.Options{}, 24 * time.Hour, 15 * time.Minute},
		"as configured": {cached.Options{Found: 3 * time.Hour, NotFound: time.Minute}, 3 * time.Hour, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.options)
			w.expect(contoso, 1)
			w.expect(contoso, 1)
			w.expect(nobody, 2)
			w.expect(nobody, 2)
			start := w.now
			w.now = start.Add(test.notFound - 1)
			w.expect(nobody, 2)
			w.now = start.Add(test.notFound)
			w.expect(nobody, 3)
			w.now = start.Add(test.found - 1)
			w.expect(contoso, 3)
			w.now = start.Add(test.found)
			w.expect(contoso, 4)
			w.expect(contoso, 4)
		})
	}
	t.Run("not at all", func(t *testing.T) {
		w := newWorld(t, cached.Options{Found: -1, NotFound: -1, Stale: time.Hour})
		w.expect(contoso, 1)
		w.expect(contoso, 2)
		w.expect(nobody, 3)
		w.expect(nobody, 4)
		w.down.Store(true)
		w.expectDown(contoso, 5)
	})
}

func TestNeverRemembersAnError(t *testing.T) {
	w := newWorld(t, cached.Options{})
	w.down.Store(true)
	w.expectDown(contoso, 1)
	w.expectDown(contoso, 2)
	w.down.Store(false)
	w.expect(contoso, 3)
	w.down.Store(true)
	w.expect(contoso, 3) // remembered
	w.now = w.now.Add(24 * time.Hour)
	w.expectDown(contoso, 4) // an old answer is not served unless the host says so
}

func TestServesStaleOnError(t *testing.T) {
	w := newWorld(t, cached.Options{Found: time.Hour, NotFound: time.Minute, Stale: 10 * time.Minute})
	w.expect(contoso, 1)
	w.expect(nobody, 2)
	w.down.Store(true)
	start := w.now
	w.now = start.Add(time.Minute)
	w.expect(nobody, 3) // asked, failed, served
	w.now = start.Add(11 * time.Minute)
	w.expectDown(nobody, 4)
	w.now = start.Add(70*time.Minute - 1)
	w.expect(contoso, 5)
	w.expect(contoso, 6)
	w.now = start.Add(70 * time.Minute)
	w.expectDown(contoso, 7)
	w.down.Store(false)
	w.expect(contoso, 8)
	w.expect(contoso, 8)
}

func TestAClockThatJumpsBack(t *testing.T) {
	w := newWorld(t, cached.Options{Stale: time.Hour})
	w.expect(contoso, 1)
	w.now = w.now.AddDate(-1, 0, 0)
	w.expect(contoso, 2) // the memory is from the future
	w.expect(contoso, 2)
	w.now = w.now.AddDate(-1, 0, 0)
	w.down.Store(true)
	w.expectDown(contoso, 3)
}

func TestIsBounded(t *testing.T) {
	w := newWorld(t, cached.Options{Size: 3})
	others := []tenant.Domain{domain("a.example"), domain("b.example"), domain("c.example")}
	w.expect(contoso, 1)
	w.expect(others[0], 2)
	w.expect(others[1], 3)
	w.expect(contoso, 3)   // now a.example is the one not asked for longest
	w.expect(others[2], 4) // and goes
	w.expect(contoso, 4)
	w.expect(others[1], 4)
	w.expect(others[2], 4)
	w.expect(others[0], 5)
	w.expect(contoso, 6) // it was the one not asked for longest when a.example came back
}

func TestForget(t *testing.T) {
	w := newWorld(t, cached.Options{})
	w.expect(contoso, 1)
	w.expect(nobody, 2)
	w.Forget(contoso)
	w.Forget(contoso)
	w.expect(nobody, 2)
	w.expect(contoso, 3)
}

// gate is a directory whose lookups wait, one answer at a time.
type gate struct {
	asked   atomic.Int32
	ended   atomic.Int32 // lookups whose context ended
	release chan []tenant.Entry
}

func newGate() *gate { return &gate{release: make(chan []tenant.Entry)} }

func (g *gate) Lookup(ctx context.Context, _ tenant.Domain) ([]tenant.Entry, error) {
	g.asked.Add(1)
	select {
	case answer := <-g.release:
		return answer, nil
	case <-ctx.Done():
		g.ended.Add(1)
		return nil, ctx.Err()
	}
}

func TestOneLookupForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		d := cached.New(g, nil)
		var right atomic.Int32
		for range 100 {
			go func() {
				got, err := d.Lookup(t.Context(), contoso)
				if err != nil || !slices.Equal(got, entries) {
					t.Errorf("got %v, %v", got, err)
				}
				got[0].Name = "changed by the caller" // theirs alone
				right.Add(1)
			}()
		}
		synctest.Wait()
		g.release <- entries
		synctest.Wait()
		if g.asked.Load() != 1 || right.Load() != 100 {
			t.Errorf("%d lookups for %d answers", g.asked.Load(), right.Load())
		}
		// Another domain does not wait for this one.
		go d.Lookup(t.Context(), contoso)
		go d.Lookup(t.Context(), nobody)
		synctest.Wait()
		if g.asked.Load() != 2 {
			t.Errorf("%d lookups for two domains, one of them remembered", g.asked.Load())
		}
		g.release <- nil
	})
}

// One caller's context ends: the others still get their answer. All leave: the
// lookup is called off, and nothing of it is remembered.
func TestCallersLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		d := cached.New(g, nil)
		ask := func(ctx context.Context) chan error {
			result := make(chan error, 1)
			go func() {
				got, err := d.Lookup(ctx, contoso)
				if err == nil && !slices.Equal(got, entries) {
					err = fmt.Errorf("got %v", got)
				}
				result <- err
			}()
			synctest.Wait()
			return result
		}

		first, cancelFirst := context.WithCancel(t.Context())
		a, b := ask(first), ask(t.Context())
		cancelFirst()
		if err := <-a; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		g.release <- entries
		if err := <-b; err != nil {
			t.Errorf("who stayed got %v", err)
		}
		if g.asked.Load() != 1 || g.ended.Load() != 0 {
			t.Errorf("%d lookups, %d called off", g.asked.Load(), g.ended.Load())
		}

		d.Forget(contoso)
		last, cancelLast := context.WithCancel(t.Context())
		a = ask(last)
		cancelLast()
		if err := <-a; !errors.Is(err, context.Canceled) {
			t.Errorf("the last to leave got %v", err)
		}
		synctest.Wait()
		if g.ended.Load() != 1 {
			t.Error("a lookup that nobody waits for goes on")
		}
		b = ask(t.Context())
		if g.asked.Load() != 3 {
			t.Error("who comes after a lookup was called off does not start a new one")
		}
		g.release <- entries
		if err := <-b; err != nil {
			t.Errorf("who came after got %v", err)
		}
	})
}

// What was asked before Forget must not be remembered after it.
func TestForgetDuringALookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		d := cached.New(g, nil)
		var before, after []tenant.Entry
		go func() { before, _ = d.Lookup(t.Context(), contoso) }()
		synctest.Wait()
		d.Forget(contoso)
		go func() { after, _ = d.Lookup(t.Context(), contoso) }()
		synctest.Wait()
		if g.asked.Load() != 2 {
			t.Fatalf("%d lookups, want one from before and one from after", g.asked.Load())
		}
		// Whichever answer comes first, only the later lookup's is remembered.
		g.release <- entries
		g.release <- entries
		synctest.Wait()
		if !slices.Equal(before, entries) || !slices.Equal(after, entries) {
			t.Errorf("got %v and %v", before, after)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		d := cached.New(g, nil)
		go d.Lookup(t.Context(), contoso)
		synctest.Wait()
		d.Forget(contoso)
		g.release <- entries
		synctest.Wait()
		go d.Lookup(t.Context(), contoso)
		synctest.Wait()
		if g.asked.Load() != 2 {
			t.Error("an answer from before Forget is remembered")
		}
		g.release <- entries
	})
}

func TestPanicIsTheCallers(t *testing.T) {
	broken := true
	d := cached.New(lookup(func(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
		if broken {
			panic("boom")
		}
		return static.Lookup(ctx, d)
	}), nil)
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("recovered %v", r)
			}
		}()
		d.Lookup(t.Context(), contoso)
	}()
	broken = false
	if got, err := d.Lookup(t.Context(), contoso); err != nil || !slices.Equal(got, entries) {
		t.Errorf("after a panic, got %v, %v", got, err)
	}
	gone := cached.New(lookup(func(context.Context, tenant.Domain) ([]tenant.Entry, error) {
		runtime.Goexit()
		return nil, nil
	}), nil)
	if got, err := gone.Lookup(t.Context(), contoso); err == nil {
		t.Errorf("a lookup that never answered gives %v", got)
	}
}

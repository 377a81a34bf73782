package storagetest_test

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

func TestMemoryKeepsTheContract(t *testing.T) {
	for _, c := range storagetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			s := memory.New()
			if err := c.Run(t.Context(), s, s); err != nil {
				t.Error(err)
			}
		})
	}
}

// few is a B that loops some times.
type few struct {
	t *testing.T
	n int
}

func (f *few) Helper()                           { f.t.Helper() }
func (f *few) Fatalf(format string, args ...any) { f.t.Helper(); f.t.Fatalf(format, args...) }
func (f *few) Loop() bool                        { f.n++; return f.n <= 5 }

func TestBenchmarksRun(t *testing.T) {
	for _, bench := range storagetest.Benchmarks() {
		t.Run(bench.Name, func(t *testing.T) {
			s, f := memory.New(), &few{t: t}
			bench.Run(f, s)
			events, err := s.History(t.Context(), storage.HistoryQuery{Customer: engagement.CustomerKey{Partner: "northwind", Customer: "tpid:1"}, Limit: 100})
			if err != nil || len(events) == 0 {
				t.Errorf("the history has %d events: %v", len(events), err)
			}
			if f.n != 6 {
				t.Errorf("Loop was called %d times, not until it said no", f.n)
			}
		})
	}
}

func TestFilling(t *testing.T) {
	for _, f := range []storagetest.Filling{{Customers: 1200, Eligible: 1000}, {Customers: 1200, Eligible: 500, Completed: 100}, {Customers: 1200, Eligible: 1}} {
		t.Run(f.String(), func(t *testing.T) {
			s := memory.New()
			if err := f.Fill(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			page, err := s.List(t.Context(), storage.ListQuery{
				Partner: "northwind", Engagement: "azure-migration", Tab: engagement.TabEligible, Sort: storage.SortByName, Limit: 1,
				Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
			})
			if err != nil {
				t.Fatal(err)
			}
			eligible := f.Customers * f.Eligible / 1000
			want := map[engagement.Tab]int{
				engagement.TabEligible: eligible, engagement.TabIneligible: f.Customers - eligible,
				engagement.TabComplete: f.Customers * f.Completed / 1000,
			}
			maps.DeleteFunc(want, func(_ engagement.Tab, n int) bool { return n == 0 })
			if !maps.Equal(page.Tabs, want) {
				t.Errorf("the filling counts %v, not %v", page.Tabs, want)
			}
			known, err := s.Customers(t.Context(), storage.CustomersQuery{Partner: "northwind", Known: true, Limit: 2000})
			if err != nil || len(known) != f.Customers {
				t.Errorf("%d customers are known, not %d: %v", len(known), f.Customers, err)
			}
			tab := engagement.TabEligible
			if f.Eligible == 1 {
				tab = engagement.TabIneligible
			}
			pages, err := f.Pages(t.Context(), s, tab)
			if err != nil {
				t.Fatal(err)
			}
			last, err := s.List(t.Context(), pages.Last)
			if err != nil || len(last.Rows) != 50 || last.More {
				t.Errorf("the last page has %d rows, more %t: %v", len(last.Rows), last.More, err)
			}
			if _, err := storagetest.Time(t.Context(), s, 100, append(pages.Anywhere, pages.First, pages.Middle)...); err != nil {
				t.Error(err)
			}
			if f.Completed == 0 {
				if _, err := f.Pages(t.Context(), s, engagement.TabComplete); err == nil {
					t.Error("a tab without rows has pages to measure")
				}
			}
		})
	}
}

// refusing is a store whose Apply fails once it was called so often.
type refusing struct {
	storage.Store
	left atomic.Int64
}

var errRefused = errors.New("refused")

func (s *refusing) Apply(ctx context.Context, c storage.Changes) error {
	if s.left.Add(-1) < 0 {
		return errRefused
	}
	return s.Store.Apply(ctx, c)
}

// TestFailuresAreReported shows that no case passes over an error of the store.
func TestFailuresAreReported(t *testing.T) {
	for _, c := range storagetest.Cases() {
		s := &refusing{Store: memory.New()}
		err := c.Run(t.Context(), s, s)
		if writes := s.left.Load() < 0; writes && err == nil {
			t.Errorf("case %q passes though Apply fails", c.Name)
		}
	}
}

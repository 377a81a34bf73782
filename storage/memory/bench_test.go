package memory_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

func BenchmarkApply(b *testing.B) {
	for _, bench := range storagetest.Benchmarks() {
		b.Run(bench.Name, func(b *testing.B) {
			b.ReportAllocs()
			bench.Run(b, memory.New())
		})
	}
	b.Run("guarded/bare", func(b *testing.B) {
		b.ReportAllocs()
		g, s := storagetest.NewGuarded(), newBare()
		for b.Loop() {
			s.apply(g.Next())
		}
	})
}

// bare keeps one state, its events and its messages in maps behind a mutex, and
// promises nothing else.
type bare struct {
	mu       sync.Mutex
	places   map[engagement.PlaceKey]engagement.Place
	events   map[engagement.CustomerKey][]engagement.Event
	messages map[engagement.MessageID]engagement.Message
}

func newBare() *bare {
	return &bare{
		places:   map[engagement.PlaceKey]engagement.Place{},
		events:   map[engagement.CustomerKey][]engagement.Event{},
		messages: map[engagement.MessageID]engagement.Message{},
	}
}

func (s *bare) apply(c storage.Changes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pl := c.Places[0]
	if s.places[pl.Key].Version != pl.Version {
		panic("conflict")
	}
	pl.Version++
	s.places[pl.Key] = pl
	key := c.Customers[0].Key
	s.events[key] = append(s.events[key], c.Events[0])
	s.messages[c.Messages[0].ID] = c.Messages[0]
	for _, id := range c.Delivered {
		delete(s.messages, id)
	}
}

// BenchmarkGuardedRatio runs both versions of a guarded write in turns, and
// reports how many times the bare one the store's takes.
func BenchmarkGuardedRatio(b *testing.B) {
	const n = 2000
	var store, plain []time.Duration
	for b.Loop() {
		g, s := storagetest.NewGuarded(), memory.New()
		began := time.Now()
		for range n {
			if err := s.Apply(context.Background(), g.Next()); err != nil {
				b.Fatal(err)
			}
		}
		store = append(store, time.Since(began))
		h, m := storagetest.NewGuarded(), newBare()
		began = time.Now()
		for range n {
			m.apply(h.Next())
		}
		plain = append(plain, time.Since(began))
	}
	b.ReportMetric(float64(storagetest.Median(store))/float64(storagetest.Median(plain)), "x-bare")
}

// BenchmarkPage compares the page of 50 rows, tab counts included, at a million
// known customers with the same page at a thousand, in turns, for three mixes of
// eligible and other customers. It needs some 3 GiB of memory, and reports how
// many times longer the page at a million takes. Run it with -benchtime 1x.
func BenchmarkPage(b *testing.B) {
	const small, large = 1000, 1_000_000
	for _, mix := range []struct {
		eligible int // in a thousand
		tab      engagement.Tab
	}{{1000, engagement.TabEligible}, {500, engagement.TabEligible}, {500, engagement.TabIneligible}, {1, engagement.TabIneligible}} {
		b.Run(fmt.Sprintf("eligible=%g%%/%s", float64(mix.eligible)/10, mix.tab), func(b *testing.B) {
			s, few := filled(b, storagetest.Filling{Customers: small, Eligible: mix.eligible}, mix.tab)
			l, many := filled(b, storagetest.Filling{Customers: large, Eligible: mix.eligible}, mix.tab)
			for b.Loop() {
				compare(b, s, l, few, many)
			}
		})
	}
	b.Run("eligible=0.1%/eligible", func(b *testing.B) { // one row at a thousand: compared with a full page of a thousand
		s, few := filled(b, storagetest.Filling{Customers: small, Eligible: 1000}, engagement.TabEligible)
		l, many := filled(b, storagetest.Filling{Customers: large, Eligible: 1}, engagement.TabEligible)
		for b.Loop() {
			compare(b, s, l, few, many)
		}
	})
}

func filled(b *testing.B, f storagetest.Filling, tab engagement.Tab) (*memory.Store, storagetest.Pages) {
	b.Helper()
	s := memory.New()
	if err := f.Fill(context.Background(), s); err != nil {
		b.Fatal(err)
	}
	pages, err := f.Pages(context.Background(), s, tab)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	return s, pages
}

func compare(b *testing.B, small, large *memory.Store, few, many storagetest.Pages) {
	const turns, n = 15, 4096
	for _, at := range []struct {
		name     string
		one, two []storage.PageQuery
	}{
		{"first", []storage.PageQuery{few.First}, []storage.PageQuery{many.First}},
		{"middle", []storage.PageQuery{few.Middle}, []storage.PageQuery{many.Middle}},
		{"last", []storage.PageQuery{few.Last}, []storage.PageQuery{many.Last}},
		{"anywhere", few.Anywhere, many.Anywhere},
	} {
		var one, two []time.Duration
		for range turns {
			d1, err1 := storagetest.Time(context.Background(), small, n, at.one...)
			d2, err2 := storagetest.Time(context.Background(), large, n, at.two...)
			if err1 != nil || err2 != nil {
				b.Fatal(err1, err2)
			}
			one, two = append(one, d1), append(two, d2)
		}
		b.ReportMetric(float64(storagetest.Median(two))/float64(storagetest.Median(one)), "x-"+at.name)
		if at.name == "anywhere" {
			b.ReportMetric(float64(storagetest.Median(two).Nanoseconds()), "ns/page")
		}
	}
}

// BenchmarkClaims compares a page of 50 claims of a partner, counts included, at
// many claims with the same page at a thousand, in turns.
func BenchmarkClaims(b *testing.B) {
	const small, large = 1000, 200_000
	s, few := claimed(b, small)
	l, many := claimed(b, large)
	for b.Loop() {
		for i, at := range []string{"first", "middle"} {
			var one, two []time.Duration
			for range 15 {
				one, two = append(one, timeClaims(b, s, few[i])), append(two, timeClaims(b, l, many[i]))
			}
			b.ReportMetric(float64(storagetest.Median(two))/float64(storagetest.Median(one)), "x-"+at)
		}
	}
}

// claimed returns a store with n claims, and queries for the first page of them
// and for one in the middle.
func claimed(b *testing.B, n int) (*memory.Store, [2]storage.ClaimsQuery) {
	b.Helper()
	s := memory.New()
	if err := (storagetest.Filling{Customers: n, Completed: 1000}).Fill(context.Background(), s); err != nil {
		b.Fatal(err)
	}
	first := storage.ClaimsQuery{Partner: "northwind", Sort: storage.BySince, Limit: n / 2, Now: time.Now()}
	half, err := s.Claims(context.Background(), first)
	if err != nil {
		b.Fatal(err)
	}
	middle := first
	at := first.Sort.PositionOf(half.Rows[n/2-1].Entry, nil)
	first.Limit, middle.Limit, middle.After = 50, 50, &at
	return s, [2]storage.ClaimsQuery{first, middle}
}

func timeClaims(b *testing.B, s *memory.Store, q storage.ClaimsQuery) time.Duration {
	const n = 1000
	began := time.Now()
	for range n {
		if _, err := s.Claims(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began) / n
}

// BenchmarkMemory reports what a known customer costs, with everything that
// belongs to it, after a page was read in every order.
func BenchmarkMemory(b *testing.B) {
	const n = 1_000_000
	for _, eligible := range []int{1000, 500, 1} {
		f := storagetest.Filling{Customers: n, Eligible: eligible}
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				before := heap()
				s := memory.New()
				if err := f.Fill(context.Background(), s); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(heap()-before)/n, "B/customer")
				for _, order := range storage.AllSorts() {
					for _, tab := range engagement.AllTabs() {
						q := storage.PageQuery{Partner: "northwind", Engagement: "azure-migration", Tab: tab, Sort: order, Limit: 50, Now: time.Now()}
						if _, err := s.Page(context.Background(), q); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(heap()-before)/n, "B/customer-all-orders")
				runtime.KeepAlive(s)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

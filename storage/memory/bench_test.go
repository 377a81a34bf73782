package memory_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

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
}

// BenchmarkPage reads pages of 50 rows, with the counts of all tabs, of some known
// customers, half of which are eligible, and reports what each customer costs in memory.
func BenchmarkPage(b *testing.B) {
	for _, customers := range []int{1000, 100_000} {
		f := storagetest.Filling{Customers: customers, Eligible: 500}
		before := heap()
		s := memory.New()
		if err := f.Fill(context.Background(), s); err != nil {
			b.Fatal(err)
		}
		size := float64(heap()-before) / float64(customers)
		pages, err := f.Pages(context.Background(), s, engagement.TabEligible)
		if err != nil {
			b.Fatal(err)
		}
		searched := pages.First
		searched.Filter.Words = engagement.SearchWords("nobody")
		for _, at := range []struct {
			name  string
			query storage.ListQuery
		}{{"first", pages.First}, {"last", pages.Last}, {"found nobody", searched}} {
			b.Run(fmt.Sprintf("customers=%d/%s", customers, at.name), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.List(context.Background(), at.query); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(size, "B/customer")
			})
		}
		runtime.KeepAlive(s)
	}
}

// BenchmarkClaims reads the first page of 50 of some claims of a partner.
func BenchmarkClaims(b *testing.B) {
	for _, claims := range []int{1000, 100_000} {
		s := memory.New()
		if err := (storagetest.Filling{Customers: claims, Completed: 1000}).Fill(context.Background(), s); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("claims=%d", claims), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.List(context.Background(), storage.ListQuery{Partner: "northwind", Sort: storage.SortBySince, Limit: 50}); err != nil {
					b.Fatal(err)
				}
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

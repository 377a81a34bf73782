package cached_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
	"github.com/partnerengage/partnerengage/tenant/cached"
	"github.com/partnerengage/partnerengage/tenant/tenanttest"
)

// locked is the least that remembers: a map behind a lock, whose entries expire, and
// which hands out copies. It has no bound, and forgets nothing.
type locked struct {
	mu    sync.Mutex
	known map[tenant.Domain]remembered
}

type remembered struct {
	entries []tenant.Entry
	until   time.Time
}

func (l *locked) Lookup(domain tenant.Domain) ([]tenant.Entry, bool) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.known[domain]
	if !ok || !now.Before(r.until) {
		return nil, false
	}
	return slices.Clone(r.entries), true
}

// BenchmarkHitRatio asks for domains that are remembered and, in turns, asks a map of
// the same. It reports how many times longer a hit takes: the medians of all turns.
func BenchmarkHitRatio(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprint(n, " domains"), func(b *testing.B) {
			var records []tenanttest.Record
			domains := make([]tenant.Domain, n)
			plain := &locked{known: map[tenant.Domain]remembered{}}
			for i := range domains {
				domains[i] = domain(fmt.Sprintf("customer-%d.example", i))
				records = append(records, tenanttest.Record{Domain: domains[i], Entry: entry})
				plain.known[domains[i]] = remembered{entries, time.Now().Add(24 * time.Hour)}
			}
			directory := cached.New(tenanttest.NewStatic(records...), nil)
			ours := func(d tenant.Domain) {
				if found, err := directory.Lookup(context.Background(), d); err != nil || len(found) != 1 {
					b.Fatal(found, err)
				}
			}
			theirs := func(d tenant.Domain) {
				if found, ok := plain.Lookup(d); !ok || len(found) != 1 {
					b.Fatal(found, ok)
				}
			}
			for _, d := range domains {
				ours(d)
			}

			const turn = 1000
			ways := [2]func(tenant.Domain){theirs, ours}
			var times [2][]time.Duration
			for round := 0; b.Loop(); round++ {
				for k := range ways {
					k = (k + round) % 2
					began := time.Now()
					for i := range turn {
						ways[k](domains[i*7%n])
					}
					times[k] = append(times[k], time.Since(began))
				}
			}
			for k := range times {
				slices.Sort(times[k])
			}
			bare, hit := times[0][len(times[0])/2], times[1][len(times[1])/2]
			b.ReportMetric(float64(bare.Nanoseconds())/turn, "ns/map")
			b.ReportMetric(float64(hit.Nanoseconds())/turn, "ns/hit")
			b.ReportMetric(float64(hit)/float64(bare), "x-map")
			b.ReportMetric(0, "ns/op")
		})
	}
}

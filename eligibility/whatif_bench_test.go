package eligibility_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// BenchmarkWhatIf answers for one mixed customer after the other, of ten criteria.
func BenchmarkWhatIf(b *testing.B) {
	c := newContest(b)
	b.ReportAllocs()
	i, ways, left := 0, 0, 0
	for b.Loop() {
		c.load.Load(&c.customers[i])
		answer, err := c.set.WhatIf(c.decision.Facts, workload.At, nil)
		if err != nil {
			b.Fatal(err)
		}
		ways += len(answer.Ways)
		if answer.LeftOut != "" {
			left++
		}
		if i++; i == len(c.customers) {
			i = 0
		}
	}
	b.ReportMetric(float64(ways)/float64(b.N), "ways")
	b.ReportMetric(float64(left)/float64(b.N), "left-out")
}

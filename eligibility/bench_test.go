package eligibility_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// contest has what rules and a function written by hand need to decide on the same
// customers.
type contest struct {
	customers []workload.Customer
	hand      *workload.ByHand
	set       *eligibility.RuleSet
	decision  eligibility.Decision
	load      *workload.Loader
	seen      int // keeps the work from being left out
}

func newContest(b testing.TB) *contest {
	terms := workload.Standard(usd("2500.00"))
	set, err := workload.RuleSet(terms)
	require.NoError(b, err)
	c := &contest{
		customers: workload.Customers(100_000),
		hand:      workload.NewByHand(terms, eligibility.DateOf(workload.At)),
		set:       set,
		decision:  eligibility.Decision{Facts: set.NewFacts()},
	}
	c.load = workload.NewLoader(&c.decision.Facts)
	return c
}

// Each way takes a customer's record to its outcome and to which criteria are not
// met or not known: as bits, as findings in words, or as findings in words of all
// criteria.

func (c *contest) bitsByHand(i int) {
	outcome, failed, unknown := c.hand.Bits(&c.customers[i])
	c.seen += len(outcome) + int(failed|unknown)
}

func (c *contest) bitsByRules(i int) {
	c.decide(i)
	failed, unknown := c.decision.Bits(0)
	c.seen += len(c.decision.Outcome) + int(failed|unknown)
}

func (c *contest) reasonsByHand(i int) {
	outcome, findings := c.hand.Reasons(&c.customers[i])
	c.seen += len(outcome) + len(findings)
}

func (c *contest) reasonsByRules(i int) {
	c.decide(i)
	c.seen += len(c.decision.Outcome) + len(c.decision.Reasons())
}

func (c *contest) evidenceByHand(i int) {
	outcome, findings := c.hand.Evidence(&c.customers[i])
	c.seen += len(outcome) + len(findings)
}

func (c *contest) evidenceByRules(i int) {
	c.decide(i)
	c.seen += len(c.decision.Outcome) + len(c.decision.Findings())
}

func (c *contest) decide(i int) {
	c.load.Load(&c.customers[i])
	if err := c.set.DecideInPlace(&c.decision, workload.At); err != nil {
		panic(err)
	}
}

func BenchmarkDecide(b *testing.B) {
	c := newContest(b)
	for _, way := range []struct {
		name string
		do   func(int)
	}{
		{"bits/by_hand", c.bitsByHand}, {"bits/by_rules", c.bitsByRules},
		{"reasons/by_hand", c.reasonsByHand}, {"reasons/by_rules", c.reasonsByRules},
		{"evidence/by_hand", c.evidenceByHand}, {"evidence/by_rules", c.evidenceByRules},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				way.do(i)
				if i++; i == len(c.customers) {
					i = 0
				}
			}
		})
	}
}

// BenchmarkRatio decides on all customers in both ways, taking turns every
// thousand customers, and reports how much longer the rules took: what else
// the machine does meanwhile then slows both down.
func BenchmarkRatio(b *testing.B) {
	c := newContest(b)
	for _, pair := range []struct {
		name        string
		hand, rules func(int)
	}{
		{"bits", c.bitsByHand, c.bitsByRules},
		{"reasons", c.reasonsByHand, c.reasonsByRules},
		{"evidence", c.evidenceByHand, c.evidenceByRules},
	} {
		b.Run(pair.name, func(b *testing.B) {
			var times [2][]time.Duration
			for b.Loop() {
				for turn := range len(c.customers) / 1000 {
					ways := [2]func(int){pair.hand, pair.rules}
					for k := range ways {
						k = (k + turn) % 2
						start := time.Now()
						for i := range 1000 {
							ways[k](turn*1000 + i)
						}
						times[k] = append(times[k], time.Since(start))
					}
				}
			}
			hand, rules := median(times[0]), median(times[1])
			b.ReportMetric(float64(hand)/1000, "by-hand-ns")
			b.ReportMetric(float64(rules)/1000, "by-rules-ns")
			b.ReportMetric(float64(rules)/float64(hand), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

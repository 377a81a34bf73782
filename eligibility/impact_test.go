package eligibility_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// everybody yields customers with these facts, whose keys are their numbers.
func everybody(all []eligibility.Facts) iter.Seq2[eligibility.Customer, error] {
	return func(yield func(eligibility.Customer, error) bool) {
		for i, f := range all {
			if !yield(eligibility.Customer{Key: fmt.Sprint(i), Facts: f}, nil) {
				return
			}
		}
	}
}

// byDeciding counts what the report says by deciding on each customer twice.
func byDeciding(c eligibility.ImpactConfig, all []eligibility.Facts) *eligibility.ImpactReport {
	none := func() eligibility.Affected { return eligibility.Affected{Samples: []string{}} }
	r := &eligibility.ImpactReport{RuleSet: c.New.ID(), OldVersion: c.Old.Version(), NewVersion: c.New.Version(), At: c.At, NewAt: c.NewAt, Customers: len(all), Complete: true,
		Gain: none(), Lose: none(), BecomeUnknown: none(), Failing: none(), Rules: []eligibility.RuleImpact{}}
	index := map[string]int{}
	add := func(set *eligibility.RuleSet, old bool) {
		for _, rule := range set.Rules() {
			if _, ok := index[rule.ID]; !ok {
				index[rule.ID] = len(r.Rules)
				r.Rules = append(r.Rules, eligibility.RuleImpact{Rule: rule.ID, Doc: rule.Doc, Gain: none(), Lose: none(), BecomeUnknown: none()})
			}
			if i := index[rule.ID]; old {
				r.Rules[i].Old = &eligibility.ResultCounts{}
			} else {
				r.Rules[i].New = &eligibility.ResultCounts{}
			}
		}
	}
	add(c.New, false)
	add(c.Old, true)
	decide := func(set *eligibility.RuleSet, at time.Time, f eligibility.Facts, outcomes *eligibility.OutcomeCounts, counts func(*eligibility.RuleImpact) *eligibility.ResultCounts) (eligibility.Outcome, map[string]eligibility.Result, error) {
		d, err := set.Decide(f, at)
		*map[eligibility.Outcome]*int{"": &outcomes.Undecided, eligibility.OutcomeEligible: &outcomes.Eligible,
			eligibility.OutcomeIneligible: &outcomes.Ineligible, eligibility.OutcomeUnknown: &outcomes.Unknown}[d.Outcome]++
		results := map[string]eligibility.Result{}
		for _, finding := range d.Findings() {
			results[finding.Rule] = finding.Result
		}
		for _, rule := range set.Rules() {
			n := counts(&r.Rules[index[rule.ID]])
			*map[eligibility.Result]*int{"": &n.Undecided, eligibility.ResultPass: &n.Pass, eligibility.ResultFail: &n.Fail, eligibility.ResultUnknown: &n.Unknown}[results[rule.ID]]++
		}
		return d.Outcome, results, err
	}
	note := func(a *eligibility.Affected, i int) {
		if a.Customers++; len(a.Samples) < c.Samples {
			a.Samples = append(a.Samples, fmt.Sprint(i))
		}
	}
	for i, f := range all {
		before, was, err := decide(c.Old, c.At, f, &r.Before, func(r *eligibility.RuleImpact) *eligibility.ResultCounts { return r.Old })
		after, is, err2 := decide(c.New, c.NewAt, f, &r.After, func(r *eligibility.RuleImpact) *eligibility.ResultCounts { return r.New })
		if err == nil {
			err = err2
		}
		if err != nil {
			note(&r.Failing, i)
			if r.FirstFailure == "" {
				r.FirstFailure = err.Error()
			}
		}
		gain := before != after && after == eligibility.OutcomeEligible
		lose := before == eligibility.OutcomeEligible && after == eligibility.OutcomeIneligible
		unclear := before != after && after == eligibility.OutcomeUnknown
		if gain {
			note(&r.Gain, i)
		}
		if lose {
			note(&r.Lose, i)
		}
		if unclear {
			note(&r.BecomeUnknown, i)
		}
		for k := range r.Rules {
			rule := &r.Rules[k]
			if gain && rule.Old != nil && was[rule.Rule] != eligibility.ResultPass {
				note(&rule.Gain, i)
			}
			if lose && is[rule.Rule] == eligibility.ResultFail {
				note(&rule.Lose, i)
			}
			if unclear && is[rule.Rule] == eligibility.ResultUnknown {
				note(&rule.BecomeUnknown, i)
			}
		}
	}
	return r
}

// The report is what deciding on each customer gives, for random rules and however
// the facts are laid out.
func TestImpactIsWhatDecidingGives(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	changed, failing := 0, 0
	for range 100 {
		p := newPuzzle(t, r)
		version := func(version string) *eligibility.RuleSet {
			var rules []eligibility.Rule
			for i := range 1 + r.IntN(100*r.IntN(2)+4) {
				check := randomTree(r, p.vars, 2)
				switch r.IntN(12) {
				case 0:
					v := pick(r, p.vars...)
					check = opaque(t, v, v.leaf(r))
				case 1:
					check = eligibility.AtLeast(revenue, money("1.00 EUR")) // some have other currencies
				case 2:
					check = eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
						if n, _ := rooms.Get(f); n > 2 { // that no rule names
							return eligibility.Failed("", ""), nil
						}
						return eligibility.Passed("", ""), nil
					})
				}
				if r.IntN(2) == 0 {
					check = eligibility.Any(check, eligibility.NotOneOf(seats, 0, 1)) // so that some pass
				}
				rules = append(rules, rule(fmt.Sprintf("r%d", 2*i+r.IntN(2)), check))
			}
			set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: version, Rules: rules})
			require.NoError(t, err)
			return set
		}
		c := eligibility.ImpactConfig{Old: version("1"), New: version("2"), At: noon, NewAt: noon.AddDate(0, 0, r.IntN(5)), Samples: 3}
		var all []eligibility.Facts
		for range 60 {
			f := []eligibility.Facts{{}, c.Old.NewFacts(), c.New.NewFacts(), p.set.NewFacts()}[r.IntN(4)]
			for _, v := range variables() {
				if r.IntN(5) != 0 {
					pick(r, v.grid...)(&f)
				}
			}
			rooms.Set(&f, r.IntN(5))
			all = append(all, f)
		}
		want := byDeciding(c, all)
		calls := 0
		c.Changed = func(key string, before, after *eligibility.Decision) error {
			calls++
			var i int
			_, err := fmt.Sscan(key, &i)
			require.NoError(t, err)
			was, _ := c.Old.Decide(all[i], c.At)
			is, _ := c.New.Decide(all[i], c.NewAt)
			require.Equal(t, [2]eligibility.Outcome{was.Outcome, is.Outcome}, [2]eligibility.Outcome{before.Outcome, after.Outcome})
			require.Equal(t, is.Findings(), after.Findings())
			return nil
		}
		got, err := eligibility.Impact(context.Background(), c, everybody(all))
		require.NoError(t, err)
		require.Equal(t, want, got)
		changed += calls
		failing += got.Failing.Customers
	}
	assert.Greater(t, changed, 300)
	assert.Greater(t, failing, 100)
}

// workloads are two versions of the ten criteria, which customers meet mostly.
func workloads(t testing.TB) (old, next *eligibility.RuleSet) {
	terms := workload.Standard(usd("2500.00"))
	old, err := workload.RuleSet(terms)
	require.NoError(t, err)
	terms.Seats, terms.Days, terms.Revenue, terms.Segments = 1000, 180, usd("1000.00"), []string{"enterprise", "corporate"}
	next, err = workload.RuleSet(terms)
	require.NoError(t, err)
	return old, next
}

// loaded yields n customers of whom each is loaded into the same facts.
func loaded(f *eligibility.Facts, customers []workload.Customer, n int) iter.Seq2[eligibility.Customer, error] {
	load := workload.NewLoader(f)
	return func(yield func(eligibility.Customer, error) bool) {
		for i := range n {
			load.Load(&customers[i%len(customers)])
			if !yield(eligibility.Customer{Key: "customer", Facts: *f}, nil) {
				return
			}
		}
	}
}

func TestImpactStops(t *testing.T) {
	old, next := workloads(t)
	customers := workload.Customers(1000)
	f := next.NewFacts()
	c := eligibility.ImpactConfig{Old: old, New: next, At: noon}
	broken := errors.New("the database is gone")

	ctx, cancel := context.WithCancelCause(context.Background())
	var told []int
	c.Progress = func(n int) {
		if told = append(told, n); n == 20_000 {
			cancel(broken)
		}
	}
	report, err := eligibility.Impact(ctx, c, loaded(&f, customers, 1_000_000))
	require.ErrorIs(t, err, broken)
	assert.False(t, report.Complete)
	assert.Less(t, report.Customers, 21_000)
	assert.Equal(t, []int{10_000, 20_000, report.Customers}, told)
	assert.Equal(t, report.Customers, report.After.Eligible+report.After.Ineligible+report.After.Unknown)

	c.Progress = nil
	report, err = eligibility.Impact(context.Background(), c, func(yield func(eligibility.Customer, error) bool) {
		_ = yield(eligibility.Customer{Key: "a"}, nil) && yield(eligibility.Customer{}, broken) && yield(eligibility.Customer{Key: "b"}, nil)
	})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, 1, report.Customers)
	assert.False(t, report.Complete)

	c.Changed = func(string, *eligibility.Decision, *eligibility.Decision) error { return broken }
	report, err = eligibility.Impact(context.Background(), c, loaded(&f, customers, 1000))
	require.ErrorIs(t, err, broken)
	assert.False(t, report.Complete)

	_, err = eligibility.Impact(context.Background(), eligibility.ImpactConfig{Old: old, New: next}, everybody(nil))
	require.ErrorIs(t, err, eligibility.ErrNoTime)
	ended, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", EffectiveTo: noon, Rules: next.Rules()})
	require.NoError(t, err)
	_, err = eligibility.Impact(context.Background(), eligibility.ImpactConfig{Old: old, New: ended, At: noon}, everybody(nil))
	require.ErrorAs(t, err, new(*eligibility.NotInEffectError))
}

// What is held does not grow with the customers.
func TestImpactMemoryIsFlat(t *testing.T) {
	old, next := workloads(t)
	customers := workload.Customers(10_000)
	f := next.NewFacts()
	allocated := func(n int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		report, err := eligibility.Impact(context.Background(), eligibility.ImpactConfig{Old: old, New: next, At: noon}, loaded(&f, customers, n))
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.Equal(t, n, report.Customers)
		require.Greater(t, report.Lose.Customers, n/100)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(1000)
	assert.Less(t, allocated(200_000), allocated(2000)+20_000, "bytes, all told")
}

// A report is written as JSON and as a table, and a customer's key is no formula.
func TestImpactIsWritten(t *testing.T) {
	old := ruleSet(t, eligibility.AtLeast(seats, 10), eligibility.Is(government, false))
	next, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "2", Rules: []eligibility.Rule{rule("a", eligibility.AtLeast(seats, 20)), rule("c", eligibility.AtLeast(rooms, 1))}})
	require.NoError(t, err)
	report, err := eligibility.Impact(context.Background(), eligibility.ImpactConfig{Old: old, New: next, At: noon}, func(yield func(eligibility.Customer, error) bool) {
		_ = yield(eligibility.Customer{Key: "=1+1", Facts: facts(with(seats, 15), with(government, false), with(rooms, 1))}, nil) &&
			yield(eligibility.Customer{Key: "b", Facts: facts(with(seats, 25), with(government, true))}, nil)
	})
	require.NoError(t, err)
	var table strings.Builder
	require.NoError(t, report.WriteCSV(&table))
	records, err := csv.NewReader(strings.NewReader(table.String())).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, [][]string{
		{"rule", "doc", "old_pass", "old_fail", "old_unknown", "old_undecided", "new_pass", "new_fail", "new_unknown", "new_undecided", "gain", "lose", "become_unknown", "gain_samples", "lose_samples", "become_unknown_samples"},
		{"", "outcome", "1", "1", "0", "0", "0", "1", "1", "0", "0", "1", "1", "", "'=1+1", "b"},
		{"a", "The rule a.", "2", "0", "0", "0", "1", "1", "0", "0", "0", "1", "0", "", "'=1+1", ""},
		{"c", "The rule c.", "", "", "", "", "1", "0", "1", "0", "0", "0", "1", "", "", "b"},
		{"b", "The rule b.", "1", "1", "0", "0", "", "", "", "", "0", "0", "0", "", "", ""},
	}, records)

	data, err := json.Marshal(report)
	require.NoError(t, err)
	assert.NotContains(t, string(data), "null")
	var read eligibility.ImpactReport
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, *report, read)
}

// BenchmarkImpact compares two versions of ten criteria on one core.
func BenchmarkImpact(b *testing.B) {
	old, next := workloads(b)
	customers := workload.Customers(100_000)
	memory := func(layout *eligibility.RuleSet) iter.Seq2[eligibility.Customer, error] {
		all := make([]eligibility.Facts, len(customers))
		for i := range all {
			if layout != nil {
				all[i] = layout.NewFacts()
			}
			workload.NewLoader(&all[i]).Load(&customers[i])
		}
		return everybodyNamed(all)
	}
	f := next.NewFacts()
	for _, way := range []struct {
		name      string
		customers iter.Seq2[eligibility.Customer, error]
	}{
		{"in_place", loaded(&f, customers, len(customers))}, // from a host's record to both decisions
		{"in_memory", memory(next)},
		{"in_memory_not_laid_out", memory(nil)},
	} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := eligibility.Impact(context.Background(), eligibility.ImpactConfig{Old: old, New: next, At: workload.At}, way.customers)
				if err != nil || report.Customers != len(customers) {
					b.Fatal(report, err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(customers))/b.Elapsed().Seconds(), "customers/s")
		})
	}
}

func everybodyNamed(all []eligibility.Facts) iter.Seq2[eligibility.Customer, error] {
	return func(yield func(eligibility.Customer, error) bool) {
		for i := range all {
			if !yield(eligibility.Customer{Key: "customer", Facts: all[i]}, nil) {
				return
			}
		}
	}
}

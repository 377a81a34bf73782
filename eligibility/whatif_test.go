package eligibility_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

// variable is a fact with every value that random rules can tell apart.
type variable struct {
	fact  eligibility.AnyFact
	grid  []func(*eligibility.Facts)
	clear func(*eligibility.Facts)
	leaf  func(r *rand.Rand) eligibility.Check
}

func newVariable[T eligibility.Value](f eligibility.Fact[T], values []T, leaf func(r *rand.Rand) eligibility.Check) variable {
	v := variable{fact: f, leaf: leaf, clear: func(to *eligibility.Facts) { f.Clear(to) }}
	for _, value := range values {
		v.grid = append(v.grid, func(to *eligibility.Facts) { f.Set(to, value) })
	}
	return v
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

var today = eligibility.DateOf(noon)

// variables are one of each kind.
func variables() []variable {
	var numbers []int64
	var decimals []decimal.Decimal
	var amounts []eligibility.Money
	for n := int64(-1); n <= 5; n++ {
		numbers = append(numbers, n)
	}
	for n := int64(-1); n <= 9; n++ { // thresholds, and what lies between them
		decimals = append(decimals, decimal.New(5*n, -1))
		amounts = append(amounts, eligibility.Money{Amount: decimal.New(5*n, -1), Currency: "USD"})
	}
	days := []eligibility.Date{eligibility.Never()}
	for n := -12; n <= 12; n++ {
		days = append(days, today.AddDays(n))
	}
	texts := []string{"a", "b", "B", "c", "other", " "}
	var lists [][]string
	for mask := range 16 {
		var entries []string
		for i, entry := range []string{"a", "A", "b", "x"} {
			if mask>>i&1 == 1 {
				entries = append(entries, entry)
			}
		}
		lists = append(lists, entries)
	}
	return []variable{
		newVariable(seats, numbers, func(r *rand.Rand) eligibility.Check {
			n := r.Int64N(4)
			return pick(r, eligibility.AtLeast(seats, n), eligibility.AtMost(seats, n), eligibility.Below(seats, n), eligibility.Is(seats, n),
				eligibility.Between(seats, n, n+1), eligibility.OneOf(seats, n, 3), eligibility.NotOneOf(seats, n, 2))
		}),
		newVariable(percent, decimals, func(r *rand.Rand) eligibility.Check {
			n := decimal.New(r.Int64N(4), 0)
			return pick(r, eligibility.AtLeast(percent, n), eligibility.AtMost(percent, n), eligibility.Below(percent, n), eligibility.Is(percent, n),
				eligibility.Between(percent, n, n.Add(decimal.New(1, 0))))
		}),
		newVariable(revenue, amounts, func(r *rand.Rand) eligibility.Check {
			n := eligibility.Money{Amount: decimal.New(r.Int64N(4), 0), Currency: "USD"}
			return pick(r, eligibility.AtLeast(revenue, n), eligibility.AtMost(revenue, n), eligibility.Below(revenue, n), eligibility.Is(revenue, n))
		}),
		newVariable(government, []bool{false, true}, func(r *rand.Rand) eligibility.Check {
			return eligibility.Is(government, r.IntN(2) == 0)
		}),
		newVariable(segment, texts, func(r *rand.Rand) eligibility.Check {
			w := pick(r, "a", "b", "B")
			return pick(r, eligibility.Is(segment, w), eligibility.OneOf(segment, w, "c"), eligibility.NotOneOf(segment, w, "c"), eligibility.NotOneOf(segment, w))
		}),
		newVariable(designations, lists, func(r *rand.Rand) eligibility.Check {
			return eligibility.Contains(designations, pick(r, "a", "b", "A"))
		}),
		newVariable(assessed, days, func(r *rand.Rand) eligibility.Check {
			w := pick(r, eligibility.DaysAgo(r.IntN(5)), eligibility.On(today.AddDays(r.IntN(9)-4)))
			if r.IntN(3) == 0 {
				w = w.OrNever()
			}
			return pick(r, eligibility.Before(assessed, w), eligibility.After(assessed, w), eligibility.OlderThan(assessed, r.IntN(5)),
				eligibility.Is(assessed, today.AddDays(r.IntN(5)-2)), eligibility.Between(assessed, today.AddDays(-r.IntN(4)), today.AddDays(r.IntN(4))))
		}),
	}
}

func randomTree(r *rand.Rand, vs []variable, depth int) eligibility.Check {
	n := r.IntN(6)
	if depth == 0 || n < 3 {
		return pick(r, vs...).leaf(r)
	}
	a := randomTree(r, vs, depth-1)
	switch n {
	case 3:
		return eligibility.Not(a)
	case 4:
		return eligibility.All(a, randomTree(r, vs, depth-1))
	}
	return eligibility.Any(a, randomTree(r, vs, depth-1))
}

// puzzle is a random rule set and somebody of whom some facts are known.
type puzzle struct {
	set   *eligibility.RuleSet
	vars  []variable
	facts eligibility.Facts
}

func newPuzzle(t testing.TB, r *rand.Rand) puzzle {
	p := puzzle{vars: variables()}
	r.Shuffle(len(p.vars), func(i, j int) { p.vars[i], p.vars[j] = p.vars[j], p.vars[i] })
	p.vars = p.vars[:2+r.IntN(2)]
	var checks []eligibility.Check
	for range 1 + r.IntN(4) {
		checks = append(checks, randomTree(r, p.vars, 3))
	}
	p.set = ruleSet(t, checks...)
	for _, v := range p.vars {
		if r.IntN(4) != 0 {
			pick(r, v.grid...)(&p.facts)
		}
	}
	return p
}

func (p puzzle) String() string {
	s := fmt.Sprint(texts(p.facts))
	for _, rule := range p.set.Rules() {
		s += "\n" + rule.Check.String()
	}
	return s
}

// each calls do with every combination of grid values of the chosen variables.
func (p puzzle) each(mask int, do func(eligibility.Facts)) {
	facts := p.facts.Clone()
	var rest func(i int)
	rest = func(i int) {
		if i == len(p.vars) {
			do(facts)
			return
		}
		if mask>>i&1 == 0 {
			rest(i + 1)
			return
		}
		for _, set := range p.vars[i].grid {
			set(&facts)
			rest(i + 1)
		}
	}
	rest(0)
}

func (p puzzle) eligible(t testing.TB, f eligibility.Facts, at time.Time) bool {
	d, err := p.set.Decide(f, at)
	require.NoError(t, err)
	return d.Outcome == eligibility.OutcomeEligible
}

const horizon = 20 // days after which nothing turns any more

func dayAt(n int) time.Time {
	if n == 0 {
		return noon
	}
	return noon.Truncate(24*time.Hour).AddDate(0, 0, n)
}

// bruteForce finds the minimal sets by trying everything: a bit for each variable and
// one more for time, with the first day on which the set does.
func (p puzzle) bruteForce(t testing.TB) map[int]int {
	found := map[int]int{}
	later := 1 << len(p.vars)
	for size := 1; size <= len(p.vars)+1; size++ {
		for set := 1; set < 2*later; set++ {
			if ones(set) != size {
				continue
			}
			smaller := false
			for f := range found {
				smaller = smaller || f&set == f
			}
			if smaller {
				continue
			}
			first, last := 0, 0
			if set&later != 0 {
				first, last = 1, horizon
			}
			for n := first; n <= last; n++ {
				does := false
				p.each(set&^later, func(f eligibility.Facts) { does = does || p.eligible(t, f, dayAt(n)) })
				if does {
					found[set] = n
					break
				}
			}
		}
	}
	return found
}

func ones(n int) (count int) {
	for ; n > 0; n &= n - 1 {
		count++
	}
	return count
}

// setOf is the bits of a way.
func (p puzzle) setOf(w eligibility.Way) (set int) {
	for _, c := range w.Changes {
		set |= 1 << slices.IndexFunc(p.vars, func(v variable) bool { return v.fact.Name() == c.Fact })
	}
	if w.Later {
		set |= 1 << len(p.vars)
	}
	return set
}

// wanted decides by the checks of a way whether facts are what it wants.
func wanted(t testing.TB, w eligibility.Way) *eligibility.RuleSet {
	var checks []eligibility.Check
	for _, c := range w.Changes {
		checks = append(checks, c.Check)
	}
	return ruleSet(t, checks...)
}

// The sets are exactly those that trying everything finds, and the values that are
// wanted exactly those that do.
func TestWhatIfIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 2))
	sizes := map[int]int{}
	impossible := 0
	for range 300 {
		p := newPuzzle(t, r)
		p.check(t, sizes, &impossible)
	}
	require.Greater(t, sizes[1], 100)
	require.Greater(t, sizes[2], 30)
	require.Greater(t, sizes[3], 3)
	require.Greater(t, impossible, 10)
}

func (p puzzle) check(t testing.TB, sizes map[int]int, impossible *int) {
	answer, err := p.set.WhatIf(p.facts, noon, &eligibility.WhatIfOptions{MaxWays: 1000})
	require.NoError(t, err)
	require.Empty(t, answer.LeftOut, "%s", p)
	require.Empty(t, answer.CannotSay)
	if p.eligible(t, p.facts, noon) {
		require.Equal(t, eligibility.OutcomeEligible, answer.Outcome)
		require.Empty(t, answer.Ways)
		return
	}
	want := p.bruteForce(t)
	ways := map[int][]eligibility.Way{}
	for _, w := range answer.Ways {
		set := p.setOf(w)
		ways[set] = append(ways[set], w)
		n, ok := want[set]
		require.True(t, ok, "%s\n%s is not minimal", p, w)
		require.True(t, p.eligible(t, w.Apply(p.facts), w.At), "%s\n%s", p, w)
		require.Equal(t, dayAt(n), w.At, "%s\n%s", p, w)
		sizes[ones(set)]++
	}
	require.Len(t, ways, len(want), "%s\n%v", p, answer.Ways)
	for set, n := range want {
		p.checkValues(t, set, n, ways[set])
	}
	if len(want) == 0 {
		*impossible++
		p.checkContradiction(t, answer)
	}
}

func (p puzzle) checkValues(t testing.TB, set, n int, ways []eligibility.Way) {
	mask := set &^ (1 << len(p.vars))
	if mask == 0 {
		require.Len(t, ways, 1)
		return
	}
	var rules []*eligibility.RuleSet
	for _, w := range ways {
		rules = append(rules, wanted(t, w))
	}
	p.each(mask, func(f eligibility.Facts) {
		does := p.eligible(t, f, dayAt(n))
		said := false
		for _, set := range rules {
			d, err := set.Decide(f, noon)
			require.NoError(t, err)
			said = said || d.Outcome == eligibility.OutcomeEligible
		}
		require.Equal(t, does, said, "%s\n%v\n%v", p, ways, texts(f))
	})
	if ones(set) == 1 {
		require.Len(t, ways, 1, "a single fact has all its values in one way")
	}
}

// checkContradiction holds the rules that are said to contradict each other to that:
// nothing makes all of them pass, and something all but each.
func (p puzzle) checkContradiction(t testing.TB, answer eligibility.WhatIf) {
	require.NotEmpty(t, answer.Contradictory, "%s", p)
	var rules []eligibility.Rule
	for _, rule := range p.set.Rules() {
		if slices.Contains(answer.Contradictory, rule.ID) {
			rules = append(rules, rule)
		}
	}
	for leave := -1; leave < len(rules); leave++ {
		some := slices.Clone(rules)
		if leave >= 0 {
			some = slices.Delete(some, leave, leave+1)
		}
		if len(some) == 0 {
			continue
		}
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "some", Version: "1", Rules: some})
		require.NoError(t, err)
		q := puzzle{set: set, vars: p.vars, facts: p.facts}
		possible := q.eligible(t, q.facts, noon) || len(q.bruteForce(t)) > 0
		require.Equal(t, leave >= 0, possible, "%s\n%v", q, answer.Contradictory)
	}
}

func texts(f eligibility.Facts) (out []string) {
	for name, value := range f.All() {
		out = append(out, name+"="+value)
	}
	return out
}

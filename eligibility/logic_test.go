package eligibility_test

import (
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

// three is a truth value: 0 false, 1 unknown, 2 true, so that Kleene's and is
// the least, or the greatest, and not 2−x.
type three uint8

func (v three) result() eligibility.Result {
	return [...]eligibility.Result{eligibility.ResultFail, eligibility.ResultUnknown, eligibility.ResultPass}[v]
}

var letters = []eligibility.Fact[bool]{
	eligibility.NewFact[bool]("p"), eligibility.NewFact[bool]("q"), eligibility.NewFact[bool]("r"),
}

// world makes facts of three truth values, and checks that ask for them.
func world(values [3]three) (eligibility.Facts, [3]eligibility.Check) {
	var f eligibility.Facts
	var checks [3]eligibility.Check
	for i, v := range values {
		if v != 1 {
			letters[i].Set(&f, v == 2)
		}
		checks[i] = eligibility.Is(letters[i], true)
	}
	return f, checks
}

func allWorlds(yield func([3]three) bool) {
	for i := range 27 {
		if !yield([3]three{three(i % 3), three(i / 3 % 3), three(i / 9)}) {
			return
		}
	}
}

func TestThreeValuedLogic(t *testing.T) {
	for values := range allWorlds {
		p, q, r := values[0], values[1], values[2]
		f, c := world(values)
		set := ruleSet(t,
			c[0],
			eligibility.Not(c[0]),
			eligibility.All(c[0], c[1], c[2]),
			eligibility.Any(c[0], c[1], c[2]),
			eligibility.Not(eligibility.All(c[0], c[1])),
			eligibility.Any(eligibility.Not(c[0]), eligibility.Not(c[1])),
			eligibility.Not(eligibility.Any(c[0], c[1])),
			eligibility.All(eligibility.Not(c[0]), eligibility.Not(c[1])),
			eligibility.All(c[0], eligibility.Any(c[1], c[2])),
			eligibility.Any(eligibility.All(c[0], c[1]), eligibility.All(c[0], c[2])),
			eligibility.Not(eligibility.Not(c[2])))
		d, err := set.Decide(f, noon)
		require.NoError(t, err)
		want := []three{
			p,
			2 - p,
			min(p, q, r),
			max(p, q, r),
			2 - min(p, q),
			max(2-p, 2-q),
			2 - max(p, q),
			min(2-p, 2-q),
			min(p, max(q, r)),
			max(min(p, q), min(p, r)),
			r,
		}
		least := three(2)
		for i, finding := range d.Findings() {
			assert.Equal(t, want[i].result(), finding.Result, "%v: %s", values, finding.Wanted)
			assert.Equal(t, want[i] == 1, len(finding.Missing) > 0, "%v: %s is unknown, and so says what is missing", values, finding.Wanted)
			least = min(least, want[i])
		}
		outcome := [...]eligibility.Outcome{eligibility.OutcomeIneligible, eligibility.OutcomeUnknown, eligibility.OutcomeEligible}[least]
		assert.Equal(t, outcome, d.Outcome, "%v", values)
	}
}

// tree makes a check of random shape, and what it has to come to.
func tree(shape []byte, checks [3]eligibility.Check, values [3]three) (eligibility.Check, three, []byte) {
	if len(shape) < 2 {
		return checks[0], values[0], nil
	}
	op, rest := shape[0], shape[1:]
	if op%6 < 3 {
		return checks[op%3], values[op%3], rest
	}
	a, x, rest := tree(rest, checks, values)
	if op%6 == 3 {
		return eligibility.Not(a), 2 - x, rest
	}
	b, y, rest := tree(rest, checks, values)
	if op%6 == 4 {
		return eligibility.All(a, b), min(x, y), rest
	}
	return eligibility.Any(a, b), max(x, y), rest
}

func TestNestedLogic(t *testing.T) {
	property := func(shape []byte, p, q, r uint8) bool {
		values := [3]three{three(p % 3), three(q % 3), three(r % 3)}
		f, checks := world(values)
		check, want, _ := tree(shape, checks, values)
		d, err := ruleSet(t, check).Decide(f, noon)
		return err == nil && d.Findings()[0].Result == want.result()
	}
	require.NoError(t, quick.Check(property, &quick.Config{MaxCount: 1000}))
}

// A fact more never turns a verdict round, it only settles unknown ones.
func TestFactsOnlySettle(t *testing.T) {
	property := func(shape []byte, p, q, r uint8, known uint8) bool {
		values := [3]three{three(p % 2 * 2), three(q % 2 * 2), three(r % 2 * 2)}
		all, checks := world(values)
		check, _, _ := tree(shape, checks, values)
		some := all.Clone()
		for i := range letters {
			if known>>i&1 == 0 {
				letters[i].Clear(&some)
			}
		}
		set := ruleSet(t, check)
		before, err := set.Decide(some, noon)
		after, err2 := set.Decide(all, noon)
		return err == nil && err2 == nil && after.Outcome != eligibility.OutcomeUnknown &&
			(before.Outcome == eligibility.OutcomeUnknown || before.Outcome == after.Outcome)
	}
	require.NoError(t, quick.Check(property, &quick.Config{MaxCount: 500}))
}

func TestZeroOutcomeIsNotEligible(t *testing.T) {
	var d eligibility.Decision
	assert.NotEqual(t, eligibility.OutcomeEligible, d.Outcome)
	assert.NotContains(t, eligibility.AllOutcomes(), d.Outcome)
	assert.Empty(t, d.Findings())
}

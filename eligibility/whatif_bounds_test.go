package eligibility_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

// opaque makes a Go function of a check.
func opaque(t testing.TB, v variable, c eligibility.Check) eligibility.Check {
	inner := ruleSet(t, c)
	return eligibility.Func(func(f eligibility.Facts, at time.Time) (eligibility.Finding, error) {
		d, err := inner.Decide(f, at)
		if err != nil {
			return eligibility.Finding{}, err
		}
		return eligibility.Finding{Result: d.Findings()[0].Result}, nil
	}, v.fact)
}

// withFunctions is a puzzle some of whose comparisons are Go functions.
func withFunctions(t testing.TB, r *rand.Rand) puzzle {
	p := newPuzzle(t, r)
	vars := p.vars
	for i := range vars {
		leaf := vars[i].leaf
		v := vars[i]
		vars[i].leaf = func(r *rand.Rand) eligibility.Check {
			if r.IntN(4) == 0 {
				return opaque(t, v, leaf(r))
			}
			return leaf(r)
		}
	}
	var checks []eligibility.Check
	for range 1 + r.IntN(4) {
		checks = append(checks, randomTree(r, vars, 2))
	}
	p.set = ruleSet(t, checks...)
	return p
}

// checkSound holds an answer to what is promised whatever the rules and the bounds:
// every way does, with all that it wants, and no part of it does.
func (p puzzle) checkSound(t testing.TB, answer eligibility.WhatIf) {
	for _, w := range answer.Ways {
		require.True(t, p.eligible(t, w.Apply(p.facts), w.At), "%s\n%s", p, w)
		set := p.setOf(w)
		for part := range set {
			if part&set != part {
				continue
			}
			f, at := p.facts, noon
			if part>>len(p.vars) == 1 {
				at = w.At
			}
			some := eligibility.Way{}
			for _, c := range w.Changes {
				if p.setOf(eligibility.Way{Changes: []eligibility.Change{c}})&part != 0 {
					some.Changes = append(some.Changes, c)
				}
			}
			require.False(t, p.eligible(t, some.Apply(f), at), "%s\n%s has more than it needs: %s", p, w, some)
		}
		if len(w.Changes) == 0 {
			continue
		}
		asks := wanted(t, w)
		p.each(set&^(1<<len(p.vars)), func(f eligibility.Facts) {
			if d, err := asks.Decide(f, noon); err == nil && d.Outcome == eligibility.OutcomeEligible {
				require.True(t, p.eligible(t, f, w.At), "%s\n%s\n%v", p, w, texts(f))
			}
		})
	}
}

// Nothing is taken for certain that a Go function would have to say, and what is not
// found for that reason is owned up to.
func TestWhatIfWithFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	tried, certain, missed := 0, 0, 0
	for range 300 {
		p := withFunctions(t, r)
		answer, err := p.set.WhatIf(p.facts, noon, &eligibility.WhatIfOptions{MaxWays: 1000})
		require.NoError(t, err)
		require.Empty(t, answer.LeftOut)
		p.checkSound(t, answer)
		found := map[int]bool{}
		for _, w := range answer.Ways {
			found[p.setOf(w)] = true
			if len(w.Tried) > 0 {
				tried++
				require.Subset(t, answer.CannotSay, w.Tried)
			} else {
				certain++
			}
		}
		if answer.Outcome == eligibility.OutcomeEligible {
			continue
		}
		want := p.bruteForce(t)
		for set := range want {
			if !found[set] {
				missed++
				require.NotEmpty(t, answer.CannotSay, "%s\n%v", p, answer.Ways)
			}
		}
		if len(answer.Contradictory) > 0 {
			require.Empty(t, want, "%s\n%v", p, answer.Contradictory)
		}
	}
	require.Greater(t, tried, 10)
	require.Greater(t, certain, 50)
	require.Greater(t, missed, 10)
}

// However few steps there are, what is returned is as small and as true, and what was
// left out is said.
func TestWhatIfIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	left := 0
	for range 200 {
		p := newPuzzle(t, r)
		all, err := p.set.WhatIf(p.facts, noon, &eligibility.WhatIfOptions{MaxWays: 1000})
		require.NoError(t, err)
		some, err := p.set.WhatIf(p.facts, noon, &eligibility.WhatIfOptions{MaxSteps: 1 + r.IntN(60), MaxWays: 1 + r.IntN(3)})
		require.NoError(t, err)
		p.checkSound(t, some)
		if some.LeftOut != "" {
			left++
			require.True(t, strings.HasPrefix(some.LeftOut, "not looked at: "), some.LeftOut)
		} else {
			require.Equal(t, fmt.Sprint(all.Ways), fmt.Sprint(some.Ways))
			require.Equal(t, all.Contradictory, some.Contradictory)
		}
	}
	require.Greater(t, left, 50)
}

// Rules made to be hard end in bounded time and say what was left out.
func TestWhatIfOfHardRules(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	number := func(i int) eligibility.Fact[int64] { return eligibility.NewFact[int64](fmt.Sprintf("fact_%02d", i)) }
	date := func(i int) eligibility.Fact[eligibility.Date] {
		return eligibility.NewFact[eligibility.Date](fmt.Sprintf("date_%02d", i))
	}
	known := facts()
	for i := range 5 {
		date(i).Set(&known, today.AddDays(-i))
	}
	for name, leaf := range map[string]func() eligibility.Check{
		"choices": func() eligibility.Check {
			n := r.Int64N(100)
			return eligibility.All(eligibility.AtLeast(number(r.IntN(60)), n), eligibility.Not(eligibility.Between(number(r.IntN(60)), n-5, n+5)))
		},
		"days": func() eligibility.Check {
			return pick(r, eligibility.OlderThan(date(r.IntN(5)), r.IntN(2000)), eligibility.After(date(r.IntN(5)), eligibility.On(today.AddDays(r.IntN(2000)-1000))))
		},
	} {
		var checks []eligibility.Check
		for range 25 {
			var any []eligibility.Check
			for range 6 {
				any = append(any, leaf())
			}
			checks = append(checks, eligibility.Any(any...))
		}
		answer, err := ruleSet(t, checks...).WhatIf(known, noon, nil)
		require.NoError(t, err)
		assert.Contains(t, answer.LeftOut, map[string]string{"choices": "changes, after 200000 comparisons", "days": "later days than the first 400"}[name])
		assert.NotContains(t, answer.LeftOut, "202", "a day could be a secret's")
	}
}

func FuzzWhatIf(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, seed*seed, uint16(0), seed%2 == 0)
	}
	f.Add(uint64(5), uint64(6), uint16(40), true)
	f.Add(uint64(6), uint64(5), uint16(7), false)
	f.Add(uint64(254), uint64(196), uint16(210), true) // a function that is content with less
	f.Add(uint64(17), uint64(42), uint16(251), true)   // a list that a function was asked about
	f.Fuzz(func(t *testing.T, a, b uint64, steps uint16, functions bool) {
		r := rand.New(rand.NewPCG(a, b))
		if functions || steps > 0 {
			p := withFunctions(t, r)
			if !functions {
				p = newPuzzle(t, r)
			}
			answer, err := p.set.WhatIf(p.facts, noon, &eligibility.WhatIfOptions{MaxSteps: int(steps)})
			require.NoError(t, err)
			p.checkSound(t, answer)
			return
		}
		impossible := 0
		newPuzzle(t, r).check(t, map[int]int{}, &impossible)
	})
}

func TestWhatIfErrors(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(revenue, usd("10.00")))
	_, err := set.WhatIf(facts(with(revenue, money("9.00 EUR"))), noon, nil)
	require.ErrorAs(t, err, new(*eligibility.RuleError))
	_, err = set.WhatIf(facts(), time.Time{}, nil)
	require.ErrorIs(t, err, eligibility.ErrNoTime)
}

// One change suits all rules that read the fact, or it is said that none does.
func TestWhatIfOfOneFactInSeveralRules(t *testing.T) {
	ways := func(checks ...eligibility.Check) eligibility.WhatIf {
		answer, err := ruleSet(t, checks...).WhatIf(facts(with(seats, 120), with(rooms, 3)), noon, nil)
		require.NoError(t, err)
		return answer
	}
	suits := ways(eligibility.AtLeast(seats, 300), eligibility.AtMost(seats, 900), eligibility.AtLeast(seats, 500), eligibility.Not(eligibility.Is(seats, 500)))
	require.Len(t, suits.Ways, 1)
	assert.Equal(t, "seats between 501 and 900, now 120", suits.Ways[0].String())
	assert.Equal(t, "501", suits.Ways[0].Changes[0].Value)

	none := ways(eligibility.AtLeast(rooms, 1), eligibility.AtLeast(seats, 300), eligibility.Below(seats, 300))
	assert.Empty(t, none.Ways)
	assert.Equal(t, []string{"b", "c"}, none.Contradictory)

	currencies := ways(eligibility.AtLeast(revenue, usd("1.00")), eligibility.AtLeast(revenue, money("1.00 EUR")))
	assert.Empty(t, currencies.Ways)
	assert.Equal(t, []string{"a", "b"}, currencies.Contradictory, "no amount suits a rule without failing the other")
}

// The values that are wanted are told as people would.
func TestWhatIfWords(t *testing.T) {
	for wanted, check := range map[string]eligibility.Check{
		"seats at least 300, now 120":                         eligibility.AtLeast(seats, 300),
		"seats at most 4, now 120":                            eligibility.Below(seats, 5),
		"seats is 7, now 120":                                 eligibility.Is(seats, 7),
		"seats one of 3, 5, 7, now 120":                       eligibility.OneOf(seats, 7, 3, 5),
		"seats not one of 7, 120, now 120":                    eligibility.NotOneOf(seats, 120, 7),
		"rooms at least 5, now unknown":                       eligibility.AtLeast(rooms, 5),
		"percent below 40.0, now 50":                          eligibility.Below(percent, number("40.0")),
		"percent not (percent at most 60), now 50":            eligibility.Not(eligibility.AtMost(percent, number("60"))),
		"segment one of corporate, smb, now other":            eligibility.OneOf(segment, "smb", "corporate"),
		"segment not one of other, now other":                 eligibility.Not(eligibility.Is(segment, "other")),
		"assessed before 2025-09-01 or never, now 2026-03-13": eligibility.Before(assessed, eligibility.DaysAgo(365).OrNever()),
		"designations all of (designations contains Azure; not (designations contains Old)), now Old": eligibility.All(eligibility.Contains(designations, "Azure"), eligibility.Not(eligibility.Contains(designations, "Old"))),
	} {
		answer, err := ruleSet(t, check).WhatIf(facts(with(seats, 120), with(percent, number("50")), with(segment, "other"),
			with(assessed, day("2026-03-13")), with(designations, []string{"Old"})), noon, nil)
		require.NoError(t, err)
		require.NotEmpty(t, answer.Ways, wanted)
		assert.Equal(t, wanted, answer.Ways[0].String())
	}
}

// Time passes from the first day that does until the first that no longer does.
func TestWhatIfTimePasses(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	config := eligibility.RuleSetConfig{ID: "dated", Version: "1", TimeZone: lisbon, Rules: []eligibility.Rule{
		rule("old", eligibility.OlderThan(assessed, 30)),
		rule("young", eligibility.After(assessed, eligibility.DaysAgo(40))),
	}}
	whatIf := func(opts *eligibility.WhatIfOptions) eligibility.WhatIf {
		set, err := eligibility.NewRuleSet(config)
		require.NoError(t, err)
		answer, err := set.WhatIf(facts(with(assessed, day("2026-08-20"))), noon, opts)
		require.NoError(t, err)
		return answer
	}
	fixed := &eligibility.WhatIfOptions{Fixed: []eligibility.AnyFact{assessed}}
	ways := whatIf(fixed).Ways
	require.Len(t, ways, 1)
	assert.Equal(t, "from 2026-09-20 until the day before 2026-09-29", ways[0].String())
	assert.Equal(t, time.Date(2026, 9, 20, 0, 0, 0, 0, lisbon), ways[0].At)
	assert.Len(t, whatIf(nil).Ways, 2, "or another assessment")

	fixed.Until = midnight("2026-09-19", lisbon)
	assert.Empty(t, whatIf(fixed).Ways, "that is later than asked about")
	fixed.Until = time.Time{}
	config.EffectiveTo = midnight("2026-09-20", lisbon)
	answer := whatIf(fixed)
	assert.Empty(t, answer.Ways, "the rules are not in effect then")
	assert.Equal(t, []string{"old"}, answer.Contradictory)
}

// A day that does not begin at midnight begins when it does.
func TestWhatIfFromADayWithoutMidnight(t *testing.T) {
	cairo, err := time.LoadLocation("Africa/Cairo")
	require.NoError(t, err)
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "dated", Version: "1", TimeZone: cairo, Rules: []eligibility.Rule{
		rule("old", eligibility.OlderThan(assessed, 30)),
	}})
	require.NoError(t, err)
	answer, err := set.WhatIf(facts(with(assessed, day("2026-03-24"))), midnight("2026-04-01", cairo), &eligibility.WhatIfOptions{Fixed: []eligibility.AnyFact{assessed}})
	require.NoError(t, err)
	require.Len(t, answer.Ways, 1)
	assert.Equal(t, "from 2026-04-24 on", answer.Ways[0].String())
	assert.Equal(t, time.Date(2026, 4, 24, 1, 0, 0, 0, cairo), answer.Ways[0].At)
}

// What is beyond the bounds of asking functions, and of numbers, is said.
func TestWhatIfLeavesOut(t *testing.T) {
	var checks []eligibility.Check
	var reads []eligibility.AnyFact
	for i := range 9 {
		f := eligibility.NewFact[int64](fmt.Sprint("fact_", i))
		checks, reads = append(checks, eligibility.AtLeast(f, 1)), append(reads, f)
	}
	checks = append(checks, eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		return eligibility.Passed("", ""), nil
	}, reads...))
	answer, err := ruleSet(t, checks...).WhatIf(facts(), noon, nil)
	require.NoError(t, err)
	assert.Empty(t, answer.Ways)
	assert.Equal(t, "not looked at: more than 8 changes about which functions would have to be asked", answer.LeftOut)
	assert.Equal(t, []string{"j"}, answer.CannotSay)

	answer, err = ruleSet(t, eligibility.AtLeast(percent, number("1e70")), eligibility.AtLeast(percent, number("1"))).WhatIf(facts(), noon, nil)
	require.NoError(t, err)
	assert.Empty(t, answer.Ways)
	assert.Empty(t, answer.Contradictory)
	assert.Equal(t, "not looked at: values of percent, of which a threshold has more digits than anybody writes", answer.LeftOut)
}

func midnight(s string, zone *time.Location) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		panic(err)
	}
	return at
}

// A redacted answer has no figure of a fact that a confidential rule reads, nor a day
// that follows from one, and says which facts are meant.
func TestWhatIfRedacted(t *testing.T) {
	secret := eligibility.NewFact[int64]("secret").Confidential()
	hidden := eligibility.NewFact[eligibility.Date]("hidden").Confidential()
	set := ruleSet(t,
		eligibility.Any(eligibility.All(eligibility.AtLeast(secret, 777), eligibility.AtLeast(seats, 555)), eligibility.AtLeast(seats, 999)),
		eligibility.OlderThan(hidden, 30), eligibility.AtLeast(rooms, 5))
	answer, err := set.WhatIf(facts(with(secret, 888), with(seats, 111), with(hidden, day("2026-08-20")), with(rooms, 2)), noon, nil)
	require.NoError(t, err)
	data, err := json.Marshal(answer)
	require.NoError(t, err)
	for _, figure := range []string{"555", "111", "2026-09-20"} {
		assert.Contains(t, string(data), figure)
	}
	redacted := answer.Redacted(false)
	data, err = json.Marshal(redacted)
	require.NoError(t, err)
	told := string(data) + fmt.Sprintf("%+v", redacted)
	for _, figure := range []string{"777", "888", "555", "999", "111", "2026-08", "2026-09-20", "2026-09-19"} {
		assert.NotContains(t, told, figure)
	}
	assert.Contains(t, told, "at least 5", "of rooms nothing is confidential")
	assert.Contains(t, told, `"later":true`)
	assert.NotContains(t, fmt.Sprintf("%+v", answer.Redacted(true)), "at least 5")
	for i, w := range redacted.Ways {
		assert.Equal(t, len(answer.Ways[i].Changes), len(w.Changes))
		again, err := set.Decide(w.Apply(facts(with(secret, 888))), noon)
		require.NoError(t, err)
		assert.NotEqual(t, eligibility.OutcomeEligible, again.Outcome)
	}
	waits, err := set.WhatIf(facts(with(seats, 1000), with(hidden, day("2026-08-20")), with(rooms, 9)), noon, nil)
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(waits.Ways), "from 2026-09-20 on")
	assert.Contains(t, fmt.Sprint(waits.Redacted(false).Ways), "on a later day")
	assert.NotContains(t, fmt.Sprintf("%+v", waits.Redacted(false)), "2026-09-20")
	data, err = json.Marshal(answer.Redacted(true))
	require.NoError(t, err)
	var read eligibility.WhatIf
	require.NoError(t, json.Unmarshal(data, &read), "it reads back")
}

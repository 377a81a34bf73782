package eligibility_test

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

func ids(findings []eligibility.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule)
	}
	return out
}

func TestEveryReasonInDeclaredOrder(t *testing.T) {
	set := ruleSet(t,
		eligibility.AtLeast(revenue, usd("1")),
		eligibility.Any(eligibility.Is(segment, "smb"), eligibility.Is(segment, "large")),
		eligibility.AtLeast(seats, 10),
		eligibility.Is(government, false),
		eligibility.OneOf(rooms, 1, 2),
		eligibility.Before(assessed, eligibility.DaysAgo(3)))
	d, err := set.Decide(facts(with(segment, "tiny"), with(seats, 3), with(government, false), with(rooms, 5)), noon)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "c", "d", "e", "f"}, ids(d.Findings()))
	assert.Equal(t, []string{"a", "b", "c", "e", "f"}, ids(d.Reasons()))
	assert.Equal(t, eligibility.OutcomeIneligible, d.Outcome)
	assert.Equal(t, "set", d.RuleSet)
	assert.Equal(t, "1", d.Version)
	assert.Equal(t, noon, d.At)
}

func TestDecisionKeepsTheFactsThatRulesRead(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(seats, 10))
	f := facts(with(seats, 3), with(segment, "smb"))
	d, err := set.Decide(f, noon)
	require.NoError(t, err)
	seats.Set(&f, 99)
	kept, _ := seats.Get(d.Facts)
	assert.Equal(t, int64(3), kept, "its own copy")
	assert.Equal(t, 1, d.Facts.Len(), "and no other fact")
	assert.Equal(t, "3", d.Reasons()[0].Found)
}

var errLedger = errors.New("the ledger is not balanced")

func TestFailureIsNotAVerdict(t *testing.T) {
	failing := eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		return eligibility.Passed("", ""), errLedger
	}, segment)
	panicking := eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		panic("oh dear")
	}, segment)
	nothing := eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		return eligibility.Finding{}, nil
	}, segment)
	set := ruleSet(t,
		eligibility.AtLeast(seats, 10),
		failing,
		eligibility.Is(government, false),
		panicking,
		eligibility.Not(nothing),
		eligibility.Any(eligibility.Is(government, false), failing, panicking))
	d, err := set.Decide(facts(with(seats, 3), with(government, false)), noon)

	assert.Equal(t, eligibility.Outcome(""), d.Outcome, "neither eligible nor ineligible, although a rule fails for sure")
	assert.Equal(t, []string{"a", "c"}, ids(d.Findings()), "the other rules' findings are not lost")
	assert.Equal(t, []string{"a"}, ids(d.Reasons()))
	require.ErrorAs(t, err, new(*eligibility.RuleError))
	require.ErrorIs(t, err, errLedger)
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	var rules []string
	for _, one := range joined.Unwrap() {
		var failure *eligibility.RuleError
		require.ErrorAs(t, one, &failure)
		assert.Equal(t, "set", failure.RuleSet)
		assert.Equal(t, "1", failure.Version)
		rules = append(rules, failure.Rule)
	}
	assert.Equal(t, []string{"b", "d", "e", "f"}, rules)
	var panicked *eligibility.PanicError
	require.ErrorAs(t, joined.Unwrap()[1], &panicked)
	assert.Equal(t, "oh dear", panicked.Value)
	assert.Contains(t, string(panicked.Stack), "decide_test.go", "says where")
	assert.ErrorContains(t, err, `rule "d" of set 1 failed: the check panicked: oh dear`)
	assert.ErrorContains(t, joined.Unwrap()[2], "Passed, Failed or Missing")
	require.ErrorIs(t, joined.Unwrap()[3], errLedger, "a check that fails among others is not covered up")
	require.ErrorAs(t, joined.Unwrap()[3], &panicked)

	again, err := set.Decide(d.Facts, noon)
	require.ErrorAs(t, err, new(*eligibility.RuleError))
	assert.True(t, d.Equal(again))
}

func TestCurrenciesAreNotCompared(t *testing.T) {
	for _, check := range []eligibility.Check{
		eligibility.AtLeast(revenue, usd("10")), eligibility.Is(revenue, usd("10")), eligibility.Between(revenue, usd("1"), usd("2")),
		eligibility.Any(eligibility.Is(government, false), eligibility.Below(revenue, usd("10"))),
	} {
		d, err := ruleSet(t, check).Decide(facts(with(revenue, money("10 EUR")), with(government, false)), noon)
		var mixed *eligibility.CurrencyError
		require.ErrorAs(t, err, &mixed)
		assert.Equal(t, eligibility.CurrencyError{Fact: "revenue", Wanted: "USD", Found: "EUR"}, *mixed)
		require.ErrorAs(t, err, new(*eligibility.RuleError))
		assert.ErrorContains(t, err, "convert it before it is set")
		assert.Empty(t, d.Outcome)
	}
}

func TestFactOfAnotherKindIsAFailure(t *testing.T) {
	text := func(name string) func(*eligibility.Facts) { return with(eligibility.NewFact[string](name), "5") }
	for _, test := range []struct {
		check eligibility.Check
		fact  func(*eligibility.Facts)
		want  eligibility.KindError
	}{
		{eligibility.AtLeast(seats, 1), text("seats"), eligibility.KindError{Fact: "seats", Wanted: "integer", Found: "text"}},
		{eligibility.Is(government, true), text("government"), eligibility.KindError{Fact: "government", Wanted: "boolean", Found: "text"}},
		{eligibility.AtLeast(revenue, usd("1")), text("revenue"), eligibility.KindError{Fact: "revenue", Wanted: "money", Found: "text"}},
		{eligibility.AtLeast(percent, number("1")), text("percent"), eligibility.KindError{Fact: "percent", Wanted: "decimal", Found: "text"}},
		{eligibility.OlderThan(assessed, 1), text("assessed"), eligibility.KindError{Fact: "assessed", Wanted: "date", Found: "text"}},
		{eligibility.Contains(designations, "5"), text("designations"), eligibility.KindError{Fact: "designations", Wanted: "list", Found: "text"}},
		{eligibility.NotOneOf(rooms, 1), text("rooms"), eligibility.KindError{Fact: "rooms", Wanted: "integer", Found: "text"}},
		{eligibility.Not(eligibility.Is(segment, "5")), with(eligibility.NewFact[int]("segment"), 5), eligibility.KindError{Fact: "segment", Wanted: "text", Found: "integer"}},
	} {
		d, err := ruleSet(t, test.check).Decide(facts(test.fact), noon)
		var kind *eligibility.KindError
		require.ErrorAs(t, err, &kind, test.check.String())
		assert.Equal(t, test.want, *kind)
		assert.ErrorContains(t, err, "set it through the same Fact")
		assert.Empty(t, d.Outcome)
		assert.Empty(t, d.Findings())
	}
}

func TestFunctions(t *testing.T) {
	seen := eligibility.NewFact[bool]("seen_by_function")
	elsewhere := noon.In(time.FixedZone("elsewhere", 3600))
	balanced := func(f eligibility.Facts, at time.Time) (eligibility.Finding, error) {
		n, ok := seats.Get(f)
		if !ok {
			return eligibility.Missing("seats that match rooms", seats), nil
		}
		r, ok := rooms.Get(f)
		if !ok {
			return eligibility.Finding{Result: eligibility.ResultUnknown}, nil
		}
		if _, ok := seen.Get(f); ok {
			return eligibility.Finding{}, errors.New("sees a fact that it has not named")
		}
		if !at.Equal(elsewhere) {
			return eligibility.Finding{}, errors.New("got another time")
		}
		if n == int64(r) {
			return eligibility.Passed("seats that match rooms", "both"), nil
		}
		return eligibility.Failed("seats that match rooms", "more seats"), nil
	}
	set := ruleSet(t,
		eligibility.Func(balanced, seats, rooms),
		eligibility.Any(eligibility.Is(government, true), eligibility.Func(balanced, seats, rooms)),
		eligibility.Func(balanced, seats, rooms).Named("matches", seats, "rooms"))

	decide := func(set *eligibility.RuleSet, fs ...func(*eligibility.Facts)) []eligibility.Finding {
		d, err := set.Decide(facts(append(fs, with(government, false), with(seen, true))...), elsewhere)
		require.NoError(t, err)
		return d.Findings()
	}
	passed := decide(set, with(seats, 2), with(rooms, 2))
	assert.Equal(t, eligibility.Finding{Rule: "a", Doc: "The rule a.", Result: "pass", Wanted: "seats that match rooms", Found: "both"}, passed[0])
	assert.Equal(t, eligibility.Finding{Rule: "b", Doc: "The rule b.", Result: "pass",
		Wanted: "any of (government is true; a check in Go)", Found: "government false; both"}, passed[1])
	failed := decide(set, with(seats, 3), with(rooms, 2))
	assert.Equal(t, eligibility.ResultFail, failed[0].Result)
	assert.Equal(t, "more seats", failed[2].Found)
	assert.Equal(t, []string{"seats"}, decide(set, with(rooms, 2))[0].Missing)
	assert.Equal(t, []string{"rooms"}, decide(set, with(seats, 2))[0].Missing, "a function that does not say what is missing: what it reads and is")
	assert.Equal(t, []string{"rooms"}, decide(set, with(seats, 2))[1].Missing)
	assert.Equal(t, "a check in Go", decide(set, with(seats, 2))[0].Wanted)
	assert.Equal(t, "matches rooms", decide(set, with(seats, 2))[2].Wanted)
}

// A function that names no fact gets to see all of them, and so the decision
// has to record them.
func TestFunctionThatReadsAnything(t *testing.T) {
	set := ruleSet(t, eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		if f.Len() == 2 {
			return eligibility.Passed("two facts", "two"), nil
		}
		return eligibility.Failed("two facts", "others"), nil
	}))
	d, err := set.Decide(facts(with(seats, 1), with(segment, "smb")), noon)
	require.NoError(t, err)
	assert.Equal(t, eligibility.OutcomeEligible, d.Outcome)
	assert.Equal(t, 2, d.Facts.Len())
	_, err = d.Replay(set)
	require.NoError(t, err)
}

func TestTimeIsNeeded(t *testing.T) {
	d, err := ruleSet(t, eligibility.Is(seats, 1)).Decide(facts(with(seats, 1)), time.Time{})
	require.ErrorIs(t, err, eligibility.ErrNoTime)
	assert.Empty(t, d.Outcome)
	assert.Empty(t, d.Findings())
}

func TestDecideInPlace(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(seats, 10), eligibility.OneOf(segment, "smb"))
	f := set.NewFacts()
	seat, seg := eligibility.SlotOf(seats, &f), eligibility.SlotOf(segment, &f)
	d := eligibility.Decision{Facts: f}

	seat.Set(10)
	seg.Set("smb")
	require.NoError(t, set.DecideInPlace(&d, noon))
	assert.Equal(t, eligibility.OutcomeEligible, d.Outcome)
	kept, reused := d.Clone(), d

	seat.Set(9)
	seg.SetIf("", false)
	require.NoError(t, set.DecideInPlace(&d, noon.Add(time.Hour)))
	assert.Equal(t, eligibility.OutcomeIneligible, d.Outcome)
	assert.Equal(t, noon.Add(time.Hour), d.At)
	assert.Equal(t, "9", d.Reasons()[0].Found)
	assert.Equal(t, []string{"segment"}, d.Reasons()[1].Missing)
	assert.Equal(t, "9", reused.Findings()[0].Found, "a copy shares")
	assert.Equal(t, "10", kept.Findings()[0].Found, "a clone does not")
	assert.Equal(t, eligibility.ResultPass, kept.Findings()[0].Result)

	other := ruleSet(t, eligibility.AtLeast(seats, 10))
	require.ErrorIs(t, other.DecideInPlace(&d, noon), eligibility.ErrFacts)
	assert.Empty(t, d.Outcome, "nothing of the last decision is left")
	assert.Empty(t, d.Findings())
}

// A decision that is made again and again is made at the time that it is given, and
// only where the rule set is in effect.
func TestDecideInPlaceAtAnotherTime(t *testing.T) {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", EffectiveTo: noon.AddDate(0, 0, 3),
		Rules: []eligibility.Rule{rule("a", eligibility.OlderThan(assessed, 10))}})
	require.NoError(t, err)
	d := eligibility.Decision{Facts: set.NewFacts()}
	assessed.Set(&d.Facts, eligibility.DateOf(noon).AddDays(-10))
	for _, step := range []struct {
		days int
		want eligibility.Outcome
	}{{0, eligibility.OutcomeIneligible}, {1, eligibility.OutcomeEligible}, {1, eligibility.OutcomeEligible}, {3, ""}, {3, ""}, {0, eligibility.OutcomeIneligible}} {
		err := set.DecideInPlace(&d, noon.AddDate(0, 0, step.days))
		assert.Equal(t, step.want, d.Outcome, "%d days later", step.days)
		if step.want == "" {
			require.ErrorAs(t, err, new(*eligibility.NotInEffectError))
		} else {
			require.NoError(t, err)
		}
	}
}

func TestDecideInPlaceForgetsFunctions(t *testing.T) {
	answer := eligibility.Passed("", "first")
	set := ruleSet(t, eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) { return answer, nil }, seats))
	d := eligibility.Decision{Facts: set.NewFacts()}
	require.NoError(t, set.DecideInPlace(&d, noon))
	answer = eligibility.Failed("", "second")
	require.NoError(t, set.DecideInPlace(&d, noon))
	assert.Equal(t, []eligibility.Finding{{Rule: "a", Doc: "The rule a.", Result: "fail", Wanted: "a check in Go", Found: "second"}}, d.Findings())
}

func TestDecideInPlaceDoesNotAllocate(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(seats, 10), eligibility.OneOf(segment, "smb"), eligibility.Is(government, true),
		eligibility.AtLeast(revenue, usd("10.00")), eligibility.Before(assessed, eligibility.DaysAgo(3).OrNever()),
		eligibility.Contains(designations, "x"), eligibility.Below(percent, number("1.5")), eligibility.OneOf(rooms, 1, 2),
		eligibility.Any(eligibility.Is(segment, "a"), eligibility.Is(seats, 1)))
	f := set.NewFacts()
	seat, seg, gov, rev, last, list, pct := eligibility.SlotOf(seats, &f), eligibility.SlotOf(segment, &f), eligibility.SlotOf(government, &f), eligibility.SlotOf(revenue, &f), eligibility.SlotOf(assessed, &f), eligibility.SlotOf(designations, &f), eligibility.SlotOf(percent, &f)
	room := eligibility.SlotOf(eligibility.NewFact[int64]("rooms"), &f)
	d := eligibility.Decision{Facts: f}
	amounts := []eligibility.Money{usd("9"), usd("10.000"), usd("11.00"), {}}
	names := []string{"y", "x"}
	half := number("0.50")
	n := 0
	one := func() {
		n++
		seat.Set(int64(n))
		seg.SetIf("smb", n%2 == 0)
		gov.Set(n%3 == 0)
		rev.Set(amounts[n%4])
		last.Set(day0)
		list.Set(names[:n%3%2])
		pct.Set(half)
		room.Set(int64(n))
		if err := set.DecideInPlace(&d, noon); err != nil {
			t.Fatal(err)
		}
	}
	one()
	assert.Zero(t, testing.AllocsPerRun(100, one))
}

var day0 = day("2020-01-01")

func TestRuleSetIsSafeForConcurrentUse(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(seats, 10), eligibility.AtLeast(revenue, usd("10.00")),
		eligibility.Any(eligibility.Is(segment, "a"), eligibility.Contains(designations, "x")),
		eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			if n, _ := seats.Get(f); n%2 == 0 {
				return eligibility.Passed("even", "even"), nil
			}
			return eligibility.Failed("even", "odd"), nil
		}, seats))
	shared := facts(with(seats, 12), with(revenue, usd("12.000")), with(designations, []string{"x"}))
	want, err := set.Decide(shared, noon)
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				d, err := set.Decide(shared, noon)
				if err != nil || !d.Equal(want) {
					t.Errorf("%v %v", d, err)
				}
				if _, err := d.Replay(set); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestLogValuesHaveNoFacts(t *testing.T) {
	set := ruleSet(t, eligibility.Is(segment, "smb"))
	d, err := set.Decide(facts(with(segment, "ana@contoso.com")), noon)
	require.NoError(t, err)
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("decided", "decision", d, "facts", d.Facts)
	assert.NotContains(t, out.String(), "contoso")
	assert.Contains(t, out.String(), `"outcome":"ineligible","reasons":["a"]`)
	assert.Contains(t, out.String(), `"facts":["segment"]`)
}

// A function is given the time in the rule set's time zone, where the day may be another.
func TestFuncIsGivenTheLocalTime(t *testing.T) {
	auckland, err := time.LoadLocation("Pacific/Auckland")
	require.NoError(t, err)
	for zone, want := range map[*time.Location]string{nil: "2026-07-01", auckland: "2026-07-02"} {
		today := eligibility.Func(func(_ eligibility.Facts, at time.Time) (eligibility.Finding, error) {
			return eligibility.Passed("", eligibility.DateOf(at).String()), nil
		})
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "s", Version: "1", TimeZone: zone, Rules: []eligibility.Rule{{ID: "r", Doc: "Any day.", Check: today}}})
		require.NoError(t, err)
		d, err := set.Decide(eligibility.Facts{}, time.Date(2026, 7, 1, 20, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		assert.Equal(t, want, d.Findings()[0].Found)
	}
}

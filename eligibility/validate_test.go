package eligibility_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

func passing(eligibility.Facts, time.Time) (eligibility.Finding, error) {
	return eligibility.Passed("", ""), nil
}

func TestRuleSetsAreRefused(t *testing.T) {
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	good := []eligibility.Rule{rule("a", eligibility.Is(seats, 1))}
	one := func(c eligibility.Check) eligibility.RuleSetConfig {
		return eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: []eligibility.Rule{rule("a", c)}}
	}
	is := eligibility.Is(seats, 1)
	tests := []struct {
		name   string
		config eligibility.RuleSetConfig
		rule   string
		field  string
		says   string
	}{
		{"no ID", eligibility.RuleSetConfig{Version: "1", Rules: good}, "", "ID", "is missing"},
		{"no version", eligibility.RuleSetConfig{ID: "set", Rules: good}, "", "Version", "is missing"},
		{"blank around the ID", eligibility.RuleSetConfig{ID: "set ", Version: "1", Rules: good}, "", "ID", "blanks"},
		{"line break in the version", eligibility.RuleSetConfig{ID: "set", Version: "1\n2", Rules: good}, "", "Version", "control characters"},
		{"no rules", eligibility.RuleSetConfig{ID: "set", Version: "1"}, "", "Rules", "everybody would be eligible"},
		{"ends before it starts", eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: good, EffectiveFrom: at, EffectiveTo: at}, "", "EffectiveTo", "after EffectiveFrom"},
		{"rule without ID", eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: []eligibility.Rule{{Doc: "d", Check: is}}}, "#1", "ID", "is missing"},
		{"rule without Doc", eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: []eligibility.Rule{{ID: "a", Doc: " ", Check: is}}}, "a", "Doc", "is missing"},
		{"rule twice", eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: []eligibility.Rule{rule("a", is), rule("a", is)}}, "a", "ID", "earlier rule"},
		{"no check", one(eligibility.Check{}), "a", "Check", "is missing"},
		{"no function", one(eligibility.Func(nil)), "a", "Check", "is missing"},
		{"no check inside", one(eligibility.Any(is, eligibility.Check{})), "a", "Check", "is missing"},
		{"all of nothing", one(eligibility.All()), "a", "Check", `"all of"`},
		{"any of nothing", one(eligibility.Not(eligibility.Any())), "a", "Check", `"any of"`},
		{"one of nothing", one(eligibility.OneOf(segment)), "a", "Check", "at least one value"},
		{"not one of nothing", one(eligibility.NotOneOf(seats)), "a", "Check", "at least one value"},
		{"between the wrong way round", one(eligibility.Between(seats, 5, 3)), "a", "Check", "between 5 and 3"},
		{"between amounts the wrong way round", one(eligibility.Between(revenue, usd("5"), usd("3.0"))), "a", "Check", "lower end"},
		{"between decimals the wrong way round", one(eligibility.Between(percent, number("5"), number("3.0"))), "a", "Check", "lower end"},
		{"between days the wrong way round", one(eligibility.Between(assessed, day("2026-01-02"), day("2026-01-01"))), "a", "Check", "lower end"},
		{"between currencies", one(eligibility.Between(revenue, usd("1"), money("2 EUR"))), "a", "Check", "two currencies"},
		{"between never and a day", one(eligibility.Between(assessed, eligibility.Never(), day("2026-01-01"))), "a", "Check", "never"},
		{"money without currency", one(eligibility.AtLeast(revenue, eligibility.Money{})), "a", "Check", "without a currency"},
		{"zero date", one(eligibility.Is(assessed, eligibility.Date{})), "a", "Check", "zero date"},
		{"before no day", one(eligibility.Before(assessed, eligibility.When{})), "a", "Check", "needs a day"},
		{"before never", one(eligibility.Before(assessed, eligibility.On(eligibility.Never()))), "a", "Check", "needs a day"},
		{"after the future", one(eligibility.After(assessed, eligibility.DaysAgo(-1))), "a", "Check", "0 or more"},
		{"older than the future", one(eligibility.OlderThan(assessed, -1)), "a", "Check", "0 days or more"},
		{"fact without name", one(eligibility.Is(eligibility.NewFact[int](""), 1)), "a", "Check", "NewFact"},
		{"fact with blanks", one(eligibility.Is(eligibility.NewFact[int]("a b"), 1)), "a", "Check", "NewFact"},
		{"zero fact", one(eligibility.Is(eligibility.Fact[int]{}, 1)), "a", "Check", "NewFact"},
		{"function that reads a nameless fact", one(eligibility.Func(passing, eligibility.NewFact[int](""))), "a", "Check", "NewFact"},
		{"function that reads nil", one(eligibility.Func(passing, nil)), "a", "Check", "names no fact"},
		{"fact of two kinds", one(eligibility.All(is, eligibility.Is(eligibility.NewFact[string]("seats"), "1"))), "a", "Check", "as text, and elsewhere it is integer"},
		{"named with nothing", one(is.Named(" ", nil, nil)), "a", "Check", "empty operator"},
	}
	for _, test := range tests {
		set, err := eligibility.NewRuleSet(test.config)
		require.ErrorAs(t, err, new(*eligibility.RuleSetError), test.name)
		assert.Nil(t, set)
		var refusal *eligibility.RuleSetError
		require.ErrorAs(t, err, &refusal, test.name)
		assert.Equal(t, test.config.ID, refusal.RuleSet, test.name)
		assert.Equal(t, test.rule, refusal.Rule, test.name)
		assert.Equal(t, test.field, refusal.Field, test.name)
		assert.Contains(t, err.Error(), test.says, test.name)
		assert.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 1, test.name)
	}
}

func TestEveryDefectIsTold(t *testing.T) {
	_, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{Rules: []eligibility.Rule{{}, {ID: "b"}}})
	require.Error(t, err)
	assert.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 2+3+2)
}

func TestRuleSetTellsWhatItIs(t *testing.T) {
	from, to := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)
	rules := []eligibility.Rule{rule("b", eligibility.Is(seats, 1)), rule("a", eligibility.Not(eligibility.Any(eligibility.Is(segment, "x"), eligibility.Func(passing, government))))}
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", EffectiveFrom: from, EffectiveTo: to, Rules: rules})
	require.NoError(t, err)
	assert.Equal(t, "set", set.ID())
	assert.Equal(t, "1", set.Version())
	assert.Equal(t, from, set.EffectiveFrom())
	assert.Equal(t, to, set.EffectiveTo())
	assert.Equal(t, time.UTC, set.TimeZone())

	rules[0].ID = "changed"
	got := set.Rules()
	assert.Equal(t, "b", got[0].ID)
	got[0].ID = "changed"
	assert.Equal(t, "b", set.Rules()[0].ID, "a rule set never changes")

	var facts []string
	for _, f := range set.Facts() {
		facts = append(facts, f.Name()+" "+string(f.Kind()))
	}
	assert.Equal(t, []string{"government boolean", "seats integer", "segment text"}, facts)

	tick := time.Microsecond
	for at, want := range map[time.Time]bool{from.Add(-tick): false, from: true, to.Add(-tick): true, to: false} {
		assert.Equal(t, want, set.InEffect(at), "%v", at)
	}
	assert.True(t, ruleSet(t, eligibility.Is(seats, 1)).InEffect(time.Time{}), "without dates, always")
}

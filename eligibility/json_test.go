package eligibility_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

func TestFactsJSON(t *testing.T) {
	f := facts(with(segment, `a"b`), with(seats, 9007199254740993), with(percent, number("39.90")), with(revenue, usd("2500.00")),
		with(government, false), with(assessed, eligibility.Never()), with(designations, []string{"Data & AI", ""}), with(rooms, 0))
	rooms.Clear(&f)
	data, err := json.Marshal(f)
	require.NoError(t, err)
	assert.JSONEq(t, `{"assessed":{"date":"never"},"designations":{"list":["Data & AI",""]},"government":{"boolean":false},
		"percent":{"decimal":"39.90"},"revenue":{"money":"2500.00 USD"},"seats":{"integer":9007199254740993},"segment":{"text":"a\"b"}}`, string(data))
	got := facts(with(rooms, 3))
	require.NoError(t, json.Unmarshal(data, &got))
	assert.True(t, f.Equal(got))
	again, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again), "facts are written in one way")

	empty, err := json.Marshal(eligibility.Facts{})
	require.NoError(t, err)
	assert.Equal(t, "{}", string(empty))
}

func TestFactsJSONRefusesJunk(t *testing.T) {
	for _, data := range []string{
		`null`, `[]`, `3`, `"x"`,
		`{"a":1}`, `{"a":{}}`, `{"a":{"text":"x","integer":1}}`, `{"a":{"number":1}}`, `{"a":null}`, `{"a":{"":1}}`,
		`{"a":{"text":null}}`, `{"a":{"text":1}}`, `{"a":{"integer":"1"}}`, `{"a":{"integer":1.5}}`, `{"a":{"integer":9223372036854775808}}`,
		`{"a":{"decimal":1.5}}`, `{"a":{"decimal":"1e5"}}`, `{"a":{"money":"5"}}`, `{"a":{"money":""}}`, `{"a":{"boolean":"true"}}`,
		`{"a":{"date":"2026-02-30"}}`, `{"a":{"date":""}}`, `{"a":{"list":"x"}}`, `{"a":{"list":[1]}}`,
		`{"a":{"integer":1},"a":{"integer":2}}`,
	} {
		f := facts(with(seats, 1))
		err := f.UnmarshalJSON([]byte(data))
		require.ErrorAs(t, err, new(*eligibility.ParseError), data)
		assert.True(t, f.Equal(facts(with(seats, 1))), "unchanged after %s", data)
	}
	for _, cut := range []string{``, `{`, `{"a"`, `{"a":`, `{"a":{"integer":1}`, `{"a":{"integer":1},`} {
		var f eligibility.Facts
		require.ErrorAs(t, f.UnmarshalJSON([]byte(cut)), new(*eligibility.ParseError), cut)
	}
}

// broad uses every operator, so that its decisions have something to lose.
func broad(t testing.TB) *eligibility.RuleSet {
	return ruleSet(t,
		eligibility.OneOf(segment, "smb", "corporate"),
		eligibility.Between(seats, -10, 1000),
		eligibility.AtLeast(revenue, usd("10.00")),
		eligibility.Below(percent, number("40.0")),
		eligibility.Is(government, false),
		eligibility.Before(assessed, eligibility.DaysAgo(365).OrNever()),
		eligibility.Contains(designations, "x"),
		eligibility.Any(eligibility.AtLeast(rooms, 5), eligibility.Not(eligibility.NotOneOf(segment, "smb"))),
		eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			n, ok := seats.Get(f)
			if !ok {
				return eligibility.Missing("an even number", seats), nil
			}
			if n%2 != 0 {
				return eligibility.Failed("an even number", "an odd one"), nil
			}
			return eligibility.Passed("an even number", ""), nil
		}, seats))
}

// someFacts makes facts of random numbers, each known or not.
func someFacts(known uint8, n int64, m int32, text uint8, flag bool) eligibility.Facts {
	var f eligibility.Facts
	for i, set := range []func(*eligibility.Facts){
		with(segment, []string{"smb", "corporate", "large", ""}[text%4]), with(seats, n), with(rooms, int(m)%10),
		with(revenue, eligibility.Money{Amount: decimal.New(n, m%3), Currency: "USD"}), with(percent, decimal.New(int64(m), -m%9)),
		with(government, flag), with(assessed, day("2025-09-01").AddDays(int(m%1000))), with(designations, []string{"x", "y"}[:text%3]),
	} {
		if known>>i&1 == 1 {
			set(&f)
		}
	}
	return f
}

func TestDecisionsReplayAfterJSON(t *testing.T) {
	set := broad(t)
	outcomes := map[eligibility.Outcome]int{}
	property := func(known uint8, n int64, m int32, text uint8, flag bool, seconds int32) bool {
		if text%2 == 0 {
			n %= 1000
		}
		at := time.Unix(int64(seconds), 123456000).In(time.FixedZone("", int(m)%14*3600))
		f := someFacts(known, n, m, text, flag)
		d, err := set.Decide(f, at)
		if err != nil {
			t.Log(err)
			return false
		}
		outcomes[d.Outcome]++
		same, err := set.Decide(f, at)
		if err != nil || !same.Equal(d) {
			t.Log("not deterministic")
			return false
		}
		data, err := json.Marshal(d)
		if err != nil {
			t.Log(err)
			return false
		}
		var read eligibility.Decision
		if err := json.Unmarshal(data, &read); err != nil {
			t.Log(err)
			return false
		}
		again, err := read.Replay(set)
		data2, err2 := json.Marshal(again)
		return err == nil && err2 == nil && read.Equal(d) && again.Equal(d) && string(data) == string(data2)
	}
	require.NoError(t, quick.Check(property, &quick.Config{MaxCount: 500}))
	assert.Len(t, outcomes, 2, "ineligible and unknown: %v", outcomes)
	assert.True(t, property(255, 100, 366+500, 0, false, 1788264000))
}

func TestDecisionJSON(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(seats, 10), eligibility.Is(segment, "smb"), eligibility.Is(government, false))
	d, err := set.Decide(facts(with(seats, 3), with(government, false)), noon)
	require.NoError(t, err)
	data, err := json.Marshal(d)
	require.NoError(t, err)
	const want = `{"rule_set":"set","version":"1","at":"2026-09-01T12:00:00Z","outcome":"ineligible","findings":[` +
		`{"rule":"a","doc":"The rule a.","result":"fail","wanted":"at least 10","found":"3"},` +
		`{"rule":"b","doc":"The rule b.","result":"unknown","wanted":"is smb","missing":["segment"]},` +
		`{"rule":"c","doc":"The rule c.","result":"pass","wanted":"is false","found":"false"}],` +
		`"facts":{"government":{"boolean":false},"seats":{"integer":3}}}`
	assert.Equal(t, want, string(data))

	var read eligibility.Decision
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, d.Findings(), read.Findings())
	assert.Equal(t, d.Reasons(), read.Reasons())
	clone := read.Clone()
	clone.Findings()[1].Missing[0] = "changed"
	assert.Equal(t, []string{"segment"}, clone.Findings()[1].Missing)
	assert.True(t, clone.Equal(d))

	for what, change := range map[string][2]string{
		"unknown field":       {`"rule_set"`, `"rules":1,"rule_set"`},
		"unknown outcome":     {`"ineligible"`, `"perhaps"`},
		"outcome of others":   {`"ineligible"`, `"eligible"`},
		"unknown result":      {`"fail"`, `"no"`},
		"no result":           {`"result":"fail",`, ``},
		"unknown kind":        {`"boolean"`, `"bool"`},
		"time":                {`2026-09-01T12:00:00Z`, `yesterday`},
		"field in a finding":  {`"doc":"The rule a."`, `"docs":"The rule a."`},
		"outcome by findings": {`"result":"fail"`, `"result":"pass"`},
	} {
		bad := strings.Replace(want, change[0], change[1], 1)
		require.NotEqual(t, want, bad)
		got := d
		err := json.Unmarshal([]byte(bad), &got)
		require.ErrorAs(t, err, new(*eligibility.ParseError), what)
		assert.Equal(t, d, got, "unchanged: "+what)
	}
}

func TestReplayRefuses(t *testing.T) {
	check := eligibility.AtLeast(seats, 10)
	set := ruleSet(t, check, eligibility.Is(segment, "smb"))
	d, err := set.Decide(facts(with(seats, 3), with(segment, "smb")), noon)
	require.NoError(t, err)
	make := func(id, version string, rules ...eligibility.Rule) *eligibility.RuleSet {
		s, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: id, Version: version, Rules: rules})
		require.NoError(t, err)
		return s
	}
	a, b := rule("a", check), rule("b", eligibility.Is(segment, "smb"))
	broken := rule("a", eligibility.AtLeast(eligibility.NewFact[int]("segment"), 3))
	for _, test := range []struct {
		set   *eligibility.RuleSet
		says  string
		rules []string
	}{
		{make("other", "1", a, b), "rule set other 1", nil},
		{make("set", "2", a, b), "rule set set 2", nil},
		{make("set", "1", rule("a", eligibility.AtLeast(seats, 11)), b), "other findings of a", []string{"a"}},
		{make("set", "1", rule("a", eligibility.AtLeast(seats, 2)), rule("b", eligibility.Is(segment, "x"))), "other findings of a, b", []string{"a", "b"}},
		{make("set", "1", a), "does not have", nil},
		{make("set", "1", a, b, rule("c", check)), "other findings of c", []string{"c"}},
		{make("set", "1", broken), "fails to decide", nil},
	} {
		_, err := d.Replay(test.set)
		require.ErrorAs(t, err, new(*eligibility.ReplayError), test.says)
		var refusal *eligibility.ReplayError
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, "set", refusal.RuleSet)
		assert.ErrorContains(t, err, test.says)
		assert.Equal(t, test.rules, refusal.Rules)
	}
	_, err = d.Replay(make("set", "1", broken))
	require.ErrorAs(t, err, new(*eligibility.RuleError))

	tampered := d.Clone()
	tampered.Outcome = eligibility.OutcomeEligible
	_, err = tampered.Replay(set)
	require.ErrorAs(t, err, new(*eligibility.ReplayError))
	assert.ErrorContains(t, err, `was "eligible" and is "ineligible"`)

	tampered = d.Clone()
	seats.Set(&tampered.Facts, 30)
	var read eligibility.Decision
	data, err := json.Marshal(d)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(strings.Replace(string(data), `{"integer":3}`, `{"integer":30}`, 1)), &read))
	_, err = read.Replay(set)
	require.ErrorAs(t, err, new(*eligibility.ReplayError), "somebody has changed the facts")
}

func TestFailedDecisionReplays(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(revenue, usd("10")), eligibility.Is(segment, "smb"))
	d, failure := set.Decide(facts(with(revenue, money("1 EUR")), with(segment, "smb")), noon)
	require.Error(t, failure)
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var read eligibility.Decision
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Empty(t, read.Outcome)
	assert.Len(t, read.Findings(), 1)
	again, err := read.Replay(set)
	assert.Equal(t, failure, err)
	assert.True(t, again.Equal(d))
}

func FuzzDecisionJSON(f *testing.F) {
	set := broad(f)
	for _, known := range []uint8{0, 255, 0b10101010} {
		d, err := set.Decide(someFacts(known, 100, 3, known, false), noon)
		require.NoError(f, err)
		data, err := json.Marshal(d)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"at":"0000-01-01T00:00:00Z","facts":{"a":{"date":"0001-01-01"}}}`))
	f.Add([]byte(`{"outcome":"unknown","findings":[{"rule":"a","result":"unknown","missing":["a"]}],"facts":{"a":{"list":[]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var d eligibility.Decision
		if json.Unmarshal(data, &d) != nil {
			return
		}
		written, err := json.Marshal(d)
		require.NoError(t, err)
		var again eligibility.Decision
		require.NoError(t, json.Unmarshal(written, &again))
		require.True(t, d.Equal(again), "%s", written)
		rewritten, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(rewritten))
		if _, err := d.Replay(set); err == nil {
			decided, err := set.Decide(d.Facts, d.At)
			require.NoError(t, err)
			require.Equal(t, decided.Outcome, d.Outcome)
		}
	})
}

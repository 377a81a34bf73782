package eligibilitytest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	kit "github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
)

var (
	seats    = eligibility.NewFact[int64]("seats")
	segment  = eligibility.NewFact[string]("segment")
	revenue  = eligibility.NewFact[eligibility.Money]("revenue")
	assessed = eligibility.NewFact[eligibility.Date]("assessed")
)

const (
	eligible   = eligibility.OutcomeEligible
	ineligible = eligibility.OutcomeIneligible
	unknown    = eligibility.OutcomeUnknown
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

var (
	enough = eligibility.Rule{ID: "enough_seats", Doc: "At least 1000 seats.", Check: eligibility.AtLeast(seats, 1000)}
	small  = eligibility.Rule{ID: "small", Doc: "A small customer.", Check: eligibility.Is(segment, "smb")}
	able   = kit.Facts(kit.With(seats, 1000), kit.With(segment, "smb"))
)

// recorder is a test that notes what it is told.
type recorder struct{ told []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.told = append(r.told, fmt.Sprintf(format, args...))
}

func function(id string, fn eligibility.CheckFunc) eligibility.Rule {
	return eligibility.Rule{ID: id, Doc: "The rule " + id + ".", Check: eligibility.Func(fn, seats)}
}

// oops cannot be answered for 7 and 8 seats.
var oops = function("oops", func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
	switch n, _ := seats.Get(f); n {
	case 7:
		return eligibility.Finding{}, errors.New("seven")
	case 8:
		panic("eight")
	}
	return eligibility.Passed("", ""), nil
})

func TestCasesThatHold(t *testing.T) {
	coverage := kit.RunRules(t, []eligibility.Rule{enough, small, oops}, []kit.Case{
		{Name: "able", Facts: able, At: noon, Outcome: eligible},
		{Name: "a seat short", Facts: kit.Change(able, kit.With(seats, 999)), At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}},
		{Name: "nothing known", At: noon, Outcome: unknown, Unknown: []string{"small", "enough_seats"}},
		{Name: "some of each", Facts: kit.Change(able, kit.Without(seats), kit.With(segment, "large")), At: noon, Outcome: ineligible,
			Fail: []string{"small"}, Unknown: []string{"enough_seats"}},
		{Name: "an error", Facts: kit.Change(able, kit.With(seats, 7)), At: noon, Fail: []string{"enough_seats"}, Error: []string{"oops"}},
		{Facts: kit.Change(able, kit.With(seats, 8)), At: noon, Fail: []string{"enough_seats"}, Error: []string{"oops"}},
	})
	assert.Equal(t, []kit.RuleCoverage{
		{Rule: "enough_seats", Pass: 1, Fail: 3, Unknown: 2},
		{Rule: "small", Pass: 4, Fail: 1, Unknown: 1},
		{Rule: "oops", Pass: 4},
	}, coverage.Rules, "a rule that is not answered counts nowhere")
	assert.Equal(t, 6, coverage.Cases)
	assert.Equal(t, 2, able.Len(), "Change leaves its base alone")
}

func TestCasesThatDoNotHold(t *testing.T) {
	for _, test := range []struct {
		c    kit.Case
		says []string
	}{
		{kit.Case{Name: "reason missing", Facts: able, At: noon, Outcome: ineligible, Fail: []string{"small"}},
			[]string{"reason missing:", "outcome: wanted ineligible, found eligible", `rule small: wanted fail, found pass: A small customer. It asks for is smb, has found "smb"`}},
		{kit.Case{Name: "reason too many", Facts: kit.Change(able, kit.With(seats, 999), kit.With(segment, "large")), At: noon, Outcome: ineligible, Fail: []string{"small"}},
			[]string{`rule enough_seats: wanted pass, found fail: At least 1000 seats. It asks for at least 1000, has found "999"`}},
		{kit.Case{Name: "unknown too many", Facts: kit.Change(able, kit.Without(segment), kit.With(seats, 1)), At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}},
			[]string{"rule small: wanted pass, found unknown: A small customer. It asks for is smb, lacks segment"}},
		{kit.Case{Name: "unknown is not fail", Facts: kit.Change(able, kit.Without(segment)), At: noon, Outcome: unknown, Fail: []string{"small"}},
			[]string{"rule small: wanted fail, found unknown"}},
		{kit.Case{Name: "fail is not unknown", Facts: kit.Change(able, kit.With(seats, 1)), At: noon, Outcome: ineligible, Unknown: []string{"enough_seats"}},
			[]string{"rule enough_seats: wanted unknown, found fail"}},
		{kit.Case{Name: "wrong outcome", Facts: able, At: noon, Outcome: unknown}, []string{"outcome: wanted unknown, found eligible"}},
		{kit.Case{Name: "no outcome", Facts: able, At: noon}, []string{"it states no Outcome; found eligible"}},
		{kit.Case{Name: "no time", Facts: able, Outcome: eligible}, []string{"it has no At"}},
		{kit.Case{Name: "typo", Facts: able, At: noon, Outcome: eligible, Fail: []string{"smal"}},
			[]string{`names the rule "smal", which the rule set does not have; it has enough_seats, small, oops`}},
		{kit.Case{Name: "twice", Facts: kit.Change(able, kit.With(seats, 1)), At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}, Unknown: []string{"enough_seats"}},
			[]string{`names the rule "enough_seats" twice`}},
		{kit.Case{Name: "error", Facts: kit.Change(able, kit.With(seats, 7)), At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}},
			[]string{"found none, because a rule cannot be answered", "rule oops: wanted pass, found error: seven"}},
		{kit.Case{Name: "panic", Facts: kit.Change(able, kit.With(seats, 8)), At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}},
			[]string{"rule oops: wanted pass, found error: the check panicked: eight", "run_test.go"}},
		{kit.Case{Name: "no error", Facts: able, At: noon, Error: []string{"oops"}},
			[]string{"outcome: wanted none", "rule oops: wanted error, found pass"}},
	} {
		var r recorder
		kit.RunRules(&r, []eligibility.Rule{enough, small, oops}, []kit.Case{test.c})
		require.Len(t, r.told, 1, "%s: one message for each case", test.c.Name)
		for _, says := range test.says {
			assert.Contains(t, r.told[0], says)
		}
	}
}

func TestACaseWithoutNameIsNumbered(t *testing.T) {
	var r recorder
	kit.RunRules(&r, []eligibility.Rule{small}, []kit.Case{{Facts: able, At: noon, Outcome: eligible}, {At: noon, Outcome: eligible}})
	require.Len(t, r.told, 1)
	assert.Contains(t, r.told[0], "case #2:")
}

func TestRulesThatAreNotPure(t *testing.T) {
	n := 0
	for want, fn := range map[string]eligibility.CheckFunc{
		"a second time it comes out differently": func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
			n++
			return eligibility.Passed("", fmt.Sprint(n)), nil
		},
		"changed the facts it was given: seats": func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			seats.Set(&f, 5)
			return eligibility.Passed("", ""), nil
		},
		"it was given: seats, segment": func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
			seats.Clear(&f)
			segment.Set(&f, "large")
			return eligibility.Passed("", ""), nil
		},
	} {
		var r recorder
		rules := []eligibility.Rule{small, function("impure", fn)}
		kit.RunRules(&r, rules, []kit.Case{{Name: "once", Facts: able, At: noon, Outcome: eligible}})
		require.Len(t, r.told, 1)
		assert.Contains(t, r.told[0], want)
	}
}

func TestNothingToRun(t *testing.T) {
	var r recorder
	kit.Run(&r, nil, []kit.Case{{Facts: able, At: noon, Outcome: eligible}}).Require(&r)
	require.Len(t, r.told, 2)
	assert.Contains(t, r.told[0], "the rule set is nil")
	assert.Contains(t, r.told[1], "no rules were run")

	r = recorder{}
	kit.RunRules(&r, []eligibility.Rule{small}, nil)
	require.Len(t, r.told, 1)
	assert.Contains(t, r.told[0], "there are no cases")

	r = recorder{}
	kit.RunRules(&r, []eligibility.Rule{{ID: "a"}}, []kit.Case{{}})
	require.Len(t, r.told, 1)
	assert.Contains(t, r.told[0], "these rules make no rule set")
}

func TestCoverage(t *testing.T) {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: []eligibility.Rule{enough, small}})
	require.NoError(t, err)
	coverage := kit.Run(t, set, []kit.Case{
		{Facts: able, At: noon, Outcome: eligible},
		{Facts: kit.Change(able, kit.With(seats, 1)), At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}},
		{Facts: kit.Change(able, kit.Without(seats)), At: noon, Outcome: unknown, Unknown: []string{"enough_seats"}},
	})
	assert.Equal(t, "set 1, cases: 3\n"+
		"rule          pass  fail  unknown\n"+
		"enough_seats     1     1        1\n"+
		"small            3     0        0  never fail, unknown\n", coverage.String())
	assert.Empty(t, coverage.Rules[0].Never())
	assert.Equal(t, []eligibility.Result{"fail", "unknown"}, coverage.Rules[1].Never())

	var r recorder
	coverage.Require(&r)
	require.Len(t, r.told, 1)
	assert.Equal(t, "the cases of set 1 leave gaps:\n\trule small: add cases in which its result is fail, unknown", r.told[0])
	r = recorder{}
	coverage.Require(&r, eligibility.ResultPass)
	assert.Empty(t, r.told)
	coverage.Require(&r, eligibility.ResultPass, eligibility.ResultUnknown)
	require.Len(t, r.told, 1)
	assert.Contains(t, r.told[0], "its result is unknown")
	assert.NotContains(t, r.told[0], "fail,")
}

func TestFacts(t *testing.T) {
	f := kit.Facts(kit.With(revenue, kit.Money("2500.00 USD")), kit.With(assessed, kit.Date("never")),
		kit.With(eligibility.NewFact[string]("gone"), "x"), kit.Without(eligibility.NewFact[string]("gone")))
	amount, ok := revenue.Get(f)
	assert.True(t, ok)
	assert.Equal(t, "2500.00 USD", amount.String())
	last, ok := assessed.Get(f)
	assert.True(t, ok)
	assert.True(t, last.IsNever())
	assert.Equal(t, 2, f.Len())
	assert.Equal(t, "39.9", kit.Decimal("39.9").String())
	assert.Panics(t, func() { kit.Money("2500") })
	assert.Panics(t, func() { kit.Date("soon") })
	assert.Panics(t, func() { kit.Decimal("a lot") })
}

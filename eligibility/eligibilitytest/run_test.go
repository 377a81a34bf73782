package eligibilitytest_test

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
)

var (
	noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

	seats   = eligibility.NewFact[int64]("seats")
	segment = eligibility.NewFact[string]("segment")
	revenue = eligibility.NewFact[eligibility.Money]("revenue")

	enough = eligibility.Rule{ID: "enough_seats", Doc: "At least 1000 seats.", Check: eligibility.AtLeast(seats, 1000)}
	small  = eligibility.Rule{ID: "small", Doc: "A small customer.", Check: eligibility.Is(segment, "smb")}

	able  = eligibilitytest.Facts(eligibilitytest.With(seats, 1000), eligibilitytest.With(segment, "smb"))
	short = eligibilitytest.Change(able, eligibilitytest.With(seats, 999))
	vague = eligibilitytest.Change(able, eligibilitytest.Without(segment))
)

// recorder is a T that keeps what it is told.
type recorder struct{ told []string }

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.told = append(r.told, fmt.Sprintf(format, args...))
}

// rule makes a rule of a function that sees the seats.
func rule(id string, check func(seats int64, facts eligibility.Facts) (eligibility.Finding, error)) eligibility.Rule {
	return eligibility.Rule{ID: id, Doc: "A check in Go.", Check: eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		n, _ := seats.Get(f)
		return check(n, f)
	}, seats)}
}

// choosy cannot be answered for 7 and 8 seats.
var choosy = rule("choosy", func(n int64, _ eligibility.Facts) (eligibility.Finding, error) {
	switch n {
	case 7:
		return eligibility.Finding{}, errors.New("seven")
	case 8:
		panic("eight")
	}
	return eligibility.Passed("", ""), nil
})

func TestRightCasesPass(t *testing.T) {
	for _, test := range []eligibilitytest.Case{
		{Name: "all pass", Facts: able, At: noon, Outcome: eligibility.OutcomeEligible},
		{Name: "one fails", Facts: short, At: noon, Outcome: eligibility.OutcomeIneligible, Fail: []string{"enough_seats"}},
		{Name: "one unknown", Facts: vague, At: noon, Outcome: eligibility.OutcomeUnknown, Unknown: []string{"small"}},
		{
			Name: "in any order", Facts: eligibilitytest.Facts(), At: noon,
			Outcome: eligibility.OutcomeUnknown, Unknown: []string{"small", "enough_seats"},
		},
		{
			Name: "an error", Facts: eligibilitytest.Facts(eligibilitytest.With(seats, 7)), At: noon,
			Fail: []string{"enough_seats"}, Unknown: []string{"small"}, Error: []string{"choosy"},
		},
		{
			Name: "a panic", Facts: eligibilitytest.Change(able, eligibilitytest.With(seats, 8)), At: noon,
			Fail: []string{"enough_seats"}, Error: []string{"choosy"},
		},
		{
			Name: "a fact of another kind", Facts: eligibilitytest.Change(able, eligibilitytest.With(eligibility.NewFact[bool]("segment"), true)), At: noon,
			Error: []string{"small"},
		},
	} {
		var r recorder
		eligibilitytest.RunRules(&r, []eligibility.Rule{enough, small, choosy}, []eligibilitytest.Case{test})
		assert.Empty(t, r.told, test.Name)
	}
}

func TestEveryMistakeIsTold(t *testing.T) {
	const eligible, ineligible, unknown = eligibility.OutcomeEligible, eligibility.OutcomeIneligible, eligibility.OutcomeUnknown
	seven := eligibilitytest.Change(able, eligibilitytest.With(seats, 7))
	for _, test := range []struct {
		c    eligibilitytest.Case
		told []string // after the name, line by line
	}{
		{eligibilitytest.Case{Name: "a reason is missing", Facts: able, At: noon, Outcome: ineligible, Fail: []string{"small"}}, []string{
			"outcome: wanted ineligible, found eligible",
			`rule small: wanted fail, found pass: it asks for "is smb", has "smb"`,
		}},
		{eligibilitytest.Case{Name: "a reason is missing beside another", Facts: short, At: noon, Outcome: ineligible, Fail: []string{"enough_seats", "small"}}, []string{
			`rule small: wanted fail, found pass: it asks for "is smb", has "smb"`,
		}},
		{eligibilitytest.Case{Name: "an unknown is missing", Facts: able, At: noon, Outcome: unknown, Unknown: []string{"small"}}, []string{
			"outcome: wanted unknown, found eligible",
			`rule small: wanted unknown, found pass: it asks for "is smb", has "smb"`,
		}},
		{eligibilitytest.Case{Name: "a reason is unexpected", Facts: short, At: noon, Outcome: ineligible}, []string{
			`rule enough_seats: wanted pass, found fail: it asks for "at least 1000", has "999"`,
		}},
		{eligibilitytest.Case{Name: "an unknown is unexpected", Facts: vague, At: noon, Outcome: unknown}, []string{
			`rule small: wanted pass, found unknown: it asks for "is smb", lacks segment`,
		}},
		{eligibilitytest.Case{Name: "unknown is not fail", Facts: vague, At: noon, Outcome: unknown, Fail: []string{"small"}}, []string{
			`rule small: wanted fail, found unknown: it asks for "is smb", lacks segment`,
		}},
		{eligibilitytest.Case{Name: "fail is not unknown", Facts: short, At: noon, Outcome: ineligible, Unknown: []string{"enough_seats"}}, []string{
			`rule enough_seats: wanted unknown, found fail: it asks for "at least 1000", has "999"`,
		}},
		{eligibilitytest.Case{Name: "only the outcome is wrong", Facts: short, At: noon, Outcome: eligible, Fail: []string{"enough_seats"}}, []string{
			"outcome: wanted eligible, found ineligible",
		}},
		{eligibilitytest.Case{Name: "no outcome", Facts: able, At: noon}, []string{
			"it states no Outcome; found eligible",
		}},
		{eligibilitytest.Case{Name: "no time", Facts: able, Outcome: eligible}, []string{
			"it has no At: say when it is decided",
		}},
		{eligibilitytest.Case{Name: "a rule misspelt", Facts: able, At: noon, Outcome: eligible, Fail: []string{"smal"}}, []string{
			`it names the rule "smal", which the rule set does not have; it has enough_seats, small, choosy`,
		}},
		{eligibilitytest.Case{Name: "a rule named twice", Facts: short, At: noon, Outcome: ineligible, Fail: []string{"enough_seats", "enough_seats"}}, []string{
			`it names the rule "enough_seats" twice`,
		}},
		{eligibilitytest.Case{Name: "a rule in two lists", Facts: short, At: noon, Outcome: ineligible, Unknown: []string{"enough_seats"}, Fail: []string{"enough_seats"}}, []string{
			`it names the rule "enough_seats" twice`,
			`rule enough_seats: wanted unknown, found fail: it asks for "at least 1000", has "999"`,
		}},
		{eligibilitytest.Case{Name: "an error is unexpected", Facts: seven, At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}}, []string{
			"outcome: wanted ineligible, found none, because a rule cannot be answered",
			"rule choosy: wanted pass, found error: seven",
		}},
		{eligibilitytest.Case{Name: "an error is not a fail", Facts: seven, At: noon, Fail: []string{"enough_seats", "choosy"}}, []string{
			"it states no Outcome; found none, because a rule cannot be answered",
			"rule choosy: wanted fail, found error: seven",
		}},
		{eligibilitytest.Case{Name: "an error is missing", Facts: able, At: noon, Error: []string{"choosy"}}, []string{
			"outcome: wanted none, because a rule cannot be answered, found eligible",
			`rule choosy: wanted error, found pass: it asks for "a check in Go"`,
		}},
		{eligibilitytest.Case{Name: "an outcome in spite of an error", Facts: seven, At: noon, Outcome: ineligible, Fail: []string{"enough_seats"}, Error: []string{"choosy"}}, []string{
			"outcome: wanted ineligible, found none, because a rule cannot be answered",
		}},
		{eligibilitytest.Case{Facts: able, At: noon}, []string{
			"it states no Outcome; found eligible",
		}},
	} {
		var r recorder
		eligibilitytest.RunRules(&r, []eligibility.Rule{enough, small, choosy}, []eligibilitytest.Case{test.c})
		name := test.c.Name
		if name == "" {
			name = "case #1"
		}
		assert.Equal(t, []string{name + ":\n\t" + strings.Join(test.told, "\n\t")}, r.told, name)
	}
}

func TestPanicsAreToldWithTheirPlace(t *testing.T) {
	var r recorder
	eligibilitytest.RunRules(&r, []eligibility.Rule{choosy}, []eligibilitytest.Case{
		{Name: "eight", Facts: eligibilitytest.Facts(eligibilitytest.With(seats, 8)), At: noon, Outcome: eligibility.OutcomeEligible},
	})
	require.Len(t, r.told, 1)
	assert.Contains(t, r.told[0], "rule choosy: wanted pass, found error: the check panicked: eight\n")
	assert.Contains(t, r.told[0], "run_test.go:", "where it panicked")
}

func TestEachWrongCaseIsToldByItself(t *testing.T) {
	var r recorder
	eligibilitytest.RunRules(&r, []eligibility.Rule{enough, small}, []eligibilitytest.Case{
		{Name: "one", Facts: short, At: noon, Outcome: eligibility.OutcomeEligible},
		{Name: "two", Facts: able, At: noon, Outcome: eligibility.OutcomeEligible},
		{Name: "three", Facts: vague, At: noon, Outcome: eligibility.OutcomeEligible},
	})
	require.Len(t, r.told, 2)
	assert.True(t, strings.HasPrefix(r.told[0], "one:"), r.told[0])
	assert.True(t, strings.HasPrefix(r.told[1], "three:"), r.told[1])
}

// A rule has to answer the same each time.
func TestWaveringRulesAreTold(t *testing.T) {
	for _, test := range []struct {
		name    string
		check   func(times int) (eligibility.Finding, error)
		wavers  bool
		outcome eligibility.Outcome
		failing []string
	}{
		{"other evidence", func(n int) (eligibility.Finding, error) { return eligibility.Passed("", fmt.Sprint(n)), nil }, true, eligibility.OutcomeEligible, nil},
		{"at first", func(n int) (eligibility.Finding, error) {
			if n > 1 {
				return eligibility.Finding{}, errors.New("too often")
			}
			return eligibility.Passed("", ""), nil
		}, true, eligibility.OutcomeEligible, nil},
		{"later", func(n int) (eligibility.Finding, error) {
			if n == 1 {
				return eligibility.Finding{}, errors.New("not ready")
			}
			return eligibility.Passed("", ""), nil
		}, true, "", []string{"r"}},
		{"always refuses", func(int) (eligibility.Finding, error) { return eligibility.Finding{}, errors.New("no") }, false, "", []string{"r"}},
		{"always passes", func(int) (eligibility.Finding, error) { return eligibility.Passed("", "x"), nil }, false, eligibility.OutcomeEligible, nil},
	} {
		times := 0
		r := recorder{}
		wavering := rule("r", func(int64, eligibility.Facts) (eligibility.Finding, error) {
			times++
			return test.check(times)
		})
		eligibilitytest.RunRules(&r, []eligibility.Rule{wavering}, []eligibilitytest.Case{{Name: "case", At: noon, Outcome: test.outcome, Error: test.failing}})
		if !test.wavers {
			assert.Empty(t, r.told, test.name)
			continue
		}
		require.Len(t, r.told, 1, test.name)
		assert.Contains(t, r.told[0], "case:\n\tdecided a second time it comes out differently: ", test.name)
	}
}

func TestChangedFactsAreTold(t *testing.T) {
	for name, change := range map[string]func(*eligibility.Facts){
		"another value": func(f *eligibility.Facts) { seats.Set(f, 5) },
		"forgotten":     func(f *eligibility.Facts) { seats.Clear(f) },
	} {
		var r recorder
		meddling := rule("meddling", func(_ int64, f eligibility.Facts) (eligibility.Finding, error) {
			change(&f)
			return eligibility.Passed("", ""), nil
		})
		eligibilitytest.RunRules(&r, []eligibility.Rule{meddling}, []eligibilitytest.Case{{Name: "case", Facts: able, At: noon, Outcome: eligibility.OutcomeEligible}})
		assert.Equal(t, []string{"case:\n\ta rule has changed the facts it was given: seats"}, r.told, name)
		assert.True(t, able.Equal(eligibilitytest.Facts(eligibilitytest.With(seats, 1000), eligibilitytest.With(segment, "smb"))), "the case's facts stay")
	}
	var r recorder
	inventing := eligibility.Rule{ID: "inventing", Doc: "Sets what nobody knew.", Check: eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		segment.Set(&f, "smb")
		return eligibility.Passed("", ""), nil
	}, segment)}
	eligibilitytest.RunRules(&r, []eligibility.Rule{inventing}, []eligibilitytest.Case{{Name: "case", At: noon, Outcome: eligibility.OutcomeEligible}})
	assert.Equal(t, []string{"case:\n\ta rule has changed the facts it was given: segment"}, r.told)
}

func TestNothingToRun(t *testing.T) {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: []eligibility.Rule{enough}})
	require.NoError(t, err)
	cases := []eligibilitytest.Case{{Name: "able", Facts: able, At: noon, Outcome: eligibility.OutcomeEligible}}
	for wanted, run := range map[string]func(t eligibilitytest.T){
		"eligibilitytest: there are no cases for the rule set set 1": func(t eligibilitytest.T) { eligibilitytest.Run(t, set, nil) },
		"eligibilitytest: the rule set is nil":                       func(t eligibilitytest.T) { eligibilitytest.Run(t, nil, cases) },
		"eligibilitytest: these rules make no rule set: ":            func(t eligibilitytest.T) { eligibilitytest.RunRules(t, []eligibility.Rule{{ID: "x"}}, cases) },
		"eligibilitytest: no rules were run":                         func(t eligibilitytest.T) { eligibilitytest.Coverage{}.Require(t) },
	} {
		var r recorder
		run(&r)
		require.Len(t, r.told, 1, wanted)
		assert.True(t, strings.HasPrefix(r.told[0], wanted), r.told[0])
	}
}

func TestFactBuilders(t *testing.T) {
	rate := eligibility.NewFact[int]("rooms")
	facts := eligibilitytest.Facts(
		eligibilitytest.With(revenue, eligibilitytest.Money("2500.00 USD")),
		eligibilitytest.With(eligibility.NewFact[eligibility.Date]("assessed"), eligibilitytest.Date("2026-07-01")),
		eligibilitytest.With(eligibility.NewFact[[]string]("designations"), []string{"security", "modern work"}),
		eligibilitytest.With(rate, 4),
	)
	changed := eligibilitytest.Change(facts, eligibilitytest.Without(rate), eligibilitytest.With(revenue, eligibilitytest.Money("1 USD")))
	assert.Equal(t, "assessed=2026-07-01 designations=security, modern work revenue=2500.00 USD rooms=4 ", write(facts), "Change copies")
	assert.Equal(t, "assessed=2026-07-01 designations=security, modern work revenue=1.00 USD ", write(changed))
	assert.Equal(t, "39.90", eligibilitytest.Decimal("39.90").StringFixed(2))
	for _, junk := range []func(){
		func() { eligibilitytest.Money("2500") },
		func() { eligibilitytest.Date("July") },
		func() { eligibilitytest.Decimal("1e3") },
	} {
		assert.Panics(t, junk)
	}
}

func write(f eligibility.Facts) string {
	var b strings.Builder
	for name, value := range f.All() {
		fmt.Fprintf(&b, "%s=%s ", name, value)
	}
	return b.String()
}

func TestDoesNotReachPackageTesting(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	deps := strings.Fields(string(out))
	assert.Contains(t, deps, "github.com/partnerengage/partnerengage/eligibility")
	assert.NotContains(t, deps, "testing")
}

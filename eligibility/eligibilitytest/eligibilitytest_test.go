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
	seats    = eligibility.NewFact[int64]("seats")
	segment  = eligibility.NewFact[string]("segment")
	assessed = eligibility.NewFact[eligibility.Date]("assessed")
)

var enough = eligibility.Rule{ID: "enough_seats", Doc: "At least 1000 seats.", Check: eligibility.AtLeast(seats, 1000)}
var small = eligibility.Rule{ID: "small", Doc: "A small customer.", Check: eligibility.Is(segment, "smb")}

// recorder is a test that notes what it is told.
type recorder struct{ told []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.told = append(r.told, fmt.Sprintf(format, args...))
}

var (
	with  = eligibilitytest.With[int64]
	ready = eligibilitytest.Facts(with(seats, 1000), eligibilitytest.With(segment, "smb"))
)

func TestTablePasses(t *testing.T) {
	report := eligibilitytest.Table{
		RuleSet: eligibilitytest.RuleSet(t, enough, small),
		Facts:   ready,
		Cases: []eligibilitytest.Case{
			{Name: "just enough"},
			{Name: "one seat short", Change: with(seats, 999), Fail: []string{"enough_seats"}},
			{Name: "nothing known", Change: eligibilitytest.Changes(eligibilitytest.Without(seats), eligibilitytest.Without(segment)),
				Unknown: []string{"small", "enough_seats"}},
			{Name: "both", Change: eligibilitytest.Changes(eligibilitytest.Without(seats), eligibilitytest.With(segment, "large")),
				Unknown: []string{"enough_seats"}, Fail: []string{"small"}},
		},
	}.Run(t)
	report.Complete(t)
	assert.Equal(t, []eligibilitytest.Tested{{"enough_seats", 1, 1, 2}, {"small", 2, 1, 1}}, report.Rules)
	assert.Empty(t, report.Gaps())
	assert.Equal(t, "rule          pass  fail  unknown\nenough_seats  1     1     2\nsmall         2     1     1\n", report.String())
	assert.Equal(t, 2, ready.Len(), "cases do not change the table's facts")
}

func TestTableFails(t *testing.T) {
	oops := eligibility.Rule{ID: "oops", Doc: "d", Check: eligibility.Func(func(f eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		switch n, _ := seats.Get(f); n {
		case 7:
			return eligibility.Finding{}, errors.New("seven")
		case 8:
			panic("eight")
		}
		return eligibility.Passed("", ""), nil
	}, seats)}
	for _, test := range []struct {
		c    eligibilitytest.Case
		told []string
	}{
		{eligibilitytest.Case{Name: "reason missing", Fail: []string{"small"}},
			[]string{`reason missing: rule "small" has to fail, but it does pass: wanted is smb, found smb`}},
		{eligibilitytest.Case{Name: "reason too many", Change: with(seats, 999)},
			[]string{`reason too many: rule "enough_seats" has to pass, but it does fail: wanted at least 1000, found 999`}},
		{eligibilitytest.Case{Name: "unknown unexpected", Change: eligibilitytest.Without(segment)},
			[]string{`unknown unexpected: rule "small" has to pass, but it does go unknown: wanted is smb, missing segment`}},
		{eligibilitytest.Case{Name: "unknown is not fail", Change: eligibilitytest.Without(segment), Fail: []string{"small"}},
			[]string{`unknown is not fail: rule "small" has to fail, but it does go unknown: wanted is smb, missing segment`}},
		{eligibilitytest.Case{Name: "fail is not unknown", Change: with(seats, 1), Unknown: []string{"enough_seats"}},
			[]string{`fail is not unknown: rule "enough_seats" has to go unknown, but it does fail: wanted at least 1000, found 1`}},
		{eligibilitytest.Case{Name: "typo", Fail: []string{"smal"}},
			[]string{`typo: rule "smal" has to fail, but the rule set has no such rule`}},
		{eligibilitytest.Case{Name: "twice", Change: with(seats, 1), Fail: []string{"enough_seats", "enough_seats"}},
			[]string{`twice: rule "enough_seats" is named twice`}},
		{eligibilitytest.Case{Name: "breaks", Change: with(seats, 7), Fail: []string{"enough_seats"}},
			[]string{`breaks: rule "oops" has to pass, but it fails to decide: seven`}},
		{eligibilitytest.Case{Name: "panics", Change: with(seats, 8), Fail: []string{"enough_seats"}},
			[]string{`panics: rule "oops" has to pass, but it fails to decide: the check panicked: eight`}},
		{eligibilitytest.Case{Name: "breaks as it should", Change: with(seats, 7), Fail: []string{"enough_seats"}, Broken: []string{"oops"}}, nil},
		{eligibilitytest.Case{Name: "does not break", Broken: []string{"oops"}},
			[]string{`does not break: rule "oops" has to break, but it does pass: wanted a check in Go, found `}},
	} {
		var r recorder
		eligibilitytest.Table{RuleSet: eligibilitytest.RuleSet(t, enough, small, oops), Facts: ready, Cases: []eligibilitytest.Case{test.c}}.Run(&r)
		assert.Equal(t, test.told, r.told, test.c.Name)
	}
}

func TestImpureRulesAreFound(t *testing.T) {
	n := 0
	impure := eligibility.Rule{ID: "impure", Doc: "d", Check: eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		n++
		return eligibility.Passed("", fmt.Sprint(n)), nil
	}, seats)}
	var r recorder
	eligibilitytest.Table{RuleSet: eligibilitytest.RuleSet(t, impure), Cases: []eligibilitytest.Case{{Name: "once"}}}.Run(&r)
	require.Len(t, r.told, 1)
	assert.Contains(t, r.told[0], "once: the rules are not pure")
	assert.Contains(t, r.told[0], "impure")
}

func TestReportTellsGaps(t *testing.T) {
	report := eligibilitytest.Table{RuleSet: eligibilitytest.RuleSet(t, enough, small), Facts: ready, Cases: []eligibilitytest.Case{
		{Name: "small", Change: eligibilitytest.With(segment, "large"), Fail: []string{"small"}}, {Name: "ready"},
	}}.Run(t)
	assert.Equal(t, []eligibilitytest.Gap{{"enough_seats", "fail"}, {"enough_seats", "unknown"}, {"small", "unknown"}}, report.Gaps())
	var r recorder
	report.Complete(&r)
	assert.Equal(t, []string{`no case makes rule "enough_seats" fail and go unknown`, `no case makes rule "small" go unknown`}, r.told)
}

func TestTimes(t *testing.T) {
	old := eligibility.Rule{ID: "old", Doc: "d", Check: eligibility.OlderThan(assessed, 30)}
	day, err := eligibility.ParseDate("2026-05-31")
	require.NoError(t, err)
	set := eligibilitytest.RuleSet(t, old)
	facts := eligibilitytest.Facts(eligibilitytest.With(assessed, day))
	eligibilitytest.Table{RuleSet: set, Facts: facts, Cases: []eligibilitytest.Case{
		{Name: "31 days later, by default"},
		{Name: "30 days later", At: time.Date(2026, 6, 30, 23, 59, 0, 0, time.UTC), Fail: []string{"old"}},
	}}.Run(t)
	eligibilitytest.Table{RuleSet: set, Facts: facts, At: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Cases: []eligibilitytest.Case{
		{Name: "the next day", Fail: []string{"old"}},
	}}.Run(t)
}

func TestNoRuleSet(t *testing.T) {
	var r recorder
	set := eligibilitytest.RuleSet(&r, eligibility.Rule{})
	assert.Nil(t, set)
	eligibilitytest.Table{RuleSet: set, Cases: []eligibilitytest.Case{{}}}.Run(&r).Complete(&r)
	require.Len(t, r.told, 2)
	assert.Contains(t, r.told[1], "no rule set")
}

func TestDoesNotReachTesting(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for dep := range strings.Lines(string(out)) {
		assert.NotEqual(t, "testing\n", dep)
	}
}

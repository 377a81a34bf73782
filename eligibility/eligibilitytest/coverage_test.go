package eligibilitytest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
)

func TestCoverage(t *testing.T) {
	cases := []eligibilitytest.Case{
		{Name: "able", Facts: able, At: noon, Outcome: eligibility.OutcomeEligible},
		{Name: "a seat short", Facts: short, At: noon, Outcome: eligibility.OutcomeIneligible, Fail: []string{"enough_seats"}},
		{
			Name: "seven", Facts: eligibilitytest.Change(vague, eligibilitytest.With(seats, 7)), At: noon,
			Fail: []string{"enough_seats"}, Unknown: []string{"small"}, Error: []string{"choosy"},
		},
	}
	c := eligibilitytest.RunRules(t, []eligibility.Rule{enough, small, choosy}, cases)
	assert.Equal(t, []eligibilitytest.RuleCoverage{
		{Rule: "enough_seats", Pass: 1, Fail: 2},
		{Rule: "small", Pass: 2, Unknown: 1},
		{Rule: "choosy", Pass: 2},
	}, c.Rules)
	assert.Equal(t, []eligibility.Result{eligibility.ResultFail, eligibility.ResultUnknown}, c.Rules[2].Never())
	assert.Equal(t, `rules under test, cases: 3
rule          pass  fail  unknown
enough_seats     1     2        0  never unknown
small            2     0        1  never fail
choosy           2     0        0  never fail, unknown
`, c.String())

	for _, test := range []struct {
		results []eligibility.Result
		told    string
	}{
		{nil, "the cases of rules under test leave gaps:" +
			"\n\trule enough_seats: add cases in which its result is unknown" +
			"\n\trule small: add cases in which its result is fail" +
			"\n\trule choosy: add cases in which its result is fail, unknown"},
		{[]eligibility.Result{eligibility.ResultPass, eligibility.ResultFail}, "the cases of rules under test leave gaps:" +
			"\n\trule small: add cases in which its result is fail" +
			"\n\trule choosy: add cases in which its result is fail"},
		{[]eligibility.Result{eligibility.ResultPass}, ""},
	} {
		var r recorder
		c.Require(&r, test.results...)
		if test.told == "" {
			assert.Empty(t, r.told)
		} else {
			assert.Equal(t, []string{test.told}, r.told)
		}
	}
}

func TestCompleteCoverage(t *testing.T) {
	c := eligibilitytest.RunRules(t, []eligibility.Rule{small}, []eligibilitytest.Case{
		{Name: "small", Facts: able, At: noon, Outcome: eligibility.OutcomeEligible},
		{Name: "unknown", At: noon, Outcome: eligibility.OutcomeUnknown, Unknown: []string{"small"}},
		{
			Name: "large", Facts: eligibilitytest.Facts(eligibilitytest.With(segment, "enterprise")), At: noon,
			Outcome: eligibility.OutcomeIneligible, Fail: []string{"small"},
		},
	})
	c.Require(t)
	assert.Empty(t, c.Rules[0].Never())
	assert.NotContains(t, c.String(), "never")
}

// What a case brings about counts even if it wanted something else: the case is
// told by itself.
func TestWrongCasesCount(t *testing.T) {
	var r recorder
	c := eligibilitytest.RunRules(&r, []eligibility.Rule{enough}, []eligibilitytest.Case{
		{Name: "wrong", Facts: short, At: noon, Outcome: eligibility.OutcomeEligible},
	})
	assert.Len(t, r.told, 1)
	assert.Equal(t, []eligibilitytest.RuleCoverage{{Rule: "enough_seats", Fail: 1}}, c.Rules)
}

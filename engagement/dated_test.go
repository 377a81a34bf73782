package engagement_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
)

// version is a rule set that is in force between two days; "" leaves an end open.
func version(name, from, until string, seatsWanted int64) *eligibility.RuleSet {
	day := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		return at(text + "T00:00:00Z")
	}
	return must(eligibility.NewRuleSet(eligibility.RuleSetConfig{
		ID: "rules", Version: name, EffectiveFrom: day(from), EffectiveTo: day(until),
		Rules: []eligibility.Rule{{ID: "seats", Doc: "There are enough seats.", Check: eligibility.AtLeast(seats, seatsWanted)}},
	}))
}

// The versions of an engagement's rules follow each other without gaps; one that
// leaves days uncovered is refused, and the error names them.
func TestVersionsCoverTheEngagement(t *testing.T) {
	for _, c := range []struct {
		name  string
		first *eligibility.RuleSet
		later []*eligibility.RuleSet
		want  string // part of the problem; "" where there is none
	}{
		{"always", version("1", "", "", 1), nil, ""},
		{"exactly", version("1", "2026-01-01", "2027-07-01", 1), nil, ""},
		{"it ends before the engagement", version("1", "", "2026-07-01", 1), nil, "2026-07-01 to 2027-06-30"},
		{"it begins after it", version("1", "2026-01-03", "", 1), nil, "2026-01-01 to 2026-01-02"},
		{"one after the other", version("1", "", "2026-07-01", 1), []*eligibility.RuleSet{version("2", "2026-07-01", "", 2)}, ""},
		{"in another order", version("2", "2026-07-01", "", 2), []*eligibility.RuleSet{version("1", "", "2026-07-01", 1)}, ""},
		{"a day between", version("1", "", "2026-07-01", 1), []*eligibility.RuleSet{version("2", "2026-07-02", "", 2)}, "2026-07-01 to 2026-07-01"},
		{"two gaps", version("1", "2026-01-02", "2026-07-01", 1), []*eligibility.RuleSet{version("2", "2026-07-02", "", 2)}, "2026-01-01 to 2026-01-01, 2026-07-01 to 2026-07-01"},
		{"two at once", version("1", "", "", 1), []*eligibility.RuleSet{version("2", "2026-07-01", "", 2)}, "at once"},
		{"one version twice", version("1", "", "2026-07-01", 1), []*eligibility.RuleSet{version("1", "2026-07-01", "", 2)}, "twice"},
		{"a version that is missing", version("1", "", "", 1), []*eligibility.RuleSet{nil}, "missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := offer()
			e.CustomerRules, e.LaterCustomerRules = c.first, c.later
			err := e.Validate()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var invalid *engagement.InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, "customer_rules", invalid.Field)
			require.Contains(t, invalid.Problem, c.want)
		})
	}
}

func TestVersionInForce(t *testing.T) {
	e := offer()
	e.CustomerRules, e.LaterCustomerRules = version("1", "2026-01-01", "2026-07-01", 1), []*eligibility.RuleSet{version("2", "2026-07-01", "2027-07-01", 2)}
	for moment, want := range map[string]string{
		"2025-06-01T00:00:00Z": "1", "2026-01-01T00:00:00Z": "1", "2026-06-30T23:59:59.999999Z": "1", "2026-07-01T00:00:00Z": "2", "2027-06-30T00:00:00Z": "2", "2028-01-01T00:00:00Z": "2",
	} {
		require.Equal(t, want, e.CustomerRulesAt(at(moment)).Version(), moment)
	}
	require.Equal(t, at("2026-07-01T00:00:00Z"), e.RulesChangeAfter(at("2026-06-01T00:00:00Z")))
	require.Zero(t, e.RulesChangeAfter(at("2026-07-01T00:00:00Z")))
	require.Equal(t, "1", e.LocationRulesAt(start).Version())
}

// Before its rules are in force and after, an engagement can still be looked at.
func TestVersionsOutsideTheirTime(t *testing.T) {
	e := offer()
	e.LocationRules, e.CustomerRules = version("1", "2026-01-01", "2027-07-01", 300), version("1", "2026-01-01", "2027-07-01", 300)
	p := engagement.Partner{Locations: []engagement.Location{{ID: "4711201", Enrolled: true, Facts: facts(500, "")}}}
	for moment, as := range map[string]string{
		"2025-06-01T00:00:00Z": "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z": "2026-06-01T00:00:00Z", "2027-07-01T00:00:00Z": "2027-06-30T23:59:59.999999Z",
	} {
		outcomes, err := engagement.LocationOutcomes(e, p, at(moment))
		require.NoError(t, err, moment)
		require.True(t, outcomes[0].Eligible, moment)
		d, err := e.DecideCustomer(facts(20, ""), at(moment))
		require.NoError(t, err, moment)
		require.Equal(t, eligibility.OutcomeIneligible, d.Outcome)
		require.Equal(t, at(as), d.At.UTC(), moment)
	}
}

// Types are data: a program has its own, and those that were stored under the names
// of two rows of the table are read.
func TestTypes(t *testing.T) {
	read := func(text string) (engagement.Type, error) {
		var got engagement.Type
		err := json.Unmarshal([]byte(text), &got)
		return got, err
	}
	for text, want := range map[string]engagement.Type{
		`"workshop"`: engagement.TypeWorkshop, `"XXL project"`: engagement.TypeXXLProject, `"proof of concept"`: "proof of concept", `""`: "",
		`"XS/small project"`: engagement.TypeSmallProject, `"large project and up"`: engagement.TypeLargeProject,
	} {
		got, err := read(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{`"\u200b"`, `"a\nb"`, `"\u202eworkshop"`} {
		_, err := read(text)
		require.Error(t, err, text)
	}
	own := offer()
	own.Type, own.Windows = "proof of concept", engagement.DefaultWindows(engagement.TypeWorkshop)
	require.NoError(t, own.Validate())
	most := map[engagement.Type]int{
		engagement.TypeAssessment: 120, engagement.TypeWorkshop: 150, engagement.TypeXSProject: 180, engagement.TypeSmallProject: 180,
		engagement.TypeMediumProject: 260, engagement.TypeLargeProject: 310, engagement.TypeXLProject: 310, engagement.TypeXXLProject: 310,
	}
	require.Len(t, engagement.PublishedTypes(), len(most))
	for _, info := range engagement.PublishedTypes() {
		require.Equal(t, most[info.Type], info.MostDays, info.Type)
	}
}

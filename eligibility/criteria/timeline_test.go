package criteria_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

func dated(t testing.TB, version, from, to string) *eligibility.RuleSet {
	t.Helper()
	document := `{"id": "seats", "version": "` + version + `"`
	if from != "" {
		document += `, "effective_from": "` + from + `"`
	}
	if to != "" {
		document += `, "effective_to": "` + to + `"`
	}
	set, err := criteria.NewRegistry().ReadDocument([]byte(document + `, "rules": [["entra_p1_seats", "at least", 1000]]}`))
	require.NoError(t, err)
	return set
}

func TestTimeline(t *testing.T) {
	third := dated(t, "3", "2027-07-01", "")
	first := dated(t, "1", "", "2026-07-01")
	second := dated(t, "2", "2026-07-01", "2027-01-01")
	line, err := criteria.NewTimeline(third, first, second)
	require.NoError(t, err)
	assert.Equal(t, []*eligibility.RuleSet{first, second, third}, line.RuleSets())

	change := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	gap := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		want *eligibility.RuleSet
	}{
		{time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), first},
		{change.Add(-time.Microsecond), first},
		{change, second},
		{gap.Add(-time.Microsecond), second},
		{gap, nil},
		{end.Add(-time.Microsecond), nil},
		{end, third},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), third},
	} {
		got, ok := line.At(c.at)
		assert.Same(t, c.want, got, c.at)
		assert.Equal(t, c.want != nil, ok, c.at)
	}

	d, err := second.Decide(eligibility.Facts{}, change)
	require.NoError(t, err)
	made, ok := line.Of(d)
	assert.True(t, ok)
	assert.Same(t, second, made)
	_, ok = line.Of(eligibility.Decision{RuleSet: "seats", Version: "4"})
	assert.False(t, ok)
	_, ok = line.Of(eligibility.Decision{RuleSet: "rooms", Version: "2"})
	assert.False(t, ok)

	line.RuleSets()[0] = third // a copy
	got, _ := line.At(change.Add(-1))
	assert.Same(t, first, got)

	_, ok = criteria.Timeline{}.At(change)
	assert.False(t, ok)
}

func TestTimelineRefuses(t *testing.T) {
	for about, c := range map[string]struct {
		sets    []*eligibility.RuleSet
		overlap bool
		want    string
	}{
		"a day":      {[]*eligibility.RuleSet{dated(t, "2", "2026-06-30", ""), dated(t, "1", "", "2026-07-01")}, true, "seats 1 and seats 2 are in effect at once: end the earlier one when the later one begins"},
		"open end":   {[]*eligibility.RuleSet{dated(t, "1", "2026-01-01", ""), dated(t, "2", "2027-01-01", "")}, true, "seats 1 and seats 2 are in effect at once: end the earlier one when the later one begins"},
		"both open":  {[]*eligibility.RuleSet{dated(t, "1", "", ""), dated(t, "2", "", "2027-01-01")}, true, "seats 1 and seats 2 are in effect at once: end the earlier one when the later one begins"},
		"inside":     {[]*eligibility.RuleSet{dated(t, "1", "2026-01-01", "2027-01-01"), dated(t, "2", "2026-02-01", "2026-03-01"), dated(t, "3", "2027-01-01", "")}, true, "seats 1 and seats 2 are in effect at once: end the earlier one when the later one begins"},
		"behind one": {[]*eligibility.RuleSet{dated(t, "1", "2026-01-01", "2027-01-01"), dated(t, "2", "2025-02-01", "2025-03-01"), dated(t, "3", "2026-12-31", "")}, true, "seats 1 and seats 3 are in effect at once: end the earlier one when the later one begins"},
		"version":    {[]*eligibility.RuleSet{dated(t, "1", "", "2026-01-01"), dated(t, "1", "2026-01-01", "")}, false, "seats 1 and seats 1 are the same version: a decision names its version, so give each change one of its own"},
	} {
		line, err := criteria.NewTimeline(c.sets...)
		assert.EqualError(t, err, c.want, about)
		assert.Empty(t, line.RuleSets(), about)
		assert.ErrorAs(t, err, new(*criteria.TimelineError), about)
		var refused *criteria.TimelineError
		assert.ErrorAs(t, err, &refused, about)
		if c.overlap {
			assert.ErrorIs(t, err, criteria.ErrOverlap, about)
		} else {
			assert.NotErrorIs(t, err, criteria.ErrOverlap, about)
		}
	}
}

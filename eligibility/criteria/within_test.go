package criteria_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

// A part of a larger document is written back as it was read, with what its defaults
// say left out.
func TestRuleSetsWithinADocument(t *testing.T) {
	registry := testRegistry(t)
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	defaults := eligibility.RuleSetConfig{ID: "calls/customer", Version: "2026.1", TimeZone: lisbon}
	for _, part := range []string{
		`[["rooms", "at least", 5], ["rooms", "at most", 50], ["rooms", "at most", 60]]`,
		`[["rooms", "at least", 5], {"id": "rooms_at_most", "doc": "Not too many.", "check": ["rooms", "at most", 50]}, ["rooms", "at most", 60]]`,
		`{"version": "2026.2", "effective_from": "2026-10-01", "rules": [["segment", "is", "smb"]]}`,
		`{"id": "other", "effective_to": "2026-10-01T08:00:00Z", "time_zone": "UTC", "rules": [["segment", "is", "smb"]]}`,
	} {
		set, err := registry.ReadRuleSet([]byte(part), defaults)
		require.NoError(t, err, part)
		written, err := registry.WriteRuleSet(set, defaults)
		require.NoError(t, err, part)
		require.Equal(t, part, string(written))
	}

	set, err := registry.ReadRuleSet([]byte(`{"version": "2026.2", "effective_from": "2026-10-01", "rules": [["segment", "is", "smb"]]}`), defaults)
	require.NoError(t, err)
	require.Equal(t, "calls/customer", set.ID())
	require.Equal(t, "2026-09-30T23:00:00Z", set.EffectiveFrom().UTC().Format(time.RFC3339), "a day begins in the zone of the defaults")

	for part, want := range map[string]string{
		`7`:                                 "the document is a number",
		`[["rooms", "is", "5"]]`:            "[0][2] is a text",
		`{"rules": [["rooms", "is", "5"]]}`: "rules[0][2] is a text",
		`{"versions": "1", "rules": [["on", []]]}`:  "versions is no field here",
		`{"version": " ", "rules": [["on", ["x"]]]`: "the document is not JSON",
	} {
		_, err := registry.ReadRuleSet([]byte(part), defaults)
		require.ErrorContains(t, err, want, part)
	}
	_, err = registry.ReadRuleSet([]byte(`{"rules": [["rooms", "is", 5]]}`), eligibility.RuleSetConfig{})
	require.ErrorContains(t, err, "id is missing")
	require.ErrorContains(t, err, "version is missing")
}

// What a part cannot hold is refused, not left out.
func TestRuleSetsThatNoPartCanHold(t *testing.T) {
	var registry criteria.Registry
	config := eligibility.RuleSetConfig{ID: "a", Version: "1", Rules: []eligibility.Rule{{ID: "r", Doc: "d", Check: eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) { return eligibility.Finding{}, nil })}}}
	set, err := eligibility.NewRuleSet(config)
	require.NoError(t, err)
	_, err = registry.WriteRuleSet(set, eligibility.RuleSetConfig{})
	require.ErrorContains(t, err, "is a Go function")

	config.Rules = []eligibility.Rule{{ID: "r", Doc: "d", Check: eligibility.Is(criteria.Rooms, 5)}}
	config.TimeZone = time.FixedZone("Europe/Lisbon", 5*60*60)
	set, err = eligibility.NewRuleSet(config)
	require.NoError(t, err)
	_, err = registry.WriteRuleSet(set, eligibility.RuleSetConfig{})
	require.ErrorContains(t, err, "not the zone of that name")

	many := strings.Repeat(`["rooms", "is", 5], `, 200)
	set, err = registry.ReadRuleSet([]byte("["+strings.TrimSuffix(many, ", ")+"]"), eligibility.RuleSetConfig{ID: "a", Version: "1"})
	require.NoError(t, err)
	_, err = registry.WriteRuleSet(set, eligibility.RuleSetConfig{ID: "a", Version: "1"})
	require.NoError(t, err)
}

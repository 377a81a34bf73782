package criteria_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

const small = `{"id": "a", "version": "1", "effective_to": "2026-07-01", "rules": [["government_cloud", "is", "FALSE"]]}`

// Documents come as editors and spreadsheets write them.
func TestDocumentsFromEditors(t *testing.T) {
	var registry criteria.Registry
	plain, err := registry.ReadDocument([]byte(small))
	require.NoError(t, err)
	marked, err := registry.ReadDocument([]byte("\ufeff" + small))
	require.NoError(t, err)
	require.Equal(t, string(must(registry.WriteDocument(plain))), string(must(registry.WriteDocument(marked))))
	rules, err := registry.ReadRules([]byte("\ufeff" + `[["segment", "is", "smb"]]`))
	require.NoError(t, err)
	require.Len(t, rules, 1)

	_, err = registry.ReadDocument([]byte("\xff\xfe{\x00}\x00"))
	require.EqualError(t, err, "the document is UTF-16: save it as UTF-8")
	_, err = registry.ReadDocument([]byte("\ufeff\ufeff" + small))
	require.ErrorAs(t, err, new(*criteria.DocumentError), "one mark is enough")

	for text, want := range map[string]bool{"TRUE": true, "True": true, " true ": true, "FALSE": false, "False": false} {
		var facts eligibility.Facts
		require.NoError(t, registry.Set(&facts, "government_cloud", text))
		got, known := criteria.GovernmentCloud.Get(facts)
		require.True(t, known)
		require.Equal(t, want, got, text)
	}
}

// However much is wrong with a document, and however long its names are, the error
// can be read.
func TestErrorsAreBounded(t *testing.T) {
	var registry criteria.Registry
	document := func(rules string) string { return `{"id": "a", "version": "1", "rules": [` + rules + `]}` }
	name := strings.Repeat("x", 100_000)
	for what, text := range map[string]string{
		"unknown facts":     document(strings.TrimSuffix(strings.Repeat(`["unknown", "is", 1],`, 50_000), ",")),
		"nested":            document(`["any of", [` + strings.TrimSuffix(strings.Repeat(`["unknown", "is", 1],`, 50_000), ",") + `]]`),
		"values":            document(`["segment", "one of", [` + strings.TrimSuffix(strings.Repeat(`1,`, 100_000), ",") + `]]`),
		"unknown fields":    `{"id": "a", "version": "1", "rules": [], ` + fields(20_000) + `}`,
		"a long fact":       document(`["` + name + `", "is", 1]`),
		"a long operator":   document(`["segment", "` + name + `", 1]`),
		"a long value":      document(`["last_assessment", "before", "` + name + `"]`),
		"a long field":      `{"` + name + `": 1}`,
		"long nested names": document(`{"id": "a", "doc": "A.", "check": ["segment", "is", {"` + name + `": {"` + name + `": 1}}]}`),
		"a long zone":       `{"id": "a", "version": "1", "time_zone": "` + name + `", "rules": [["segment", "is", "smb"]]}`,
		"long IDs":          document(`{"id": "` + name + `", "doc": "A.", "check": ["segment", "is", "smb"]}, {"id": "` + name + `", "doc": "A.", "check": ["segment", "is", "smb"]}`),
		"a long document":   document(`["segment", "is", "` + strings.Repeat("x", 5<<20) + `"]`),
	} {
		_, err := registry.ReadDocument([]byte(text))
		require.ErrorAs(t, err, new(*criteria.DocumentError), what)
		require.Less(t, len(err.Error()), 64<<10, what)
	}
	_, err := registry.ReadDocument([]byte(document(strings.TrimSuffix(strings.Repeat(`["unknown", "is", 1],`, 21), ","))))
	require.Contains(t, err.Error(), "\nand 1 more")
}

func fields(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"unknown%d": 1`, i)
	}
	return b.String()
}

// A rule set decides nothing at a time for which it does not hold.
func TestRulesThatDoNotHoldDecideNothing(t *testing.T) {
	var registry criteria.Registry
	set := must(registry.ReadDocument([]byte(small)))
	var facts eligibility.Facts
	criteria.GovernmentCloud.Set(&facts, false)
	d, err := set.Decide(facts, time.Date(2026, 6, 30, 23, 59, 59, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, eligibility.OutcomeEligible, d.Outcome)

	d, err = set.Decide(facts, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	require.ErrorAs(t, err, new(*eligibility.NotInEffectError))
	require.EqualError(t, err, "rule set a 1 is in effect from always until 2026-07-01T00:00:00Z, not at 2026-09-01T00:00:00Z: decide by the version that is")
	require.Empty(t, d.Outcome)
	require.Empty(t, d.Findings())
}

// A document's rules on a confidential fact tell whether they are met, and no figure.
func TestConfidentialRules(t *testing.T) {
	revenue := eligibility.NewFact[eligibility.Money]("committed_revenue").Confidential()
	var registry criteria.Registry
	require.NoError(t, registry.AddFact(revenue, ""))
	set := must(registry.ReadDocument([]byte(`{"id": "a", "version": "1", "rules": [["committed_revenue", "at least", "777.00 EUR"], ["segment", "is", "smb"],
		{"id": "both", "doc": "Both.", "check": ["all of", [["not", ["committed_revenue", "below", "777.00 EUR"]], ["segment", "is", "smb"]]]}]}`)))
	var facts eligibility.Facts
	revenue.Set(&facts, must(eligibility.ParseMoney("666.00 EUR")))
	criteria.Segment.Set(&facts, "enterprise")
	d := must(set.Decide(facts, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)))
	redacted := d.Redacted(false)
	require.Equal(t, []eligibility.Finding{
		{Rule: "committed_revenue", Doc: "Committed revenue (confidential).", Result: eligibility.ResultFail, Confidential: true},
		{Rule: "segment", Doc: "Segment: is smb.", Result: eligibility.ResultFail, Wanted: "is smb", Found: "enterprise"},
		{Rule: "both", Doc: "Both.", Result: eligibility.ResultFail, Confidential: true},
	}, redacted.Findings())
	require.Zero(t, redacted.Facts.Len())
	require.Equal(t, eligibility.OutcomeIneligible, redacted.Outcome)
	for _, f := range d.Redacted(true).Findings() {
		require.Empty(t, f.Wanted+f.Found)
	}
	require.Contains(t, d.Findings()[0].Found, "666", "what was decided stays whole")
}

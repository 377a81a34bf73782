package eligibility_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
)

// What Bits and Unmet tell is what Reasons says, however many rules there are, of a
// decision that was made and of one that was read.
func TestUnmetWithoutWords(t *testing.T) {
	checks := []eligibility.Check{ // in turn: passed, failed, unknown; of each way to decide
		eligibility.AtLeast(seats, 10), eligibility.AtLeast(seats, 11), eligibility.AtLeast(rooms, 1),
		eligibility.OneOf(segment, "smb", "x"), eligibility.NotOneOf(segment, "SMB", "x"), eligibility.Contains(designations, "x"),
		eligibility.Is(government, true), eligibility.Is(government, false), eligibility.Before(assessed, eligibility.DaysAgo(1)),
		eligibility.Any(eligibility.Is(seats, 10), eligibility.Is(rooms, 1)), eligibility.Not(eligibility.Is(seats, 10)), eligibility.AtLeast(percent, number("1")),
		eligibility.AtLeast(revenue, usd("1")), eligibility.Below(revenue, usd("1.0")), eligibility.All(eligibility.Is(seats, 10), eligibility.Is(rooms, 1)),
	}
	given := facts(with(seats, 10), with(segment, "smb"), with(government, true), with(revenue, usd("1.00")))
	for _, n := range []int{1, 2, 15, 63, 64, 65, 128, 200} {
		var rules []eligibility.Rule
		for i := range n {
			rules = append(rules, rule(strings.Repeat("r", i+1), checks[i%len(checks)]))
		}
		set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "set", Version: "1", Rules: rules})
		require.NoError(t, err)
		made, err := set.Decide(given, noon)
		require.NoError(t, err)
		text, err := json.Marshal(made)
		require.NoError(t, err)
		var read eligibility.Decision
		require.NoError(t, json.Unmarshal(text, &read))

		for _, d := range []*eligibility.Decision{&made, &read} {
			var failed, unknown [4]uint64
			for block := range failed {
				failed[block], unknown[block] = d.Bits(block)
			}
			for i, f := range d.Findings() {
				want := []eligibility.Result{eligibility.ResultPass, eligibility.ResultFail, eligibility.ResultUnknown}[i%3]
				require.Equal(t, want, f.Result, "%d: %v", i, f)
				require.Equal(t, want == eligibility.ResultFail, failed[i/64]>>(i%64)&1 == 1, i)
				require.Equal(t, want == eligibility.ResultUnknown, unknown[i/64]>>(i%64)&1 == 1, i)
			}
			for i := n; i < 256; i++ {
				require.Zero(t, (failed[i/64]|unknown[i/64])>>(i%64)&1, "there is no rule %d", i)
			}
			var unmet []eligibility.Finding
			for id, result := range d.Unmet() {
				unmet = append(unmet, eligibility.Finding{Rule: id, Result: result})
			}
			reasons := d.Reasons()
			require.Len(t, unmet, len(reasons))
			for i, r := range reasons {
				require.Equal(t, eligibility.Finding{Rule: r.Rule, Result: r.Result}, unmet[i])
			}
			for range d.Unmet() {
				break // whoever has seen enough may stop
			}
			failed[0], unknown[0] = d.Bits(-1)
			require.Zero(t, failed[0]|unknown[0])
		}
	}
}

func TestUnmetOfWhatWasNotDecided(t *testing.T) {
	set := ruleSet(t, eligibility.AtLeast(revenue, money("1.00 EUR")), eligibility.AtLeast(seats, 11), eligibility.AtLeast(rooms, 1))
	broken, err := set.Decide(facts(with(seats, 10), with(revenue, usd("1.00"))), noon)
	require.ErrorAs(t, err, new(*eligibility.RuleError))
	failed, unknown := broken.Bits(0)
	assert.Equal(t, []uint64{0b10, 0b100}, []uint64{failed, unknown}, "the first rule has no verdict")

	untimely, err := set.Decide(facts(with(seats, 10)), time.Time{})
	require.ErrorIs(t, err, eligibility.ErrNoTime)
	for _, d := range []eligibility.Decision{untimely, {}} {
		failed, unknown := d.Bits(0)
		assert.Zero(t, failed|unknown)
		for id := range d.Unmet() {
			t.Error(id)
		}
	}
}

func TestUnmetDoesNotAllocate(t *testing.T) {
	d, err := ruleSet(t, eligibility.AtLeast(seats, 11), eligibility.AtLeast(rooms, 1)).Decide(facts(with(seats, 10)), noon)
	require.NoError(t, err)
	seen := 0
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		failed, unknown := d.Bits(0)
		seen += int(failed | unknown)
		for id, result := range d.Unmet() {
			seen += len(id) + len(result)
		}
	}))
}

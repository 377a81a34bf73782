package workload_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// What is measured has to be the same work: for every customer the same
// outcome, and the same reasons and evidence word by word.
func TestBothSidesAgree(t *testing.T) {
	limit, err := eligibility.ParseMoney("2500.00 USD")
	require.NoError(t, err)
	terms := workload.Standard(limit)
	set, err := workload.RuleSet(terms)
	require.NoError(t, err)
	hand := workload.NewByHand(terms, eligibility.DateOf(workload.At))
	d := eligibility.Decision{Facts: set.NewFacts()}
	load := workload.NewLoader(&d.Facts)

	outcomes := map[eligibility.Outcome]int{}
	customers := workload.Customers(20_000)
	for i := range customers {
		c := &customers[i]
		load.Load(c)
		require.NoError(t, set.DecideInPlace(&d, workload.At))
		outcome, failed, unknown := hand.Bits(c)
		require.Equal(t, outcome, d.Outcome)
		gotFailed, gotUnknown := d.Bits(0)
		require.Equal(t, []uint64{failed, unknown}, []uint64{gotFailed, gotUnknown})
		reasonsOutcome, reasons := hand.Reasons(c)
		require.Equal(t, outcome, reasonsOutcome)
		require.Equal(t, reasons, d.Reasons())
		evidenceOutcome, evidence := hand.Evidence(c)
		require.Equal(t, outcome, evidenceOutcome)
		require.Equal(t, evidence, d.Findings())
		outcomes[outcome]++
	}
	for _, outcome := range eligibility.AllOutcomes() {
		assert.Greater(t, outcomes[outcome], 200, "the customers are mixed: %v", outcomes)
	}
}

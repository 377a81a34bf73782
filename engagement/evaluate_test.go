package engagement_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

func TestEvaluateThroughWhicheverLocation(t *testing.T) {
	e, who := offer(), tenant.Identity{Tenant: began(northwind, engagement.OriginAdded).Identity.Tenant}
	lisboa, porto, faro := engagement.Location{ID: "1"}, engagement.Location{ID: "2"}, engagement.Location{ID: "3"}
	broken := errors.New("broken")
	decide := func(eligible ...engagement.LocationID) func(engagement.Location) (eligibility.Decision, error) {
		return func(l engagement.Location) (eligibility.Decision, error) {
			d := eligibility.Decision{RuleSet: "of " + string(l.ID), Outcome: eligibility.OutcomeIneligible}
			for _, id := range eligible {
				if id == l.ID {
					d.Outcome = eligibility.OutcomeEligible
				}
			}
			if l.ID == "3" {
				return d, broken
			}
			return d, nil
		}
	}

	ev, err := e.Evaluate(who, []engagement.Location{lisboa, porto}, true, decide("2"))
	require.NoError(t, err)
	assert.Equal(t, "of 2", ev.RuleSet, "the first through which it is eligible")
	assert.Equal(t, []engagement.LocationID{"2"}, ev.Locations)

	ev, err = e.Evaluate(who, []engagement.Location{lisboa, porto}, true, decide())
	require.NoError(t, err)
	assert.Equal(t, "of 1", ev.RuleSet, "the first")
	assert.Empty(t, ev.Locations)

	ev, err = e.Evaluate(who, []engagement.Location{lisboa, porto}, false, decide(""))
	require.NoError(t, err)
	assert.Equal(t, []engagement.LocationID{"1", "2"}, ev.Locations, "asked once, for all")

	ev, err = e.Evaluate(who, nil, true, decide(""))
	require.NoError(t, err)
	assert.Equal(t, eligibility.OutcomeEligible, ev.Outcome, "the customer's own criteria")
	assert.Empty(t, ev.Locations)

	ev, err = e.Evaluate(who, []engagement.Location{lisboa, faro}, true, decide("1"))
	assert.ErrorIs(t, err, broken)
	assert.Zero(t, ev)
}

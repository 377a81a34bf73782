package engagement_test

import (
	"errors"
	"testing"
	"time"

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

// Customers are added through the locations that are eligible.
func TestLocationsToAdd(t *testing.T) {
	e := offer()
	e.LocationRules = rules(enoughSeats)
	partner := engagement.Partner{ID: northwind, Locations: []engagement.Location{
		{ID: "1", Name: "Lisboa", Enrolled: true, Facts: facts(300, "")}, {ID: "2", Name: "Porto", Enrolled: true, Facts: facts(299, "")}, {ID: "3", Name: "Faro", Enrolled: true, Facts: facts(400, "")},
	}}
	locations, err := e.LocationsToAdd(partner, start)
	require.NoError(t, err)
	var names []string
	for _, l := range locations {
		names = append(names, l.Name)
	}
	assert.Equal(t, []string{"Lisboa", "Faro"}, names)
	for i, want := range []bool{true, false, true} {
		o, err := e.OutcomeAt(partner.Locations[i], start)
		require.NoError(t, err)
		assert.Equal(t, want, o.Eligible)
		assert.Equal(t, partner.Locations[i].ID, o.Location)
	}

	broken := eligibility.Rule{ID: "broken", Doc: "It cannot be answered.", Check: eligibility.Func(func(eligibility.Facts, time.Time) (eligibility.Finding, error) {
		return eligibility.Finding{}, errors.New("broken")
	})}
	e.LocationRules = rules(broken)
	_, err = e.LocationsToAdd(partner, start)
	require.Error(t, err)
	_, err = e.OutcomeAt(partner.Locations[0], start)
	require.Error(t, err)
}

package engagement

import (
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/tenant"
)

// LocationsToAdd returns the partner's locations through which customers may be added to
// the engagement: those that are eligible. Its error is that of rules that fail.
func (e Engagement) LocationsToAdd(p Partner, now time.Time) ([]Location, error) {
	outcomes, err := LocationOutcomes(e, p, now)
	if err != nil {
		return nil, err
	}
	var out []Location
	for _, o := range outcomes {
		if o.Eligible {
			l, _ := p.Location(o.Location)
			out = append(out, l)
		}
	}
	return out, nil
}

// OutcomeAt returns how the engagement's rules find one location. Its error is that of
// rules that fail.
func (e Engagement) OutcomeAt(l Location, now time.Time) (LocationOutcome, error) {
	out, err := LocationOutcomes(e, Partner{Locations: []Location{l}}, now)
	if err != nil || len(out) == 0 {
		return LocationOutcome{Location: l.ID}, err
	}
	return out[0], nil
}

// EvaluationOf returns what is kept of a decision.
func EvaluationOf(d eligibility.Decision) Evaluation {
	return Evaluation{RuleSet: d.RuleSet, Version: d.Version, At: d.At, Outcome: d.Outcome, Reasons: ReasonsOf(d)}
}

// Evaluate returns whether a partner could claim a customer for the engagement, through
// whichever of the locations that may add. decide asks the rules for one of them, and
// each says whether they can differ: otherwise it is asked once, for the zero one. The
// evaluation is that of the first location through which the customer is eligible, else
// of the first. It is zero when the rules fail to decide; their errors are joined.
func (e Engagement) Evaluate(who tenant.Identity, locations []Location, each bool, decide func(Location) (eligibility.Decision, error)) (Evaluation, error) {
	ev, err := evaluateAt(locations, each, decide)
	if err != nil {
		return Evaluation{}, err
	}
	return ev.Besides(e, who), nil
}

func evaluateAt(locations []Location, each bool, decide func(Location) (eligibility.Decision, error)) (Evaluation, error) {
	if len(locations) == 0 {
		locations = []Location{{}} // the customer's own criteria can still be judged
	}
	if !each {
		d, err := decide(Location{})
		if err != nil {
			return Evaluation{}, err
		}
		ev := EvaluationOf(d)
		if d.Outcome == eligibility.OutcomeEligible {
			ev.Locations = locationIDs(locations)
		}
		return ev, nil
	}
	var first, chosen Evaluation
	var errs []error
	for i, l := range locations {
		d, err := decide(l)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ev := EvaluationOf(d)
		if i == 0 {
			first = ev
		}
		if d.Outcome == eligibility.OutcomeEligible {
			at := chosen.Locations
			if len(at) == 0 {
				chosen = ev
			}
			chosen.Locations = append(at, locationIDs(locations[i:i+1])...)
		}
	}
	if err := problems.Join(errs...); err != nil {
		return Evaluation{}, err
	}
	if chosen.Outcome == eligibility.OutcomeEligible {
		return chosen, nil
	}
	return first, nil
}

func locationIDs(locations []Location) []LocationID {
	var ids []LocationID
	for _, l := range locations {
		if l.ID != "" {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

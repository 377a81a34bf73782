package rows

import (
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/survey"
)

// The forms of a participation's surveys are most of what there is to say of it,
// and nearly always those that the library publishes. Of such a form a body has
// the ID and the version, and no questions, which every form has at least one of.

// named returns the form as a body has it.
func named(f survey.Form) (survey.Form, error) {
	if len(f.Questions) == 0 && f.ID != "" {
		return f, invalid("the survey's form %q asks nothing", f.ID)
	}
	if whole, ok := survey.Published(f.ID, f.Version); ok && whole.Equal(f) {
		return survey.Form{ID: f.ID, Version: f.Version}, nil
	}
	return f, nil
}

// whole returns the form that a body has so.
func whole(f survey.Form) (survey.Form, error) {
	if len(f.Questions) > 0 || f.ID == "" {
		return f, nil
	}
	p, ok := survey.Published(f.ID, f.Version)
	if !ok {
		return f, fmt.Errorf("the survey's form %q of version %q is none that this version of the library has", f.ID, f.Version)
	}
	return p, nil
}

// withForms returns the participation with other forms. It leaves the one it is
// given as it was.
func withForms(p engagement.Participation, other func(survey.Form) (survey.Form, error)) (engagement.Participation, error) {
	if slices.ContainsFunc(p.Terms.Proof, func(i claim.ProofItem) bool { return i.Survey != nil }) {
		p.Terms.Proof = slices.Clone(p.Terms.Proof)
		for i := range p.Terms.Proof {
			item := &p.Terms.Proof[i]
			if item.Survey == nil {
				continue
			}
			f, err := other(*item.Survey)
			if err != nil {
				return p, err
			}
			item.Survey = &f
		}
	}
	if p.Claim != nil && len(p.Claim.Surveys) > 0 {
		c := *p.Claim
		c.Surveys = slices.Clone(c.Surveys)
		for i := range c.Surveys {
			f, err := other(c.Surveys[i].Form)
			if err != nil {
				return p, err
			}
			c.Surveys[i].Form = f
		}
		p.Claim = &c
	}
	return p, nil
}

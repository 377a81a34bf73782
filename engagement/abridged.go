package engagement

import (
	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// Abridged returns what a row needs of the participation: a row is the same of both.
func (p Participation) Abridged() Participation {
	p.Decision = eligibility.Decision{}
	p.Reason = ""
	p.Terms.Proof = nil
	p.Consent = abridgedConsent(p.Consent)
	if p.Claim != nil {
		c := abridgedClaim(*p.Claim)
		p.Claim = &c
	}
	return p
}

func abridgedConsent(c consent.State) consent.State {
	return c // TODO
}

func abridgedClaim(c claim.State) claim.State {
	return c // TODO
}

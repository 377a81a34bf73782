package workflow

import (
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// What is decided about a customer is stored with its figures, so that it can be
// decided again. Whatever a partner gets of it comes through here.

// unconfirmed reports whether only the partner says who the customer is: nothing
// confirms the ID that it gave, or nobody could be asked.
func unconfirmed(basis tenant.Basis, who tenant.Identity) bool {
	return who.Stated || basis == tenant.BasisStated || basis == tenant.BasisUnchecked
}

// reasons are why a customer is not eligible, as its partner may know them.
func (s *Service) reasons(d eligibility.Decision, stated bool) []engagement.Reason {
	reasons := engagement.ReasonsOf(d)
	if stated && !s.figures {
		reasons = engagement.WithoutFigures(reasons)
	}
	return reasons
}

// decisionSeen is a decision as the partner may see it.
func (s *Service) decisionSeen(d eligibility.Decision, stated bool) eligibility.Decision {
	return d.Redacted(stated && !s.figures)
}

// seen is a participation as the actor's side may see it.
func (s *Service) seen(actor Actor, p engagement.Participation) engagement.Participation {
	p = seenBy(actor.side(), p)
	if actor.side() == claim.SidePartner {
		p.Decision = s.decisionSeen(p.Decision, unconfirmed(p.Basis, p.Identity))
	}
	return p
}

// evaluationSeen is what is kept for the partner's pages of an evaluation of a
// customer.
func (s *Service) evaluationSeen(ev engagement.Evaluation, c engagement.Customer) engagement.Evaluation {
	if c.Identity.Stated && !s.figures {
		ev.Reasons = engagement.WithoutFigures(ev.Reasons)
	}
	return ev
}

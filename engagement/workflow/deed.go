package workflow

import (
	"context"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// deed is one thing done to a claim: what package claim is told, and what the
// history and the partner's contacts are.
type deed struct {
	event    claim.Event
	kind     engagement.EventKind
	detail   engagement.Detail                                       // for the history
	told     func(engagement.Participation) engagement.Detail        // the same, where what came of it says it; may be nil
	why      string                                                  // in the words of whoever did it
	contacts []tenant.Email                                          // whom it is about
	tell     engagement.MessageKind                                  // to the partner's contacts; "" for nobody
	also     func(engagement.Participation) engagement.Participation // what changes besides the claim; may be nil
	then     func(engagement.Participation)
}

// aboutClaim is the body of a command about a participation's claim.
type aboutClaim struct {
	Participation engagement.ParticipationID `json:"participation"`
	Body          any                        `json:"body"`
}

// changeClaim carries out a command about a claim, whose result decide knows. It
// returns its last attempt as well.
func changeClaim[R any](ctx context.Context, s *Service, req Request, act Permission, id engagement.ParticipationID, name string, body any,
	decide func(*unit, engagement.Participation) (deed, R, error)) (last *unit, result R, err error) {
	result, err = execute(ctx, s, req, name, aboutClaim{id, body}, false, func(u *unit) (R, error) {
		var none R
		last = u
		p, err := u.participation(ctx, req.Actor, act, id)
		if err != nil {
			return none, err
		}
		d, result, err := decide(u, p)
		if err != nil {
			return none, err
		}
		if err := u.do(req.Actor, act, name, p, d); err != nil {
			return none, err
		}
		return result, nil
	})
	return last, result, err
}

// command is change for a command that does one thing to a claim.
func (s *Service) command(ctx context.Context, req Request, act Permission, id engagement.ParticipationID, name string, body any, d deed) (ParticipationView, error) {
	return s.change(ctx, req, act, id, name, body, func(u *unit, p engagement.Participation) error {
		return u.do(req.Actor, act, name, p, d)
	})
}

// do makes a deed happen to the participation's claim.
func (u *unit) do(actor Actor, act Permission, name string, p engagement.Participation, d deed) error {
	before := p.StatusAt(u.Now)
	p, err := engagement.ApplyClaim(p, d.event, u.Now)
	if err != nil {
		return notNow(name, p, u.Now, err)
	}
	if d.also != nil {
		p = d.also(p)
	}
	u.putParticipation(p)
	if d.told != nil {
		d.detail = d.told(p)
	}
	by := engagement.ByPartner
	if act == MayReviewClaims || act == MayCommentOnClaims && actor.program() {
		by = engagement.ByProgram
	}
	u.event(engagement.Event{
		Kind: d.kind, By: by, From: before, To: p.StatusAt(u.Now), Detail: d.detail,
		Person: &engagement.Person{User: actor.User, Contacts: d.contacts, Why: d.why},
	}, p)
	if d.tell != "" {
		u.tellPartner(p, d.tell)
	}
	if d.then != nil {
		d.then(p)
	}
	return nil
}

// withProof returns a participation with the proof that its draft needs now.
func (s *Service) withProof(ctx context.Context, p engagement.Participation, now time.Time) (engagement.Participation, error) {
	if p.Claim == nil || p.Claim.Status != claim.StatusDraft {
		return p, nil
	}
	e, err := s.engagementLeft(ctx, p.Engagement)
	if err != nil || e.ProofBy != engagement.AnchorSubmission {
		return p, err
	}
	return p.WithProofAt(e, now)
}

package workflow

import (
	"context"
	"errors"
	"log/slog"

	"github.com/partnerengage/partnerengage/engagement"
)

// RecordReferral is the command that records the referral for which an engagement
// asks.
type RecordReferral struct {
	Reference string `json:"reference"` // by which the referral is known; at most engagement.MaxReference characters
}

// LogValue hides the reference, which people write.
func (c RecordReferral) LogValue() slog.Value { return slog.GroupValue() }

// RecordReferral records the reference of the referral for which the engagement asks
// with an [engagement.MessageReferralRequest] once the customer has consented. Until
// the claim ends, another one can be recorded in its place, which the history says. A
// claim can be submitted without it. Where the engagement asks for none, it returns an
// *[InputError].
func (d *ClaimsDesk) RecordReferral(ctx context.Context, req Request, id engagement.ParticipationID, cmd RecordReferral) (ParticipationView, error) {
	s, actor := d.s, req.Actor
	const name = "record referral"
	reference, err := engagement.Reference(cmd.Reference)
	if err != nil {
		return ParticipationView{}, inputErrors(err)
	}
	cmd.Reference = reference
	return s.change(ctx, req, MayEditClaims, id, name, cmd, func(u *unit, p engagement.Participation) error {
		next, err := p.WithReferral(cmd.Reference, u.Now)
		if bad := (*engagement.InvalidError)(nil); errors.As(err, &bad) {
			return inputErrors(err)
		}
		if err != nil {
			return notNow(name, p, u.Now, err)
		}
		u.putParticipation(next)
		status, by := next.StatusAt(u.Now), byUser(actor)
		by.Why = cmd.Reference // where it can be erased: people write names into it
		u.event(engagement.Event{
			Kind: engagement.EventReferralRecorded, By: engagement.ByPartner, From: status, To: status,
			Detail: engagement.Detail{Replaced: !p.Referral.IsZero()}, Person: by,
		}, next)
		return nil
	})
}

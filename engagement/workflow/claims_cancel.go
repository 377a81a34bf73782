package workflow

import (
	"context"
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/tenant"
)

// Cancel is the command that ends a participation before its claim
// is submitted.
type Cancel struct {
	Reason string `json:"reason,omitzero"` // for the history, at most 2,000 characters
}

// LogValue hides what the person wrote.
func (c Cancel) LogValue() slog.Value { return slog.GroupValue() }

// Cancel ends a participation, before consent or after it, as long as its claim has not
// been submitted. The customer's contacts who were written to are told.
func (d *ClaimsDesk) Cancel(ctx context.Context, req Request, id engagement.ParticipationID, cmd Cancel) (ParticipationView, error) {
	actor := req.Actor
	return d.s.change(ctx, req, MayCancelParticipations, id, "cancel", cmd, func(u *unit, p engagement.Participation) (err error) {
		if err := checkReason(cmd.Reason); err != nil {
			return err
		}
		before := p.StatusAt(u.Now)
		if !p.OpenAt(u.Now) {
			return notNow("cancel", p, u.Now, errEnded)
		}
		if p.Consented() {
			if p, err = engagement.ApplyClaim(p, claim.Cancel{}, u.Now); err != nil {
				return notNow("cancel", p, u.Now, err)
			}
		}
		if p.Consent, err = consent.Apply(p.Consent, consent.Cancel{}, u.Now); err != nil {
			return notNow("cancel", p, u.Now, err)
		}
		u.putParticipation(p)
		u.event(engagement.Event{
			Kind: engagement.EventParticipationCanceled, By: engagement.ByPartner, From: before, To: p.StatusAt(u.Now),
			Person: &engagement.Person{User: actor.User, Why: cmd.Reason},
		}, p)
		for _, to := range link.Emails(p.Consent.Contacts()) {
			if p.Consented() || written(p.Consent, to) { // after the consent to whoever is the contact then
				u.tell(p, engagement.MessageCanceled, to, p.Consent.Language(), "")
			}
		}
		return nil
	})
}

// errEnded is why nothing can be done about a participation that has ended.
var errEnded = code.New(code.WrongState, "it has ended, and what has ended is not reopened: claim or add the customer again")

// written reports whether a message with a link has gone out to a contact.
func written(c consent.State, to tenant.Email) bool {
	return slices.ContainsFunc(c.Links, func(l link.Link) bool { return l.Contact.Email == to && len(l.Tokens) > 0 })
}

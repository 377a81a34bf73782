package workflow

import (
	"context"
	"log/slog"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/code"
)

// UpdateDetails are what can be changed of a participation that has begun.
type UpdateDetails struct {
	FriendlyName *string            `json:"friendly_name,omitzero"` // under which it is shown; nil: as it is, "": none
	DealSize     *eligibility.Money `json:"deal_size,omitzero"`     // estimated; nil: as it is, zero: none
	Owner        *string            `json:"owner,omitzero"`         // the user who looks after it; nil: as it is, "": nobody
	Labels       *[]string          `json:"labels,omitzero"`        // at most engagement.MaxLabels; nil: as they are, empty: none
}

// LogValue hides the friendly name, as that of a Candidate.
func (d UpdateDetails) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("friendly_name", d.FriendlyName != nil), slog.Bool("deal_size", d.DealSize != nil),
		slog.Bool("owner", d.Owner != nil), slog.Bool("labels", d.Labels != nil))
}

// Update changes what a partner calls a participation, as long as it is open; how large
// the partner estimates the deal, until consent is requested; and, at any time, who
// looks after it and which labels it has.
func (d *ClaimsDesk) Update(ctx context.Context, req Request, id engagement.ParticipationID, cmd UpdateDetails) (ParticipationView, error) {
	var refused ParticipationView
	s, actor := d.s, req.Actor
	const name = "change details"
	if cmd.DealSize != nil {
		size, err := s.dealSize(*cmd.DealSize)
		if err != nil {
			return refused, err
		}
		cmd.DealSize = &size
	}
	if cmd.FriendlyName != nil {
		friendly, err := checkName(*cmd.FriendlyName)
		if err != nil {
			return refused, err
		}
		cmd.FriendlyName = &friendly
	}
	if cmd.Labels != nil {
		labels, err := engagement.Labels(*cmd.Labels)
		if err != nil {
			return refused, inputErrors(err)
		}
		cmd.Labels = &labels
	}
	if cmd.Owner != nil {
		if err := engagement.CheckOwner(*cmd.Owner); err != nil {
			return refused, inputErrors(err)
		}
	}
	return s.change(ctx, req, MayAddCustomers, id, name, cmd, func(u *unit, p engagement.Participation) error {
		status := p.StatusAt(u.Now)
		if !p.OpenAt(u.Now) && (cmd.DealSize != nil || cmd.FriendlyName != nil) {
			return notNow(name, p, u.Now, errEnded)
		}
		if cmd.DealSize != nil && status != engagement.StatusCustomerClaimed {
			return notNow(name, p, u.Now, errFrozen)
		}
		p, detail := cmd.of(p)
		if len(detail.Changed) == 0 {
			return &InputError{Field: "details", Problem: "are missing: give a friendly name, a deal size, an owner or labels"}
		}
		u.putParticipation(p)
		u.event(engagement.Event{
			Kind: engagement.EventDetailsChanged, By: engagement.ByPartner, From: status, To: status, Detail: detail, Person: byUser(actor),
		}, p)
		return nil
	})
}

// of returns the participation with what is changed of it, and what that is.
func (d UpdateDetails) of(p engagement.Participation) (engagement.Participation, engagement.Detail) {
	var detail engagement.Detail
	if d.DealSize != nil {
		p.DealSize = *d.DealSize
		detail.Changed, detail.DealSize = append(detail.Changed, engagement.ChangedDealSize), p.DealSize
	}
	if d.FriendlyName != nil {
		p.FriendlyName = *d.FriendlyName
		detail.Changed = append(detail.Changed, engagement.ChangedFriendlyName)
	}
	if d.Owner != nil {
		p.Owner = *d.Owner
		detail.Changed = append(detail.Changed, engagement.ChangedOwner)
	}
	if d.Labels != nil {
		p.Labels = *d.Labels
		detail.Changed = append(detail.Changed, engagement.ChangedLabels)
	}
	return p, detail
}

// errFrozen is why a deal size cannot be changed.
var errFrozen = code.New(code.WrongState, "the estimated deal size is frozen since consent was requested")

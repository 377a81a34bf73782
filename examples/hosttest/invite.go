// Package hosttest is a piece of a host's portal, what happens when its user
// confirms an invitation, with the unit test that a host writes for it.
package hosttest

import (
	"context"
	"fmt"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Invitation is the form that the user confirms.
type Invitation struct {
	RequestID   string // made with the form, so that sending it twice invites once
	Location    engagement.LocationID
	Email       string
	Engagements []engagement.ID
}

// Invite adds the customer to the engagements, or to none, and asks it for
// consent to each.
func Invite(ctx context.Context, desk *workflow.Service, actor workflow.Actor, in Invitation) ([]workflow.ParticipationView, error) {
	started, err := desk.Customers.Add(ctx, actor.Request(in.RequestID), workflow.AddCustomer{
		Candidate:   workflow.Candidate{Location: in.Location, Email: in.Email},
		Engagements: in.Engagements,
	})
	if err != nil {
		return nil, err
	}
	for i, s := range started {
		if _, err := desk.Consents.Request(ctx, actor.Request(fmt.Sprintf("%s/%d", in.RequestID, i)), s.ID, workflow.RequestConsent{
			Customer: workflow.ByEmail(in.Email),
		}); err != nil {
			return nil, fmt.Errorf("invite to %s, try again: %w", s.Engagement, err)
		}
	}
	return started, nil
}

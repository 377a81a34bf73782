package workflow

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Disassociate is the command that takes a known customer off the Customers pages.
type Disassociate struct {
	Reason string `json:"reason"` // why, for the history; needed, at most 2,000 characters
}

// LogValue hides what the person wrote.
func (Disassociate) LogValue() slog.Value { return slog.GroupValue() }

// Associate is the command that takes a Disassociate back.
type Associate struct {
	Reason string `json:"reason"` // why, for the history; needed, at most 2,000 characters
}

// LogValue hides what the person wrote.
func (Associate) LogValue() slog.Value { return slog.GroupValue() }

// Disassociate takes a known customer off the partner's Customers pages, except for its
// participations: from then on it can neither be added nor claimed. What it consented
// to, and its history, stay. It is refused while the partner has an open participation
// with it. It needs an actor who may act for all locations.
//
// It returns a *[NotKnownError], a *[DisassociatedError] for a customer that is
// disassociated already, or an *[OpenParticipationError].
func (d *CustomersDesk) Disassociate(ctx context.Context, req Request, customer tenant.Key, cmd Disassociate) error {
	s, actor := d.s, req.Actor
	return s.associate(ctx, req, customer, cmd.Reason, "disassociate customer", func(u *unit, c engagement.Customer) error {
		if !c.DisassociatedAt.IsZero() {
			return &DisassociatedError{Customer: string(customer), Since: c.DisassociatedAt}
		}
		all, err := u.s.engagements(ctx)
		if err != nil {
			return err
		}
		if _, err := u.Load(ctx, storage.Want{Records: c.Key.InEach(all)}); err != nil {
			return err
		}
		c = u.Customer(c.Key) // with what loading has recorded
		c.DisassociatedAt = u.Now
		u.PutCustomer(c)
		for _, e := range all {
			r := u.Record(c.Key.In(e.ID))
			if open, is := r.OpenAt(u.Now); is {
				return &OpenParticipationError{Engagement: e.ID, Participation: open.ID, Status: open.StatusAt(u.Now)}
			}
			if r.Version > 0 {
				u.recordKnown(c, e, r.Evaluation)
			}
		}
		u.Event(engagement.Event{Kind: engagement.EventCustomerDisassociated, By: engagement.ByPartner, Person: &engagement.Person{User: actor.User, Why: cmd.Reason}}, c.Key)
		return nil
	})
}

// Associate takes back what [CustomersDesk.Disassociate] did, and evaluates the
// customer anew for every engagement. A customer that is associated is left as it is.
//
// It returns a *[NotKnownError] for a customer that the partner does not know.
func (d *CustomersDesk) Associate(ctx context.Context, req Request, customer tenant.Key, cmd Associate) error {
	s, actor := d.s, req.Actor
	return s.associate(ctx, req, customer, cmd.Reason, "associate customer", func(u *unit, c engagement.Customer) error {
		if c.DisassociatedAt.IsZero() {
			return nil
		}
		c.DisassociatedAt = time.Time{}
		u.PutCustomer(c)
		u.Event(engagement.Event{Kind: engagement.EventCustomerAssociated, By: engagement.ByPartner, Person: &engagement.Person{User: actor.User, Why: cmd.Reason}}, c.Key)
		return u.recordEverywhere(ctx, u.Customer(c.Key), "a customer who was associated again")
	})
}

func (s *Service) associate(ctx context.Context, req Request, customer tenant.Key, reason, name string, do func(*unit, engagement.Customer) error) error {
	if err := s.authorizeAll(ctx, req.Actor, MayAssociateCustomers); err != nil {
		return err
	}
	if err := req.withoutRevision(); err != nil {
		return err
	}
	type body struct {
		Customer string
		Reason   string
	}
	_, err := execute(ctx, s, req, name, body{string(customer), reason}, false, func(u *unit) (struct{}, error) {
		if strings.TrimSpace(reason) == "" {
			return struct{}{}, &InputError{Field: "reason", Problem: "is needed: say why, in at most 2,000 characters"}
		}
		if err := checkReason(reason); err != nil {
			return struct{}{}, err
		}
		c, err := u.known(ctx, req.Actor, customer)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, do(u, c)
	})
	return err
}

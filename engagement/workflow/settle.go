package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// settle puts a record into the unit with every passed deadline recorded, and every
// reminder that is due. What other partners have there nobody looks at: their passed
// deadlines free the room that they took by themselves.
func (u *unit) settle(ctx context.Context, r engagement.PartnerRecord) error {
	settled, passed, err := r.Settle(u.now)
	if err != nil {
		return fmt.Errorf("workflow: settle %v: %w", r.Key, err)
	}
	c := u.sharedAt(r.Key.Shared())
	for _, p := range passed {
		c, _ = c.Following(p.After)
	}
	settled, due := settled.Remind(u.s.reminders, c.RoomFor(r.Key.Partner), u.now)
	u.records[r.Key] = settled
	if len(passed)+len(due) == 0 || u.many && len(r.Unreadable) > 0 {
		return nil
	}
	told := slices.ContainsFunc(due, func(d engagement.DueReminder) bool { return d.Tell })
	if err := u.loadCustomer(ctx, r.Key.OfCustomer(), len(passed) > 0 || told); err != nil {
		return err
	}
	u.records[r.Key] = r
	if u.bad[r.Key.OfCustomer()] != nil { // its history cannot be gone on with, and what is shown is the same
		return nil
	}
	u.settled += len(passed) + len(due)
	for _, p := range passed {
		u.put(p.After)
		u.recordPassing(p)
	}
	for _, d := range due {
		if u.put(d.Participation); d.Tell {
			u.remind(d.Participation)
		}
	}
	return nil
}

// recordPassing appends to the history that a deadline has passed, and tells the
// partner.
func (u *unit) recordPassing(p engagement.Lapse) {
	before := p.Before.StatusAt(p.Deadline.Add(-time.Microsecond))
	u.event(engagement.Event{
		Kind: engagement.EventDeadlinePassed, By: engagement.ByClock, From: before, To: p.After.StatusAt(u.now),
		Detail: engagement.Detail{Deadline: p.Deadline},
	}, p.After)
	switch {
	case !p.After.Consented():
		u.tellPartner(p.After, engagement.MessageConsentExpired)
	case p.After.StatusAt(u.now) != before:
		u.tellPartner(p.After, engagement.MessageClaimExpired)
	}
}

// loadCustomer reads the customer whose history settling goes on with.
func (u *unit) loadCustomer(ctx context.Context, key engagement.CustomerKey, needed bool) error {
	if _, ok := u.customers[key]; ok || !needed {
		return nil
	}
	loaded, err := u.s.fetch(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
	if err != nil {
		return unavailable("storage", err)
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		u.spoil(key, bad)
	}
	return nil
}

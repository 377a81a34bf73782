package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Settle puts a record into the unit with every passed deadline recorded, and every
// reminder that is due. What other partners have there nobody looks at: their passed
// deadlines free the room that they took by themselves.
func (u *Unit) Settle(ctx context.Context, r engagement.PartnerRecord) error {
	settled, passed, err := r.Settle(u.Now)
	if err != nil {
		return fmt.Errorf("workflow: settle %v: %w", r.Key, err)
	}
	c := u.SharedAt(r.Key.Shared())
	for _, p := range passed {
		c, _ = c.Following(p.After)
	}
	settled, due := settled.Remind(u.engine.Reminders, c.RoomFor(r.Key.Partner), u.Now)
	u.records[r.Key] = settled
	if len(passed)+len(due) == 0 || u.Many && len(r.Unreadable) > 0 {
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
		u.Put(p.After)
		u.Domain.Lapsed(p)
	}
	for _, d := range due {
		if u.Put(d.Participation); d.Tell {
			u.Domain.Due(d.Participation)
		}
	}
	return nil
}

// loadCustomer reads the customer whose history settling goes on with.
func (u *Unit) loadCustomer(ctx context.Context, key engagement.CustomerKey, needed bool) error {
	if _, ok := u.customers[key]; ok || !needed {
		return nil
	}
	loaded, err := u.fetch(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
	if err != nil {
		return u.engine.unavailable(err)
	}
	u.take(loaded)
	for key, bad := range loaded.Unreadable {
		u.spoil(key, bad)
	}
	return nil
}

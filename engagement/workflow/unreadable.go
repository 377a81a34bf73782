package workflow

import (
	"context"
	"errors"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// UnreadableRow is a row that there is, and that storage cannot read.
type UnreadableRow struct {
	Partner    engagement.PartnerID
	Engagement engagement.ID
	Customer   tenant.Key
	Row        engagement.RowID // as Row.ID would be
}

// unreadableRow tells the host what is wrong, and the reader which row it is.
func (s *Service) unreadableRow(ctx context.Context, e engagement.Entry, err error) UnreadableRow {
	s.log.ErrorContext(ctx, "a row cannot be read", "partner", e.Partner, "row", e.Row, "error", err)
	return UnreadableRow{Partner: e.Partner, Engagement: e.Place.Engagement, Customer: e.Place.Customer, Row: e.Row}
}

// unreadable returns why a stored row cannot be shown, or nil.
func unreadable(r storage.PageRow) error {
	if r.Err != nil {
		return r.Err
	}
	if _, ok := r.Place.Participation(r.Entry.Partner, r.Entry.Participation); ok {
		return nil
	}
	if _, ok := r.Place.Standing(r.Entry.Partner); ok && r.Entry.Participation == "" {
		return nil
	}
	return r.Place.ErrUnreadable(r.Entry.Partner, r.Entry.Participation)
}

// lostEntry is something in a place of which nothing but its key is known.
type lostEntry struct {
	entry engagement.Entry
	err   error
}

// lost returns what a partner, or with "" every partner, has in overdue places and
// cannot be read.
func lost(overdue []engagement.Place, partner engagement.PartnerID) []lostEntry {
	var out []lostEntry
	for _, pl := range overdue {
		for _, u := range pl.Unreadable {
			if partner == "" || u.Partner == partner {
				out = append(out, lostEntry{engagement.Entry{Partner: u.Partner, Place: pl.Key, Row: engagement.RowID(u.Participation), Participation: u.Participation}, u.Err})
			}
		}
	}
	return out
}

// spoil notes that a customer cannot be read.
func (u *unit) spoil(key engagement.CustomerKey, bad error) {
	if u.bad == nil {
		u.bad = map[engagement.CustomerKey]error{}
	}
	u.bad[key] = bad
}

// left returns what of a place could not be read or, because a customer could not
// be, be recorded.
func (u *unit) left(key engagement.PlaceKey) error {
	var errs []error
	for _, lost := range u.place(key).Unreadable {
		errs = append(errs, lost.Err)
	}
	for _, bad := range u.bad {
		errs = append(errs, bad)
	}
	return errors.Join(errs...)
}

// unreadableOf returns the partners' customers among these that cannot be read.
func (u *unit) unreadableOf(passed []engagement.Passing, due []engagement.Reminding) []engagement.CustomerKey {
	var out []engagement.CustomerKey
	add := func(p engagement.Participation) {
		key := engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer}
		if u.bad[key] != nil && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	for _, p := range passed {
		add(p.After)
	}
	for _, d := range due {
		add(d.Participation)
	}
	return out
}

// unsettle takes back what would be recorded of a customer whose history cannot be
// gone on with: for others it stands, and what is shown stays the same.
func unsettle(stored, settled engagement.Place, key engagement.CustomerKey, passed []engagement.Passing, due []engagement.Reminding,
	reminded []engagement.Participation) (engagement.Place, []engagement.Passing, []engagement.Reminding, []engagement.Participation) {
	theirs := func(p engagement.Participation) bool { return p.Partner == key.Partner }
	if was, ok := stored.Standing(key.Partner); ok {
		settled = settled.WithStanding(was)
	}
	return settled,
		slices.DeleteFunc(passed, func(p engagement.Passing) bool { return theirs(p.After) }),
		slices.DeleteFunc(due, func(d engagement.Reminding) bool { return theirs(d.Participation) }),
		slices.DeleteFunc(reminded, theirs)
}

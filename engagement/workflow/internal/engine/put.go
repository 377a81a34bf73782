package engine

import (
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// PutRecord changes a record, and none of its participations.
func (u *Unit) PutRecord(r engagement.PartnerRecord) {
	u.records[r.Key] = r
	if _, ok := u.changed[r.Key]; !ok {
		u.changed[r.Key] = nil
	}
}

// Complete brings a participation in a record to what was found out of it. It is written
// once something else changes it.
func (u *Unit) Complete(p engagement.Participation) {
	u.records[p.Record()] = u.Record(p.Record()).WithParticipation(p)
}

// Put changes a participation within its record, and what partners share with it.
func (u *Unit) Put(p engagement.Participation) {
	r := u.Record(p.Record())
	before, was := r.Participation(p.ID)
	if p.Ended() && was && !before.Ended() {
		u.ended = append(u.ended, storage.ParticipationKey{Partner: p.Partner, ID: p.ID})
		u.PutAsked(r.Ending(p, u.engine.Horizon(u.Now)))
		r = u.Record(r.Key)
	}
	u.PutRecord(r.WithParticipation(p))
	u.mark(p)
	shared := u.SharedAt(r.Key.Shared())
	c, changes := shared.Following(p)
	if len(c.Holders) > len(shared.Holders) {
		c = u.makeRoom(c)
	}
	if changes || c.Version == 0 { // with the first participation of anybody it begins
		u.PutShared(c)
	}
}

// makeRoom takes out the holders whose deadlines have passed, when another one takes
// room: what is recorded of them is to say so before.
func (u *Unit) makeRoom(c engagement.CustomerEngagement) engagement.CustomerEngagement {
	left := c.WithoutLapsed(u.Now)
	for _, h := range c.Holders {
		if !slices.Contains(left.Holders, h) {
			u.overdue = append(u.overdue, engagement.RecordKey{Partner: h.Partner, Engagement: c.Key.Engagement, Customer: c.Key.Customer})
		}
	}
	return left
}

// PutAsked changes a record and when its mailboxes were asked, which each of its
// participations shows.
func (u *Unit) PutAsked(r engagement.PartnerRecord) {
	u.PutRecord(r)
	for _, p := range r.Participations {
		if !p.Ended() {
			u.mark(p)
		}
	}
}

// mark notes that a participation of a changed record changes.
func (u *Unit) mark(p engagement.Participation) {
	if key := p.Record(); !slices.Contains(u.changed[key], p.ID) {
		u.changed[key] = append(u.changed[key], p.ID)
	}
}

// PutShared changes what partners share.
func (u *Unit) PutShared(c engagement.CustomerEngagement) {
	u.shared[c.Key] = c
	u.sharing[c.Key] = true
}

// SeeShared has the unit go by what partners share without changing it: it is written
// only where something else changes it.
func (u *Unit) SeeShared(c engagement.CustomerEngagement) { u.shared[c.Key] = c }

// PutCustomer changes a customer.
func (u *Unit) PutCustomer(c engagement.Customer) {
	u.customers[c.Key] = c
	u.touched[c.Key] = true
}

package workflow

import (
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
)

// event appends to the history of the participation's customer.
func (u *unit) event(e engagement.Event, p engagement.Participation) {
	e.Engagement, e.Participation = p.Engagement, p.ID
	switch {
	case e.By == engagement.ByPartner:
		u.acts(p)
	case e.By == engagement.ByProgram:
		e.Detail.OwnReview = u.except
	}
	u.customerEvent(e, engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer})
}

func (u *unit) customerEvent(e engagement.Event, key engagement.CustomerKey) {
	c := u.customers[key]
	c.Key = key
	e.Partner, e.Customer, e.At = key.Partner, key.Customer, u.now
	if e.Person != nil {
		e.Person.Salt, e.Person.User, e.Person.Why = u.s.randomText(16), plain(e.Person.User), plain(e.Person.Why)
	}
	u.events = append(u.events, e)
	u.putCustomer(c)
}

// chain appends what happened to the histories. The last event about a
// participation, or about a customer itself, carries the state in which it is
// written, and a participation that was changed knows which event did it.
func (u *unit) chain() {
	type subject struct {
		customer      engagement.CustomerKey
		participation engagement.ParticipationID
	}
	of := func(e engagement.Event) subject {
		return subject{engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}, e.Participation}
	}
	last := map[subject]int{}
	for i, e := range u.events {
		last[of(e)] = i
	}
	for i, e := range u.events {
		c := u.customers[of(e).customer]
		r := u.record(recordOf(e))
		p, about := r.Participation(e.Participation)
		switch {
		case last[of(e)] != i:
		case about:
			e.State = p.StateDigest()
		case e.Participation == "":
			e.State = c.StateDigest()
		}
		chained, head := engagement.Chain(c.History, e)
		u.changes.Events = append(u.changes.Events, chained...)
		c.History = head
		u.customers[c.Key] = c
		if about && slices.Contains(u.changed[r.Key], p.ID) {
			p.Recorded = head
			u.records[r.Key] = r.WithParticipation(p)
		}
	}
}

// plain returns a text as every storage gives it back: what is not UTF-8 would
// come back otherwise, and no longer match the hash of its event.
func plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

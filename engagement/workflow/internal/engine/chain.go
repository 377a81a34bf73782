package engine

import (
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
)

// Event appends to the history of a customer what happens at the unit's moment. What a
// storage would not give back as it is, it writes otherwise.
func (u *Unit) Event(e engagement.Event, key engagement.CustomerKey) {
	c := u.customers[key]
	c.Key = key
	e.Partner, e.Customer, e.At = key.Partner, key.Customer, u.Now
	if e.Person != nil {
		e.Person.Salt, e.Person.User, e.Person.Why = u.engine.randomText(16), Plain(e.Person.User), Plain(e.Person.Why)
	}
	u.events = append(u.events, e)
	u.PutCustomer(c)
}

// chain appends what happened to the histories. The last event about a
// participation, or about a customer itself, carries the state in which it is
// written, and a participation that was changed knows which event did it.
func (u *Unit) chain() {
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
		r := u.Record(e.Record())
		p, about := r.Participation(e.Participation)
		switch {
		case last[of(e)] != i:
		case about:
			e.State = p.StateDigest()
		case e.Participation == "":
			e.State = c.StateDigest()
		}
		chained, head := engagement.Chain(c.History, e)
		u.Changes.Events = append(u.Changes.Events, chained...)
		c.History = head
		u.customers[c.Key] = c
		if about && slices.Contains(u.changed[r.Key], p.ID) {
			p.Recorded = head
			u.records[r.Key] = r.WithParticipation(p)
		}
	}
}

// Plain returns a text as every storage gives it back: what is not UTF-8 would
// come back otherwise, and no longer match the hash of its event.
func Plain(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

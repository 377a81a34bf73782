package storagetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

// changes are random, and wrong in one way at most.
func (d *driver) changes() storage.Changes {
	wrong := d.IntN(30)
	var c storage.Changes
	for range d.IntN(3) {
		d.addPlace(&c)
	}
	for range d.IntN(3) {
		d.addCustomer(&c)
	}
	for range d.IntN(3) {
		d.n++
		m := message(fmt.Sprintf("m-%d-%d", d.IntN(3), d.n), d.partner(), 1, d.now.Add(-time.Duration(d.IntN(20))*time.Minute), []string{"ana@contoso.com", "joao@contoso.com"}[d.IntN(2)])
		if d.IntN(2) == 0 {
			m.Deadline = d.around()
		}
		c.Messages = append(c.Messages, m)
		d.messages = append(d.messages, m.ID)
	}
	d.settleMessages(&c)
	if d.IntN(2) == 0 {
		d.n++
		c.Command = &storage.CommandRecord{Key: storage.CommandKey{Partner: d.partner(), Key: fmt.Sprint(d.n)}, Body: engagement.Digest{byte(d.n)}, Result: []byte(`{"n":1}`), At: d.now}
	}
	d.addSendings(&c)
	if key := d.customer(); d.IntN(8) == 0 && len(d.plain.events[key]) > 0 {
		c.Erased = append(c.Erased, d.plain.events[key][d.IntN(len(d.plain.events[key]))].Erase())
	}
	switch {
	case wrong == 0 && len(c.Places) > 0:
		c.Places[d.IntN(len(c.Places))].Version += int64(1 - 2*d.IntN(2))
	case wrong == 1 && len(c.Events) > 0:
		c.Customers[0].History.Seq++
		for i := range c.Events {
			if c.Events[i].Customer == c.Customers[0].Key.Customer && c.Events[i].Partner == c.Customers[0].Key.Partner {
				c.Events[i].Seq++
			}
		}
	case wrong == 2 && len(c.Customers) > 0:
		c.Customers[0].History.Hash[0]++
	case wrong == 3 && len(c.Entries) > 0:
		c.Entries[0].Place.Engagement = "another"
	case wrong == 4 && len(c.Erased) > 0:
		c.Erased[0].Hash[0]++
	case wrong == 5 && c.Command != nil && d.used.Key != "":
		c.Command.Key = d.used
	}
	if c.Command != nil {
		d.used = c.Command.Key
	}
	return c
}

// addPlace changes what a partner has in a place.
func (d *driver) addPlace(c *storage.Changes) {
	key := d.place()
	if slices.ContainsFunc(c.Places, func(pl engagement.Place) bool { return pl.Key == key }) {
		return
	}
	pl := d.plain.places[key]
	pl.Key, pl.ClaimLimit, pl.Elsewhere.Participated = key, 1+d.IntN(2), d.IntN(2)
	var n int
	_, _ = fmt.Sscanf(string(key.Customer), "tpid:%d", &n)
	p := d.partner()
	s, _ := pl.Standing(p)
	s.Identity, s.Known = identityOf(n, fmt.Sprintf("Customer %d", d.IntN(10))), d.IntN(4) > 0
	s.Evaluation = engagement.Evaluation{RuleSet: "rules", Version: fmt.Sprint(d.IntN(2)), At: d.now, Outcome: "ineligible"}
	if d.IntN(2) == 0 {
		s.Evaluation.Outcome, s.Evaluation.Locations = "eligible", []engagement.LocationID{"4711201"}
	}
	for range d.IntN(3) {
		s.Evaluation.Reasons = append(s.Evaluation.Reasons, engagement.Reason{Kind: engagement.FactsMissing, Rule: fmt.Sprint(d.IntN(2)), Missing: []string{"seats", "spend"}[d.IntN(2):]})
	}
	pl = pl.WithStanding(s)
	if d.IntN(6) == 0 {
		pl, _, _ = pl.Settle(d.now)
	} else if d.IntN(4) > 0 {
		pl = d.enter(pl, d.participation(p, key.Engagement, n))
	}
	c.Places = append(c.Places, pl)
	c.Entries = append(c.Entries, pl.Entries(d.now)...)
	if pt := added(p, key.Engagement, n, d.now); d.IntN(2) == 0 {
		if _, ok := pl.Participation(p, pt.ID); ok {
			d.n++
			c.Tokens = append(c.Tokens, storage.Token{Hash: hashOf(d.n), Participation: storage.ParticipationKey{Partner: p, ID: pt.ID}, Place: key})
		}
	}
}

// participation is the first or the second of a customer, in any state.
func (d *driver) participation(of engagement.PartnerID, in engagement.ID, customer int) engagement.Participation {
	p := added(of, in, customer, d.now.Add(-time.Duration(d.IntN(29))*day))
	if d.IntN(4) == 0 {
		p.ID += "-second"
	}
	p.Location = []engagement.LocationID{"4711201", "4711202"}[d.IntN(2)]
	switch d.IntN(4) {
	case 0:
		p = without(p)
	case 1:
		p = worth(granted(p, d.now), d.amount())
		p.Claim.Status = claim.AllStatuses()[d.IntN(len(claim.AllStatuses()))]
	case 2:
		p = granted(p, d.now)
	}
	if d.IntN(2) == 0 {
		p = reminded(p, d.around())
	}
	return p
}

// enter puts a participation into a place that stays possible: the partner's other
// open one ends, and a grant finds room. A limit that is lowered later stays below
// what was granted, unless more is.
func (d *driver) enter(pl engagement.Place, p engagement.Participation) engagement.Place {
	had, _ := pl.Participation(p.Partner, p.ID)
	pl = pl.WithParticipation(p)
	s, _ := pl.Standing(p.Partner)
	for _, other := range s.Participations {
		if other.ID != p.ID && other.OpenAt(recorded) && p.OpenAt(recorded) {
			pl = pl.WithParticipation(d.ended(other))
		}
	}
	if p.HoldsAt(recorded) && !had.HoldsAt(recorded) {
		pl.ClaimLimit = max(pl.ClaimLimit, pl.Granted(recorded))
	}
	return pl
}

// ended is an open participation after an end without delivery.
func (d *driver) ended(p engagement.Participation) engagement.Participation {
	if p.Claim == nil {
		p.Consent.Status = []consent.Status{consent.Declined, consent.Expired, consent.Cancelled}[d.IntN(3)]
		return p
	}
	c := *p.Claim
	c.Status = []claim.Status{claim.RejectedFinal, claim.NotSubmittedExpired, claim.Cancelled, claim.Withdrawn}[d.IntN(4)]
	p.Claim = &c
	return p
}

func (d *driver) amount() string { return amounts[d.IntN(len(amounts))] }

// addCustomer changes a customer, with some events or none.
func (d *driver) addCustomer(c *storage.Changes) {
	key := d.customer()
	if slices.ContainsFunc(c.Customers, func(x engagement.Customer) bool { return x.Key == key }) {
		return
	}
	x := d.plain.customers[key]
	x.Key, x.FriendlyName = key, fmt.Sprint(d.IntN(3))
	if x.KnownSince = (time.Time{}); d.IntN(2) == 0 {
		x.KnownSince = d.now
	}
	if x.ParkedSince = (time.Time{}); d.IntN(4) == 0 {
		x.ParkedSince = d.now
	}
	var events []engagement.Event
	for range d.IntN(4) {
		e := event(engagement.AllEventKinds()[d.IntN(5)])
		e.At, e.Participation = d.now, []engagement.ParticipationID{"", "p-0", "p-1"}[d.IntN(3)]
		events = append(events, e)
	}
	*c, _ = told(*c, x, events...)
}

// settleMessages reports some messages as delivered, postponed or unsent.
func (d *driver) settleMessages(c *storage.Changes) {
	any := func() engagement.MessageID {
		if len(d.messages) == 0 {
			return "unknown"
		}
		return d.messages[d.IntN(len(d.messages))]
	}
	for range d.IntN(2) {
		c.Delivered = append(c.Delivered, any())
	}
	if d.IntN(3) == 0 {
		c.Postponed = map[engagement.MessageID]time.Time{any(): d.now.Add(time.Duration(d.IntN(48)) * time.Hour)}
	}
	if d.IntN(40) == 0 {
		c.Unsent = []storage.Recipient{{Partner: d.partner(), To: message("", northwind, 1, start, "ana@contoso.com").To}}
	}
	c.Delivered = slices.DeleteFunc(c.Delivered, func(id engagement.MessageID) bool {
		return slices.ContainsFunc(c.Messages, func(m engagement.Message) bool { return m.ID == id })
	})
	for _, m := range c.Messages {
		delete(c.Postponed, m.ID)
	}
}

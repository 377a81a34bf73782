package storagetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

// changes are random, and wrong in one way at most.
func (d *driver) changes() storage.Changes {
	wrong := d.IntN(30)
	c := storage.Changes{At: d.now}
	for range d.IntN(3) {
		d.addScene(&c)
	}
	for range d.IntN(3) {
		d.addCustomer(&c)
	}
	d.addPersons(&c)
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
	case wrong == 0 && len(c.Records) > 0:
		c.Records[d.IntN(len(c.Records))].Version++
	case wrong == 6 && len(c.Shared) > 0:
		c.Shared[0].Version++
	case wrong == 7 && len(c.Relied) > 0:
		c.Relied[0].Version++
	case wrong == 8 && len(c.Entries) > 0:
		c.Entries = c.Entries[1:]
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
		c.Entries[0].Record.Engagement = "another"
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

// addScene changes what a partner has of a customer in an engagement, or what is shared
// there, or both.
func (d *driver) addScene(c *storage.Changes) {
	key := d.key()
	if slices.ContainsFunc(c.Shared, func(s engagement.CustomerEngagement) bool { return s.Key == key }) ||
		slices.ContainsFunc(c.Relied, func(r storage.Relied) bool { return r.Key == key }) {
		return
	}
	was := d.plain.scenes[key]
	was.shared.Key = key
	is := was
	switch d.IntN(8) {
	case 0: // a sweep
		is, _ = settled(was, d.now)
	case 1: // the program says what it knows
		if was.shared.Version > 0 {
			is.shared.ClaimLimit, is.shared.External.Participated, is.shared.External.Consented = d.IntN(3), d.IntN(2), d.IntN(2)
		}
	default:
		is = d.command(was)
	}
	if len(is.records) == 0 {
		return
	}
	d.write(c, was, is)
}

// command changes the record of one partner.
func (d *driver) command(s scene) scene {
	p, n := d.partner(), 0
	_, _ = fmt.Sscanf(string(s.shared.Key.Customer), "tpid:%d", &n)
	r := s.record(p)
	r.Identity, r.Known = identityOf(n, fmt.Sprintf("Customer %d", d.IntN(10))), d.IntN(4) > 0
	if d.IntN(2) == 0 {
		r.Evaluation = d.evaluation()
	}
	if len(r.Participations) > 0 && d.IntN(4) == 0 {
		r.Asked = []engagement.Ask{{Mailbox: box(d.IntN(3)), At: d.now}}
	}
	s = s.with(r)
	if d.IntN(3) == 0 {
		return s
	}
	return d.enter(s, d.participation(p, s.shared.Key.Engagement, n))
}

func (d *driver) evaluation() engagement.Evaluation {
	e := engagement.Evaluation{RuleSet: "rules", Version: fmt.Sprint(d.IntN(2)), At: d.now, Outcome: "ineligible"}
	if d.IntN(2) == 0 {
		e.Outcome, e.Locations = "eligible", []engagement.LocationID{"4711201"}
		return e
	}
	for range d.IntN(3) {
		e.Reasons = append(e.Reasons, engagement.Reason{Kind: engagement.ReasonFactsMissing, Rule: fmt.Sprint(d.IntN(2)), Missing: []string{"seats", "spend"}[d.IntN(2):]})
	}
	return e
}

// write adds what becomes of a scene to changes, and now and then a token.
func (d *driver) write(c *storage.Changes, was, is scene) {
	before := len(c.Participations)
	add(c, was, is)
	for _, p := range c.Participations[before:] {
		if d.IntN(2) == 0 {
			d.n++
			t := tokenOf(hashOf(d.n), p)
			c.Tokens, d.tokens = append(c.Tokens, t), append(d.tokens, t)
		}
		if n := len(d.tokens); n > 0 && d.IntN(4) == 0 {
			t := d.tokens[d.IntN(n)]
			c.Spent = append(c.Spent, storage.LinkKey{Hash: t.Hash, Slot: t.Slot})
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
		p = d.handled(p)
	case 2:
		p = granted(p, d.now)
	}
	if d.IntN(2) == 0 {
		p = reminded(p, d.around())
	}
	return p
}

// handled is a participation whose claim went on, some time ago, with amounts of whatever
// currencies.
func (d *driver) handled(p engagement.Participation) engagement.Participation {
	c := *p.Claim
	for _, amount := range []*eligibility.Money{&c.Requested, &c.Approved, &c.Paid} {
		if d.IntN(2) == 0 {
			*amount = money(d.amount())
		}
	}
	at := d.now.AddDate(0, 0, -d.IntN(90))
	c.EndedAt, c.Submissions, c.Reviews = at, []claim.Submission{{At: at}}, []claim.Review{{At: at, Outcome: claim.KindApprove}}
	p.Claim = &c
	return p
}

// enter puts a participation into a scene that stays possible: the partner's other open
// one ends, and a grant finds room. A limit that is lowered later stays below what was
// granted, unless more is.
func (d *driver) enter(s scene, p engagement.Participation) scene {
	had, _ := s.record(p.Partner).Participation(p.ID)
	s = s.enter(p)
	for _, other := range s.record(p.Partner).Participations {
		if other.ID != p.ID && other.OpenAt(recorded) && p.OpenAt(recorded) {
			s = s.enter(d.ended(other))
		}
	}
	if p.HoldsAt(recorded) && !had.HoldsAt(recorded) {
		s = s.limited(max(s.shared.ClaimLimit, len(s.shared.Holders)))
	}
	return s
}

// ended is an open participation after an end without delivery.
func (d *driver) ended(p engagement.Participation) engagement.Participation {
	if p.Claim == nil {
		p.Consent.Status = []consent.Status{consent.StatusDeclined, consent.StatusExpired, consent.StatusCanceled}[d.IntN(3)]
		return p
	}
	c := *p.Claim
	c.Status = []claim.Status{claim.StatusRejectedFinal, claim.StatusNotSubmittedExpired, claim.StatusCanceled, claim.StatusWithdrawn}[d.IntN(4)]
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
	if x.DisassociatedAt = (time.Time{}); d.IntN(4) == 0 {
		x.DisassociatedAt = d.now
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

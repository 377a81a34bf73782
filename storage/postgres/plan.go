package postgres

import (
	"cmp"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// plan is Changes as rows, each kind in an order that is always the same, so that two
// who write at once do not wait for each other.
type plan struct {
	shared    []sharedPlan // and what is relied on
	records   []recordPlan
	customers []customerPlan
	named     []namedRow
	events    []eventRow
	command   *commandRow
	erased    []eventRow // as they are afterwards
	tokens    []tokenRow
	messages  []messageRow
	changes   storage.Changes
}

// sharedPlan is what is shared, or relied on.
type sharedPlan struct {
	row    sharedRow // with the version that it has afterwards
	relied bool
	room   *roomPlan // nil: relied on
	told   bool      // whether a record's statement brings others' entries in line
}

// recordPlan is a record with its entries and participations, as far as they change.
type recordPlan struct {
	own            entryRow   // with the version that it has afterwards
	put            []entryRow // of the participations that change
	other          []entryRow // of others
	participations []participationRow
}

type customerPlan struct {
	row    customerRow
	before int64 // where its history has to end
	silent bool  // nothing is added to it
}

func newPlan(c storage.Changes) (p plan, err error) {
	p.changes = c
	for _, plan := range []func() error{p.planShared, p.planRecords, p.planCustomers, p.planOutbox} {
		if err := plan(); err != nil {
			return p, err
		}
	}
	if c.Command != nil {
		row := newCommand(*c.Command)
		p.command = &row
	}
	return p, nil
}

func (p *plan) planShared() error {
	for _, v := range p.changes.Shared {
		row, err := newShared(v)
		if err != nil {
			return err
		}
		room, err := newRoom(v, p.changes.At)
		if err != nil {
			return err
		}
		p.shared = append(p.shared, sharedPlan{row: row, room: &room})
	}
	for _, r := range p.changes.Relied {
		row := sharedRow{Slot: slotOf(r.Key.Customer), Engagement: string(r.Key.Engagement), Customer: string(r.Key.Customer), Version: r.Version}
		p.shared = append(p.shared, sharedPlan{row: row, relied: true})
	}
	slices.SortFunc(p.shared, func(a, b sharedPlan) int { return a.row.key().Compare(b.row.key()) })
	return nil
}

func (p *plan) planRecords() error {
	at := make(map[engagement.RecordKey]*recordPlan, len(p.changes.Records))
	p.records = make([]recordPlan, len(p.changes.Records))
	records := slices.Clone(p.changes.Records)
	slices.SortFunc(records, func(a, b engagement.PartnerRecord) int { return a.Key.Compare(b.Key) })
	for i, r := range records {
		for _, u := range r.Unreadable {
			if u.Participation == "" {
				return u.Err
			}
		}
		at[r.Key] = &p.records[i]
	}
	wake := make(map[storage.ParticipationKey]*int64, len(p.changes.Participations))
	for _, v := range p.changes.Participations {
		row, err := newParticipation(v)
		if err != nil {
			return err
		}
		wake[storage.ParticipationKey{Partner: v.Partner, ID: v.ID}] = orNull(wakeOf(v))
		r := at[v.Record()]
		r.participations = append(r.participations, row)
	}
	own := make(map[engagement.RecordKey]engagement.Shown, len(records))
	for _, e := range p.changes.Entries {
		row, err := newEntry(e)
		if err != nil {
			return err
		}
		r := at[e.Record]
		changed, is := wake[storage.ParticipationKey{Partner: e.Record.Partner, ID: e.Participation}]
		switch {
		case e.Participation == "":
			r.own, own[e.Record] = row, e.Shown
		case is:
			row.Wake = changed
			r.put = append(r.put, row)
			r.found(row)
		default:
			r.other = append(r.other, row)
		}
	}
	for i, v := range records {
		r := &p.records[i]
		if err := r.own.withRecord(v, own[v.Key]); err != nil {
			return err
		}
		coverOwn(&r.own, r.put)
		byID := func(a, b entryRow) int { return cmp.Compare(a.Participation, b.Participation) }
		slices.SortFunc(r.put, byID)
		slices.SortFunc(r.other, byID)
		// What makes room for another open participation is before what takes it.
		slices.SortFunc(r.participations, func(a, b participationRow) int {
			return cmp.Or(cmp.Compare(opens(a), opens(b)), cmp.Compare(a.ID, b.ID))
		})
	}
	return nil
}

// found has the participation of an entry found as that is.
func (r *recordPlan) found(e entryRow) {
	for i := range r.participations {
		if p := &r.participations[i]; p.ID == e.Participation {
			p.Search = e.Search
		}
	}
}

func opens(r participationRow) int {
	if r.Live != nil && *r.Live == "" {
		return 1
	}
	return 0
}

func (p *plan) planCustomers() error {
	events := make(map[engagement.CustomerKey]int64, len(p.changes.Customers))
	for _, e := range p.changes.Events {
		row, err := newEvent(e)
		if err != nil {
			return err
		}
		p.events = append(p.events, row)
		events[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}]++
	}
	for _, c := range p.changes.Customers {
		row, err := newCustomer(c)
		if err != nil {
			return err
		}
		p.customers = append(p.customers, customerPlan{row, row.Seq - events[c.Key], events[c.Key] == 0})
	}
	slices.SortFunc(p.customers, func(a, b customerPlan) int {
		return cmp.Or(cmp.Compare(a.row.Partner, b.row.Partner), cmp.Compare(a.row.Customer, b.row.Customer))
	})
	p.named = p.planPersons()
	for _, e := range p.changes.Erased {
		row, err := newEvent(e)
		if err != nil {
			return err
		}
		p.erased = append(p.erased, row)
	}
	return nil
}

func (p *plan) planOutbox() error {
	for _, t := range p.changes.Tokens {
		p.tokens = append(p.tokens, newToken(t))
	}
	for _, m := range p.changes.Messages {
		row, err := newMessage(m)
		if err != nil {
			return err
		}
		p.messages = append(p.messages, row)
	}
	return nil
}

// postponed returns the messages that are handed out again later, by ID.
func (p *plan) postponed() []engagement.MessageID {
	return slices.Sorted(maps.Keys(p.changes.Postponed))
}

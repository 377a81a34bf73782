package memory

import (
	"context"
	"iter"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Apply implements storage.Store. It makes sure of everything that can fail
// before it changes anything.
func (s *Store) Apply(ctx context.Context, c storage.Changes) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := newPlan(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.guard(c, p); err != nil {
		return err
	}
	if err := s.check(c, p); err != nil {
		return err
	}
	s.change(c, p)
	return nil
}

// change makes the changes. It cannot fail.
func (s *Store) change(c storage.Changes, p plan) {
	for i := range c.Places {
		s.putPlace(&c.Places[i], p.entries[i])
	}
	for i := range c.Customers {
		s.putCustomer(&c.Customers[i], p.events[i])
	}
	for _, e := range c.Erased {
		s.event(e).person = nil
	}
	for _, t := range c.Tokens {
		s.tokens[t.Hash] = t
	}
	s.outbox.change(c)
	s.changeSendings(c)
	if c.Command != nil {
		record := *c.Command
		record.At = at(micros(record.At))
		s.partner(record.Key.Partner).commands[record.Key.Key] = record
	}
}

func (s *Store) putPlace(v *engagement.Place, entries []planned) {
	p := s.place(v.Key)
	var spare *entry
	if p == nil {
		p, spare = newPlace(v.Key)
		if s.places[v.Key.Engagement] == nil {
			s.places[v.Key.Engagement] = map[tenant.Key]*place{}
		}
		s.places[v.Key.Engagement][v.Key.Customer] = p
	}
	due, wake := moment(v.Due()), moment(v.Wake())
	// Most writes leave a place where it is in the lists of due places.
	stays := due == p.due && wake == p.wake() && slices.EqualFunc(p.entries, entries, func(e *entry, next planned) bool {
		return e.isRow(next) && e.participation == next.entry.participation
	})
	if !stays {
		s.unlistDue(p)
	}
	for key := range p.participations() {
		delete(s.partner(key.Partner).participations, key.ID)
	}
	p.set(v, due, wake, s.criteria)
	for key := range participations(v.Standings) {
		s.partner(key.Partner).participations[key.ID] = p
	}
	s.putEntries(p, entries, spare)
	if !stays {
		s.listDue(p)
	}
}

// isRow reports whether a stored entry and a planned one of the same place are
// the same row.
func (e *entry) isRow(next planned) bool {
	return e.row == next.entry.row && e.board.key.partner == next.partner
}

// putEntries replaces the entries of a place. It uses the spare memory for a
// new one.
func (s *Store) putEntries(p *place, entries []planned, spare *entry) {
	old := p.entries
	p.entries = make([]*entry, len(entries))
	for i := range entries {
		next := &entries[i].entry
		next.place, next.board = p, s.board(boardKey{entries[i].partner, p.key.Engagement})
		same := slices.IndexFunc(old, func(e *entry) bool { return e != nil && e.isRow(entries[i]) })
		if same >= 0 {
			p.entries[i] = old[same]
			old[same].replace(next)
			old[same] = nil
			continue
		}
		e := spare
		if spare = nil; e == nil {
			e = new(entry)
		}
		*e = *next
		p.entries[i] = e
		e.insert()
	}
	for _, e := range old {
		if e != nil {
			e.remove()
		}
	}
}

// listDue puts a place with a deadline or a reminder where those are looked for,
// and unlistDue takes it out again.
func (s *Store) listDue(p *place) {
	if p.wake() != never {
		s.waking.insert(p)
	}
	for _, l := range p.dueLists() {
		l.insert(p)
	}
}

func (s *Store) unlistDue(p *place) {
	if p.wake() != never {
		s.waking.remove(p)
	}
	for _, l := range p.dueLists() {
		l.remove(p)
	}
}

// dueLists returns the lists of due places in which a place with a deadline is:
// one for each board and for all claims that have entries of it.
func (p *place) dueLists() []*list[*place] {
	if p.due == never {
		return nil
	}
	var lists []*list[*place]
	add := func(l *list[*place]) {
		if !slices.Contains(lists, l) {
			lists = append(lists, l)
		}
	}
	for _, e := range p.entries {
		add(&e.board.due)
		if e.participation {
			for _, c := range e.board.claims {
				add(&c.due)
			}
		}
	}
	return lists
}

// participations goes over the participations of all partners.
func participations(standings []engagement.Standing) iter.Seq[storage.ParticipationKey] {
	return func(yield func(storage.ParticipationKey) bool) {
		for i := range standings {
			for j := range standings[i].Participations {
				if !yield(storage.ParticipationKey{Partner: standings[i].Partner, ID: standings[i].Participations[j].ID}) {
					return
				}
			}
		}
	}
}

// participations goes over those that are stored in the place.
func (p *place) participations() iter.Seq[storage.ParticipationKey] {
	return func(yield func(storage.ParticipationKey) bool) {
		for i := range p.standings {
			for j := range p.standings[i].participations {
				if !yield(storage.ParticipationKey{Partner: p.standings[i].partner, ID: p.standings[i].participations[j].ID}) {
					return
				}
			}
		}
	}
}

func (s *Store) putCustomer(v *engagement.Customer, events []event) {
	p := s.partner(v.Key.Partner)
	by := p.sorted.Load()
	c := p.customers[v.Key.Customer]
	if c == nil {
		c = &customer{key: v.Key.Customer}
		p.customers[c.key] = c
	} else if by != nil {
		by.list(c).remove(c)
	}
	c.identity, c.friendlyName, c.knownSince, c.parkedSince = v.Identity, v.FriendlyName, micros(v.KnownSince), micros(v.ParkedSince)
	c.named = v.Named
	if by != nil {
		by.list(c).insert(c)
	}
	if c.events == nil {
		c.events = events
	} else {
		c.events = append(c.events, events...)
	}
}

// change takes messages in, holds them and drops them.
func (o *outbox) change(c storage.Changes) {
	for id, until := range c.Postponed {
		if m := o.messages[id]; m != nil {
			o.hold(m, micros(until))
		}
	}
	for _, id := range c.Delivered {
		if m := o.messages[id]; m != nil {
			o.drop(m)
		}
	}
	for _, r := range c.Unsent {
		for _, m := range o.messages {
			if m.Partner == r.Partner && m.To == r.To {
				o.drop(m)
			}
		}
	}
	for _, m := range c.Messages {
		o.add(m)
	}
}

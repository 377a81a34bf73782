package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Apply implements storage.Store. It makes sure of everything that can fail before it
// changes anything.
func (s *Store) Apply(ctx context.Context, c storage.Changes) error {
	if err := cmp.Or(ctx.Err(), c.Check()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.guard(c); err != nil {
		return err
	}
	if err := s.check(c); err != nil {
		return err
	}
	s.changeRecords(c)
	s.changeCustomers(c)
	for _, t := range c.Tokens {
		s.tokens[t.Hash] = t
	}
	s.spend(c)
	s.changeOutbox(c)
	s.changeSendings(c)
	if c.Command != nil {
		record := *c.Command
		record.At = precise(record.At)
		s.partner(record.Key.Partner).commands[record.Key.Key] = record
	}
	return nil
}

// guard returns ErrConflict when somebody else was faster.
func (s *Store) guard(c storage.Changes) error {
	for _, v := range c.Shared {
		if stored := s.shared[v.Key].Version; stored != v.Version {
			return conflict("what is shared is at version %d, not %d", stored, v.Version)
		}
	}
	for _, r := range c.Relied {
		if stored := s.shared[r.Key].Version; stored != r.Version {
			return conflict("what is shared is at version %d, not %d", stored, r.Version)
		}
	}
	for _, v := range c.Records {
		stored := int64(0)
		if r := s.record(v.Key); r != nil {
			stored = r.Version
		}
		if stored != v.Version {
			return conflict("a record is at version %d, not %d", stored, v.Version)
		}
	}
	begin := map[engagement.CustomerKey]int64{} // with which event the new ones begin
	for _, e := range slices.Backward(c.Events) {
		begin[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}] = e.Seq
	}
	for _, v := range c.Customers {
		stored := s.of(v.Key.Partner).customers[v.Key.Customer].History
		first, ok := begin[v.Key]
		if !ok {
			first = v.History.Seq + 1
		}
		if first != stored.Seq+1 {
			return conflict("a history ends at event %d, not %d", stored.Seq, first-1)
		}
	}
	if c.Command != nil {
		if _, ok := s.of(c.Command.Key.Partner).commands[c.Command.Key.Key]; ok {
			return conflict("the command's key is not new")
		}
	}
	for _, t := range c.Tokens {
		if _, ok := s.tokens[t.Hash]; ok {
			return conflict("a token is there already")
		}
	}
	return nil
}

// check returns ErrInvalid for changes that contradict what is stored.
func (s *Store) check(c storage.Changes) error {
	for _, v := range c.Shared {
		if err := storage.CheckHolders(s.shared[v.Key], v); err != nil {
			return err
		}
	}
	if err := s.checkParticipations(c); err != nil {
		return err
	}
	for _, v := range c.Customers {
		if had := s.of(v.Key.Partner).customers[v.Key.Customer].History; had.Seq == v.History.Seq && had != v.History {
			return invalid("a customer's history ends with another hash than its events")
		}
	}
	for _, m := range c.Messages {
		if s.messages[m.ID] != nil {
			return invalid("message %q is in the outbox already", m.ID)
		}
	}
	for _, n := range c.Sendings {
		for _, o := range s.of(n.Partner).sendings {
			if o.Message == n.Message && !dropped(c, o) {
				return invalid("the sending of message %q is there already", n.Message)
			}
		}
	}
	for _, e := range c.Erased {
		events := s.of(e.Partner).events[e.Customer]
		if e.Seq < 1 || e.Seq > int64(len(events)) || events[e.Seq-1].Hash != e.Hash {
			return invalid("event %d to be erased is not the stored one", e.Seq)
		}
	}
	return nil
}

func (s *Store) checkParticipations(c storage.Changes) error {
	given := map[storage.ParticipationKey]bool{}
	for _, p := range c.Participations {
		if r := s.of(p.Partner).participations[p.ID]; r != nil && r.Key != p.Record() {
			return invalid("participation %q is in another record already", p.ID)
		}
		given[storage.ParticipationKey{Partner: p.Partner, ID: p.ID}] = true
	}
	for _, p := range c.Participations {
		r := s.record(p.Record())
		if r == nil || !isOpen(p) {
			continue
		}
		for _, o := range r.Participations {
			if isOpen(o) && !given[storage.ParticipationKey{Partner: o.Partner, ID: o.ID}] {
				return invalid("participation %q is a second open one of its record", p.ID)
			}
		}
	}
	changing := map[engagement.CustomerEngagementKey]bool{}
	for _, v := range c.Shared {
		changing[v.Key] = true
	}
	for _, e := range c.Entries {
		r := s.record(e.Record)
		if _, other := c.InLine(e, s.shared[e.Record.Shared()]); other && !changing[e.Record.Shared()] {
			return invalid("the entry %q is not in line with what is shared", e.Row)
		}
		if e.Participation == "" || given[storage.ParticipationKey{Partner: e.Record.Partner, ID: e.Participation}] {
			continue
		}
		if r == nil || r.entry(e.Row) < 0 {
			return invalid("the entry %q is of a participation that is not there", e.Row)
		}
	}
	return nil
}

// isOpen reports whether a participation is recorded as open, whatever the time.
func isOpen(p engagement.Participation) bool { return p.OpenAt(time.Time{}) }

func (s *Store) changeRecords(c storage.Changes) {
	for _, v := range c.Records {
		r := s.record(v.Key)
		if r == nil {
			r = s.newRecord(v.Key)
		}
		v.Version++
		v.Participations, v.Unreadable = r.Participations, nil
		r.PartnerRecord = v
	}
	for _, p := range c.Participations {
		r, of := s.record(p.Record()), s.partner(p.Partner)
		r.PartnerRecord = r.WithParticipation(p)
		slices.SortFunc(r.Participations, func(a, b engagement.Participation) int {
			return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
		})
		if len(r.Participations) == 1 && of.participations[p.ID] == nil {
			of.claims = append(of.claims, r)
		}
		r.wake, of.participations[p.ID] = r.Wake(), r
	}
	given := map[*engagement.Entry]bool{}
	for i := range c.Entries {
		e := c.Entries[i]
		e.Since, e.Deadline, e.Until, e.Due = precise(e.Since), precise(e.Deadline), precise(e.Until), precise(e.Due)
		given[&e] = true
		r := s.record(e.Record)
		if at := r.entry(e.Row); at >= 0 {
			r.entries[at] = &e
		} else {
			r.entries = append(r.entries, &e)
		}
	}
	for _, v := range c.Shared {
		v.Version++
		s.shared[v.Key] = v
		for _, r := range s.records[v.Key] {
			for i, e := range r.entries {
				if next, changed := c.InLine(*e, v); changed && !given[e] {
					r.entries[i] = &next
				}
			}
		}
	}
}

func (s *Store) newRecord(key engagement.RecordKey) *record {
	r := &record{}
	if s.records[key.Shared()] == nil {
		s.records[key.Shared()] = map[engagement.PartnerID]*record{}
	}
	s.records[key.Shared()][key.Partner] = r
	of := s.partner(key.Partner)
	of.pages[key.Engagement] = append(of.pages[key.Engagement], r)
	return r
}

func (s *Store) changeCustomers(c storage.Changes) {
	for _, v := range c.Customers {
		of := s.partner(v.Key.Partner)
		stored, had := of.customers[v.Key.Customer]
		if !had {
			of.keys, of.sorted = append(of.keys, v.Key.Customer), false
		}
		v.Persons = stored.Persons
		v.KnownSince, v.DisassociatedAt = precise(v.KnownSince), precise(v.DisassociatedAt)
		of.customers[v.Key.Customer] = v
	}
	for _, p := range c.Persons {
		of := s.partner(p.Key.Partner)
		v := of.customers[p.Key.Customer]
		v.Persons = p.Persons
		of.customers[p.Key.Customer] = v
	}
	for _, e := range c.Events {
		e.At = precise(e.At)
		of := s.partner(e.Partner)
		of.events[e.Customer] = append(of.events[e.Customer], e)
		s.feed = append(s.feed, eventKey{e.Partner, e.Customer, e.Seq})
	}
	for _, e := range c.Erased {
		s.partner(e.Partner).events[e.Customer][e.Seq-1].Person = nil
	}
}

// dropped reports whether the changes take a sending away.
func dropped(c storage.Changes, n storage.Sending) bool {
	if slices.Contains(c.Forgotten, storage.Mailbox{Partner: n.Partner, Mailbox: n.Mailbox}) {
		return true
	}
	return !c.SendingsFrom.IsZero() && n.At.Before(c.SendingsFrom) &&
		slices.ContainsFunc(c.Sendings, func(o storage.Sending) bool { return o.Partner == n.Partner })
}

func (s *Store) changeSendings(c storage.Changes) {
	if len(c.Sendings)+len(c.Forgotten) == 0 {
		return
	}
	for _, p := range s.partners {
		p.sendings = slices.DeleteFunc(p.sendings, func(n storage.Sending) bool { return dropped(c, n) })
	}
	for _, n := range c.Sendings {
		n.At = precise(n.At)
		of := s.partner(n.Partner)
		of.sendings = append(of.sendings, n)
	}
}

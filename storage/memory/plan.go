package memory

import (
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// plan is what changes mean, worked out without the store.
type plan struct {
	entries [][]planned // of each place
	events  [][]event   // of each customer
}

// planned is an entry that has yet to find its board and its place.
type planned struct {
	partner engagement.PartnerID
	entry   entry
}

// newPlan returns ErrInvalid for changes that contradict themselves.
func newPlan(c storage.Changes) (plan, error) {
	entries, err := planEntries(c.Places, c.Entries)
	if err != nil {
		return plan{}, err
	}
	events, err := planEvents(c.Customers, c.Events)
	if err != nil {
		return plan{}, err
	}
	if c.Command != nil && (c.Command.Key.Partner == "" || c.Command.Key.Key == "") {
		return plan{}, invalid("a command is recorded without a partner or a key")
	}
	return plan{entries, events}, nil
}

func planEntries(places []engagement.Place, entries []engagement.Entry) ([][]planned, error) {
	index := map[engagement.PlaceKey]int{}
	for i := range places {
		key := places[i].Key
		if key.Engagement == "" || key.Customer == "" {
			return nil, invalid("a place has no engagement or no customer")
		}
		index[key] = i
	}
	if len(index) < len(places) {
		return nil, invalid("a place is changed twice at once")
	}
	out := make([][]planned, len(places))
	for i := range entries {
		e := &entries[i]
		at, ok := index[e.Place]
		if !ok {
			return nil, invalid("the entry %q belongs to none of the changed places", e.Row)
		}
		if slices.ContainsFunc(out[at], func(p planned) bool { return p.partner == e.Partner && p.entry.row == e.Row }) {
			return nil, invalid("the entry %q is given twice", e.Row)
		}
		stored, err := newEntry(e)
		if err != nil {
			return nil, err
		}
		out[at] = append(out[at], planned{e.Partner, stored})
	}
	return out, nil
}

func planEvents(customers []engagement.Customer, events []engagement.Event) ([][]event, error) {
	index := map[engagement.CustomerKey]int{}
	for i := range customers {
		key := customers[i].Key
		if key.Partner == "" || key.Customer == "" {
			return nil, invalid("a customer has no partner or no key")
		}
		index[key] = i
	}
	if len(index) < len(customers) {
		return nil, invalid("a customer is changed twice at once")
	}
	out := make([][]event, len(customers))
	last := make([]int64, len(customers))
	for i := range events {
		e := &events[i]
		at, ok := index[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}]
		if !ok {
			return nil, invalid("event %d belongs to none of the changed customers", e.Seq)
		}
		if len(out[at]) > 0 && e.Seq != last[at]+1 {
			return nil, invalid("event %d follows event %d", e.Seq, last[at])
		}
		stored, err := newEvent(e)
		if err != nil {
			return nil, err
		}
		out[at], last[at] = append(out[at], stored), e.Seq
	}
	for i, events := range out {
		head := customers[i].History
		if n := len(events); n > 0 && (head.Seq != last[i] || head.Hash != events[n-1].hash) {
			return nil, invalid("a customer's history ends at event %d, and its new events with another hash or at %d", head.Seq, last[i])
		}
	}
	return out, nil
}

// guard returns ErrConflict when somebody else was faster.
func (s *Store) guard(c storage.Changes, p plan) error {
	for i := range c.Places {
		if stored := s.version(c.Places[i].Key); stored != c.Places[i].Version {
			return conflict("a place is at version %d, not %d", stored, c.Places[i].Version)
		}
	}
	for i := range c.Customers {
		stored := s.head(c.Customers[i].Key).Seq
		if seq := c.Customers[i].History.Seq - int64(len(p.events[i])); seq != stored {
			return conflict("a history ends at event %d, not %d", stored, seq)
		}
	}
	if c.Command != nil {
		if partner := s.partners[c.Command.Key.Partner]; partner != nil {
			if _, ok := partner.commands[c.Command.Key.Key]; ok {
				return conflict("the command's key is not new")
			}
		}
	}
	return nil
}

// check returns ErrInvalid for changes that contradict what is stored.
func (s *Store) check(c storage.Changes, p plan) error {
	for i := range c.Places {
		for key := range participations(c.Places[i].Standings) {
			if stored := s.participation(key); stored != nil && stored.key != c.Places[i].Key {
				return invalid("participation %q is in another place already", key.ID)
			}
		}
	}
	for i := range c.Customers {
		if len(p.events[i]) == 0 && c.Customers[i].History != s.head(c.Customers[i].Key) {
			return invalid("a customer's history ends with another hash than its events")
		}
	}
	for i, t := range c.Tokens {
		if slices.ContainsFunc(c.Tokens[:i], func(o storage.Token) bool { return o.Hash == t.Hash }) {
			return invalid("a token is given twice")
		}
		if _, ok := s.tokens[t.Hash]; ok {
			return conflict("a token is there already")
		}
	}
	for i, m := range c.Messages {
		if s.outbox.messages[m.ID] != nil || slices.ContainsFunc(c.Messages[:i], func(o engagement.Message) bool { return o.ID == m.ID }) {
			return invalid("message %q is in the outbox already", m.ID)
		}
	}
	if err := s.checkSendings(c); err != nil {
		return err
	}
	for _, e := range c.Erased {
		if stored := s.event(e); stored == nil || stored.hash != e.Hash {
			return invalid("event %d to be erased is not the stored one", e.Seq)
		}
		if e.Person != nil {
			return invalid("event %d to be erased still has its person", e.Seq)
		}
	}
	return nil
}

package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Load implements storage.Store.
func (s *Store) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if err := cmp.Or(ctx.Err(), want.Check()); err != nil {
		return storage.Loaded{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	out := storage.Loaded{
		Records:   make(map[engagement.RecordKey]engagement.PartnerRecord, len(want.Records)),
		Shared:    make(map[engagement.CustomerEngagementKey]engagement.CustomerEngagement, len(want.Records)+len(want.Shared)),
		Customers: make(map[engagement.CustomerKey]engagement.Customer, len(want.Customers)),
	}
	if record, ok := s.of(want.Command.Partner).commands[want.Command.Key]; ok {
		out.Command = &record
	}
	for _, key := range want.Records {
		s.loadRecord(&out, key, want.Ended)
	}
	for _, key := range want.Shared {
		s.loadShared(&out, key)
	}
	for _, key := range want.Customers {
		s.loadCustomer(&out, key)
	}
	key := want.Participation
	if token, ok := s.tokens[want.Link.Hash]; ok && (want.Link.Slot == 0 || want.Link.Slot == token.Slot) {
		key = storage.ParticipationKey{Partner: token.Record.Partner, ID: token.Participation}
	}
	if r := s.of(key.Partner).participations[key.ID]; r != nil {
		out.Participation, out.At = &key, r.Key
		s.loadRecord(&out, r.Key, want.Ended)
		s.loadCustomer(&out, r.Key.OfCustomer())
	}
	s.loadSendings(&out, want.Sendings)
	return out, nil
}

// loadRecord brings a record, without what ended unless that is wanted, and what is
// shared there.
func (s *Store) loadRecord(out *storage.Loaded, key engagement.RecordKey, ended bool) {
	s.loadShared(out, key.Shared())
	r := s.record(key)
	if r == nil {
		out.Records[key] = engagement.PartnerRecord{Key: key}
		return
	}
	value := r.PartnerRecord
	value.Participations = nil
	for _, p := range r.Participations {
		named := out.Participation != nil && *out.Participation == storage.ParticipationKey{Partner: p.Partner, ID: p.ID}
		if ended || named || !p.Ended() {
			value.Participations = append(value.Participations, p)
		}
	}
	out.Records[key] = value
}

func (s *Store) loadShared(out *storage.Loaded, key engagement.CustomerEngagementKey) {
	shared := s.shared[key]
	shared.Key = key
	out.Shared[key] = shared
}

func (s *Store) loadCustomer(out *storage.Loaded, key engagement.CustomerKey) {
	if c, ok := s.of(key.Partner).customers[key.Customer]; ok {
		out.Customers[key] = c
	}
}

func (s *Store) loadSendings(out *storage.Loaded, q storage.SendingsQuery) {
	for _, n := range s.of(q.Partner).sendings {
		if !n.At.Before(q.Today) {
			out.Sent++
		}
		if !n.At.Before(q.Since) && slices.Contains(q.Mailboxes, n.Mailbox) {
			out.Sendings = append(out.Sendings, n)
		}
	}
	slices.SortFunc(out.Sendings, func(a, b storage.Sending) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Message, b.Message))
	})
}

// Customers implements storage.Store.
func (s *Store) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return nil, err
	}
	s.mu.Lock() // it may sort
	defer s.mu.Unlock()

	if q.Partner != "" {
		return s.of(q.Partner).list(nil, q), nil
	}
	var out []engagement.Customer
	for _, id := range slices.Sorted(maps.Keys(s.partners)) {
		if id < q.AfterPartner {
			continue
		}
		if id > q.AfterPartner {
			q.After = ""
		}
		out = s.partners[id].list(out, q)
	}
	return out, nil
}

// list adds the partner's customers that are asked for, up to the limit in all.
func (p *partner) list(out []engagement.Customer, q storage.CustomersQuery) []engagement.Customer {
	if !p.sorted {
		slices.Sort(p.keys)
		p.sorted = true
	}
	at, found := slices.BinarySearch(p.keys, q.After)
	if found {
		at++
	}
	for _, key := range p.keys[at:] {
		if len(out) == q.Limit {
			break
		}
		if c := p.customers[key]; q.Has(c) {
			out = append(out, c)
		}
	}
	return out
}

// History implements storage.Store.
func (s *Store) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	events := s.of(q.Customer.Partner).events[q.Customer.Customer]
	var out []engagement.Event
	for i := range events {
		if q.Newest {
			i = len(events) - 1 - i
		}
		if q.Has(events[i]) && len(out) < q.Limit {
			out = append(out, events[i])
		}
	}
	return out, nil
}

// Due implements storage.Store.
func (s *Store) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	var due []*record
	for id, p := range s.partners {
		if q.Partner != "" && q.Partner != id {
			continue
		}
		for _, r := range p.claims {
			if engagement.Passed(r.wake, q.Now) && (q.Engagement == "" || q.Engagement == r.Key.Engagement) {
				due = append(due, r)
			}
		}
	}
	slices.SortFunc(due, func(a, b *record) int { return cmp.Or(a.wake.Compare(b.wake), a.Key.Compare(b.Key)) })
	var out []engagement.RecordKey
	for _, r := range due[:min(q.Limit, len(due))] {
		out = append(out, r.Key)
	}
	return out, nil
}

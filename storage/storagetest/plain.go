package storagetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// plain is a store that is slow and plain to see: lists that are searched from
// end to end and sorted when somebody asks. It is for one goroutine.
type plain struct {
	places    map[engagement.PlaceKey]engagement.Place
	entries   []engagement.Entry
	customers map[engagement.CustomerKey]engagement.Customer
	events    map[engagement.CustomerKey][]engagement.Event
	tokens    map[consent.Hash]storage.Token
	commands  map[storage.CommandKey]storage.CommandRecord
	messages  []held
	sendings  []storage.Sending
}

type held struct {
	engagement.Message
	until time.Time
}

func newPlain() *plain {
	return &plain{
		places:    map[engagement.PlaceKey]engagement.Place{},
		customers: map[engagement.CustomerKey]engagement.Customer{},
		events:    map[engagement.CustomerKey][]engagement.Event{},
		tokens:    map[consent.Hash]storage.Token{},
		commands:  map[storage.CommandKey]storage.CommandRecord{},
	}
}

var _ storage.Store = (*plain)(nil)

func (s *plain) Apply(_ context.Context, c storage.Changes) error {
	if err := s.guard(c); err != nil {
		return err
	}
	for _, pl := range c.Places {
		pl.Version++
		s.places[pl.Key] = pl
		s.entries = slices.DeleteFunc(s.entries, func(e engagement.Entry) bool { return e.Place == pl.Key })
	}
	s.entries = append(s.entries, c.Entries...)
	for _, x := range c.Customers {
		s.customers[x.Key] = x
	}
	for _, e := range c.Events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		s.events[key] = append(s.events[key], e)
	}
	for _, e := range c.Erased {
		s.events[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}][e.Seq-1].Person = nil
	}
	for _, t := range c.Tokens {
		s.tokens[t.Hash] = t
	}
	s.applySendings(c)
	if c.Command != nil {
		s.commands[c.Command.Key] = *c.Command
	}
	for i, m := range s.messages {
		if until, ok := c.Postponed[m.ID]; ok {
			s.messages[i].until = until
		}
	}
	s.messages = slices.DeleteFunc(s.messages, func(m held) bool {
		return slices.Contains(c.Delivered, m.ID) || slices.Contains(c.Unsent, storage.Recipient{Partner: m.Partner, To: m.To})
	})
	for _, m := range c.Messages {
		s.messages = append(s.messages, held{Message: m})
	}
	return nil
}

// guard finds what the random changes may have wrong with them.
func (s *plain) guard(c storage.Changes) error {
	for _, pl := range c.Places {
		if s.places[pl.Key].Version != pl.Version {
			return fmt.Errorf("%w: place", storage.ErrConflict)
		}
	}
	heads := map[engagement.CustomerKey]engagement.Head{}
	for _, x := range c.Customers {
		heads[x.Key] = s.customers[x.Key].History
	}
	for _, e := range c.Events {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		if heads[key].Seq+1 != e.Seq {
			return fmt.Errorf("%w: history", storage.ErrConflict)
		}
		heads[key] = engagement.Head{Seq: e.Seq, Hash: e.Hash}
	}
	for _, x := range c.Customers {
		if heads[x.Key].Seq != x.History.Seq {
			return fmt.Errorf("%w: history", storage.ErrConflict)
		}
		if heads[x.Key] != x.History {
			return fmt.Errorf("%w: head", storage.ErrInvalid)
		}
	}
	if c.Command != nil {
		if _, used := s.commands[c.Command.Key]; used {
			return fmt.Errorf("%w: command", storage.ErrConflict)
		}
	}
	for _, e := range c.Erased {
		events := s.events[engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}]
		if e.Seq < 1 || e.Seq > int64(len(events)) || events[e.Seq-1].Hash != e.Hash {
			return fmt.Errorf("%w: erased", storage.ErrInvalid)
		}
	}
	for _, e := range c.Entries {
		if !slices.ContainsFunc(c.Places, func(pl engagement.Place) bool { return pl.Key == e.Place }) {
			return fmt.Errorf("%w: entry", storage.ErrInvalid)
		}
	}
	return nil
}

func (s *plain) Load(_ context.Context, want storage.Want) (storage.Loaded, error) {
	out := storage.Loaded{Places: map[engagement.PlaceKey]engagement.Place{}, Customers: map[engagement.CustomerKey]engagement.Customer{}}
	if record, ok := s.commands[want.Command]; ok {
		out.Command = &record
	}
	s.loadSendings(&out, want.Sendings)
	key := want.Participation
	if want.Link != (consent.Hash{}) {
		key = s.tokens[want.Link].Participation
	}
	for at, pl := range s.places {
		if _, ok := pl.Participation(key.Partner, key.ID); ok && key.ID != "" {
			out.Participation, out.At = &key, at
			want.Places = append(want.Places, at)
			want.Customers = append(want.Customers, engagement.CustomerKey{Partner: key.Partner, Customer: at.Customer})
		}
	}
	for _, key := range want.Places {
		pl := s.places[key]
		pl.Key = key
		out.Places[key] = pl
	}
	for _, key := range want.Customers {
		if x, ok := s.customers[key]; ok {
			out.Customers[key] = x
		}
	}
	return out, nil
}

func (s *plain) Page(_ context.Context, q storage.PageQuery) (storage.Page, error) {
	page := storage.Page{Counts: map[engagement.Tab]int{}}
	page.Rows, page.More, page.Overdue = s.list(pages(q), func(e engagement.Entry) bool {
		return e.Partner == q.Partner && e.Place.Engagement == q.Engagement
	}, func(e engagement.Entry) bool {
		page.Counts[e.Tab]++
		return e.Tab == q.Tab
	})
	return page, nil
}

func (s *plain) Claims(_ context.Context, q storage.ClaimsQuery) (storage.ClaimsPage, error) {
	page := storage.ClaimsPage{Counts: map[engagement.Status]int{}}
	page.Rows, page.More, page.Overdue = s.list(claims(q), func(e engagement.Entry) bool {
		return e.Participation != "" && (q.Partner == "" || e.Partner == q.Partner)
	}, func(e engagement.Entry) bool {
		page.Counts[e.Status]++
		return true
	})
	return page, nil
}

// list goes over the entries that belong to a page. Those of places that are not
// due are counted, which tells whether they can be rows.
func (s *plain) list(q query, belongs, count func(e engagement.Entry) bool) (rows []storage.PageRow, more bool, due []engagement.Place) {
	overdue := map[engagement.PlaceKey]engagement.Place{}
	order := func(a, b storage.Position) int {
		if q.Descending {
			return b.Compare(a)
		}
		return a.Compare(b)
	}
	for _, e := range s.entries {
		if !belongs(e) {
			continue
		}
		pl := s.places[e.Place]
		if engagement.Passed(pl.Due(), q.Now) {
			overdue[e.Place] = pl
			continue
		}
		behind := q.After == nil || order(q.position(e), *q.After) > 0
		if count(e) && q.Filter.Match(e) && behind {
			rows = append(rows, storage.PageRow{Entry: e, Place: pl})
		}
	}
	slices.SortFunc(rows, func(a, b storage.PageRow) int { return order(q.position(a.Entry), q.position(b.Entry)) })
	due = slices.SortedFunc(maps.Values(overdue), func(a, b engagement.Place) int { return comparePlaces(a.Key, b.Key) })
	return rows[:min(len(rows), q.Limit)], len(rows) > q.Limit, due
}

func (s *plain) Customers(_ context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	var out []engagement.Customer
	for key, x := range s.customers {
		if key.Partner == q.Partner && key.Customer > q.After && (x.Known() || !q.Known) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b engagement.Customer) int { return cmp.Compare(a.Key.Customer, b.Key.Customer) })
	return out[:min(len(out), q.Limit)], nil
}

func (s *plain) History(_ context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events := slices.DeleteFunc(slices.Clone(s.events[q.Customer]), func(e engagement.Event) bool { return !q.Has(e) })
	if q.Newest {
		slices.Reverse(events)
	}
	return events[:min(len(events), q.Limit)], nil
}

func (s *plain) Due(_ context.Context, now time.Time, limit int) ([]engagement.PlaceKey, error) {
	var out []engagement.PlaceKey
	for key, pl := range s.places {
		if engagement.Passed(pl.Wake(), now) {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, func(a, b engagement.PlaceKey) int {
		return cmp.Or(s.places[a].Wake().Compare(s.places[b].Wake()), comparePlaces(a, b))
	})
	return out[:min(len(out), limit)], nil
}

func comparePlaces(a, b engagement.PlaceKey) int {
	return cmp.Or(cmp.Compare(a.Engagement, b.Engagement), cmp.Compare(a.Customer, b.Customer))
}

func (s *plain) Lease(_ context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	slices.SortFunc(s.messages, func(a, b held) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	var out []engagement.Message
	for i := range s.messages {
		if m := &s.messages[i]; len(out) < q.Limit && !m.until.After(q.Now) {
			m.Attempts++
			m.until = q.Until
			out = append(out, m.Message)
		}
	}
	return out, nil
}

package memory

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Store keeps the state of a workflow in memory. Make one with New.
type Store struct {
	mu       sync.RWMutex // held for the whole of each call, so that it sees and leaves one state
	partners map[engagement.PartnerID]*partner
	boards   map[boardKey]*board
	places   map[engagement.ID]map[tenant.Key]*place
	claims   *claims      // everybody's
	waking   list[*place] // those with a deadline or a reminder, the earliest first
	criteria criteria
	tokens   map[consent.Hash]storage.Token
	outbox   outbox
}

var _ storage.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{
		partners: map[engagement.PartnerID]*partner{},
		boards:   map[boardKey]*board{},
		places:   map[engagement.ID]map[tenant.Key]*place{},
		claims:   newClaims(),
		waking:   list[*place]{compare: byWake},
		criteria: criteria{},
		tokens:   map[consent.Hash]storage.Token{},
		outbox:   newOutbox(),
	}
}

// partner is what one partner has, but for its boards.
type partner struct {
	customers      map[tenant.Key]*customer
	sorted         atomic.Pointer[customersByKey] // nil until they are asked for
	sorting        sync.Mutex
	participations map[engagement.ParticipationID]*place
	claims         *claims
	commands       map[string]storage.CommandRecord
	sendings       []storage.Sending // in no order
}

func newPartner() *partner {
	return &partner{
		customers:      map[tenant.Key]*customer{},
		participations: map[engagement.ParticipationID]*place{},
		claims:         newClaims(),
		commands:       map[string]storage.CommandRecord{},
	}
}

// partner returns the partner's part of the store, which it makes if need be.
func (s *Store) partner(id engagement.PartnerID) *partner {
	if s.partners[id] == nil {
		s.partners[id] = newPartner()
	}
	return s.partners[id]
}

// micros and at turn a time into microseconds and back. The zero time survives.
func micros(t time.Time) int64  { return t.UnixMicro() }
func at(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrInvalid, fmt.Sprintf(format, args...))
}

func conflict(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrConflict, fmt.Sprintf(format, args...))
}

// Load implements storage.Store.
func (s *Store) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if err := ctx.Err(); err != nil {
		return storage.Loaded{}, err
	}
	if want.Participation != (storage.ParticipationKey{}) && want.Link != (consent.Hash{}) {
		return storage.Loaded{}, invalid("a participation and a link are wanted in one call: one of them is found")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	out := storage.Loaded{
		Places:    make(map[engagement.PlaceKey]engagement.Place, len(want.Places)),
		Customers: make(map[engagement.CustomerKey]engagement.Customer, len(want.Customers)),
	}
	if p := s.partners[want.Command.Partner]; p != nil {
		if record, ok := p.commands[want.Command.Key]; ok {
			out.Command = &record
		}
	}
	for _, key := range want.Places {
		s.loadPlace(&out, key)
	}
	for _, key := range want.Customers {
		s.loadCustomer(&out, key)
	}
	s.loadSendings(&out, want.Sendings)
	key := want.Participation
	if token, ok := s.tokens[want.Link]; ok {
		key = token.Participation
	}
	if p := s.participation(key); p != nil {
		out.Participation, out.At = &key, p.key
		s.loadPlace(&out, p.key)
		s.loadCustomer(&out, engagement.CustomerKey{Partner: key.Partner, Customer: p.key.Customer})
	}
	return out, nil
}

func (s *Store) loadPlace(out *storage.Loaded, key engagement.PlaceKey) {
	if p := s.place(key); p != nil {
		out.Places[key] = p.value()
		return
	}
	out.Places[key] = engagement.Place{Key: key}
}

func (s *Store) loadCustomer(out *storage.Loaded, key engagement.CustomerKey) {
	if c := s.customer(key); c != nil {
		out.Customers[key] = c.value(key.Partner)
	}
}

// place, customer, participation and event return what is stored, or nil when
// there is none; version and head return zero then.
func (s *Store) place(key engagement.PlaceKey) *place {
	return s.places[key.Engagement][key.Customer]
}

func (s *Store) version(key engagement.PlaceKey) int64 {
	if p := s.place(key); p != nil {
		return p.version
	}
	return 0
}

func (s *Store) customer(key engagement.CustomerKey) *customer {
	if p := s.partners[key.Partner]; p != nil {
		return p.customers[key.Customer]
	}
	return nil
}

func (s *Store) head(key engagement.CustomerKey) engagement.Head {
	if c := s.customer(key); c != nil {
		return c.head()
	}
	return engagement.Head{}
}

// participation returns the place that it is in.
func (s *Store) participation(key storage.ParticipationKey) *place {
	if p := s.partners[key.Partner]; p != nil {
		return p.participations[key.ID]
	}
	return nil
}

func (s *Store) event(e engagement.Event) *event {
	c := s.customer(engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer})
	if c == nil || e.Seq < 1 || e.Seq > int64(len(c.events)) {
		return nil
	}
	return &c.events[e.Seq-1]
}

// Customers implements storage.Store.
func (s *Store) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.Limit < 1 {
		return nil, invalid("the limit of customers is %d: at least 1 is needed", q.Limit)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	p := s.partners[q.Partner]
	if p == nil {
		return nil, nil
	}
	found := p.after(q)
	out := make([]engagement.Customer, len(found))
	for i, c := range found {
		out[i] = c.value(q.Partner)
	}
	return out, nil
}

// History implements storage.Store.
func (s *Store) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.Limit < 1 {
		return nil, invalid("the limit of events is %d: at least 1 is needed", q.Limit)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	c := s.customer(q.Customer)
	if c == nil {
		return nil, nil
	}
	first, end := min(max(q.After, 0), int64(len(c.events))), int64(len(c.events))
	if q.Before > 0 {
		end = max(first, min(end, q.Before-1))
	}
	var out []engagement.Event
	for n := range end - first {
		i := first + n
		if q.Newest {
			i = end - 1 - n
		}
		if e := &c.events[i]; q.Participation == "" || e.participation == q.Participation {
			out = append(out, e.value(q.Customer, i+1))
		}
		if len(out) == q.Limit {
			break
		}
	}
	return out, nil
}

// Due implements storage.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]engagement.PlaceKey, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, invalid("the limit of due places is %d: at least 1 is needed", limit)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	var out []engagement.PlaceKey
	for p := range s.waking.all() {
		if p.wake() > micros(now) || len(out) == limit {
			break
		}
		out = append(out, p.key)
	}
	return out, nil
}

package memory

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Store keeps the state of a workflow in memory. Make one with New.
type Store struct {
	mu       sync.RWMutex // held for the whole of each call, so that it sees and leaves one state
	shared   map[engagement.CustomerEngagementKey]engagement.CustomerEngagement
	records  map[engagement.CustomerEngagementKey]map[engagement.PartnerID]*record
	partners map[engagement.PartnerID]*partner
	tokens   map[link.Hash]storage.Token
	spent    map[link.Hash]time.Time // since when
	messages map[engagement.MessageID]*message

	feed      []eventKey // of all events, as they came
	consumers map[storage.ConsumerKey]storage.Consumer
}

var _ storage.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{
		shared:   map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		records:  map[engagement.CustomerEngagementKey]map[engagement.PartnerID]*record{},
		partners: map[engagement.PartnerID]*partner{},
		tokens:   map[link.Hash]storage.Token{},
		spent:    map[link.Hash]time.Time{},
		messages: map[engagement.MessageID]*message{},

		consumers: map[storage.ConsumerKey]storage.Consumer{},
	}
}

// partner is what one partner has.
type partner struct {
	pages          map[engagement.ID][]*record            // all of its records
	claims         []*record                              // those with participations
	participations map[engagement.ParticipationID]*record // which one each is in
	customers      map[tenant.Key]engagement.Customer
	events         map[tenant.Key][]engagement.Event // by Seq: the first has 1
	keys           []tenant.Key                      // of the customers
	sorted         bool                              // whether the keys are
	commands       map[string]storage.CommandRecord
	sendings       []storage.Sending // in no order
}

// record is a PartnerRecord with all of its participations, ended ones too, and with
// its entries.
type record struct {
	engagement.PartnerRecord
	wake    time.Time
	entries []*engagement.Entry // which nobody writes to
}

// message is one that has not been delivered.
type message struct {
	engagement.Message
	heldUntil time.Time
}

// partner returns the partner's part of the store, which it makes if need be.
func (s *Store) partner(id engagement.PartnerID) *partner {
	if s.partners[id] == nil {
		s.partners[id] = &partner{
			pages:          map[engagement.ID][]*record{},
			participations: map[engagement.ParticipationID]*record{},
			customers:      map[tenant.Key]engagement.Customer{},
			events:         map[tenant.Key][]engagement.Event{},
			commands:       map[string]storage.CommandRecord{},
		}
	}
	return s.partners[id]
}

// of returns the partner's part of the store to be read: an empty one if there is none.
func (s *Store) of(id engagement.PartnerID) *partner {
	if p := s.partners[id]; p != nil {
		return p
	}
	return &partner{}
}

// record returns the record, or nil when there is none.
func (s *Store) record(key engagement.RecordKey) *record {
	return s.records[key.Shared()][key.Partner]
}

// entry returns the index of an entry, or -1 when there is none of that row.
func (r *record) entry(row engagement.RowID) int {
	return slices.IndexFunc(r.entries, func(e *engagement.Entry) bool { return e.Row == row })
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrInvalid, fmt.Sprintf(format, args...))
}

func conflict(format string, args ...any) error {
	return fmt.Errorf("%w: %s", storage.ErrConflict, fmt.Sprintf(format, args...))
}

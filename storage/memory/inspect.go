package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

var _ storage.Inspector = (*Store)(nil)

// CustomerKeys implements storage.Inspector, in order of the keys.
func (s *Store) CustomerKeys(ctx context.Context, after tenant.Key, limit int) ([]tenant.Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	found := map[tenant.Key]bool{}
	add := func(key tenant.Key) {
		if key > after {
			found[key] = true
		}
	}
	for key := range s.shared {
		add(key.Customer)
	}
	for key := range s.records {
		add(key.Customer)
	}
	for _, p := range s.partners {
		for key := range p.customers {
			add(key)
		}
	}
	keys := slices.Sorted(maps.Keys(found))
	return keys[:min(limit, len(keys))], nil
}

// Whole implements storage.Inspector.
func (s *Store) Whole(ctx context.Context, customer tenant.Key) (storage.Whole, error) {
	if err := ctx.Err(); err != nil {
		return storage.Whole{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	out := storage.Whole{Loaded: storage.Loaded{
		Records:   map[engagement.RecordKey]engagement.PartnerRecord{},
		Shared:    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		Customers: map[engagement.CustomerKey]engagement.Customer{},
	}}
	for id, p := range s.partners {
		s.loadCustomer(&out.Loaded, engagement.CustomerKey{Partner: id, Customer: customer})
		for in := range p.pages {
			key := engagement.RecordKey{Partner: id, Engagement: in, Customer: customer}
			if r := s.record(key); r != nil {
				s.loadRecord(&out.Loaded, key, true)
				for _, e := range r.entries {
					out.Entries = append(out.Entries, storage.ListRow{Entry: *e})
				}
			} else if _, there := s.shared[key.Shared()]; there {
				s.loadShared(&out.Loaded, key.Shared())
			}
		}
	}
	slices.SortFunc(out.Entries, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	return out, nil
}

// CheckRest implements storage.Inspector. All is made of its rows when it is asked for.
func (s *Store) CheckRest(ctx context.Context, _ bool, _ func(storage.Finding) error) error {
	return ctx.Err()
}

package sqlite

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Load implements storage.Store.
func (s *Store) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	if err := want.Check(); err != nil {
		return storage.Loaded{}, err
	}
	var out storage.Loaded
	err := s.read(ctx, "load", func(se *session) error {
		out = storage.Loaded{
			Records:   make(map[engagement.RecordKey]engagement.PartnerRecord, len(want.Records)+1),
			Shared:    make(map[engagement.CustomerEngagementKey]engagement.CustomerEngagement, len(want.Records)+len(want.Shared)+1),
			Customers: make(map[engagement.CustomerKey]engagement.Customer, len(want.Customers)+1),
		}
		return se.load(&out, want)
	})
	return out, err
}

func (s *session) load(out *storage.Loaded, want storage.Want) error {
	if err := s.command(out, want.Command); err != nil {
		return err
	}
	if err := s.sendings(out, want.Sendings); err != nil {
		return err
	}
	named, err := s.find(want)
	if err != nil {
		return err
	}
	records, customers := want.Records[:len(want.Records):len(want.Records)], want.Customers[:len(want.Customers):len(want.Customers)]
	if named != nil {
		out.At = named.record()
		out.Participation = &storage.ParticipationKey{Partner: out.At.Partner, ID: engagement.ParticipationID(named.id)}
		records, customers = append(records, out.At), append(customers, out.At.OfCustomer())
	}
	if err := s.records(out, records, want.Shared[:len(want.Shared):len(want.Shared)], want.Ended, named); err != nil {
		return err
	}
	return s.customers(out, customers)
}

// find looks for a participation by its key or its link.
func (s *session) find(want storage.Want) (*participationRow, error) {
	key, link := want.Participation, want.Link
	query, args := selectParticipation, []any{string(key.Partner), string(key.ID)}
	switch {
	case link != storage.LinkKey{}:
		query, args = selectLinked, []any{link.Hash[:], int64(link.Slot)}
	case key == storage.ParticipationKey{}:
		return nil, nil
	}
	found, err := collect(s, (*participationRow).fields, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

const selectDue = `SELECT engagement, customer, partner FROM pe_participation INDEXED BY pe_participation_wake
	WHERE wake IS NOT NULL AND wake <= ?1 AND (?2 = '' OR partner = ?2) AND (?3 = '' OR engagement = ?3)
	ORDER BY wake, engagement, customer, partner LIMIT ?4`

// Due implements storage.Store.
func (s *Store) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	var out []engagement.RecordKey
	err := s.read(ctx, "look for due records", func(se *session) error {
		for limit := q.Limit; ; limit *= 2 { // several participations of one record are hardly ever due
			found, err := collect(se, (*ownKey).fields, selectDue, micros(q.Now), string(q.Partner), string(q.Engagement), limit)
			if err != nil {
				return err
			}
			out = nil
			seen := make(map[engagement.RecordKey]bool, len(found))
			for _, k := range found {
				if key := (ownRow{engagement: k.engagement, customer: k.customer, partner: k.partner}).key(); !seen[key] && len(out) < q.Limit {
					seen[key], out = true, append(out, key)
				}
			}
			if len(out) == q.Limit || len(found) < limit {
				return nil
			}
		}
	})
	return out, err
}

type ownKey struct{ engagement, customer, partner string }

func (k *ownKey) fields() []any { return []any{&k.engagement, &k.customer, &k.partner} }

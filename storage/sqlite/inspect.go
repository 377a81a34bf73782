package sqlite

import (
	"cmp"
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

var _ storage.Inspector = (*Store)(nil)

// everyPartner goes from one partner of a table to the next.
func everyPartner(table string) string {
	return `WITH RECURSIVE k (partner) AS (
		SELECT min(partner) FROM ` + table + `
		UNION ALL
		SELECT (SELECT min(partner) FROM ` + table + ` WHERE partner > k.partner) FROM k WHERE k.partner IS NOT NULL
	)`
}

var (
	customersOfPartners = everyPartner("pe_customer") + ` SELECT partner FROM k WHERE partner IS NOT NULL`
	eventsOfPartners    = everyPartner("pe_event") + ` SELECT partner FROM k WHERE partner IS NOT NULL`

	// By customer, and those of a partner.
	nextKeys = []string{
		`SELECT DISTINCT customer FROM pe_entry INDEXED BY pe_entry_key WHERE customer > ? ORDER BY customer LIMIT ?`,
		`SELECT DISTINCT customer FROM pe_shared WHERE customer > ? ORDER BY customer LIMIT ?`,
	}
	nextCustomer = `SELECT customer FROM pe_customer WHERE partner = ? AND customer > ? ORDER BY customer LIMIT ?`
	nextEvent    = `SELECT DISTINCT customer FROM pe_event WHERE partner = ? AND customer > ? ORDER BY customer LIMIT ?`
)

// CustomerKeys implements storage.Inspector, in order of the keys.
func (s *Store) CustomerKeys(ctx context.Context, after tenant.Key, limit int) ([]tenant.Key, error) {
	var keys []tenant.Key
	err := s.read(ctx, "list what is stored", func(se *session) error {
		keys = nil
		add := func(query string, args ...any) error {
			found, err := collect(se, (*text).fields, query, append(args, string(after), limit)...)
			for _, t := range found {
				keys = append(keys, tenant.Key(t.s))
			}
			return err
		}
		for _, query := range nextKeys {
			if err := add(query); err != nil {
				return err
			}
		}
		for partners, query := range map[string]string{customersOfPartners: nextCustomer, eventsOfPartners: nextEvent} {
			found, err := collect(se, (*text).fields, partners)
			if err != nil {
				return err
			}
			for _, partner := range found {
				if err := add(query, partner.s); err != nil {
					return err
				}
			}
		}
		return nil
	})
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return keys[:min(limit, len(keys))], err
}

var (
	recordsOfCustomer = `SELECT DISTINCT engagement, customer, partner FROM pe_entry INDEXED BY pe_entry_key WHERE customer = ?1
		UNION SELECT engagement, customer, partner FROM pe_participation INDEXED BY pe_participation_live WHERE customer = ?1 AND live IS NOT NULL`
	sharedOfCustomer   = `SELECT engagement, customer, '' FROM pe_shared WHERE customer = ?`
	partnersOfCustomer = everyPartner("pe_customer") + ` SELECT c.partner FROM k CROSS JOIN pe_customer c ON c.partner = k.partner AND c.customer = ?`
	// Those that have ended are found by their entries and by what the history says of
	// them.
	toldOfCustomer = everyPartner("pe_event") + ` SELECT DISTINCT ` + participationColumns + `
		FROM k CROSS JOIN pe_event v ON v.partner = k.partner AND v.customer = ?1 AND v.participation <> ''
		CROSS JOIN pe_participation p ON p.partner = v.partner AND p.id = v.participation AND p.customer = v.customer`
	entriesOfCustomer = `SELECT ` + entryColumns + ` FROM pe_entry t INDEXED BY pe_entry_key WHERE customer = ?`
)

// Whole implements storage.Inspector.
func (s *Store) Whole(ctx context.Context, customer tenant.Key) (storage.Whole, error) {
	var out storage.Whole
	err := s.read(ctx, "read all of a customer", func(se *session) error {
		out = storage.Whole{Loaded: storage.Loaded{
			Records:   map[engagement.RecordKey]engagement.PartnerRecord{},
			Shared:    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
			Customers: map[engagement.CustomerKey]engagement.Customer{},
		}}
		return se.allOf(&out, string(customer))
	})
	return out, err
}

func (s *session) allOf(out *storage.Whole, customer string) error {
	found, err := collect(s, (*ownKey).fields, recordsOfCustomer, customer)
	if err != nil {
		return err
	}
	told, err := collect(s, (*participationRow).fields, toldOfCustomer, customer)
	if err != nil {
		return err
	}
	var keys []engagement.RecordKey
	for _, k := range found {
		keys = append(keys, ownRow{engagement: k.engagement, customer: k.customer, partner: k.partner}.key())
	}
	for _, p := range told {
		keys = append(keys, p.record())
	}
	rows, err := collect(s, (*ownKey).fields, sharedOfCustomer, customer)
	if err != nil {
		return err
	}
	var shared []engagement.CustomerEngagementKey
	for _, k := range rows {
		shared = append(shared, keyOf(k.engagement, k.customer))
	}
	if err := s.records(&out.Loaded, keys, shared, true, nil); err != nil {
		return err
	}
	for _, p := range told {
		r := out.Records[p.record()]
		p.addTo(&r)
		slices.SortFunc(r.Participations, oldestFirst)
		out.Records[p.record()] = r
	}
	partners, err := collect(s, (*text).fields, partnersOfCustomer, customer)
	if err != nil {
		return err
	}
	var own []engagement.CustomerKey
	for _, p := range partners {
		own = append(own, engagement.CustomerKey{Partner: engagement.PartnerID(p.s), Customer: tenant.Key(customer)})
	}
	if err := s.customers(&out.Loaded, own); err != nil {
		return err
	}
	entries, err := collect(s, (*entryRow).fields, entriesOfCustomer, customer)
	out.Entries = listRows(entries)
	slices.SortFunc(out.Entries, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	return err
}

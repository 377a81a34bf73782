package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

var _ storage.Inspector = (*Store)(nil)

// ofCustomers are the tables in which something is stored of a customer.
var ofCustomers = []string{"shared", "entry", "participation", "customer", "event"}

// CustomerKeys implements storage.Inspector, in order of the slots, and within one of
// the keys.
func (s *Store) CustomerKeys(ctx context.Context, after tenant.Key, limit int) ([]tenant.Key, error) {
	const op = "list what is stored"
	slot := int16(0)
	if after != "" {
		slot = slotOf(after)
	}
	var next, within []string
	for _, table := range ofCustomers {
		next = append(next, "(SELECT min(slot) FROM "+s.in+table+" WHERE slot > $1::smallint)")
		within = append(within, "SELECT customer FROM "+s.in+table+" WHERE slot = $1::smallint AND customer > $2::text")
	}
	var keys []tenant.Key
	for {
		if slot > 0 {
			found, err := list(ctx, s, op, strings.Join(within, " UNION ")+" ORDER BY customer LIMIT "+strconv.Itoa(limit-len(keys)), []any{slot, string(after)}, oneText)
			if err != nil {
				return nil, err
			}
			for _, key := range found {
				keys = append(keys, tenant.Key(key))
			}
		}
		if len(keys) == limit {
			return keys, nil
		}
		found, err := list(ctx, s, op, "SELECT coalesce(least("+strings.Join(next, ", ")+"), 0)::smallint", []any{slot}, func(n *int16) []any { return []any{n} })
		if err != nil || found[0] == 0 {
			return keys, err
		}
		slot, after = found[0], ""
	}
}

func oneText(t *string) []any { return []any{t} }

// kindEntry is an entry of any kind, in what is read besides a Load.
const kindEntry = 'e'

// Whole implements storage.Inspector, in one statement.
func (s *Store) Whole(ctx context.Context, customer tenant.Key) (storage.Whole, error) {
	out := storage.Whole{Loaded: storage.Loaded{
		Records:   map[engagement.RecordKey]engagement.PartnerRecord{},
		Shared:    map[engagement.CustomerEngagementKey]engagement.CustomerEngagement{},
		Customers: map[engagement.CustomerKey]engagement.Customer{},
	}}
	const where = " t WHERE t.slot = $1::smallint AND t.customer = $2::text"
	sql := strings.Join([]string{
		selecting(loading, kindEntry, entryRows) + " FROM " + s.in + "entry" + where,
		selecting(loading, kindParticipation, participationRows) + " FROM " + s.in + "participation" + where,
		selecting(loading, kindShared, sharedRows) + " FROM " + s.in + "shared" + where,
		selecting(loading, kindCustomer, customerRows) + " FROM " + s.in + "customer" + where,
	}, " UNION ALL ")
	var b *bundle
	var entries *reader[entryRow]
	err := s.read(ctx, "read all of a customer", sql, []any{slotOf(customer), string(customer)}, func() func(pgx.Rows) error {
		b, entries = new(bundle), new(reader[entryRow])
		return func(r pgx.Rows) error {
			if kindOf(r) == kindEntry {
				return entries.read(loading, r, entryRows)
			}
			return b.add(r)
		}
	})
	if err != nil {
		return out, err
	}
	for _, row := range b.participations.rows { // also where the record is lost
		out.Records[row.record()] = engagement.PartnerRecord{Key: row.record()}
	}
	for i := range entries.rows {
		row := &entries.rows[i]
		if row.Participation == "" {
			b.records.rows = append(b.records.rows, *row)
		} else if _, is := out.Records[row.key()]; !is {
			out.Records[row.key()] = engagement.PartnerRecord{Key: row.key()}
		}
		e, err := row.value()
		out.Entries = append(out.Entries, storage.ListRow{Entry: e, Err: err})
	}
	slices.SortFunc(out.Entries, func(a, b storage.ListRow) int {
		return cmp.Or(a.Entry.Record.Compare(b.Entry.Record), cmp.Compare(a.Entry.Row, b.Entry.Row))
	})
	return out, b.into(&out.Loaded)
}

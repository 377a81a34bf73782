package postgres

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// The limits below are part of the statements: a plan that is kept has to know
// how little is wanted.

// values turns rows into values. A row that cannot be read is left out, and its error
// is among the joined ones.
func values[R any, V any](list []R, value func(*R) (V, error)) ([]V, error) {
	out := make([]V, 0, len(list))
	var errs []error
	for i := range list {
		v, err := value(&list[i])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, v)
	}
	return out, errors.Join(errs...)
}

// Customers implements storage.Store.
func (s *Store) Customers(ctx context.Context, q storage.CustomersQuery) ([]engagement.Customer, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if !q.Naming.Key.IsZero() {
		return s.naming(ctx, q)
	}
	where, order, after := "t.partner = $1::text AND t.customer > $2::text", "t.customer", q.Partner
	if q.Partner == "" {
		where, order, after = "(t.partner, t.customer) > ($1::text, $2::text)", "t.partner, t.customer", q.AfterPartner
	}
	if q.Known {
		where += " AND t.known"
	}
	sql := "SELECT " + of("t", customerRows.columns) + " FROM " + s.in + "customer t" +
		" WHERE " + where + " ORDER BY " + order + " LIMIT " + strconv.Itoa(q.Limit)
	found, err := listBy(ctx, s.asAsked(ctx, q.Partner), "list customers", sql, []any{string(after), string(q.After)}, (*customerRow).fields)
	if err != nil {
		return nil, err
	}
	return values(found, (*customerRow).value)
}

// History implements storage.Store.
func (s *Store) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	before := int64(behind)
	if q.Before > 0 {
		before = q.Before
	}
	args := []any{slotOf(q.Customer.Customer), string(q.Customer.Partner), string(q.Customer.Customer), q.After, before}
	about, direction := "", ""
	if q.Participation != "" {
		about = " AND t.participation = $6::text"
		args = append(args, string(q.Participation))
	}
	if q.Newest {
		direction = " DESC"
	}
	sql := "SELECT " + of("t", eventRows.columns) + " FROM " + s.in + "event t" +
		" WHERE t.slot = $1::smallint AND t.partner = $2::text AND t.customer = $3::text AND t.seq > $4::bigint AND t.seq < $5::bigint" + about +
		" ORDER BY t.seq" + direction + " LIMIT " + strconv.Itoa(q.Limit)
	var found []eventRow
	err := s.shown(ctx, "read a history", q.Customer.Partner, sql, args, func() func(pgx.Rows) error {
		found = nil
		return func(rows pgx.Rows) error {
			var r eventRow
			err := rows.Scan(r.fields()...)
			found = append(found, r)
			return err
		}
	}, func(least position) []step { return []step{s.reaching(q, least)} })
	if err != nil {
		return nil, err
	}
	return values(found, (*eventRow).value)
}

// reaching is a step that makes sure that a replica has an event that is known to be
// there, and none that its primary does not show yet.
func (s *Store) reaching(q storage.HistoryQuery, least position) step {
	return step{
		sql: "SELECT coalesce(max(l.seq), 0) >= $4::bigint AND coalesce(max(l.place), 0) < " + s.epoch() + " + $5::bigint FROM (SELECT t.seq, t.place FROM " + s.in + "event t" +
			" WHERE t.slot = $1::smallint AND t.partner = $2::text AND t.customer = $3::text ORDER BY t.seq DESC LIMIT 1) l",
		args: findable([]any{slotOf(q.Customer.Customer), string(q.Customer.Partner), string(q.Customer.Customer), q.Reaching, least.shows}),
		scan: func(found pgx.Rows) error {
			var there bool
			err := found.Scan(&there)
			if err == nil && !there {
				err = errNotThereYet
			}
			return err
		},
	}
}

// due is a record that has something to record or to send.
type due struct{ Partner, Engagement, Customer string }

func (r *due) fields() []any { return []any{&r.Partner, &r.Engagement, &r.Customer} }

// Due implements storage.Store. A record is found by that of its participations which
// wakes first. To find those of one partner or engagement it passes over others.
func (s *Store) Due(ctx context.Context, q storage.DueQuery) ([]engagement.RecordKey, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	args := arguments{micros(q.Now)}
	where := ""
	if q.Partner != "" {
		where += " AND t.partner = " + args.add(string(q.Partner), "text")
	}
	if q.Engagement != "" {
		where += " AND t.engagement = " + args.add(string(q.Engagement), "text")
	}
	sql := "SELECT t.partner, t.engagement, t.customer FROM " + s.in + "entry t WHERE t.wake IS NOT NULL AND t.wake <= $1::bigint" + where +
		" AND NOT EXISTS (SELECT 1 FROM " + s.in + "entry o WHERE " + alike("o", "t", "slot", "engagement", "customer", "partner") +
		" AND o.wake IS NOT NULL AND (o.wake, o.participation) < (t.wake, t.participation))" +
		" ORDER BY t.wake, t.engagement, t.customer, t.partner LIMIT " + strconv.Itoa(q.Limit)
	found, err := list(ctx, s, "look for due records", sql, args, (*due).fields)
	var out []engagement.RecordKey
	for _, r := range found {
		out = append(out, keyOf(r.Partner, r.Engagement, r.Customer))
	}
	return out, err
}

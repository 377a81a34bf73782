package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// Lease implements storage.Store, in one trip. Calls at once do not wait for each
// other: each passes over what another is just taking, so that it may hand out
// fewer messages than there are.
//
// When the connection is lost within it, messages may stay held until their lease
// ends; then they are handed out again.
func (s *Store) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	const op = "lease messages"
	if err := rows.CheckLimit("messages", q.Limit); err != nil {
		return nil, err
	}
	var leased []rows.Message
	steps := s.leasing(q)
	steps[len(steps)-1].scan = func(found pgx.Rows) error {
		var m rows.Message
		err := found.Scan(m.Fields()...)
		leased = append(leased, m)
		return err
	}
	err := s.retry(ctx, op, func(q querier) error {
		leased = nil
		return s.together(ctx, q, steps)
	}, readable)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(leased, func(a, b rows.Message) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return rows.Readable(leased, rows.Message.Value)
}

// leasing returns the steps of a Lease: messages whose holding is over come back
// among those that are ready, and the oldest of these are taken.
func (s *Store) leasing(q storage.LeaseQuery) []step {
	now, until, limit := rows.Micros(q.Now), rows.Micros(q.Until), strconv.Itoa(q.Limit)
	// The keys come as one array: a join could read the whole table for it.
	taken := func(where string) string {
		return " WHERE id = ANY (ARRAY (SELECT id FROM " + s.in + "message WHERE " + where + " FOR UPDATE SKIP LOCKED))"
	}
	return []step{
		{
			sql:  "UPDATE " + s.in + "message SET held = false" + taken("held AND held_until <= $1::bigint ORDER BY created_at, id"),
			args: []any{now},
		}, {
			sql: "UPDATE " + s.in + "message t SET held = true, held_until = $2::bigint, attempts = attempts + 1" +
				taken("NOT held AND held_until <= $1::bigint ORDER BY created_at, id LIMIT "+limit) + " RETURNING " + of("t", rows.MessageColumns()),
			args: []any{now, until},
		},
	}
}

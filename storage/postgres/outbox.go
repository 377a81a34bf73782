package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// putMessages takes messages out of the outbox, or holds them, and puts new ones in. To
// find those of a receiver it reads the whole outbox.
func (s *applying) putMessages(p *plan) {
	for _, id := range slices.Sorted(slices.Values(p.changes.Delivered)) {
		s.toMessage("message delivered", id, func(from string) string { return "DELETE FROM " + s.in + "message t" + using(from, " USING ") })
	}
	for _, id := range p.postponed() {
		s.toMessage("message postponed", id, func(from string) string {
			return "UPDATE " + s.in + "message t SET held = true, held_until = $2::bigint" + using(from, " FROM ")
		}, micros(p.changes.Postponed[id]))
	}
	for _, r := range p.changes.Unsent {
		s.known(nil, textKey{what: "messages unsent"}, []any{string(r.Partner), r.To.String()}, func() string {
			return "DELETE FROM " + s.in + "message WHERE partner = $1::text AND receiver = $2::text"
		})
	}
	insert(s, "message", messageRows, p.messages, errMessageThere)
}

// toMessage does something to the message with an ID, wherever that is. The ID is the
// first argument.
func (s *applying) toMessage(what string, id engagement.MessageID, text func(from string) string, rest ...any) {
	args := append([]any{string(id)}, rest...)
	slot := storage.SlotIn(string(id))
	if slot == 0 {
		s.known(nil, textKey{what: what}, args, func() string { return text(anySlot) + " WHERE t.slot = k.slot AND t.id = $1::text" })
		return
	}
	s.known(nil, textKey{what: what, rows: 1}, append(args, int16(slot)), func() string {
		return text("") + " WHERE t.id = $1::text AND t.slot = $" + strconv.Itoa(len(args)+1) + "::smallint"
	})
}

func using(from, word string) string {
	if from == "" {
		return ""
	}
	return word + from
}

// putSendings is before the messages, and what goes is before what comes.
func (s *applying) putSendings(c storage.Changes) {
	var partners []string
	var added []sendingRow
	for _, n := range c.Sendings {
		added = append(added, newSending(n))
		if !c.SendingsFrom.IsZero() && !slices.Contains(partners, string(n.Partner)) {
			partners = append(partners, string(n.Partner))
		}
	}
	if len(partners) > 0 {
		s.known(nil, textKey{what: "outdated sendings"}, []any{partners, micros(c.SendingsFrom)}, func() string {
			return "DELETE FROM " + s.in + "sending WHERE partner = ANY ($1::text[]) AND at < $2::bigint"
		})
	}
	for _, f := range c.Forgotten {
		s.known(nil, textKey{what: "forgotten sendings"}, []any{string(f.Partner), f.Mailbox[:]}, func() string {
			return "DELETE FROM " + s.in + "sending WHERE partner = $1::text AND mailbox = $2::bytea"
		})
	}
	insert(s, "sending", sendingRows, added, errSendingThere)
}

// Lease implements storage.Store, in one trip. It waits for nobody: what others are just
// taking, or changing in a transaction that goes on, it passes over and takes the next.
//
// When the connection is lost within it, messages may stay held until their lease
// ends; then they are handed out again.
func (s *Store) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	const op = "lease messages"
	if err := q.Check(); err != nil {
		return nil, err
	}
	var leased []messageRow
	steps := s.leasing(q)
	steps[len(steps)-1].scan = func(found pgx.Rows) error {
		var m messageRow
		err := found.Scan(m.fields()...)
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
	slices.SortFunc(leased, func(a, b messageRow) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return values(leased, (*messageRow).value)
}

// leasing returns the steps of a Lease: messages whose holding is over come back
// among those that are ready, and the oldest of these are taken.
func (s *Store) leasing(q storage.LeaseQuery) []step {
	now, until, limit := micros(q.Now), micros(q.Until), strconv.Itoa(q.Limit)
	taken := func(where string) string {
		return "WITH taken AS MATERIALIZED (SELECT slot, id FROM " + s.in + "message WHERE " + where + " FOR UPDATE SKIP LOCKED) UPDATE " + s.in + "message t SET "
	}
	return []step{
		{
			sql:  taken("held AND held_until <= $1::bigint ORDER BY created_at, id") + "held = false FROM taken k WHERE t.slot = k.slot AND t.id = k.id",
			args: []any{now},
		}, {
			sql: taken("NOT held AND (held_until IS NULL OR held_until <= $1::bigint) ORDER BY created_at, id LIMIT "+limit) +
				"held = true, held_until = $2::bigint, attempts = t.attempts + 1 FROM taken k WHERE t.slot = k.slot AND t.id = k.id RETURNING " + of("t", messageRows.columns),
			args: []any{now, until},
		},
	}
}

package sqlite

import (
	"context"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// messageRow is the row of an outgoing message.
type messageRow struct {
	id, partner, receiver string
	createdAt, attempts   int64
	body                  []byte // its attempts are in the column
}

func (r *messageRow) fields() []any {
	return []any{&r.id, &r.partner, &r.receiver, &r.createdAt, &r.attempts, &r.body}
}

const (
	insertMessage = `INSERT INTO pe_message (id, partner, receiver, created_at, attempts, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	selectReady   = `SELECT id, partner, receiver, created_at, attempts, body FROM pe_message INDEXED BY pe_message_ready
		WHERE held = 0 AND held_until <= ? ORDER BY created_at, id LIMIT ?`

	deliverMessage  = `DELETE FROM pe_message WHERE id = ?`
	postponeMessage = `UPDATE pe_message SET held = 1, held_until = ? WHERE id = ?`
	unsendMessages  = `DELETE FROM pe_message WHERE partner = ? AND receiver = ?` // which looks at all: few, of which few are ever left

	// Whether there is something to hand out: most of the time there is not, and
	// who only looks waits for nobody.
	selectWaiting = `SELECT EXISTS (SELECT 1 FROM pe_message INDEXED BY pe_message_held WHERE held = 1 AND held_until <= ?1)
		OR EXISTS (SELECT 1 FROM pe_message INDEXED BY pe_message_ready WHERE held = 0 AND held_until <= ?1)`
	freeMessages = `UPDATE pe_message INDEXED BY pe_message_held SET held = 0 WHERE held = 1 AND held_until <= ?`
	holdMessage  = `UPDATE pe_message SET held = 1, held_until = ?, attempts = ? WHERE id = ?`
)

func (r messageRow) value() (engagement.Message, error) {
	m, err := decode[engagement.Message](r.body)
	if err == nil && (string(m.ID) != r.id || string(m.Partner) != r.partner || m.To.String() != r.receiver || micros(m.CreatedAt) != r.createdAt) {
		err = errOthers
	}
	if err != nil {
		err = &storage.UnreadableError{Kind: "message", Key: r.id, Err: err}
	}
	m.Attempts = int(r.attempts)
	return m, err
}

func (s *session) changeMessages(c storage.Changes) error {
	for _, id := range c.Delivered {
		if _, err := s.exec(deliverMessage, string(id)); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Postponed)) {
		if _, err := s.exec(postponeMessage, micros(c.Postponed[id]), string(id)); err != nil {
			return err
		}
	}
	for _, r := range c.Unsent {
		if _, err := s.exec(unsendMessages, string(r.Partner), r.To.String()); err != nil {
			return err
		}
	}
	for _, m := range c.Messages {
		attempts := m.Attempts
		m.Attempts = 0
		body, err := encode(m)
		if err != nil {
			return err
		}
		n, err := s.exec(insertMessage, string(m.ID), string(m.Partner), m.To.String(), micros(m.CreatedAt), attempts, body)
		if err != nil {
			return err
		}
		if n == 0 {
			return invalid("message %q is in the outbox already", m.ID)
		}
	}
	return nil
}

// Lease implements storage.Store.
func (s *Store) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	const op = "lease messages"
	if err := q.Check(); err != nil {
		return nil, err
	}
	now, until := micros(q.Now), micros(q.Until)
	waiting := false
	err := s.read(ctx, op, func(se *session) error {
		found, err := collect(se, (*number).fields, selectWaiting, now)
		waiting = err == nil && found[0].n == 1
		return err
	})
	if err != nil || !waiting {
		return nil, err
	}
	var found []messageRow
	err = s.write(ctx, op, func(se *session) error {
		if _, err := se.exec(freeMessages, now); err != nil {
			return err
		}
		var err error
		if found, err = collect(se, (*messageRow).fields, selectReady, now, q.Limit); err != nil {
			return err
		}
		for i := range found {
			m := &found[i]
			m.attempts++
			if _, err := se.exec(holdMessage, until, m.attempts, m.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return readable(found, messageRow.value)
}

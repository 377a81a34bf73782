package sqlite

import (
	"context"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

var (
	insertMessage = `INSERT INTO pe_message (` + strings.Join(rows.MessageColumns(), ", ") + `) SELECT ` + marks(len(rows.MessageColumns())) + `
		WHERE NOT EXISTS (SELECT 1 FROM pe_message INDEXED BY pe_message_id WHERE id = ?)`
	selectReady = `SELECT ` + listed(rows.MessageColumns()) + ` FROM pe_message t INDEXED BY pe_message_ready
		WHERE held = 0 AND held_until <= ? ORDER BY created_at, id LIMIT ?`
)

const (
	deliverMessage  = `DELETE FROM pe_message INDEXED BY pe_message_id WHERE id = ?`
	postponeMessage = `UPDATE pe_message INDEXED BY pe_message_id SET held = 1, held_until = ? WHERE id = ?`
	unsendMessages  = `DELETE FROM pe_message WHERE partner = ? AND receiver = ?`

	// Whether there is something to hand out: most of the time there is not, and
	// who only looks waits for nobody.
	selectWaiting = `SELECT '', '' WHERE EXISTS (SELECT 1 FROM pe_message INDEXED BY pe_message_held WHERE held = 1 AND held_until <= ?1)
		OR EXISTS (SELECT 1 FROM pe_message INDEXED BY pe_message_ready WHERE held = 0 AND held_until <= ?1)`
	freeMessages = `UPDATE pe_message INDEXED BY pe_message_held SET held = 0 WHERE held = 1 AND held_until <= ?`
	holdMessage  = `UPDATE pe_message SET held = 1, held_until = ?, attempts = ? WHERE partner = ? AND id = ?`
)

func (s *session) applyMessages(p rows.Plan) error {
	for _, id := range p.Delivered {
		if _, err := s.exec(deliverMessage, id); err != nil {
			return err
		}
	}
	for _, m := range p.Postponed {
		if _, err := s.exec(postponeMessage, m.Until, m.Message); err != nil {
			return err
		}
	}
	for _, r := range p.Unsent {
		if _, err := s.exec(unsendMessages, r.Partner, r.Receiver); err != nil {
			return err
		}
	}
	for i := range p.Messages {
		m := &p.Messages[i]
		n, err := s.exec(insertMessage, append(rows.Values(m.Fields()), m.ID)...)
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
	if err := rows.CheckLimit("messages", q.Limit); err != nil {
		return nil, err
	}
	now, until := rows.Micros(q.Now), rows.Micros(q.Until)
	waiting := false
	err := s.read(ctx, op, func(se *session) error {
		found, err := collect(se, (*pair).fields, selectWaiting, now)
		waiting = len(found) > 0
		return err
	})
	if err != nil || !waiting {
		return nil, err
	}
	var out []engagement.Message
	var unreadable error
	err = s.write(ctx, op, func(se *session) error {
		if _, err := se.exec(freeMessages, now); err != nil {
			return err
		}
		found, err := collect(se, (*rows.Message).Fields, selectReady, now, q.Limit)
		if err != nil {
			return err
		}
		for i := range found {
			m := &found[i]
			m.Attempts++
			if _, err := se.exec(holdMessage, until, m.Attempts, m.Partner, m.ID); err != nil {
				return err
			}
		}
		out, unreadable = rows.Readable(found, rows.Message.Value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, unreadable
}

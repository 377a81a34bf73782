package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Lease implements storage.Store.
func (s *Store) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	var free []*message
	for _, m := range s.messages {
		if !m.heldUntil.After(q.Now) {
			free = append(free, m)
		}
	}
	slices.SortFunc(free, func(a, b *message) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	var out []engagement.Message
	for _, m := range free[:min(q.Limit, len(free))] {
		m.Attempts++
		m.heldUntil = q.Until
		out = append(out, m.Message)
	}
	return out, nil
}

// changeOutbox takes messages in, holds them and drops them.
func (s *Store) changeOutbox(c storage.Changes) {
	for id, until := range c.Postponed {
		if m := s.messages[id]; m != nil {
			m.heldUntil = until
		}
	}
	for _, id := range c.Delivered {
		delete(s.messages, id)
	}
	if len(c.Unsent) > 0 {
		for id, m := range s.messages {
			if slices.Contains(c.Unsent, storage.Recipient{Partner: m.Partner, To: m.To}) {
				delete(s.messages, id)
			}
		}
	}
	for _, m := range c.Messages {
		m.CreatedAt, m.Deadline = precise(m.CreatedAt), precise(m.Deadline)
		s.messages[m.ID] = &message{Message: m}
	}
}

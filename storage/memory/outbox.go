package memory

import (
	"cmp"
	"context"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// outbox keeps the messages that have not been delivered.
type outbox struct {
	messages map[engagement.MessageID]*message
	ready    list[*message] // the oldest first
	held     list[*message] // by the end of their holding
}

type message struct {
	engagement.Message
	heldUntil int64 // microseconds; in the list held or, once that was seen to be over, in ready
	held      bool  // in the list held
}

func newOutbox() outbox {
	return outbox{
		messages: map[engagement.MessageID]*message{},
		ready:    list[*message]{compare: byAge},
		held:     list[*message]{compare: byHeldUntil},
	}
}

func byAge(a, b *message) int {
	if c := a.CreatedAt.Compare(b.CreatedAt); c != 0 {
		return c
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

func byHeldUntil(a, b *message) int {
	if a.heldUntil != b.heldUntil {
		return cmp.Compare(a.heldUntil, b.heldUntil)
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

func (o *outbox) add(m engagement.Message) {
	m.CreatedAt, m.Deadline = at(micros(m.CreatedAt)), at(micros(m.Deadline))
	stored := &message{Message: m, heldUntil: -never}
	o.messages[m.ID] = stored
	o.ready.insert(stored)
}

// drop takes a message out of the outbox.
func (o *outbox) drop(m *message) {
	o.unlist(m)
	delete(o.messages, m.ID)
}

// hold keeps a message back until a time.
func (o *outbox) hold(m *message, until int64) {
	o.unlist(m)
	m.held, m.heldUntil = true, until
	o.held.insert(m)
}

// free puts a message whose holding is over among those to hand out.
func (o *outbox) free(m *message) {
	o.unlist(m)
	m.held = false
	o.ready.insert(m)
}

func (o *outbox) unlist(m *message) {
	if m.held {
		o.held.remove(m)
		return
	}
	o.ready.remove(m)
}

// Lease implements storage.Store.
func (s *Store) Lease(ctx context.Context, q storage.LeaseQuery) ([]engagement.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.Limit < 1 {
		return nil, invalid("the limit of messages is %d: at least 1 is needed", q.Limit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	o, now := &s.outbox, micros(q.Now)
	var free []*message
	for m := range o.held.all() {
		if m.heldUntil > now {
			break
		}
		free = append(free, m)
	}
	for _, m := range free {
		o.free(m)
	}
	var leased []*message
	for m := range o.ready.all() {
		if len(leased) == q.Limit {
			break
		}
		if m.heldUntil <= now { // else a caller whose clock is ahead has freed it
			leased = append(leased, m)
		}
	}
	out := make([]engagement.Message, len(leased))
	for i, m := range leased {
		m.Attempts++
		out[i] = m.Message
		o.hold(m, micros(q.Until))
	}
	return out, nil
}

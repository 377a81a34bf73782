package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// eventKey names an event.
type eventKey struct {
	partner  engagement.PartnerID
	customer tenant.Key
	seq      int64
}

// event returns the event with that number in the feed; 1 is the first.
func (s *Store) event(number int64) engagement.Event {
	key := s.feed[number-1]
	return s.of(key.partner).events[key.customer][key.seq-1]
}

// behind returns the number of the event that was last read.
func (s *Store) behind(at storage.FeedPosition) (int64, error) {
	n, err := at.Number()
	switch {
	case n == 0:
		return 0, err
	case n > int64(len(s.feed)):
		return 0, storage.ErrRewound
	}
	return n, at.Of(n, s.event(n).Hash)
}

// Feed implements storage.Store, in the order in which the events came.
func (s *Store) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return storage.Feed{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()

	n, err := s.behind(q.After)
	if err != nil {
		return storage.Feed{}, err
	}
	out := storage.Feed{Next: q.After}
	for n < int64(len(s.feed)) && len(out.Events) < q.Limit {
		n++
		e := s.event(n)
		out.Next = storage.Numbered(n, e.Hash)
		if q.Partner == "" || q.Partner == e.Partner {
			out.Events = append(out.Events, storage.FeedEvent{Event: e, Position: out.Next})
		}
	}
	out.More = n < int64(len(s.feed))
	return out, nil
}

// FeedLag implements storage.Store. Nothing is ever held.
func (s *Store) FeedLag(ctx context.Context, q storage.FeedQuery) (storage.FeedLag, error) {
	feed, err := s.Feed(ctx, q)
	if err != nil || len(feed.Events) == 0 {
		return storage.FeedLag{}, err
	}
	return storage.FeedLag{Events: len(feed.Events), More: feed.More, Oldest: feed.Events[0].At}, nil
}

// Consumers implements storage.Store.
func (s *Store) Consumers(ctx context.Context, partner engagement.PartnerID) ([]storage.Consumer, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()

	var out []storage.Consumer
	for key, c := range s.consumers {
		if key.Partner == partner {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b storage.Consumer) int { return cmp.Compare(a.Key.Name, b.Key.Name) })
	return out, ctx.Err()
}

// Consume implements storage.Store.
func (s *Store) Consume(ctx context.Context, c storage.Consumed) error {
	_, from := c.From.Number()
	_, to := c.To.Number()
	if err := cmp.Or(ctx.Err(), c.Check(), from, to); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.consumers[c.Consumer].Position != c.From {
		return conflict("the consumer %q is somewhere else", c.Consumer.Name)
	}
	if c.To == "" {
		delete(s.consumers, c.Consumer)
		return nil
	}
	s.consumers[c.Consumer] = storage.Consumer{Key: c.Consumer, Position: c.To, At: precise(c.At)}
	return nil
}

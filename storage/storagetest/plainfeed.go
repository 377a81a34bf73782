package storagetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// fed names an event of the plain store.
type fed struct {
	key engagement.CustomerKey
	seq int64
}

func (s *plain) event(f fed) engagement.Event { return s.events[f.key][f.seq-1] }

func (s *plain) Feed(_ context.Context, q storage.FeedQuery) (storage.Feed, error) {
	n, err := q.After.Number()
	if err != nil {
		return storage.Feed{}, err
	}
	out := storage.Feed{Next: q.After}
	for i, f := range s.feed {
		switch at := storage.Numbered(int64(i+1), s.event(f).Hash); {
		case int64(i) < n || q.Partner != "" && q.Partner != f.key.Partner:
		case len(out.Events) == q.Limit:
			out.More = true
		default:
			out.Events, out.Next = append(out.Events, storage.FeedEvent{Event: s.event(f), Position: at}), at
		}
	}
	return out, nil
}

func (s *plain) FeedLag(ctx context.Context, q storage.FeedQuery) (storage.FeedLag, error) {
	feed, err := s.Feed(ctx, q)
	out := storage.FeedLag{Events: len(feed.Events), More: feed.More}
	if len(feed.Events) > 0 {
		out.Oldest = feed.Events[0].At
	}
	return out, err
}

func (s *plain) Consumers(_ context.Context, partner engagement.PartnerID) ([]storage.Consumer, error) {
	var out []storage.Consumer
	for key, c := range s.consumers {
		if key.Partner == partner {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b storage.Consumer) int { return cmp.Compare(a.Key.Name, b.Key.Name) })
	return out, nil
}

func (s *plain) Consume(_ context.Context, c storage.Consumed) error {
	if s.consumers[c.Consumer].Position != c.From {
		return storage.ErrConflict
	}
	s.consumers[c.Consumer] = storage.Consumer{Key: c.Consumer, Position: c.To, At: c.At}
	if c.To == "" {
		delete(s.consumers, c.Consumer)
	}
	return nil
}

// follow reads on in the feed of the stores, and expects events as the plain store has
// them: all, where nothing is left.
func (d *driver) follow(ctx context.Context, s storage.Store) error {
	from := len(d.follower.all)
	more, err := d.follower.read(ctx, s, 1+d.IntN(60))
	if err != nil {
		return err
	}
	for _, e := range d.follower.all[from:] {
		key := engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}
		if e.Seq > int64(len(d.plain.events[key])) {
			return fmt.Errorf("the feed has event %d of a history of %d", e.Seq, len(d.plain.events[key]))
		}
		if err := alike("an event of the feed", e, d.plain.event(fed{key, e.Seq})); err != nil {
			return err
		}
	}
	if more {
		return nil
	}
	return d.follower.readAll(ctx, s, 50, len(d.plain.feed))
}

package storagetest_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// TestBrokenFeeds runs the cases on stores whose feed is not what it should be.
func TestBrokenFeeds(t *testing.T) {
	feed := func(change func(storage.FeedQuery, *storage.Feed)) func() storage.Store {
		return func() storage.Store { return &otherFeed{memory.New(), change} }
	}
	expectFailures(t, []brokenStore{
		{"an event skipped", []string{"feed", "feed of a partner", "feed race", "model"}, feed(func(_ storage.FeedQuery, f *storage.Feed) {
			if n := len(f.Events); n > 2 && f.Events[1].Seq == 2 {
				f.Events = slices.Delete(f.Events, 1, 2)
			}
		})},
		{"an event repeated", []string{"feed", "feed of a partner", "feed race", "feed position"}, feed(func(_ storage.FeedQuery, f *storage.Feed) {
			if n := len(f.Events); n > 1 {
				f.Next = f.Events[n-2].Position
			}
		})},
		{"another order within a customer", []string{"feed", "feed of a partner", "feed race", "model"}, feed(func(_ storage.FeedQuery, f *storage.Feed) {
			slices.SortStableFunc(f.Events, func(a, b storage.FeedEvent) int { return int(b.Seq - a.Seq) })
		})},
		{"too many", []string{"feed"}, func() storage.Store { return &askedFeed{memory.New(), func(q *storage.FeedQuery) { q.Limit++ }} }},
		{"events of all partners", []string{"feed of a partner"}, func() storage.Store { return &askedFeed{memory.New(), func(q *storage.FeedQuery) { q.Partner = "" }} }},
		{"no more", []string{"feed", "model"}, feed(func(_ storage.FeedQuery, f *storage.Feed) {
			f.More = false
			f.Events = f.Events[:min(len(f.Events), 1)]
		})},
		{"a late one forgotten", []string{"feed race"}, func() storage.Store { return &numbering{Store: memory.New()} }},
		{"a person kept", []string{"feed"}, func() storage.Store {
			return &keptFeed{Store: memory.New(), kept: map[storage.FeedPosition]storage.FeedEvent{}}
		}},
		{"a position of any store", []string{"feed position"}, func() storage.Store { return &anyPosition{memory.New()} }},
		{"a lag of nothing", []string{"feed lag"}, func() storage.Store {
			return &otherLag{memory.New(), func(l *storage.FeedLag) { *l = storage.FeedLag{} }}
		}},
		{"a lag that goes on", []string{"feed lag"}, func() storage.Store { return &otherLag{memory.New(), func(l *storage.FeedLag) { l.More = true }} }},
		{"a consumer whose position is lost", []string{"consumers"}, func() storage.Store { return &staying{memory.New()} }},
		{"a consumer that two move", []string{"consumers"}, func() storage.Store { return &moving{memory.New()} }},
		{"consumers of all partners", []string{"consumers"}, func() storage.Store { return &allConsumers{memory.New()} }},
	})
}

// otherFeed changes what it found.
type otherFeed struct {
	storage.Store
	change func(storage.FeedQuery, *storage.Feed)
}

func (s *otherFeed) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	f, err := s.Store.Feed(ctx, q)
	s.change(q, &f)
	return f, err
}

// askedFeed changes what it was asked.
type askedFeed struct {
	storage.Store
	change func(*storage.FeedQuery)
}

func (s *askedFeed) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	if q.Limit > 0 {
		s.change(&q)
	}
	return s.Store.Feed(ctx, q)
}

// numbering shows the events of one that commits late with a smaller number than others'
// that were read already: readers who have got further never come back for them.
type numbering struct {
	storage.Store
	mu   sync.Mutex
	n    int
	late map[engagement.Digest]bool
}

func (s *numbering) Apply(ctx context.Context, c storage.Changes) error {
	s.mu.Lock()
	if s.n++; s.n%10 == 0 && len(c.Events) > 0 {
		if s.late == nil {
			s.late = map[engagement.Digest]bool{}
		}
		s.late[c.Events[0].Hash] = true
	}
	s.mu.Unlock()
	return s.Store.Apply(ctx, c)
}

func (s *numbering) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	f, err := s.Store.Feed(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Events = slices.DeleteFunc(f.Events, func(e storage.FeedEvent) bool { return s.late[e.Hash] })
	return f, err
}

// keptFeed shows events as they were when they were first read.
type keptFeed struct {
	storage.Store
	mu   sync.Mutex
	kept map[storage.FeedPosition]storage.FeedEvent
}

func (s *keptFeed) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	f, err := s.Store.Feed(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, e := range f.Events {
		if had, is := s.kept[e.Position]; is {
			f.Events[i] = had
		} else {
			s.kept[e.Position] = e
		}
	}
	return f, err
}

// anyPosition goes on from where it can.
type anyPosition struct{ storage.Store }

func (s *anyPosition) Feed(ctx context.Context, q storage.FeedQuery) (storage.Feed, error) {
	f, err := s.Store.Feed(ctx, q)
	if err != nil && q.Limit > 0 {
		q.After = ""
		return s.Store.Feed(ctx, q)
	}
	return f, err
}

// otherLag changes what it found.
type otherLag struct {
	storage.Store
	change func(*storage.FeedLag)
}

func (s *otherLag) FeedLag(ctx context.Context, q storage.FeedQuery) (storage.FeedLag, error) {
	l, err := s.Store.FeedLag(ctx, q)
	s.change(&l)
	return l, err
}

// staying says that it has moved a consumer on.
type staying struct{ storage.Store }

func (s *staying) Consume(ctx context.Context, c storage.Consumed) error {
	if c.From != "" {
		return nil
	}
	return s.Store.Consume(ctx, c)
}

// moving moves a consumer on wherever it is.
type moving struct{ storage.Store }

func (s *moving) Consume(ctx context.Context, c storage.Consumed) error {
	all, err := s.Consumers(ctx, c.Consumer.Partner)
	for _, o := range all {
		if o.Key == c.Consumer && c.From != "" && o.Position != c.To {
			c.From = o.Position
		}
	}
	if err != nil {
		return err
	}
	return s.Store.Consume(ctx, c)
}

// allConsumers does not ask whose they are.
type allConsumers struct{ storage.Store }

func (s *allConsumers) Consumers(ctx context.Context, p engagement.PartnerID) ([]storage.Consumer, error) {
	mine, err1 := s.Store.Consumers(ctx, "")
	theirs, err2 := s.Store.Consumers(ctx, "northwind")
	if err1 != nil {
		return nil, err1
	}
	return append(mine, theirs...), err2
}

package storagetest_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/storage/storagetest"
)

// parts take one part out of changes and return it by itself.
var parts = map[string]func(c *storage.Changes) storage.Changes{
	"places": func(c *storage.Changes) storage.Changes {
		out := storage.Changes{Places: c.Places, Entries: c.Entries}
		c.Places, c.Entries = nil, nil
		return out
	},
	"histories": func(c *storage.Changes) storage.Changes {
		out := storage.Changes{Customers: c.Customers, Events: c.Events}
		c.Customers, c.Events = nil, nil
		return out
	},
	"sendings": func(c *storage.Changes) storage.Changes {
		out := storage.Changes{Sendings: c.Sendings, SendingsFrom: c.SendingsFrom}
		c.Sendings, c.SendingsFrom = nil, time.Time{}
		return out
	},
	"tokens":   func(c *storage.Changes) (out storage.Changes) { out.Tokens, c.Tokens = c.Tokens, nil; return out },
	"messages": func(c *storage.Changes) (out storage.Changes) { out.Messages, c.Messages = c.Messages, nil; return out },
	"delivered": func(c *storage.Changes) (out storage.Changes) {
		out.Delivered, c.Delivered = c.Delivered, nil
		return out
	},
	"postponed": func(c *storage.Changes) (out storage.Changes) {
		out.Postponed, c.Postponed = c.Postponed, nil
		return out
	},
	"unsent": func(c *storage.Changes) (out storage.Changes) { out.Unsent, c.Unsent = c.Unsent, nil; return out },
	"forgotten": func(c *storage.Changes) (out storage.Changes) {
		out.Forgotten, c.Forgotten = c.Forgotten, nil
		return out
	},
	"erased":  func(c *storage.Changes) (out storage.Changes) { out.Erased, c.Erased = c.Erased, nil; return out },
	"command": func(c *storage.Changes) (out storage.Changes) { out.Command, c.Command = c.Command, nil; return out },
}

// inPieces commits parts of changes by themselves, in this order, and the rest then.
type inPieces struct {
	storage.Store
	order []string
}

func (s *inPieces) Apply(ctx context.Context, c storage.Changes) error {
	for _, name := range s.order {
		if err := s.Store.Apply(ctx, parts[name](&c)); err != nil {
			return err
		}
	}
	return s.Store.Apply(ctx, c)
}

// TestStoresInPieces takes each kind of row out of the transaction.
func TestStoresInPieces(t *testing.T) {
	stores := []brokenStore{{"all, the places first", []string{"last part"}, func() storage.Store {
		return &inPieces{memory.New(), []string{"places", "histories", "command", "erased", "sendings", "forgotten", "delivered", "postponed", "unsent", "messages", "tokens"}}
	}}}
	for name := range maps.Keys(parts) {
		stores = append(stores, brokenStore{name, []string{"last part"}, func() storage.Store { return &inPieces{memory.New(), []string{name}} }})
	}
	expectFailures(t, stores)
}

// remembering is a handle that answers as it did before until it has made a change
// itself.
type remembering struct {
	storage.Store
	what string
	mu   sync.Mutex
	had  map[string]any
}

func (s *remembering) Apply(ctx context.Context, c storage.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.had = nil
	return s.Store.Apply(ctx, c)
}

func recall[V any](s *remembering, what string, key any, v V) V {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what != s.what {
		return v
	}
	name := fmt.Sprint(key)
	if had, ok := s.had[name]; ok {
		return had.(V)
	}
	if s.had == nil {
		s.had = map[string]any{}
	}
	s.had[name] = v
	return v
}

func (s *remembering) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, want)
	for key, pl := range loaded.Places {
		loaded.Places[key] = recall(s, "places", key, pl)
	}
	for _, key := range want.Customers {
		loaded.Customers[key] = recall(s, "customers", key, loaded.Customers[key])
	}
	loaded.Command = recall(s, "commands", want.Command, loaded.Command)
	loaded.Participation = recall(s, "links", fmt.Sprint(want.Link, want.Participation), loaded.Participation)
	loaded.Sent = recall(s, "sendings", want.Sendings.Partner, loaded.Sent)
	return loaded, err
}

func (s *remembering) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	page, err := s.Store.Page(ctx, q)
	page.Counts = recall(s, "counts", fmt.Sprint(q.Partner, q.Engagement), page.Counts)
	return page, err
}

func (s *remembering) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	events, err := s.Store.History(ctx, q)
	return recall(s, "events", q, events), err
}

func (s *remembering) Due(ctx context.Context, now time.Time, limit int) ([]engagement.PlaceKey, error) {
	due, err := s.Store.Due(ctx, now, limit)
	return recall(s, "due", now, due), err
}

// tallies are the counts of tabs that two handles keep up to date.
type tallies struct {
	mu     sync.Mutex
	counts map[string]int
}

// tallying is a handle that changes the counts by how the entries of a place differ
// from those that it has read or written last.
type tallying struct {
	storage.Store
	shared *tallies
	had    map[engagement.PlaceKey][]engagement.Entry
}

func (s *tallying) Apply(ctx context.Context, c storage.Changes) error {
	if err := s.Store.Apply(ctx, c); err != nil {
		return err
	}
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	for _, pl := range c.Places {
		for _, e := range s.had[pl.Key] {
			s.shared.counts[fmt.Sprint(e.Partner, pl.Key.Engagement, e.Tab)]--
		}
		s.had[pl.Key] = nil
	}
	for _, e := range c.Entries {
		s.shared.counts[fmt.Sprint(e.Partner, e.Place.Engagement, e.Tab)]++
		s.had[e.Place] = append(s.had[e.Place], e)
	}
	return nil
}

func (s *tallying) Load(ctx context.Context, want storage.Want) (storage.Loaded, error) {
	loaded, err := s.Store.Load(ctx, want)
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	for key, pl := range loaded.Places {
		s.had[key] = pl.Entries(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) // before any deadline
	}
	return loaded, err
}

func (s *tallying) Page(ctx context.Context, q storage.PageQuery) (storage.Page, error) {
	page, err := s.Store.Page(ctx, q)
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	counts := map[engagement.Tab]int{}
	for tab := range page.Counts {
		counts[tab] = s.shared.counts[fmt.Sprint(q.Partner, q.Engagement, tab)]
	}
	page.Counts = counts
	return page, err
}

// TestStoresThatRemember opens two handles of one store, each of which takes what it
// has seen for what there is.
func TestStoresThatRemember(t *testing.T) {
	var behind storagetest.Case
	for _, c := range storagetest.Cases() {
		if c.Name == "behind the back" {
			behind = c
		}
	}
	fails := func(t *testing.T, a, b storage.Store) {
		t.Helper()
		if err := behind.Run(t.Context(), a, b); err == nil || !strings.HasPrefix(err.Error(), behind.Rule+"\n") {
			t.Errorf("a store that remembers: %v", err)
		}
	}
	for _, what := range []string{"places", "customers", "commands", "links", "sendings", "counts", "events", "due"} {
		t.Run(what, func(t *testing.T) {
			db := memory.New()
			fails(t, &remembering{Store: db, what: what}, &remembering{Store: db, what: what})
		})
	}
	t.Run("entries", func(t *testing.T) {
		db, shared := memory.New(), &tallies{counts: map[string]int{}}
		handle := func() storage.Store {
			return &tallying{Store: db, shared: shared, had: map[engagement.PlaceKey][]engagement.Entry{}}
		}
		fails(t, handle(), handle())
		one := handle() // alone, its counts are right
		shared.counts, one.(*tallying).Store = map[string]int{}, memory.New()
		if err := behind.Run(t.Context(), one, one); err != nil {
			t.Error(err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		db := memory.New()
		if err := behind.Run(t.Context(), &remembering{Store: db}, &remembering{Store: db}); err != nil {
			t.Error(err)
		}
	})
}

package storagetest_test

import (
	"context"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
)

// TestBrokenPrune shows that the kit fails stores that prune too much or too little.
func TestBrokenPrune(t *testing.T) {
	query := func(change func(*storage.PruneQuery)) func() storage.Store {
		return func() storage.Store { return &misjudges{Store: memory.New(), query: change} }
	}
	expectFailures(t, []brokenStore{
		{"all of it at once", []string{"prune"}, query(func(q *storage.PruneQuery) { q.Limit = 1000 })},
		{"what is not old enough", []string{"prune"}, query(func(q *storage.PruneQuery) { q.Commands = q.Commands.Add(time.Hour) })},
		{"sendings for good", []string{"prune", "model"}, query(func(q *storage.PruneQuery) { q.Sendings = time.Time{} })},
		{"tokens for good", []string{"spent tokens", "model"}, query(func(q *storage.PruneQuery) { q.Spent = time.Time{} })},
		{"tokens that are spent an hour late", []string{"spent tokens"}, func() storage.Store {
			return &misjudges{Store: memory.New(), query: func(q *storage.PruneQuery) {
				if !q.Spent.IsZero() {
					q.Spent = q.Spent.Add(-time.Hour)
				}
			}}
		}},
		{"whatever token is old", []string{"spent tokens", "model"}, func() storage.Store { return &spendsAll{memory.New()} }},
	})
}

// misjudges prunes by another query.
type misjudges struct {
	storage.Store
	query func(*storage.PruneQuery)
}

func (s *misjudges) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	if q.Limit > 0 {
		s.query(&q)
	}
	return s.Store.Prune(ctx, q)
}

// spendsAll takes every token for spent as soon as it is there.
type spendsAll struct{ storage.Store }

func (s *spendsAll) Apply(ctx context.Context, c storage.Changes) error {
	for _, t := range c.Tokens {
		c.Spent = append(c.Spent, storage.LinkKey{Hash: t.Hash, Slot: t.Slot})
	}
	return s.Store.Apply(ctx, c)
}

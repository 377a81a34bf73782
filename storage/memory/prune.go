package memory

import (
	"cmp"
	"context"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

// Prune implements storage.Store.
func (s *Store) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	if err := cmp.Or(ctx.Err(), q.Check()); err != nil {
		return storage.Pruned{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	var out storage.Pruned
	take := func(n *int, at, before time.Time) bool {
		if *n == q.Limit || !at.Before(before) {
			return false
		}
		*n++
		return true
	}
	for hash, at := range s.spent {
		if take(&out.Tokens, at, q.Spent) {
			delete(s.tokens, hash)
			delete(s.spent, hash)
		}
	}
	for _, p := range s.partners {
		for key, record := range p.commands {
			if take(&out.Commands, record.At, q.Commands) {
				delete(p.commands, key)
			}
		}
		kept := p.sendings[:0]
		for _, n := range p.sendings {
			if !take(&out.Sendings, n.At, q.Sendings) {
				kept = append(kept, n)
			}
		}
		p.sendings = kept
	}
	return out, nil
}

// spend notes since when tokens are spent.
func (s *Store) spend(c storage.Changes) {
	for _, k := range c.Spent {
		t, there := s.tokens[k.Hash]
		if _, already := s.spent[k.Hash]; there && !already && (k.Slot == 0 || k.Slot == t.Slot) {
			s.spent[k.Hash] = precise(c.At)
		}
	}
}

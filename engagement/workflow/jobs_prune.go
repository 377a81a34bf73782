package workflow

import (
	"context"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Retention is for how long what Prune takes away is kept at least. Less than the
// library's own times counts as those.
type Retention struct {
	Commands time.Duration // what idempotency keys led to; 0: 30 days
	Links    time.Duration // what links open, after their participation has ended; 0: 366 days
}

const (
	keepCommands = 30 * 24 * time.Hour
	keepLinks    = 366 * 24 * time.Hour // a year, whichever it is
	pruneBatch   = 500
)

// Pruned is how much Prune has taken away.
type Pruned struct {
	Commands int `json:"commands"` // what idempotency keys led to
	Links    int `json:"links"`    // by what links opened, and by what mails that carried them were known to RecordBounce
	Sendings int `json:"sendings"` // that no longer count against the limits on sending
}

// Prune takes away what nobody needs any more: what idempotency keys led to, after 30
// days; what links open, 366 days after their participation has ended; and notes of
// mails that no longer count against the Policy. Options.Keep keeps the first two for
// longer. After that an old key is a new one, so a client that tries again for longer
// than that can do the same twice. An old link then says that it is unknown, where
// before it said what was decided; evidence, histories and claims stay. Links of
// participations that ended under a version of the library before it pruned are kept.
//
// It works in batches of 500, any number of processes may prune at once, and a context
// that is over ends it between two batches. It returns how much was taken away, also
// with an error.
func (d *JobsDesk) Prune(ctx context.Context) (Pruned, error) {
	s := d.s
	var done Pruned
	if err := s.checkClock(ctx); err != nil {
		return done, err
	}
	now := s.now()
	q := storage.PruneQuery{
		Commands: now.Add(-max(s.keep.Commands, keepCommands)), Spent: now.Add(-max(s.keep.Links, keepLinks)),
		Sendings: s.policy.Horizon(now), Limit: pruneBatch,
	}
	for {
		n, err := s.store.Prune(ctx, q)
		if err != nil {
			return done, unavailable("storage", err)
		}
		done.Commands, done.Links, done.Sendings = done.Commands+n.Commands, done.Links+n.Tokens, done.Sendings+n.Sendings
		if max(n.Commands, n.Tokens, n.Sendings) < q.Limit {
			return done, nil
		}
	}
}

// Ended implements engine.Domain: of a participation that has just ended, the tokens by
// which it is found have their age from now on.
func (u *unit) Ended(p engagement.Participation) {
	for _, l := range p.Links() {
		for _, hash := range l.Tokens {
			u.Changes.Spent = append(u.Changes.Spent, spent(hash, p))
		}
		if l.Message != "" {
			u.Changes.Spent = append(u.Changes.Spent, spent(messageHash(engagement.MessageID(l.Message)), p))
		}
	}
}

func spent(hash link.Hash, p engagement.Participation) storage.LinkKey {
	return storage.LinkKey{Hash: hash, Slot: storage.SlotOf(p.Customer)}
}

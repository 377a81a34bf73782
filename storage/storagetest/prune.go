package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func pruneCases() []Case {
	return []Case{
		{"prune", "Prune takes away what is from before the times it is given, up to the limit of each kind, and returns how much; a zero time leaves all of a kind, and what went is as if it had never been.", checkPrune},
		{"spent tokens", "A token that is not spent stays, whatever its age; one that is spent twice has its age since the first time, and is found as long as it is there.", checkSpent},
	}
}

// used writes a command record for each hour.
func used(ctx context.Context, s storage.Store, of engagement.PartnerID, hours ...int) error {
	var errs []error
	for _, h := range hours {
		errs = append(errs, s.Apply(ctx, storage.Changes{Command: &storage.CommandRecord{
			Key: storage.CommandKey{Partner: of, Key: fmt.Sprint("k", h)}, Body: box(h), Result: []byte("[]"), At: start.Add(time.Duration(h) * time.Hour),
		}}))
	}
	return errors.Join(errs...)
}

// keysKept are the hours of a partner's command records that are found.
func keysKept(ctx context.Context, s storage.Store, of engagement.PartnerID) ([]int, error) {
	var out []int
	for h := range 6 {
		loaded, err := s.Load(ctx, storage.Want{Command: storage.CommandKey{Partner: of, Key: fmt.Sprint("k", h)}})
		if err != nil {
			return nil, err
		}
		if loaded.Command != nil {
			out = append(out, h)
		}
	}
	return out, nil
}

func checkPrune(ctx context.Context, a, b storage.Store) error {
	var list []storage.Sending
	for h := range 5 {
		list = append(list, sending(northwind, fmt.Sprint("s", h), 1, start.Add(time.Duration(h)*time.Hour)), sending(fabrikam, fmt.Sprint("s", h), 1, start.Add(time.Duration(h)*time.Hour)))
	}
	if err := errors.Join(used(ctx, a, northwind, 0, 1, 2, 3), used(ctx, b, fabrikam, 0, 2, 4), a.Apply(ctx, storage.Changes{Sendings: list})); err != nil {
		return err
	}
	none, err1 := b.Prune(ctx, storage.PruneQuery{Limit: 100})
	early, err2 := b.Prune(ctx, storage.PruneQuery{Commands: start, Spent: start, Sendings: start, Limit: 100})
	some, err3 := b.Prune(ctx, storage.PruneQuery{Commands: start.Add(2 * time.Hour), Limit: 2})
	rest, err4 := a.Prune(ctx, storage.PruneQuery{Commands: start.Add(2 * time.Hour), Sendings: start.Add(3 * time.Hour), Limit: 4})
	more, err5 := a.Prune(ctx, storage.PruneQuery{Commands: start.Add(2 * time.Hour), Sendings: start.Add(3 * time.Hour), Limit: 4})
	if err := errors.Join(err1, err2, err3, err4, err5,
		same("what goes by no time", none, storage.Pruned{}), same("what goes by a time before all", early, storage.Pruned{}),
		same("what goes by a limit", some, storage.Pruned{Commands: 2}), same("what goes after that", rest, storage.Pruned{Commands: 1, Sendings: 4}),
		same("what goes at the end", more, storage.Pruned{Sendings: 2}),
	); err != nil {
		return err
	}
	ours, err1 := keysKept(ctx, b, northwind)
	theirs, err2 := keysKept(ctx, a, fabrikam)
	left, err3 := a.Load(ctx, storage.Want{Sendings: storage.SendingsQuery{Partner: northwind, Mailboxes: []engagement.Digest{box(1)}, Since: start, Today: start}})
	_, err4 = a.Prune(ctx, storage.PruneQuery{Commands: start})
	return errors.Join(err1, err2, err3, same("the keys that are left", ours, []int{2, 3}), same("another partner's", theirs, []int{2, 4}),
		same("how many sendings are left", []int{len(left.Sendings), left.Sent}, []int{2, 2}),
		matches("a Prune without a limit", err4, storage.ErrInvalid),
		used(ctx, b, northwind, 1), // its key is new again
	)
}

func checkSpent(ctx context.Context, a, b storage.Store) error {
	p := added(northwind, migration, 1, start)
	c := changed(start, of(p))
	keep, spend, old := tokenOf(link.Hash{1}, p), tokenOf(link.Hash{2}, p), tokenOf(link.Hash{3}, p)
	c.Tokens = []storage.Token{keep, spend}
	if err := a.Apply(ctx, c); err != nil {
		return err
	}
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	key := func(t storage.Token) storage.LinkKey { return storage.LinkKey{Hash: t.Hash, Slot: t.Slot} }
	nobodys := storage.LinkKey{Hash: link.Hash{9}, Slot: keep.Slot}
	err := errors.Join(
		b.Apply(ctx, storage.Changes{At: at(1), Spent: []storage.LinkKey{key(spend), nobodys}}),
		a.Apply(ctx, storage.Changes{At: at(2), Tokens: []storage.Token{old}, Spent: []storage.LinkKey{key(old)}}), // with its own Apply
		a.Apply(ctx, storage.Changes{At: at(5), Spent: []storage.LinkKey{key(spend)}}),                             // again
	)
	if err != nil {
		return err
	}
	found := func(s storage.Store) (out []bool, err error) {
		for _, t := range []storage.Token{keep, spend, old} {
			loaded, err := s.Load(ctx, storage.Want{Link: key(t)})
			if err != nil {
				return nil, err
			}
			out = append(out, loaded.Participation != nil)
		}
		return out, nil
	}
	none, err1 := b.Prune(ctx, storage.PruneQuery{Spent: at(1), Limit: 9})
	all, err2 := b.Prune(ctx, storage.PruneQuery{Commands: at(9), Limit: 9})
	there, err3 := found(a)
	first, err4 := a.Prune(ctx, storage.PruneQuery{Spent: at(2), Limit: 9})
	left, err5 := found(b)
	second, err6 := b.Prune(ctx, storage.PruneQuery{Spent: at(100), Limit: 9})
	last, err7 := found(b)
	return errors.Join(err1, err2, err3, err4, err5, err6, err7,
		same("what goes at its very time, or when nothing is said of tokens", []storage.Pruned{none, all}, []storage.Pruned{{}, {}}),
		same("which are found until then", there, []bool{true, true, true}),
		same("what goes later", []storage.Pruned{first, second}, []storage.Pruned{{Tokens: 1}, {Tokens: 1}}),
		same("which are found after the first", left, []bool{true, false, true}), same("which are found in the end", last, []bool{true, false, false}),
		matches("a token that is spent at no time", a.Apply(ctx, storage.Changes{Spent: []storage.LinkKey{key(keep)}}), storage.ErrInvalid),
	)
}

// spending is since when tokens are spent.
type spending map[link.Hash]time.Time

func (s *plain) applySpent(c storage.Changes) {
	for _, k := range c.Spent {
		if _, already := s.spent[k.Hash]; !already {
			if _, there := s.tokens[k.Hash]; there {
				s.spent[k.Hash] = c.At
			}
		}
	}
}

func (s *plain) Prune(_ context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	var out storage.Pruned
	for key, c := range s.commands {
		if c.At.Before(q.Commands) {
			delete(s.commands, key)
			out.Commands++
		}
	}
	for hash, at := range s.spent {
		if at.Before(q.Spent) {
			delete(s.spent, hash)
			delete(s.tokens, hash)
			out.Tokens++
		}
	}
	before := len(s.sendings)
	s.sendings = slices.DeleteFunc(s.sendings, func(n storage.Sending) bool { return n.At.Before(q.Sendings) })
	out.Sendings = before - len(s.sendings)
	return out, nil
}

// prune has a store and the plain one prune the same, all of it: which of several go by a
// limit is the store's own.
func (d *driver) prune(ctx context.Context, s storage.Store) error {
	ago := func() time.Time { return d.now.Add(-time.Duration(d.IntN(60)*4) * time.Hour) }
	q := storage.PruneQuery{Limit: 1_000_000}
	if d.IntN(2) == 0 {
		q.Commands = ago()
	}
	if d.IntN(2) == 0 {
		q.Spent = ago()
	}
	if d.IntN(2) == 0 {
		q.Sendings = ago()
	}
	got, err1 := s.Prune(ctx, q)
	plain, err2 := d.plain.Prune(ctx, q)
	return errors.Join(err1, err2, alike(fmt.Sprintf("what Prune returns for %+v", q), got, plain))
}

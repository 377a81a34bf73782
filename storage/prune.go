package storage

import "time"

// PruneQuery says what has its age. Of each kind up to Limit rows go; a zero time leaves
// all of a kind.
type PruneQuery struct {
	Commands time.Time // command records from before it
	Spent    time.Time // tokens that were among Changes.Spent before it
	Sendings time.Time // sendings from before it
	Limit    int       // at least 1
}

// Pruned is how many rows of each kind went.
type Pruned struct{ Commands, Tokens, Sendings int }

// Check returns ErrInvalid for a limit below 1.
func (q PruneQuery) Check() error { return checkLimit("what is pruned", q.Limit) }

func (c Changes) checkSpent() error {
	if len(c.Spent) > 0 && c.At.IsZero() {
		return invalid("tokens are spent, and nothing says when")
	}
	for _, k := range c.Spent {
		if k.Hash.IsZero() {
			return invalid("a token that is spent has no hash")
		}
	}
	return nil
}

package postgres

import (
	"context"
	"time"
)

// proofWithin is how long the search for what an Apply wrote may take.
const proofWithin = 5 * time.Second

// outcome finds out what became of an Apply whose error does not say it. It returns
// nil when it was done; else nobody knows yet.
//
// What it looks for is of no other Apply: a command record with its result, the
// hash of an event, which covers who did it with a random salt, when, and all that
// was before, or a random token. (Of an event that nobody but the clock has caused
// two processes can make the same one at the same moment; then it does not matter
// which of them did.) That it is missing proves nothing, since the server may
// still be at it.
func (s *Store) outcome(ctx context.Context, p *plan, cause error) error {
	unknown := &Error{Op: "apply changes", Problem: ErrUnknown, Err: cause}
	sql, args := s.proof(p)
	if sql == "" {
		return unknown
	}
	ctx, cancel := context.WithTimeout(ctx, proofWithin)
	defer cancel()
	found, err := list(ctx, s, "look for what was applied", sql, args, func(n *int64) []any { return []any{n} })
	if err != nil || len(found) == 0 {
		return unknown
	}
	return nil
}

// proof returns the statement that finds a row when the plan was carried out, or
// none when nothing in it could prove that.
func (s *Store) proof(p *plan) (string, []any) {
	var a arguments
	if c := p.command; c != nil {
		return "SELECT 1::bigint FROM " + s.in + "command WHERE partner = " + a.add(c.Partner, "text") + " AND key = " + a.add(c.Key, "text") +
			" AND body = " + a.add(c.Body, "bytea") + " AND at = " + a.add(c.At, "bigint") + " AND result IS NOT DISTINCT FROM " + a.add(c.Result, "bytea"), a
	}
	if n := len(p.events); n > 0 {
		e := p.events[n-1]
		return "SELECT 1::bigint FROM " + s.in + "event WHERE slot = " + a.add(e.Slot, "smallint") + " AND partner = " + a.add(e.Partner, "text") +
			" AND customer = " + a.add(e.Customer, "text") + " AND seq = " + a.add(e.Seq, "bigint") + " AND hash = " + a.add(e.Hash, "bytea"), a
	}
	if len(p.tokens) > 0 {
		return "SELECT 1::bigint FROM " + s.in + "token WHERE slot = " + a.add(p.tokens[0].Slot, "smallint") + " AND hash = " + a.add(p.tokens[0].Hash, "bytea"), a
	}
	return "", nil
}

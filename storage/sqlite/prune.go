package sqlite

import (
	"context"
	"time"

	"github.com/partnerengage/partnerengage/storage"
)

const (
	spendToken = `UPDATE pe_token SET spent = ?1 WHERE hash = ?2 AND (?3 = 0 OR slot IN (0, ?3)) AND spent IS NULL`

	pruneCommands = `DELETE FROM pe_command WHERE rowid IN (SELECT rowid FROM pe_command INDEXED BY pe_command_at WHERE at < ? ORDER BY at LIMIT ?)`
	pruneTokens   = `DELETE FROM pe_token WHERE hash IN (SELECT hash FROM pe_token INDEXED BY pe_token_spent WHERE spent IS NOT NULL AND spent < ? ORDER BY spent LIMIT ?)`
	// By partner, as the limits on sending look for them.
	pruneSendings = `WITH RECURSIVE who (partner) AS (SELECT min(partner) FROM pe_sending UNION ALL
			SELECT (SELECT min(s.partner) FROM pe_sending s WHERE s.partner > who.partner) FROM who WHERE who.partner IS NOT NULL)
		DELETE FROM pe_sending WHERE (partner, message) IN (SELECT s.partner, s.message FROM who CROSS JOIN pe_sending s INDEXED BY pe_sending_at
			WHERE s.partner = who.partner AND s.at < ? LIMIT ?)`
)

// spend notes since when tokens are spent.
func (s *session) spend(c storage.Changes) error {
	for _, k := range c.Spent {
		if _, err := s.exec(spendToken, micros(c.At), k.Hash[:], int64(k.Slot)); err != nil {
			return err
		}
	}
	return nil
}

// Prune implements storage.Store, in one transaction: others who write wait for it, so a
// limit of some hundreds is a good one.
func (s *Store) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	if err := q.Check(); err != nil {
		return storage.Pruned{}, err
	}
	var out storage.Pruned
	err := s.write(ctx, "prune", func(se *session) error {
		out = storage.Pruned{}
		for _, kind := range []struct {
			sql    string
			before time.Time
			n      *int
		}{{pruneCommands, q.Commands, &out.Commands}, {pruneTokens, q.Spent, &out.Tokens}, {pruneSendings, q.Sendings, &out.Sendings}} {
			if kind.before.IsZero() {
				continue
			}
			n, err := se.exec(kind.sql, micros(kind.before), q.Limit)
			if err != nil {
				return err
			}
			*kind.n = int(n)
		}
		return nil
	})
	return out, err
}

package postgres

import (
	"context"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/storage"
)

// spend notes since when tokens are spent.
func (s *applying) spend(c storage.Changes) {
	bySlot := map[int16][][]byte{}
	var slots []int16
	for _, k := range c.Spent {
		slot := int16(k.Slot)
		if slot == 0 {
			slot = int16(storage.SlotOfHash(k.Hash))
		}
		if bySlot[slot] == nil {
			slots = append(slots, slot)
		}
		bySlot[slot] = append(bySlot[slot], slices.Clone(k.Hash[:]))
	}
	slices.Sort(slots)
	if len(slots) == 1 {
		s.known(nil, textKey{what: "spend tokens", rows: 1}, []any{micros(c.At), slots[0], bySlot[slots[0]]}, func() string {
			return "UPDATE " + s.in + "token SET spent = $1::bigint WHERE slot = $2::smallint AND hash = ANY ($3::bytea[]) AND spent IS NULL"
		})
		return
	}
	var of []int16
	var hashes [][]byte
	for _, slot := range slots {
		for _, hash := range bySlot[slot] {
			of, hashes = append(of, slot), append(hashes, hash)
		}
	}
	if len(hashes) > 0 {
		s.known(nil, textKey{what: "spend tokens"}, []any{micros(c.At), of, hashes}, func() string {
			return "UPDATE " + s.in + "token t SET spent = $1::bigint FROM unnest($2::smallint[], $3::bytea[]) v(slot, hash)" +
				" WHERE t.slot = v.slot AND t.hash = v.hash AND t.spent IS NULL"
		})
	}
}

// Prune implements storage.Store, in one trip. Of calls at once each takes what the
// others are not just taking. It also puts together what figures of past months are kept
// in several shards, and takes away those that have come to nothing. Its user needs what GrantsToPrune gives.
//
// When the connection is lost within it, rows may have gone that it does not count.
func (s *Store) Prune(ctx context.Context, q storage.PruneQuery) (storage.Pruned, error) {
	const op = "prune"
	if err := q.Check(); err != nil {
		return storage.Pruned{}, err
	}
	var out storage.Pruned
	steps := s.pruning(q, &out)
	if len(steps) == 0 {
		return out, ctx.Err()
	}
	err := s.retry(ctx, op, func(q querier) error {
		out = storage.Pruned{}
		return s.together(ctx, q, steps)
	}, readable)
	if err != nil {
		return storage.Pruned{}, err
	}
	return out, nil
}

// pruning returns the steps of a Prune, which count into out.
func (s *Store) pruning(q storage.PruneQuery, out *storage.Pruned) []step {
	limit := " LIMIT " + strconv.Itoa(q.Limit)
	var steps []step
	add := func(n *int, sql string, arg int64) {
		steps = append(steps, step{sql: sql + " SELECT count(*) FROM gone", args: []any{arg}, scan: func(r pgx.Rows) error { return r.Scan(n) }})
	}
	// gone takes those rows of a table whose keys old has.
	gone := func(table string, key ...string) string {
		return ", gone AS (DELETE FROM " + s.in + table + " t USING old WHERE " + alike("t", "old", key...) + " RETURNING 1)"
	}
	if !q.Commands.IsZero() {
		add(&out.Commands, "WITH old AS MATERIALIZED (SELECT partner, key FROM "+s.in+"command WHERE at < $1::bigint ORDER BY at"+limit+" FOR UPDATE SKIP LOCKED)"+gone("command", "partner", "key"), micros(q.Commands))
	}
	if !q.Spent.IsZero() {
		add(&out.Tokens, "WITH old AS MATERIALIZED (SELECT slot, hash FROM "+s.in+"token WHERE spent IS NOT NULL AND spent < $1::bigint ORDER BY spent"+limit+" FOR UPDATE SKIP LOCKED)"+gone("token", "slot", "hash"), micros(q.Spent))
	}
	if !q.Sendings.IsZero() { // by partner, as the limits on sending look for them
		add(&out.Sendings, "WITH RECURSIVE who (partner) AS (SELECT min(partner) FROM "+s.in+"sending UNION ALL"+
			" SELECT (SELECT min(n.partner) FROM "+s.in+"sending n WHERE n.partner > who.partner) FROM who WHERE who.partner IS NOT NULL)"+
			", old AS MATERIALIZED (SELECT n.partner, n.message FROM who CROSS JOIN LATERAL (SELECT n.partner, n.message FROM "+s.in+"sending n"+
			" WHERE n.partner = who.partner AND n.at < $1::bigint ORDER BY n.at"+limit+" FOR UPDATE SKIP LOCKED) n"+limit+")"+gone("sending", "partner", "message"), micros(q.Sendings))
	}
	if len(steps) > 0 {
		steps = append(steps, s.foldFigures(q.Limit))
	}
	return steps
}

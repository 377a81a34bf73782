package postgres

// slotShard is the shard in which counts change with an entry: its slot's.
const slotShard = "(slot % 32)::smallint"

// batchShard is the shard of a transaction that has one of its own.
const batchShard = "current_setting('partnerengage.shard')::smallint"

// ownShard has the transaction count in a shard that no other one counts in meanwhile.
// One that writes many records changes a count with each of them, and takes the next
// record after that; two that did so in the shards of their slots would wait for each
// other. There are 16 such shards behind those of the slots; when all are taken, it waits
// for one before it has taken anything itself.
func (s *applying) ownShard() {
	s.shard = batchShard
	s.known(nil, textKey{what: "own shard"}, []any{s.shardSpace()}, func() string {
		return "SELECT set_config('partnerengage.shard', (32 + coalesce(" +
			"(SELECT k FROM generate_series(0, 15) k WHERE pg_try_advisory_xact_lock($1::integer, k) LIMIT 1), " +
			"(SELECT 0 FROM pg_advisory_xact_lock($1::integer, 0))))::text, true)"
	})
}

package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// keysConstraint keeps entries out whose keys are of another version, so that a
// process that runs an older or newer library cannot mix its own in. It also tells
// of what version those are that are there.
const keysConstraint = "entry_keys_are_of_one_version"

func keysLiteral() string { return "'" + strings.ReplaceAll(engagement.KeysVersion, "'", "''") + "'" }

// sameKeys reports whether the stored keys are of this version.
func (s *Store) sameKeys(ctx context.Context, q asker) (bool, error) {
	var n int
	err := q.QueryRow(ctx, "SELECT count(*) FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = $1::text AND c.relname = 'entry' AND k.conname = $2::text AND strpos(pg_catalog.pg_get_constraintdef(k.oid), $3::text) > 0",
		s.schema, keysConstraint, keysLiteral()).Scan(&n)
	return n == 1, err
}

// keysBatch is of how many entries the keys are made anew at a time.
const keysBatch = 500

// rekey makes the keys of all entries anew. Nobody else reads or writes entries
// until the transaction ends.
func (s *Store) rekey(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "ALTER TABLE "+s.in+"entry DROP CONSTRAINT IF EXISTS "+keysConstraint); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE "+s.in+"entry IN ACCESS EXCLUSIVE MODE"); err != nil {
		return err
	}
	for at := (rows.Entry{}); ; {
		found, err := tx.Query(ctx, "SELECT "+quoted(rows.EntryColumns())+" FROM "+s.in+`entry WHERE (engagement, customer, partner, "row") > ($1::text, $2::text, $3::text, $4::text)`+
			` ORDER BY engagement, customer, partner, "row" LIMIT $5::bigint`, at.Engagement, at.Customer, at.Partner, at.Row, keysBatch)
		if err != nil {
			return err
		}
		var batch []rows.Entry
		err = each(found, func(r pgx.Rows) error {
			var row rows.Entry
			batch = append(batch, row)
			return r.Scan(batch[len(batch)-1].Fields()...)
		})
		if err != nil {
			return err
		}
		if err := s.rekeyBatch(ctx, tx, batch); err != nil {
			return err
		}
		if len(batch) < keysBatch {
			break
		}
		at = batch[len(batch)-1]
	}
	_, err := tx.Exec(ctx, "ALTER TABLE "+s.in+"entry ADD CONSTRAINT "+keysConstraint+" CHECK (keys = "+keysLiteral()+")")
	return err
}

func (s *Store) rekeyBatch(ctx context.Context, tx pgx.Tx, batch []rows.Entry) error {
	var want storage.Want
	for _, row := range batch { // which are in order of their places
		if n := len(want.Places); n == 0 || want.Places[n-1] != row.Place() {
			want.Places = append(want.Places, row.Place())
		}
	}
	within := s.WithTx(tx)
	loaded, err := within.Load(ctx, want)
	if err != nil { // one of the places cannot be read: the others can
		loaded.Places = map[engagement.PlaceKey]engagement.Place{}
		for _, key := range want.Places {
			if one, err := within.Load(ctx, storage.Want{Places: []engagement.PlaceKey{key}}); err == nil {
				loaded.Places[key] = one.Places[key]
			}
		}
	}
	var change pgx.Batch
	for _, row := range batch {
		row = row.Rekey(loaded.Places[row.Place()])
		change.Queue("UPDATE "+s.in+`entry SET name = $1::text, search = $2::text, keys = $3::text WHERE engagement = $4::text AND customer = $5::text AND partner = $6::text AND "row" = $7::text`,
			row.Name, row.Search, row.Keys, row.Engagement, row.Customer, row.Partner, row.Row)
	}
	return tx.SendBatch(ctx, &change).Close()
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// keysConstraint keeps entries out whose keys are of another version, so that a
// process that runs an older or newer library cannot mix its own in. It also tells
// of what version those are that are there.
const keysConstraint = "entry_keys_are_of_one_version"

// sameKeys reports whether the stored keys are of this version.
func (s *Store) sameKeys(ctx context.Context, q asker) (bool, error) {
	var n int
	err := q.QueryRow(ctx, "SELECT count(*) FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"+
		" WHERE n.nspname = $1::text AND c.relname = 'entry' AND k.conname = $2::text AND strpos(pg_catalog.pg_get_constraintdef(k.oid), $3::text) > 0",
		s.schema, keysConstraint, "= "+itoa(keysNumber)+")").Scan(&n)
	return n == 1, err
}

// keysBatch is of how many entries the keys are made anew at a time.
const keysBatch = 500

// rekey makes the keys of all entries anew, and their figures. Nobody else reads or writes entries
// until the transaction ends.
func (s *Store) rekey(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{
		"ALTER TABLE " + s.in + "entry DROP CONSTRAINT IF EXISTS " + keysConstraint,
		"LOCK TABLE " + s.in + "entry IN ACCESS EXCLUSIVE MODE",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	key := quoted(entryRows.columns[:entryKey])
	for at := (entryRow{}); ; {
		found, err := tx.Query(ctx, "SELECT "+of("t", entryRows.columns)+" FROM "+s.in+"entry t WHERE ("+key+") > ("+marks(entryRows, 0, entryKey)+") ORDER BY "+key+" LIMIT "+itoa(keysBatch),
			valuesOf(at.fields()[:entryKey])...)
		if err != nil {
			return err
		}
		var batch []entryRow
		err = each(found, func(r pgx.Rows) error {
			batch = append(batch, entryRow{})
			return r.Scan(batch[len(batch)-1].fields()...)
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
	if err := s.refigure(ctx, tx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "ALTER TABLE "+s.in+"entry ADD CONSTRAINT "+keysConstraint+" CHECK (keys = "+itoa(keysNumber)+")")
	return err
}

// rekeyBatch makes the keys of some entries anew. One that cannot be read keeps its
// texts: better found badly than not at all.
func (s *Store) rekeyBatch(ctx context.Context, tx pgx.Tx, batch []entryRow) error {
	if len(batch) == 0 {
		return nil
	}
	participations, err := s.participationsOf(ctx, tx, batch)
	if err != nil {
		return err
	}
	var change pgx.Batch
	for i := range batch {
		r := &batch[i]
		e, unread := r.value()
		if unread == nil {
			keys := e.Keys()
			r.Name, r.Search = keys.Name, keys.Search
		}
		if p, is := participations[storage.ParticipationKey{Partner: e.Record.Partner, ID: e.Participation}]; is {
			e = e.WithMonth(p)
		}
		if unread == nil || r.Figures == nil {
			r.Figures = textOrNull(engagement.FiguresText(e))
		}
		change.Queue("UPDATE "+s.in+"entry t SET name = $6::text, search = $7::text, figures = $8::text, keys = $9::bigint WHERE "+keyed(entryRows, entryKey),
			append(valuesOf(r.fields()[:entryKey]), r.Name, r.Search, r.Figures, keysNumber)...)
		if r.Participation != "" {
			change.Queue("UPDATE "+s.in+"participation SET search = $4::text WHERE slot = $1::smallint AND partner = $2::text AND id = $3::text", r.Slot, r.Partner, r.Participation, r.Search)
		}
	}
	return tx.SendBatch(ctx, &change).Close()
}

// participationsOf returns the participations of entries, but for those that cannot be read.
func (s *Store) participationsOf(ctx context.Context, tx pgx.Tx, entries []entryRow) (map[storage.ParticipationKey]engagement.Participation, error) {
	var slots []int16
	var partners, ids []string
	for i := range entries {
		if r := &entries[i]; r.Participation != "" {
			slots, partners, ids = append(slots, r.Slot), append(partners, r.Partner), append(ids, r.Participation)
		}
	}
	out := map[storage.ParticipationKey]engagement.Participation{}
	if len(ids) == 0 {
		return out, nil
	}
	found, err := tx.Query(ctx, "SELECT "+of("t", participationRows.columns)+" FROM "+s.in+"participation t JOIN unnest($1::smallint[], $2::text[], $3::text[]) k(slot, partner, id) ON "+
		alike("t", "k", "slot", "partner", "id"), slots, partners, ids)
	if err != nil {
		return nil, err
	}
	err = each(found, func(rows pgx.Rows) error {
		var r participationRow
		if err := rows.Scan(r.fields()...); err != nil {
			return err
		}
		if p, err := r.value(); err == nil {
			out[storage.ParticipationKey{Partner: p.Partner, ID: p.ID}] = p
		}
		return nil
	})
	return out, err
}

package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/former"
	"github.com/partnerengage/partnerengage/storage/postgres/internal/scripts"
	"github.com/partnerengage/partnerengage/tenant"
)

// formerTables are those in which JSON was kept, the ones that refer to others first.
var formerTables = []string{"entry", "token", "participation", "standing", "event", "customer", "place", "message", "command", "sending", "tab_count", "status_count"}

// setAside brings tables of an older version up to the last one of before, and gives
// them and what is named beside them other names.
func (s *Store) setAside(ctx context.Context, tx pgx.Tx, at int64) error {
	all, err := scripts.Read(before)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Version <= at {
			continue
		}
		for _, statement := range scripts.Statements(m.SQL) {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("version %d: %w", m.Version, err)
			}
		}
	}
	rows, err := tx.Query(ctx, "SELECT CASE c.relkind WHEN 'r' THEN 'TABLE ' ELSE 'INDEX ' END || quote_ident(c.relname) || ' RENAME TO ' || quote_ident('former_' || c.relname)"+
		" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND c.relkind IN ('r', 'i') AND c.relname NOT LIKE 'migration%'", s.schema)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, rename := range names {
		if _, err := tx.Exec(ctx, "ALTER "+rename); err != nil {
			return err
		}
	}
	for _, function := range []string{"event_stays", "customer_goes_on"} {
		if _, err := tx.Exec(ctx, "ALTER FUNCTION "+function+"() RENAME TO former_"+function); err != nil {
			return err
		}
	}
	return nil
}

// bringOver makes what is in the tables that were set aside to what this version keeps,
// some rows at a time and all in one transaction, and drops them.
func (s *Store) bringOver(ctx context.Context, tx pgx.Tx) error {
	b := &bringing{Store: s, ctx: ctx, tx: tx}
	for _, step := range []func() error{b.places, b.customers, b.events, b.messages, b.rest} {
		if err := step(); err != nil {
			return err
		}
	}
	drops := []string{"ALTER TABLE " + s.in + "entry ADD CONSTRAINT " + keysConstraint + " CHECK (keys = " + itoa(keysNumber) + ")"}
	for _, t := range formerTables {
		drops = append(drops, "DROP TABLE "+s.in+"former_"+t)
	}
	for _, sql := range append(drops, "DROP FUNCTION "+s.in+"former_event_stays()", "DROP FUNCTION "+s.in+"former_customer_goes_on()") {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// bringing brings rows over within the transaction of a Migrate.
type bringing struct {
	*Store
	ctx context.Context
	tx  pgx.Tx
}

// bringBatch is how many rows are brought over at a time.
const bringBatch = 500

// write makes the steps that are collected.
func (b *bringing) write(collect func(a *applying)) error {
	a := &applying{Store: b.Store}
	collect(a)
	if len(a.steps) == 0 {
		return nil
	}
	return send(b.ctx, b.tx, a.steps)
}

// formerRows reads rows that were set aside.
func formerRows[R any](b *bringing, fields func(*R) []any, sql string, args ...any) ([]R, error) {
	found, err := b.tx.Query(b.ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	var out []R
	err = each(found, func(rows pgx.Rows) error {
		var r R
		err := rows.Scan(fields(&r)...)
		out = append(out, r)
		return err
	})
	return out, err
}

// formerPlace is a place as it was kept.
type formerPlace struct {
	engagement, customer                          string
	version, limit, consented, participated, asOf int64
}

func (r *formerPlace) fields() []any {
	return []any{&r.engagement, &r.customer, &r.version, &r.limit, &r.consented, &r.participated, &r.asOf}
}

func (r *formerPlace) key() engagement.CustomerEngagementKey {
	return engagement.CustomerEngagementKey{Engagement: engagement.ID(r.engagement), Customer: tenant.Key(r.customer)}
}

// formerPart is a row of what one partner had in a place, whichever it is.
type formerPart struct {
	formerPlace
	partner, row, status, tab, kind string
	open, holding                   bool
	name, search, amount, locations string
	since, deadline                 int64
	body                            string
}

func (r *formerPart) standing() []any { return []any{&r.engagement, &r.customer, &r.partner, &r.body} }

func (r *formerPart) participation() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.row, &r.status, &r.open, &r.holding, &r.body}
}

func (r *formerPart) entry() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.row, &r.tab, &r.kind, &r.status, &r.name, &r.search, &r.since, &r.deadline, &r.amount, &r.locations}
}

// places makes what is shared, records, participations and entries.
func (b *bringing) places() error {
	const within = " WHERE (engagement, customer) > ($1::text, $2::text) AND (engagement, customer) <= ($3::text, $4::text) ORDER BY engagement, customer"
	for at := (formerPlace{}); ; {
		found, err := formerRows(b, (*formerPlace).fields, "SELECT engagement, customer, version, claim_limit, consented, participated, as_of FROM "+b.in+"former_place"+
			" WHERE (engagement, customer) > ($1::text, $2::text) ORDER BY engagement, customer LIMIT "+itoa(bringBatch), at.engagement, at.customer)
		if err != nil || len(found) == 0 {
			return err
		}
		last := found[len(found)-1]
		keys := []any{at.engagement, at.customer, last.engagement, last.customer}
		standings, err := formerRows(b, (*formerPart).standing, "SELECT engagement, customer, partner, body FROM "+b.in+"former_standing"+within, keys...)
		if err != nil {
			return err
		}
		participations, err := formerRows(b, (*formerPart).participation, "SELECT engagement, customer, partner, id, status, open, holding, body FROM "+b.in+"former_participation"+within+", partner, ordinal", keys...)
		if err != nil {
			return err
		}
		entries, err := formerRows(b, (*formerPart).entry,
			`SELECT engagement, customer, partner, "row", tab, type, status, name, search, since, deadline, amount, locations FROM `+b.in+"former_entry"+within, keys...)
		if err != nil {
			return err
		}
		if err := b.writePlaces(found, standings, participations, entries); err != nil {
			return err
		}
		at = last
	}
}

func (b *bringing) writePlaces(list []formerPlace, standings, participations, entries []formerPart) error {
	var rows broughtRows
	places := make(map[engagement.CustomerEngagementKey]*former.Place, len(list))
	for i := range list {
		r := &list[i]
		places[r.key()] = &former.Place{Key: r.key(), Version: r.version, ClaimLimit: int(r.limit), External: engagement.ExternalHoldings{
			Consented: int(r.consented), Participated: int(r.participated), AsOf: timeOf(r.asOf),
		}}
	}
	for i := range standings {
		p := places[standings[i].key()]
		p.Standings = append(p.Standings, former.Standing{Partner: engagement.PartnerID(standings[i].partner), Body: []byte(standings[i].body)})
	}
	of := func(r *formerPart) *former.Standing {
		p := places[r.key()]
		i := slices.IndexFunc(p.Standings, func(s former.Standing) bool { return string(s.Partner) == r.partner })
		if i < 0 {
			return &former.Standing{} // a foreign key has kept that from being
		}
		return &p.Standings[i]
	}
	for i := range participations {
		r := &participations[i]
		at := of(r)
		at.Participations = append(at.Participations, former.Participation{
			ID: engagement.ParticipationID(r.row), Status: engagement.Status(r.status), Open: r.open, Holding: r.holding, Body: []byte(r.body),
		})
	}
	for i := range entries {
		r := &entries[i]
		at := of(r)
		at.Entries = append(at.Entries, r.entryValue())
	}
	for i := range list {
		if err := rows.add(*places[list[i].key()]); err != nil {
			return fmt.Errorf("%q: %w", list[i].engagement, err)
		}
	}
	return b.write(rows.put)
}

// entryValue is of a row that is looked at only for what cannot be read.
func (r *formerPart) entryValue() former.Entry {
	e := former.Entry{
		Row: engagement.RowID(r.row), Tab: engagement.Tab(r.tab), Type: engagement.RowType(r.kind), Status: engagement.Status(r.status),
		Name: r.name, Search: r.search, Since: timeOf(r.since), Amount: r.amount,
	}
	if r.deadline != behind {
		e.Deadline = timeOf(r.deadline)
	}
	e.Locations, _ = locationsOf(&r.locations)
	return e
}

// broughtRows are rows of places as they are kept now.
type broughtRows struct {
	shared         []sharedRow
	participations []participationRow
	entries        []entryRow
}

func (b *broughtRows) add(p former.Place) error {
	now := p.Now()
	if now.Shared.Version > 0 {
		now.Shared.Version--
		row, err := newShared(now.Shared)
		if err != nil {
			return err
		}
		b.shared = append(b.shared, row)
	}
	for _, r := range now.Records {
		wake := map[engagement.ParticipationID]*int64{}
		for _, q := range slices.Concat(r.Ended, r.Participations) {
			row, err := newParticipation(q)
			if err != nil {
				return err
			}
			b.participations = append(b.participations, row)
			wake[q.ID] = orNull(wakeOf(q))
		}
		b.keep(p, r)
		var put []entryRow
		var own entryRow
		for _, e := range r.Entries {
			row, err := newEntry(e)
			if err != nil {
				return err
			}
			if e.Participation == "" {
				v := r.PartnerRecord
				v.Version-- // it is stored with the next
				if err := row.withRecord(v, e.Shown); err != nil {
					return err
				}
			}
			row.Wake = wake[e.Participation]
			if body, lost := r.Kept[e.Row]; lost {
				row.Shown = body
			}
			if e.Participation == "" {
				own = row
				continue
			}
			put = append(put, row)
			for i := range b.participations {
				if p := &b.participations[i]; p.ID == row.Participation && p.Partner == row.Partner {
					p.Search = row.Search
				}
			}
		}
		coverOwn(&own, put)
		b.entries = append(append(b.entries, own), put...)
	}
	return nil
}

// keep takes over the participations of a record that cannot be read, as they are.
func (b *broughtRows) keep(p former.Place, r former.Record) {
	for _, s := range p.Standings {
		if s.Partner != r.Key.Partner {
			continue
		}
		for _, q := range s.Participations {
			body, lost := r.Kept[engagement.RowID(q.ID)]
			if !lost {
				continue
			}
			row := participationRow{
				Slot: slotOf(p.Key.Customer), Partner: string(s.Partner), ID: string(q.ID), Engagement: string(p.Key.Engagement), Customer: string(p.Key.Customer), Body: body,
			}
			row.Slotted = storage.SlotIn(row.ID) == storage.Slot(row.Slot)
			switch {
			case q.Open:
				row.Live = new(string)
			case q.Status == engagement.StatusApproved:
				row.Live = &row.ID
			}
			b.participations = append(b.participations, row)
		}
	}
}

// put adds the rows, and counts the entries.
func (b *broughtRows) put(s *applying) {
	if len(b.shared) > 0 {
		s.then(nil, func(a *arguments) string {
			return "WITH " + relation(a, "v", many(sharedRows), b.shared) + " INSERT INTO " + s.in + "shared (" + quoted(sharedRows.columns) + ", room)" +
				" SELECT v.*, greatest(v.claim_limit, v.granted, 1) FROM v"
		})
	}
	insert(s, "participation", many(participationRows), b.participations, errElsewhere)
	if len(b.entries) > 0 {
		s.then(nil, func(a *arguments) string {
			return "WITH " + relation(a, "v", many(entryRows), b.entries) + ", own AS (INSERT INTO " + s.in + "entry AS t (" + quoted(entryRows.columns) + ") SELECT * FROM v" + returning + "), " +
				s.counted(slotShard, true, "own") + " SELECT 1"
		})
	}
}

package sqlite

import (
	"fmt"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/former"
	"github.com/partnerengage/partnerengage/tenant"
)

// formerTables are those that JSON was kept in, the ones that refer to others first.
var formerTables = []string{"entry", "token", "participation", "standing", "event", "customer", "place", "message", "command", "sending", "tab_count", "status_count"}

// bringOver makes the tables of all scripts of those that came before them.
func (s *session) bringOver(at int64, all []script) error {
	before, err := scripts(folder("before"))
	if err != nil {
		return err
	}
	for _, m := range before {
		if m.version > at {
			if err := s.runScript(m); err != nil {
				return err
			}
		}
	}
	if err := s.setAside(); err != nil {
		return err
	}
	for _, m := range all {
		if err := s.runScript(m); err != nil {
			return err
		}
	}
	for _, step := range []func() error{s.bringPlaces, s.bringCustomers, s.bringEvents, s.bringMessages, s.bringRest} {
		if err := step(); err != nil {
			return err
		}
	}
	if _, err := s.exec(writeKeys, engagement.KeysVersion); err != nil {
		return err
	}
	for _, table := range formerTables {
		if _, err := s.tx.ExecContext(s.ctx, "DROP TABLE former_"+table); err != nil {
			return err
		}
	}
	return nil
}

// setAside gives the tables other names, and drops what is named beside them.
func (s *session) setAside() error {
	named, err := collectOnce(s, (*text).fields, `SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema
		WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name LIKE 'pe\_%' ESCAPE '\'`)
	if err != nil {
		return err
	}
	for _, drop := range named {
		if _, err := s.tx.ExecContext(s.ctx, drop.s); err != nil {
			return err
		}
	}
	for _, table := range formerTables {
		if _, err := s.tx.ExecContext(s.ctx, "ALTER TABLE pe_"+table+" RENAME TO former_"+table); err != nil {
			return err
		}
	}
	return nil
}

// batch is how many rows are brought over at a time.
const batch = 500

// formerPlace is a place as it was kept.
type formerPlace struct {
	engagement, customer                    string
	version, limit, consented, participated int64
	asOf                                    int64
}

func (r *formerPlace) fields() []any {
	return []any{&r.engagement, &r.customer, &r.version, &r.limit, &r.consented, &r.participated, &r.asOf}
}

func (r formerPlace) key() engagement.CustomerEngagementKey { return keyOf(r.engagement, r.customer) }

func keyOf(id, customer string) engagement.CustomerEngagementKey {
	return engagement.CustomerEngagementKey{Engagement: engagement.ID(id), Customer: tenant.Key(customer)}
}

// formerRow is another row of a place.
type formerRow struct {
	engagement, customer, partner, row string
	status, tab, kind                  string
	open, holding                      bool
	name, search, amount, locations    string
	since, deadline                    int64
	body                               []byte
}

func (r *formerRow) key() engagement.CustomerEngagementKey { return keyOf(r.engagement, r.customer) }

func (r *formerRow) standingFields() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.body}
}

func (r *formerRow) participationFields() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.row, &r.status, &r.open, &r.holding, &r.body}
}

func (r *formerRow) entryFields() []any {
	return []any{&r.engagement, &r.customer, &r.partner, &r.row, &r.tab, &r.kind, &r.status, &r.name, &r.search, &r.since, &r.deadline, &r.amount, &r.locations}
}

// bringPlaces makes what is shared, records, participations and entries.
func (s *session) bringPlaces() error {
	const within = ` WHERE (engagement, customer) > (?, ?) AND (engagement, customer) <= (?, ?) ORDER BY engagement, customer`
	for after := (formerPlace{}); ; {
		found, err := collectOnce(s, (*formerPlace).fields, `SELECT engagement, customer, version, claim_limit, consented, participated, as_of
			FROM former_place WHERE (engagement, customer) > (?, ?) ORDER BY engagement, customer LIMIT ?`, after.engagement, after.customer, batch)
		if err != nil || len(found) == 0 {
			return err
		}
		last := found[len(found)-1]
		keys := []any{after.engagement, after.customer, last.engagement, last.customer}
		standings, err := collectOnce(s, (*formerRow).standingFields, `SELECT engagement, customer, partner, CAST(body AS BLOB) FROM former_standing`+within+`, partner`, keys...)
		if err != nil {
			return err
		}
		participations, err := collectOnce(s, (*formerRow).participationFields,
			`SELECT engagement, customer, partner, id, status, open, holding, CAST(body AS BLOB) FROM former_participation`+within+`, partner, ordinal`, keys...)
		if err != nil {
			return err
		}
		rows, err := collectOnce(s, (*formerRow).entryFields,
			`SELECT engagement, customer, partner, row, tab, type, status, name, search, since, deadline, amount, locations FROM former_entry`+within, keys...)
		if err != nil {
			return err
		}
		if err := s.writePlaces(found, standings, participations, rows); err != nil {
			return err
		}
		after = last
	}
}

func (s *session) writePlaces(places []formerPlace, standings, participations, rows []formerRow) error {
	w := entries{session: s, tally: tally{}, sums: sums{}, words: words{}}
	for _, row := range places {
		p := former.Place{
			Key: row.key(), Version: row.version, ClaimLimit: int(row.limit),
			External: engagement.ExternalHoldings{Consented: int(row.consented), Participated: int(row.participated), AsOf: timeOf(row.asOf)},
		}
		for ; len(standings) > 0 && standings[0].key() == p.Key; standings = standings[1:] {
			p.Standings = append(p.Standings, former.Standing{Partner: engagement.PartnerID(standings[0].partner), Body: standings[0].body})
		}
		of := func(r formerRow) *former.Standing {
			for i := range p.Standings {
				if string(p.Standings[i].Partner) == r.partner {
					return &p.Standings[i]
				}
			}
			return &former.Standing{}
		}
		for ; len(participations) > 0 && participations[0].key() == p.Key; participations = participations[1:] {
			r, at := participations[0], of(participations[0])
			at.Participations = append(at.Participations, former.Participation{
				ID: engagement.ParticipationID(r.row), Status: engagement.Status(r.status), Open: r.open, Holding: r.holding, Body: r.body,
			})
		}
		for ; len(rows) > 0 && rows[0].key() == p.Key; rows = rows[1:] {
			r, at := rows[0], of(rows[0])
			locations, _ := locationsOf(r.locations) // those of what cannot be read
			at.Entries = append(at.Entries, former.Entry{
				Row: engagement.RowID(r.row), Tab: engagement.Tab(r.tab), Type: engagement.RowType(r.kind), Status: engagement.Status(r.status),
				Name: r.name, Search: r.search, Since: timeOf(r.since), Deadline: momentOf(r.deadline), Amount: r.amount, Locations: locations,
			})
		}
		if err := w.bringPlace(p); err != nil {
			return fmt.Errorf("%q, %q: %w", p.Key.Engagement, p.Key.Customer, err)
		}
	}
	if err := s.reword(w.words); err != nil {
		return err
	}
	if err := s.count(w.tally); err != nil {
		return err
	}
	return s.sumUp(w.sums)
}

func (w *entries) bringPlace(p former.Place) error {
	now := p.Now()
	if v := now.Shared; v.Version > 0 {
		limit := v.ClaimLimit // which was perhaps lowered after more were granted
		v.Version, v.ClaimLimit = 0, max(limit, len(v.Holders))
		if err := w.writeShared(v, sharedRow{}); err != nil {
			return err
		}
		_, err := w.exec("UPDATE pe_shared SET version = ?, claim_limit = ? WHERE customer = ? AND engagement = ?", now.Shared.Version, limit, string(v.Key.Customer), string(v.Key.Engagement))
		if err != nil {
			return err
		}
	}
	for i, r := range now.Records {
		if err := w.writeParticipations(append(r.Ended[:len(r.Ended):len(r.Ended)], r.Participations...)); err != nil {
			return err
		}
		for _, q := range p.Standings[i].Participations {
			body, lost := r.Kept[engagement.RowID(q.ID)]
			if !lost {
				continue
			}
			state := any(nil)
			switch {
			case q.Open:
				state = ""
			case q.Status == engagement.StatusApproved:
				state = string(q.ID)
			}
			if _, err := w.exec(insertParticipation, string(r.Key.Partner), string(q.ID), string(r.Key.Engagement), string(r.Key.Customer), state, nil, body); err != nil {
				return err
			}
		}
		for _, e := range r.Entries {
			var own *ownRow
			if e.Participation == "" {
				body, err := bodyOf(r.PartnerRecord, e)
				if err != nil {
					return err
				}
				own = &ownRow{version: r.Version, body: body}
			}
			row, err := newEntryRow(e)
			if err != nil {
				return err
			}
			if body, lost := r.Kept[e.Row]; lost {
				row.shown = body
			}
			if err := w.put(row, own); err != nil {
				return err
			}
		}
	}
	return nil
}

// formerCustomer is a customer as it was kept.
type formerCustomer struct {
	customerRow
	known bool
}

func (r *formerCustomer) fields() []any {
	return []any{&r.partner, &r.customer, &r.seq, &r.hash, &r.body, &r.known}
}

// bringCustomer is without what later versions have added.
const bringCustomer = `INSERT INTO pe_customer (partner, customer, known, seq, hash, body) VALUES (?, ?, ?, ?, ?, ?)`

func (s *session) bringCustomers() error {
	for after := (formerCustomer{}); ; {
		found, err := collectOnce(s, (*formerCustomer).fields, `SELECT partner, customer, seq, hash, CAST(body AS BLOB), known
			FROM former_customer WHERE (partner, customer) > (?, ?) ORDER BY partner, customer LIMIT ?`, after.partner, after.customer, batch)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, r := range found {
			if c, err := former.CustomerOf(r.body); err == nil && c.Key == r.key() {
				if r.body, err = encode(c); err != nil {
					return err
				}
			}
			if _, err := s.exec(bringCustomer, r.partner, r.customer, r.known, r.seq, blob(r.hash), r.body); err != nil {
				return err
			}
		}
		after = found[len(found)-1]
	}
}

// formerEvent is an event as it was kept.
type formerEvent struct {
	partner, customer                 string
	seq, at, format                   int64
	kind, party, offer, participation string
	from, to, note, detail            string
	state, personDigest, hash         []byte
	person                            string
}

func (r *formerEvent) fields() []any {
	return []any{&r.partner, &r.customer, &r.seq, &r.at, &r.kind, &r.party, &r.offer, &r.participation, &r.from, &r.to, &r.note, &r.format, &r.detail,
		&r.state, &r.person, &r.personDigest, &r.hash}
}

func (s *session) bringEvents() error {
	for after := (formerEvent{}); ; {
		found, err := collectOnce(s, (*formerEvent).fields, `SELECT partner, customer, seq, at, kind, party, engagement, participation, status_from, status_to, note,
			format, detail, state, coalesce(person, ''), person_digest, hash
			FROM former_event WHERE (partner, customer, seq) > (?, ?, ?) ORDER BY partner, customer, seq LIMIT ?`, after.partner, after.customer, after.seq, batch)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, r := range found {
			row, err := r.row()
			if err != nil {
				return err
			}
			if _, err := s.exec(insertEvent, r.partner, r.customer, r.seq, r.participation, row.hash, row.body, blob(row.person)); err != nil {
				return err
			}
		}
		after = found[len(found)-1]
	}
}

// row returns the event as it is kept now. What cannot be read of it stays as it is.
func (r formerEvent) row() (eventRow, error) {
	e := engagement.Event{
		Partner: engagement.PartnerID(r.partner), Customer: tenant.Key(r.customer), Seq: r.seq, At: timeOf(r.at), Kind: engagement.EventKind(r.kind),
		By: engagement.Party(r.party), Engagement: engagement.ID(r.offer), Participation: engagement.ParticipationID(r.participation),
		From: engagement.Status(r.from), To: engagement.Status(r.to), Note: r.note, Format: int(r.format),
	}
	var errs [3]error
	e.State, errs[0] = digestOf(r.state)
	e.PersonDigest, errs[1] = digestOf(r.personDigest)
	e.Hash, errs[2] = digestOf(r.hash)
	whole, err := former.EventOf(e, r.detail, "")
	if err != nil || errs != [3]error{} {
		kept := strings.Join([]string{"{", r.kind, r.party, r.offer, r.from, r.to, r.note, r.detail}, "\n")
		return eventRow{hash: r.hash, body: []byte(kept), person: []byte(r.person)}, nil
	}
	named, err := former.EventOf(whole, "", r.person)
	if err != nil {
		row, err := newEventRow(whole)
		row.person = []byte(r.person)
		return row, err
	}
	return newEventRow(named)
}

// formerMessage is a message as it was kept.
type formerMessage struct {
	messageRow
	held      bool
	heldUntil int64
}

func (r *formerMessage) fields() []any { return append(r.messageRow.fields(), &r.held, &r.heldUntil) }

func (s *session) bringMessages() error {
	found, err := collectOnce(s, (*formerMessage).fields, `SELECT id, partner, receiver, created_at, attempts, CAST(body AS BLOB), held, held_until FROM former_message`) // few, as few wait to be sent
	if err != nil {
		return err
	}
	for _, r := range found {
		if m, err := former.MessageOf(r.body); err == nil {
			if r.body, err = encode(m); err != nil {
				return err
			}
		}
		if _, err := s.exec(insertMessage, r.id, r.partner, r.receiver, r.createdAt, r.attempts, r.body); err != nil {
			return err
		}
		if _, err := s.exec(`UPDATE pe_message SET held = ?, held_until = ? WHERE id = ?`, r.held, r.heldUntil, r.id); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) bringRest() error {
	_, err := s.tx.ExecContext(s.ctx, `
		INSERT INTO pe_person (partner, key, person, customer) SELECT partner, x'', x'', customer FROM pe_customer WHERE persons IS NULL;
		INSERT INTO pe_token (hash, slot, partner, participation) SELECT hash, 0, partner, participation FROM former_token;
		INSERT INTO pe_command (partner, key, body, result, at) SELECT partner, key, body, result, at FROM former_command;
		INSERT INTO pe_sending (partner, message, mailbox, engagement, at) SELECT partner, message, mailbox, engagement, at FROM former_sending`)
	return err
}

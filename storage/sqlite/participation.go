package sqlite

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// participationRow is the row of a participation.
type participationRow struct {
	partner, id, engagement, customer string
	open                              bool
	body                              []byte
}

func (r *participationRow) fields() []any {
	return []any{&r.partner, &r.id, &r.engagement, &r.customer, &r.open, &r.body}
}

const participationColumns = `p.partner, p.id, p.engagement, p.customer, coalesce(p.live = '', 0), p.body`

// The key list has customer, engagement and partner.
const (
	selectLive = `SELECT ` + participationColumns + `
		FROM json_each(?) k CROSS JOIN pe_participation p INDEXED BY pe_participation_live
		ON p.customer = k.value ->> 0 AND p.engagement = k.value ->> 1 AND p.partner = k.value ->> 2 AND p.live IS NOT NULL`
	selectEnded = `SELECT ` + participationColumns + `
		FROM json_each(?) k CROSS JOIN pe_entry e INDEXED BY pe_entry_key
		ON e.customer = k.value ->> 0 AND e.engagement = k.value ->> 1 AND e.partner = k.value ->> 2 AND e.participation = 1
		CROSS JOIN pe_participation p ON p.partner = e.partner AND p.id = e.row AND p.live IS NULL`
	selectParticipation = `SELECT ` + participationColumns + ` FROM pe_participation p WHERE p.partner = ? AND p.id = ?`
	selectLinked        = `SELECT ` + participationColumns + `
		FROM pe_token t CROSS JOIN pe_participation p ON p.partner = t.partner AND p.id = t.participation
		WHERE t.hash = ?1 AND (?2 = 0 OR t.slot IN (0, ?2))`

	selectState         = `SELECT engagement, customer, live, wake FROM pe_participation WHERE partner = ? AND id = ?`
	insertParticipation = `INSERT INTO pe_participation (partner, id, engagement, customer, live, wake, body) VALUES (?, ?, ?, ?, ?, ?, ?)`
)

func (r participationRow) record() engagement.RecordKey {
	return engagement.RecordKey{Partner: engagement.PartnerID(r.partner), Engagement: engagement.ID(r.engagement), Customer: tenant.Key(r.customer)}
}

func (r participationRow) value() (engagement.Participation, error) {
	p, err := decode[engagement.Participation](r.body)
	if err == nil && (string(p.ID) != r.id || p.Record() != r.record()) {
		err = errOthers
	}
	if err != nil {
		err = &storage.UnreadableError{Kind: "participation", Key: r.id, Err: err}
	}
	return p, err
}

// addTo adds the participation to its record, or that it cannot be read. Once is
// enough.
func (r participationRow) addTo(record *engagement.PartnerRecord) {
	id := engagement.ParticipationID(r.id)
	if _, is := record.Participation(id); is || slices.ContainsFunc(record.Unreadable, func(u engagement.Unreadable) bool { return u.Participation == id }) {
		return
	}
	p, err := r.value()
	if err != nil {
		record.Unreadable = append(record.Unreadable, engagement.Unreadable{Participation: id, Open: r.open, Err: err})
		return
	}
	record.Participations = append(record.Participations, p)
}

// oldestFirst orders participations.
func oldestFirst(a, b engagement.Participation) int {
	return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
}

// state is what of a participation stands in indexes. To set it writes them, whether or
// not it changes.
type state struct {
	engagement, customer string
	live                 sql.NullString // see the tables
	wake                 sql.NullInt64
}

func (s *state) fields() []any { return []any{&s.engagement, &s.customer, &s.live, &s.wake} }

func stateOf(p engagement.Participation) state {
	s := state{engagement: string(p.Engagement), customer: string(p.Customer)}
	switch {
	case p.OpenAt(time.Time{}):
		s.live = sql.NullString{Valid: true}
	case !p.Ended():
		s.live = sql.NullString{String: string(p.ID), Valid: true}
	}
	if wake := moment(engagement.PartnerRecord{Participations: []engagement.Participation{p}}.Wake()); wake != never {
		s.wake = sql.NullInt64{Int64: wake, Valid: true}
	}
	return s
}

// writeParticipations writes those that are not open any more first, since there can
// be one open one in a record.
func (s *session) writeParticipations(list []engagement.Participation) error {
	for _, open := range []bool{false, true} {
		for _, p := range list {
			if p.OpenAt(time.Time{}) != open {
				continue
			}
			if err := s.writeParticipation(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) writeParticipation(p engagement.Participation) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	partner, id, next := string(p.Partner), string(p.ID), stateOf(p)
	found, err := collect(s, (*state).fields, selectState, partner, id)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		_, err = s.exec(insertParticipation, partner, id, next.engagement, next.customer, next.live, next.wake, body)
		return err
	}
	had := found[0]
	if had.engagement != next.engagement || had.customer != next.customer {
		return invalid("participation %q is in another record already", p.ID)
	}
	set, args := "body = ?", []any{body}
	if had.live != next.live {
		set, args = set+", live = ?", append(args, next.live)
	}
	if had.wake != next.wake {
		set, args = set+", wake = ?", append(args, next.wake)
	}
	_, err = s.exec("UPDATE pe_participation SET "+set+" WHERE partner = ? AND id = ?", append(args, partner, id)...)
	return err
}

package sqlite

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

const (
	selectCommand = `SELECT body, result, at FROM pe_command WHERE partner = ? AND key = ?`
	insertCommand = `INSERT INTO pe_command (partner, key, body, result, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	insertToken   = `INSERT INTO pe_token (hash, slot, partner, participation) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
)

// Apply implements storage.Store.
func (s *Store) Apply(ctx context.Context, c storage.Changes) error {
	if err := c.Check(); err != nil {
		return err
	}
	for _, r := range c.Records {
		for _, u := range r.Unreadable {
			if u.Participation == "" {
				return u.Err
			}
		}
	}
	return s.write(ctx, "apply changes", func(se *session) error { return se.apply(c) })
}

// apply makes the changes. What others can have been faster at comes first, so
// that it is told as a conflict whatever else is wrong.
func (s *session) apply(c storage.Changes) error {
	w := entries{session: s, tally: tally{}, sums: sums{}, words: words{}}
	shared, err := s.guardShared(c)
	if err != nil {
		return err
	}
	if err := s.guardRecords(c.Records); err != nil {
		return err
	}
	if err := inLine(c, shared); err != nil {
		return err
	}
	there, err := s.guardCustomers(c)
	if err != nil {
		return err
	}
	if err := s.guardKeys(c); err != nil {
		return err
	}
	if err := s.spend(c); err != nil {
		return err
	}
	if err := s.writeParticipations(c.Participations); err != nil {
		return err
	}
	for _, next := range c.Shared {
		if err := s.writeShared(next, shared[next.Key]); err != nil {
			return err
		}
	}
	if err := w.write(c); err != nil {
		return err
	}
	if err := s.writeCustomers(c, there); err != nil {
		return err
	}
	if err := s.changeSendings(c); err != nil {
		return err
	}
	return s.changeMessages(c)
}

// inLine returns ErrInvalid unless the entries say what follows of what they rely on.
// Those where what is shared changes were checked against that.
func inLine(c storage.Changes, stored map[engagement.CustomerEngagementKey]sharedRow) error {
	relied := make(map[engagement.CustomerEngagementKey]engagement.CustomerEngagement, len(c.Relied))
	for _, r := range c.Relied {
		if row, is := stored[r.Key]; is {
			value, err := row.value()
			if err != nil {
				return err
			}
			relied[r.Key] = value
		} else {
			relied[r.Key] = engagement.CustomerEngagement{Key: r.Key}
		}
	}
	for _, e := range c.Entries {
		on, is := relied[e.Record.Shared()]
		if !is {
			continue
		}
		if _, another := c.InLine(e, on); another {
			return invalid("the entry %q is not in line with what is shared", e.Row)
		}
	}
	return nil
}

// guardKeys records the command and adds the tokens unless they are there.
func (s *session) guardKeys(c storage.Changes) error {
	if k := c.Command; k != nil {
		n, err := s.exec(insertCommand, string(k.Key.Partner), k.Key.Key, k.Body[:], blob(k.Result), micros(k.At))
		if err != nil {
			return err
		}
		if n == 0 {
			return conflict("the command's key is not new")
		}
	}
	for _, t := range c.Tokens {
		n, err := s.exec(insertToken, t.Hash[:], int64(t.Slot), string(t.Record.Partner), string(t.Participation))
		if err != nil {
			return err
		}
		if n == 0 {
			return conflict("a token is there already")
		}
	}
	return nil
}

// write writes the entries, those that what is shared changes too, and what is kept
// of all of them.
func (w *entries) write(c storage.Changes) error {
	if len(c.Entries)+len(c.Shared) == 0 {
		return nil
	}
	if err := w.checkKeys("apply changes"); err != nil {
		return err
	}
	if err := w.find(c); err != nil {
		return err
	}
	records := make(map[engagement.RecordKey]engagement.PartnerRecord, len(c.Records))
	for _, r := range c.Records {
		records[r.Key] = r
	}
	given := make(map[engagement.ParticipationID]bool, len(c.Participations))
	for _, p := range c.Participations {
		given[p.ID] = true
	}
	for _, e := range c.Entries {
		var own *ownRow
		if e.Participation == "" {
			r := records[e.Record]
			body, err := bodyOf(r, e)
			if err != nil {
				return err
			}
			own = &ownRow{version: r.Version + 1, body: body}
		} else if _, is := w.had[entryKey{e.Record, e.Row}]; !is && !given[e.Participation] {
			return invalid("the entry %q is of a participation that is not there", e.Row)
		}
		row, err := newEntryRow(e)
		if err != nil {
			return err
		}
		if err := w.put(row, own); err != nil {
			return err
		}
	}
	for _, shared := range c.Shared {
		if err := w.bringInLine(c, shared); err != nil {
			return err
		}
	}
	if err := w.reword(w.words); err != nil {
		return err
	}
	if err := w.count(w.tally); err != nil {
		return err
	}
	return w.sumUp(w.sums)
}

// commandRow is the row of a command record.
type commandRow struct {
	body, result []byte
	at           int64
}

func (r *commandRow) fields() []any { return []any{&r.body, &r.result, &r.at} }

func (s *session) command(out *storage.Loaded, key storage.CommandKey) error {
	if key == (storage.CommandKey{}) {
		return nil
	}
	found, err := collect(s, (*commandRow).fields, selectCommand, string(key.Partner), key.Key)
	if err != nil || len(found) == 0 {
		return err
	}
	r := found[0]
	body, err := digestOf(r.body)
	if err != nil {
		return &storage.UnreadableError{Kind: "command record", Key: string(key.Partner) + " " + key.Key, Err: err}
	}
	out.Command = &storage.CommandRecord{Key: key, Body: body, Result: r.result, At: timeOf(r.at)}
	return nil
}

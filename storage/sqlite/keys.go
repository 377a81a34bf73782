package sqlite

import (
	"context"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
)

// keysTriggers keep entries out whose keys are of another version, so that a
// process that runs an older or newer library cannot mix its own in. They also
// tell of what version those are that are there.
func keysTriggers() [2]string {
	condition := " WHEN NEW.keys <> '" + strings.ReplaceAll(engagement.KeysVersion, "'", "''") + "' BEGIN SELECT RAISE(ABORT, 'the keys of an entry are of another version'); END"
	return [2]string{
		"CREATE TRIGGER pe_entry_keys_new BEFORE INSERT ON pe_entry" + condition,
		"CREATE TRIGGER pe_entry_keys_same BEFORE UPDATE ON pe_entry" + condition,
	}
}

// sameKeys reports whether the stored keys are of this version.
func sameKeys(ctx context.Context, q asker) (bool, error) {
	want := keysTriggers()
	var n int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND sql IN (?, ?)", want[0], want[1]).Scan(&n)
	return n == len(want), err
}

// keysBatch is of how many entries the keys are made anew at a time.
const keysBatch = 500

// rekey makes the keys of all entries anew.
func (s *session) rekey() error {
	for _, drop := range []string{"pe_entry_keys_new", "pe_entry_keys_same"} {
		if _, err := s.tx.ExecContext(s.ctx, "DROP TRIGGER IF EXISTS "+drop); err != nil {
			return err
		}
	}
	for at := (rows.Entry{}); ; {
		batch, err := collectOnce(s, (*rows.Entry).Fields, "SELECT "+listed(rows.EntryColumns())+" FROM pe_entry t"+
			" WHERE (engagement, customer, partner, row) > (?, ?, ?, ?) ORDER BY engagement, customer, partner, row LIMIT ?",
			at.Engagement, at.Customer, at.Partner, at.Row, keysBatch)
		if err != nil {
			return err
		}
		for _, row := range batch {
			if err := s.rekeyEntry(row); err != nil {
				return err
			}
		}
		if len(batch) < keysBatch {
			break
		}
		at = batch[len(batch)-1]
	}
	for _, create := range keysTriggers() {
		if _, err := s.tx.ExecContext(s.ctx, create); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) rekeyEntry(row rows.Entry) error {
	places := map[engagement.PlaceKey]engagement.Place{}
	if err := s.places(places, []engagement.PlaceKey{row.Place()}); err != nil && s.ctx.Err() != nil {
		return err
	}
	row = row.Rekey(places[row.Place()])
	_, err := s.tx.ExecContext(s.ctx, "UPDATE pe_entry SET name = ?, search = ?, keys = ? WHERE engagement = ? AND customer = ? AND partner = ? AND row = ?",
		row.Name, row.Search, row.Keys, row.Engagement, row.Customer, row.Partner, row.Row)
	return err
}

package sqlite

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
)

const (
	selectSameKeys = `SELECT count(*) FROM pe_keys WHERE version = ?`
	writeKeys      = `INSERT INTO pe_keys (version) VALUES (?)`
)

// sameKeys reports whether the stored keys are of this version.
func sameKeys(ctx context.Context, q asker) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, selectSameKeys, engagement.KeysVersion).Scan(&n)
	return n == 1, err
}

// checkKeys keeps a process that runs an older or newer library from mixing its own
// keys in.
func (s *session) checkKeys() error {
	found, err := collect(s, (*number).fields, selectSameKeys, engagement.KeysVersion)
	if err == nil && found[0].n == 0 {
		err = &Error{Op: "apply changes", Problem: ErrKeys}
	}
	return err
}

// keysBatch is of how many entries the keys are made anew at a time.
const keysBatch = 500

// rekey makes the keys of all entries, and the words that are kept of them, anew. An
// entry that cannot be read keeps its texts: better found badly than not at all.
func (s *session) rekey() error {
	if _, err := s.tx.ExecContext(s.ctx, "DELETE FROM pe_word; DELETE FROM pe_keys"); err != nil {
		return err
	}
	for after := int64(0); ; {
		batch, err := collectOnce(s, (*entryRow).storedFields, "SELECT "+storedColumns+" FROM pe_entry t WHERE t.rowid > ? ORDER BY t.rowid LIMIT ?", after, keysBatch)
		if err != nil {
			return err
		}
		words := words{}
		for _, r := range batch {
			name, search := r.name, r.search
			if e, err := r.value(); err == nil {
				e = e.Keys()
				name, search = e.Name, e.Search
			}
			if name != r.name || search != r.search {
				if _, err := s.exec("UPDATE pe_entry SET name = ?, search = ? WHERE rowid = ?", name, search, r.id); err != nil {
					return err
				}
			}
			was := r
			was.search, r.search = "", search
			words.replace(was, r)
		}
		if err := s.reword(words); err != nil {
			return err
		}
		if len(batch) < keysBatch {
			break
		}
		after = batch[len(batch)-1].id
	}
	_, err := s.exec(writeKeys, engagement.KeysVersion)
	return err
}

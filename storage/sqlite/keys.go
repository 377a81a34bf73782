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
func (s *session) checkKeys(op string) error {
	found, err := collect(s, (*number).fields, selectSameKeys, engagement.KeysVersion)
	if err == nil && found[0].n == 0 {
		err = &Error{Op: op, Problem: ErrKeys}
	}
	return err
}

// keysBatch is of how many entries the keys are made anew at a time.
const keysBatch = 500

// rekey makes the keys of all entries, and the words and figures that are kept of them,
// anew. An entry that cannot be read keeps its texts: better found badly than not at all.
func (s *session) rekey() error {
	if _, err := s.tx.ExecContext(s.ctx, "DELETE FROM pe_word; DELETE FROM pe_figure; DELETE FROM pe_keys"); err != nil {
		return err
	}
	all := sums{}
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
			figures, err := s.figuresOf(r)
			if err != nil {
				return err
			}
			if name != r.name || search != r.search || figures != r.figures {
				if _, err := s.exec("UPDATE pe_entry SET name = ?, search = ?, figures = ? WHERE rowid = ?", name, search, nullText(figures), r.id); err != nil {
					return err
				}
			}
			r.figures = figures
			all.add(r, 1)
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
	if err := s.sumUp(all); err != nil {
		return err
	}
	_, err := s.exec(writeKeys, engagement.KeysVersion)
	return err
}

// figuresOf returns what an entry counts and comes to by its participation. What cannot
// be read stays what it is.
func (s *session) figuresOf(r entryRow) (string, error) {
	e, unread := r.value()
	if !r.participation || unread != nil && r.figures != "" {
		return r.figures, nil
	}
	found, err := collect(s, (*participationRow).fields, selectParticipation, r.partner, r.row)
	if err != nil {
		return "", err
	}
	for _, row := range found {
		if p, err := row.value(); err == nil {
			e = e.WithMonth(p)
		}
	}
	return engagement.FiguresText(e), nil
}

package sqlite

import (
	"maps"
	"slices"
	"strings"
)

// A customer of a partner is found by words and IDs, in whichever engagements. So
// each is kept once, and leads to entries in which it is looked for again.

const (
	wordMark = " "
	idMark   = "="

	insertWords    = `INSERT INTO pe_word (partner, word, customer) SELECT ?, value, ? FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`
	deleteWords    = `DELETE FROM pe_word WHERE partner = ? AND customer = ? AND word IN (SELECT value FROM json_each(?))`
	selectSearches = `SELECT search FROM pe_entry INDEXED BY pe_entry_key WHERE customer = ? AND +partner = ?`
)

// wordsOf returns what there is to find in an entry's Search: each word behind its
// mark, and each text between two marks of IDs with both.
func wordsOf(search string) []string {
	var out []string
	for i := 0; i < len(search); i++ {
		switch search[i : i+1] {
		case wordMark:
			end := i + 1
			for end < len(search) && search[end:end+1] != wordMark && search[end:end+1] != idMark {
				end++
			}
			if end > i+1 {
				out = append(out, search[i:end])
			}
		case idMark:
			if n := strings.Index(search[i+1:], idMark); n > 0 {
				out = append(out, search[i:i+n+2])
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// words is what becomes of the words of customers.
type words map[customerKey]*wording

type customerKey struct{ partner, customer string }

type wording struct{ gone, there map[string]bool }

func (w words) replace(had, next entryRow) {
	if had.search == next.search {
		return
	}
	key := customerKey{next.partner, next.customer}
	if w[key] == nil {
		w[key] = &wording{map[string]bool{}, map[string]bool{}}
	}
	for _, word := range wordsOf(had.search) {
		w[key].gone[word] = true
	}
	for _, word := range wordsOf(next.search) {
		w[key].there[word] = true
	}
}

// reword writes the words, once the entries are written.
func (s *session) reword(w words) error {
	for key, of := range w {
		var added []string
		for _, word := range slices.Sorted(maps.Keys(of.there)) {
			if !of.gone[word] { // or it is there already
				added = append(added, word)
			}
		}
		if len(added) > 0 {
			if _, err := s.exec(insertWords, key.partner, key.customer, jsonText(added)); err != nil {
				return err
			}
		}
		maps.DeleteFunc(of.gone, func(word string, _ bool) bool { return of.there[word] })
		if len(of.gone) == 0 {
			continue
		}
		searches, err := collect(s, (*text).fields, selectSearches, key.customer, key.partner)
		if err != nil {
			return err
		}
		for _, t := range searches {
			for _, word := range wordsOf(t.s) {
				delete(of.gone, word)
			}
		}
		if _, err := s.exec(deleteWords, key.partner, key.customer, jsonText(slices.Sorted(maps.Keys(of.gone)))); err != nil {
			return err
		}
	}
	return nil
}

type text struct{ s string }

func (t *text) fields() []any { return []any{&t.s} }

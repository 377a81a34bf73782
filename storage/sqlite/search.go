package sqlite

import (
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
)

// fewCustomers is for how many customers that a word is found in it is better to look
// at the entries of each than to go along a list until it is found often enough.
const fewCustomers = 2000

// candidates returns the statement for the customers of one of the words that are
// looked for: that of the fewest, if they are few.
func (l *listing) candidates(a lane) (conditions, bool, error) {
	var best conditions
	least := int64(fewCustomers + 1)
	if l.Filter.Customer != "" { // of which there is less
		return best, false, nil
	}
	for _, w := range l.Filter.Words {
		with, ok := withWord(a.partner, w)
		if !ok {
			continue
		}
		found, err := collect(l.session, (*number).fields, "SELECT count(*) FROM ("+with.texts[0]+" LIMIT ?)", append(with.args[:len(with.args):len(with.args)], least)...)
		if err != nil {
			return best, false, err
		}
		if n := found[0].n; n < least {
			best, least = with, n
		}
	}
	return best, least <= fewCustomers, nil
}

// withWord returns the statement for the customers of a partner in whose entries a
// word is found, and false where the words that are kept do not say.
func withWord(partner string, w engagement.Word) (conditions, bool) {
	if len(w.Engagements) > 0 || len(w.Texts) == 0 {
		return conditions{}, false
	}
	var out conditions
	var ways []string
	for _, text := range w.Texts {
		switch {
		case len(text) > 2 && strings.HasPrefix(text, idMark) && strings.HasSuffix(text, idMark) && strings.Count(text, idMark) == 2:
			ways, out.args = append(ways, "SELECT customer FROM pe_word WHERE partner = ? AND word = ?"), append(out.args, partner, text)
		case len(text) > 1 && strings.HasPrefix(text, wordMark) && !strings.ContainsAny(text[1:], wordMark+idMark):
			ways = append(ways, "SELECT customer FROM pe_word WHERE partner = ? AND word >= ? AND word < ?")
			out.args = append(out.args, partner, text, text+"\U0010ffff")
		default:
			return conditions{}, false
		}
	}
	out.texts = []string{strings.Join(ways, " UNION ")}
	if len(ways) == 1 {
		out.texts[0] = strings.Replace(ways[0], "SELECT", "SELECT DISTINCT", 1)
	}
	return out, true
}

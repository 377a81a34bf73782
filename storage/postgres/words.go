package postgres

import (
	"crypto/md5"
	"encoding/hex"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
)

// worded returns the condition by which an index finds the words of a filter: a part of
// what conditions says of them. The list of every partner has no such index.
func (l *listText) worded() string {
	if l.query.Partner == "" {
		return ""
	}
	offer := l.query.Engagement
	if l.participation {
		offer = ""
	}
	text := wordsText(l.query.Partner, offer, l.query.Filter.Words)
	if text == "" {
		return ""
	}
	arg := l.args.add(text, "text") + "::tsquery"
	if !l.participation {
		return " AND " + l.in + "words(t.partner, t.engagement, t.search) @@ " + arg
	}
	return " AND EXISTS (SELECT 1 FROM " + l.in + "participation p WHERE p.slot = t.slot AND p.partner = t.partner AND p.id = t.participation AND " +
		l.in + "words(p.partner, '', p.search) @@ " + arg + ")"
}

// wordsText returns what the index is asked for: of each word that no engagement's name
// can stand for, one of its texts. Of a text that is part of no word the parts are
// looked for.
func wordsText(partner engagement.PartnerID, offer engagement.ID, words []engagement.Word) string {
	sum := md5.Sum([]byte(string(partner) + "\n" + string(offer)))
	list := hex.EncodeToString(sum[:])[:6]
	var all []string
	for _, w := range words {
		var ways []string
		for _, text := range w.Texts {
			way := wayText(list, text)
			if way == "" {
				ways = nil // it is found anywhere
				break
			}
			ways = append(ways, way)
		}
		if len(ways) > 0 && len(w.Engagements) == 0 {
			all = append(all, "("+strings.Join(ways, "|")+")")
		}
	}
	return strings.Join(all, "&")
}

// longest is how many letters of a word the index has.
const longest = 200

// wayText returns what the index has of a text: what is between its marks, the last of
// which is a beginning where no mark follows.
func wayText(list, text string) string {
	if text == "" || text[0] != ' ' && text[0] != '=' {
		return "" // it begins within a word
	}
	var out []string
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '=' })
	for i, part := range parts {
		cut := false
		if r := []rune(part); len(r) > longest {
			part, cut = string(r[:longest]), true
		}
		lexeme := "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(list+part) + "'"
		if cut || i == len(parts)-1 && !strings.HasSuffix(text, "=") && !strings.HasSuffix(text, " ") {
			lexeme += ":*"
		}
		out = append(out, lexeme)
	}
	return strings.Join(out, "&")
}

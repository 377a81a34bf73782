package sqlite

import (
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// conditions are what must hold of entries, and the arguments of that. The plus before
// a column keeps SQLite from leaving the index that it walks along.
type conditions struct {
	texts []string
	args  []any
}

func (c *conditions) add(text string, args ...any) {
	c.texts, c.args = append(c.texts, text), append(c.args, args...)
}

// filtered returns what a filter demands, and false when no entry can pass.
func filtered(f storage.Filter) (conditions, bool) {
	var c conditions
	if f.Engagements != nil && len(f.Engagements) == 0 {
		return c, false
	}
	if f.Customer != "" {
		c.add("t.customer = ?", string(f.Customer))
	}
	if f.Engagements != nil {
		c.add(oneOf("+t.engagement", f.Engagements))
	}
	if len(f.Types) > 0 {
		c.add(oneOf("t.type", f.Types))
	}
	if len(f.Statuses) > 0 {
		c.add(oneOf("t.status", f.Statuses))
	}
	if f.Participation {
		c.add("+t.participation = 1")
	}
	if !f.SinceFrom.IsZero() {
		c.add("+t.since >= ?", micros(f.SinceFrom))
	}
	if !f.SinceBefore.IsZero() {
		c.add("+t.since < ?", micros(f.SinceBefore))
	}
	if f.AmountFrom != "" {
		c.add("+t.amount >= ?", f.AmountFrom)
	}
	if f.AmountBefore != "" {
		c.add("+t.amount < ?", f.AmountBefore)
	}
	if len(f.Locations) > 0 {
		// What is no list is found, too: it is named where it is read.
		c.add("CASE WHEN t.locations IS NULL THEN 0 WHEN NOT json_valid(t.locations) OR json_type(t.locations) <> 'array' THEN 1"+
			" ELSE EXISTS (SELECT 1 FROM json_each(t.locations) k WHERE k.value IN (SELECT value FROM json_each(?))) END", jsonText(f.Locations))
	}
	for _, w := range f.Words {
		if len(w.Texts)+len(w.Engagements) == 0 {
			return c, false
		}
		text, args := found(w)
		c.add(text, args...)
	}
	return c, true
}

// oneOf is the condition that a column is one of some texts.
func oneOf[T ~string](column string, texts []T) (string, any) {
	if len(texts) == 1 {
		return column + " = ?", string(texts[0])
	}
	return column + " IN (SELECT value FROM json_each(?))", jsonText(texts)
}

// found is the condition that a word is found.
func found(w engagement.Word) (string, []any) {
	var ways []string
	var args []any
	for _, text := range w.Texts {
		ways, args = append(ways, "instr(t.search, ?) > 0"), append(args, text)
	}
	if len(w.Engagements) > 0 {
		ways, args = append(ways, "+t.engagement IN (SELECT value FROM json_each(?))"), append(args, jsonText(w.Engagements))
	}
	return "(" + strings.Join(ways, " OR ") + ")", args
}

package postgres

import "strings"

// textList matches a list of texts as JSON: what every version can read.
const textList = `E'^\\[("([^"\\\\[:cntrl:]]|\\\\(["\\\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}))*"(,"([^"\\\\[:cntrl:]]|\\\\(["\\\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}))*")*)?\\]$'`

// conditions returns what a filter demands, but for what known decides.
func (l *listText) conditions() string {
	f := &l.query.Filter
	var b strings.Builder
	and := func(text string) { b.WriteString(" AND " + text) }
	oneOf := func(column string, texts []string) { and(column + " = ANY (" + l.args.add(texts, "text[]") + ")") }
	if f.Customer != "" {
		and("t.customer = " + l.args.add(string(f.Customer), "text"))
	}
	if f.Engagements != nil {
		oneOf("t.engagement", textsOf(f.Engagements))
	}
	if len(f.Types) > 0 {
		oneOf("coalesce(t.type, 'not started')", textsOf(f.Types))
	}
	if len(f.Statuses) > 0 {
		oneOf("coalesce(t.status, '')", textsOf(f.Statuses))
	}
	if !f.SinceFrom.IsZero() {
		and("t.since >= " + l.args.add(micros(f.SinceFrom), "bigint"))
	}
	if !f.SinceBefore.IsZero() {
		and("t.since < " + l.args.add(micros(f.SinceBefore), "bigint"))
	}
	if f.AmountFrom != "" {
		and("coalesce(t.amount, '') >= " + l.args.add(f.AmountFrom, "text"))
	}
	if f.AmountBefore != "" {
		and("coalesce(t.amount, '') < " + l.args.add(f.AmountBefore, "text"))
	}
	if len(f.Locations) > 0 { // what is no list of texts is found, too: it is named where it is read
		and("CASE WHEN t.locations IS NULL THEN false WHEN t.locations ~ " + textList + " THEN t.locations::jsonb ?| " + l.args.add(textsOf(f.Locations), "text[]") + " ELSE true END")
	}
	for _, w := range f.Words {
		var ways []string
		for _, text := range w.Texts {
			ways = append(ways, "strpos(t.search, "+l.args.add(text, "text")+") > 0")
		}
		if len(w.Engagements) > 0 {
			ways = append(ways, "t.engagement = ANY ("+l.args.add(textsOf(w.Engagements), "text[]")+")")
		}
		if len(ways) == 0 {
			ways = []string{"false"}
		}
		and("(" + strings.Join(ways, " OR ") + ")")
	}
	return b.String()
}

func textsOf[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

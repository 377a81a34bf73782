package stress_test

import (
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/engagement"
)

// fixed returns, of what a store says, the part that is the same in every version,
// whatever rules have changed: which participations there are, each with its claim
// number, status, terms, amounts and deadlines; which events each history has, in
// their order, with their kinds, times and statuses, and that it verifies; which
// customers are known; what idempotency keys led to; which links went out; which
// messages wait. Pages, words, actions and whom one is shown follow rules, and are
// left out.
func fixed(text string) string {
	var out strings.Builder
	under, section := "", ""
	done := []string{"document", "survey", "review:", "comment", "submitted", "payment"}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		rest := strings.TrimLeft(line, "\t")
		depth := len(line) - len(rest)
		first, _, _ := strings.Cut(rest, " ")
		if depth == 0 {
			under = first
		}
		if depth == 1 {
			section = first
		}
		parts := strings.Split(rest, " | ")
		switch {
		case depth == 0 && slices.Contains([]string{"participation", "history", "command", "message"}, first):
		case depth == 0 && under == "customer":
			parts = only(parts, "known since ", "disassociated ")
		case depth == 0 && under == "link":
			parts = parts[:1]
		case depth == 1 && under == "history":
		case depth > 0 && under == "participation" && slices.Contains(done, section):
		case depth == 1 && under == "participation" && slices.Contains([]string{"terms", "amounts", "claim", "recorded"}, first):
		case depth == 1 && under == "participation" && slices.Contains([]string{"customer", "planned", "consent", "disputed"}, first):
			parts = only(parts, "hours ", "deal size ", "until ", "cancelled ", "at ", "submitted ")
		case depth == 1 && under == "participation" && slices.ContainsFunc(keptEngagements(2), func(e engagement.Engagement) bool { return string(e.ID) == first }):
			parts = only(parts, "through ", "at ", "deadline ", "withdrawn ")
		default:
			continue
		}
		out.WriteString(strings.Repeat("\t", depth) + strings.Join(parts, " | ") + "\n")
	}
	return out.String()
}

// only returns the first of the parts of a line, and those that begin with one of
// these names.
func only(parts []string, names ...string) []string {
	out := parts[:1:1]
	for _, p := range parts[1:] {
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(p, name) }) {
			out = append(out, p)
		}
	}
	return out
}

package criteria

import (
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
)

// name gives an ID and a doc to rules that have none. The ID is the fact's
// name; where that is taken the operator stands behind it, and then a number.
// It does not depend on the operand, so that it stays when a threshold moves.
func (r *Registry) name(rules []eligibility.Rule, taken map[string]bool) {
	for i := range rules {
		rule := &rules[i]
		if rule.ID != "" {
			continue
		}
		id := idOf(rule.Check)
		if taken[id] {
			id += "_" + words(rule.Check.Spec().Op)
		}
		rule.ID = id
		for n := 2; taken[rule.ID]; n++ {
			rule.ID = id + "_" + strconv.Itoa(n)
		}
		taken[rule.ID] = true
		rule.Doc = r.doc(rule.Check) + "."
	}
}

// idOf is "segment", "segment_or_rooms", "not_government_cloud".
func idOf(c eligibility.Check) string {
	s := c.Spec()
	parts := make([]string, len(s.Parts))
	for i, p := range s.Parts {
		parts[i] = idOf(p)
	}
	switch {
	case s.Op == eligibility.OpAllOf:
		return strings.Join(parts, "_and_")
	case s.Op == eligibility.OpAnyOf:
		return strings.Join(parts, "_or_")
	case s.Op == eligibility.OpNot:
		return "not_" + parts[0]
	case s.Fact != "":
		return s.Fact
	default:
		return words(s.Op)
	}
}

func words(op eligibility.Op) string { return strings.ReplaceAll(string(op), " ", "_") }

// doc is "Segment: one of corporate, smb; or Meeting rooms: at least 5".
func (r *Registry) doc(c eligibility.Check) string {
	s := c.Spec()
	parts := make([]string, len(s.Parts))
	for i, p := range s.Parts {
		parts[i] = r.doc(p)
		if len(p.Spec().Parts) > 0 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	switch s.Op {
	case eligibility.OpAllOf:
		return strings.Join(parts, "; and ")
	case eligibility.OpAnyOf:
		return strings.Join(parts, "; or ")
	case eligibility.OpNot:
		return "Not " + parts[0]
	}
	known, ok := r.fact(s.Fact)
	if !ok {
		return c.String()
	}
	if eligibility.IsConfidential(known.fact) {
		return known.text + " (confidential)"
	}
	return known.text + ": " + strings.TrimPrefix(c.String(), s.Fact+" ")
}

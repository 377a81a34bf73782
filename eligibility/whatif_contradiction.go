package eligibility

import "slices"

// contradictory returns rules that cannot pass together whatever changes, none of
// which could be left out.
func (w *search) contradictory() []string {
	all := free{later: len(w.days) > 0}
	for i, d := range w.domains {
		if d.possible(w.today) {
			all.facts = append(all.facts, i)
		}
	}
	w.granted = true
	defer func() { w.granted = false }()
	possible := func(fs []*formula) bool {
		if _, ok := w.solvable(free{facts: all.facts}, fs, true); ok {
			return true
		}
		_, ok := w.solvable(all, fs, true)
		return all.later && ok
	}
	if possible(w.rules) {
		return nil
	}
	rules := slices.Clone(w.rules)
	for _, f := range w.rules {
		fewer := slices.DeleteFunc(slices.Clone(rules), func(g *formula) bool { return g == f })
		if !possible(fewer) {
			rules = fewer
		}
	}
	if w.exhausted() {
		w.leaveOut("which rules contradict each other")
		return nil
	}
	var ids []string
	for i, f := range w.rules {
		if slices.Contains(rules, f) || slices.ContainsFunc(rules, func(g *formula) bool { return inOtherCurrency(f, g) }) {
			ids = append(ids, w.set.config.Rules[i].ID)
		}
	}
	return ids
}

// inOtherCurrency reports whether two rules compare a fact of which no amount suits all
// rules.
func inOtherCurrency(f, g *formula) bool {
	compared := false
	f.leaves(func(l *literal) {
		g.leaves(func(m *literal) {
			compared = compared || l.fact != nil && l.fact == m.fact && l.fact.kind == money && l.fact.currencies() > 1
		})
	})
	return compared
}

package eligibility

import (
	"fmt"
	"slices"
	"strings"
)

const (
	usualWays    = 10
	usualSteps   = 200_000
	mostBoxes    = 16  // combinations of values that are told of one set of facts
	mostDays     = 400 // days that are looked at
	mostSubsets  = 8   // facts of a way whose functions are asked about every part of it
	mostFollowed = 50  // days after From on which Until is looked for
)

// search looks for the smallest sets of facts that can change to make every rule
// pass, those with the fewest facts first. A set that cannot do it is extended by the
// facts one of which any larger set must have, and by no others; a set that can is
// not extended. So nothing is found that has more than it needs, and nothing is
// missed.
type search struct {
	set      *RuleSet
	decision *Decision
	opts     WhatIfOptions
	today    int64
	days     []int64 // later days on which a comparison can turn, in order
	domains  []*domain
	rules    []*formula

	steps   int
	granted bool         // functions say whatever is wanted
	asked   map[int]bool // rules with a function that stood in a way
	left    []string     // what was left out
}

func newSearch(s *RuleSet, d *Decision, opts WhatIfOptions) *search {
	w := &search{set: s, decision: d, opts: opts, today: s.today(d.At), asked: map[int]bool{}}
	if w.opts.MaxWays <= 0 {
		w.opts.MaxWays = usualWays
	}
	if w.opts.MaxSteps <= 0 {
		w.opts.MaxSteps = usualSteps
	}
	scratch := make([]cell, len(s.layout.names))
	for i, name := range s.layout.names {
		w.domains = append(w.domains, &domain{slot: i, scratch: scratch, steps: &w.steps, name: name, kind: s.layout.kinds[i], now: &d.Facts.cells[i], tables: map[int64]*table{}})
	}
	for _, f := range opts.Fixed {
		if i, ok := s.layout.slot(f.Name()); ok {
			w.domains[i].fixed = true
		}
	}
	for i := range s.nodes {
		f := w.formula(i, &s.nodes[i], s.config.Rules[i].Check, true)
		w.ask(f)
		w.rules = append(w.rules, f)
		if s.confidential[i] {
			w.markConfidential(f)
		}
	}
	for _, d := range w.domains {
		if d.prepare() {
			w.leaveOut("values of %s, of which a threshold has more digits than anybody writes", d.name)
		}
	}
	w.findDays()
	return w
}

func (w *search) markConfidential(f *formula) {
	f.leaves(func(l *literal) {
		if l.fact != nil {
			l.fact.confidential = true
		}
		for _, d := range l.reads {
			d.confidential = true
		}
	})
}

// leaveOut notes what is not looked at, without a figure of anybody's facts: of a
// redacted answer it stays.
func (w *search) leaveOut(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(w.left, s) {
		w.left = append(w.left, s)
	}
}

func (w *search) exhausted() bool { return w.steps > w.opts.MaxSteps }

func (w *search) cannotSay(l *literal) { w.asked[l.rule] = true }

// run fills in the answer.
func (w *search) run(answer *WhatIf) {
	var found []free
	level, seen := []free{{}}, map[string]bool{}
	for len(level) > 0 && !w.exhausted() && len(found) <= w.opts.MaxWays {
		var next []free
		for _, x := range level {
			if slices.ContainsFunc(found, func(y free) bool { return y.within(x) }) {
				continue
			}
			ways, more := w.look(x)
			if w.exhausted() {
				w.leaveOut("sets of %d or more changes, after %d comparisons", max(1, x.size()), w.opts.MaxSteps)
				break
			}
			for _, way := range ways {
				answer.Ways = append(answer.Ways, way)
				if y := w.freeOf(way); !slices.ContainsFunc(found, func(z free) bool { return z.within(y) && y.within(z) }) {
					found = append(found, y)
				}
			}
			for _, y := range more {
				if key := fmt.Sprint(y); !seen[key] {
					seen[key] = true
					next = append(next, y)
				}
			}
		}
		level = next
	}
	w.finish(answer, found)
}

func (w *search) freeOf(way Way) free {
	x := free{later: way.Later}
	for _, c := range way.Changes {
		i, _ := w.set.layout.slot(c.Fact)
		x.facts = append(x.facts, i)
	}
	return x
}

// finish puts the ways in order and says what is not among them.
func (w *search) finish(answer *WhatIf, found []free) {
	answer.Ways = slices.DeleteFunc(answer.Ways, func(a Way) bool { // a part of it has been found by asking functions
		return slices.ContainsFunc(found, func(y free) bool { return y.size() < a.size() && y.within(w.freeOf(a)) })
	})
	slices.SortStableFunc(answer.Ways, func(a, b Way) int { return a.size() - b.size() })
	if len(found) > w.opts.MaxWays || len(answer.Ways) > w.opts.MaxWays {
		w.leaveOut("ways beyond the first %d", w.opts.MaxWays)
		answer.Ways = answer.Ways[:min(len(answer.Ways), w.opts.MaxWays)]
	}
	if len(answer.Ways) == 0 && len(w.left) == 0 {
		answer.Contradictory = w.contradictory()
	}
	for i := range w.rules {
		if w.asked[i] {
			answer.CannotSay = append(answer.CannotSay, w.set.config.Rules[i].ID)
		}
	}
	if len(w.left) > 0 {
		answer.LeftOut = "not looked at: " + strings.Join(w.left, "; ")
	}
}

// look returns the ways of a set of facts, or else the larger sets that might have
// some.
func (w *search) look(x free) (ways []Way, more []free) {
	if day, ok := w.solvable(x, w.rules, false); ok {
		return w.ways(x, day), nil
	}
	optimistic := false
	if len(w.tried(x)) > 0 {
		day, ok := w.solvable(x, w.rules, true)
		if ok {
			if way, ok := w.try(x, day); ok {
				return []Way{way}, nil
			}
		}
		optimistic = !ok
	}
	if w.exhausted() {
		return nil, nil
	}
	for _, i := range w.conflict(x, optimistic) {
		if i == later {
			y := x
			y.later = true
			more = append(more, y)
			continue
		}
		more = append(more, x.with(i))
	}
	return nil, more
}

// touched reports whether a function of a formula would be asked about something new.
func touched(x free, f *formula) bool {
	touched := false
	f.leaves(func(l *literal) { touched = touched || l.fact == nil && x.touches(l) })
	return touched
}

// daysOf are the days that a set of facts is looked at.
func (w *search) daysOf(x free) []int64 {
	if x.later {
		return w.days
	}
	return []int64{w.today}
}

// solvable returns the first day on which a set of facts can make formulas hold.
func (w *search) solvable(x free, fs []*formula, optimistic bool) (day int64, ok bool) {
	for _, day := range w.daysOf(x) {
		found := false
		v := &solver{search: w, free: x, today: day, optimistic: optimistic, yield: func([]region) bool {
			found = true
			return false
		}}
		v.all(fs)
		if found {
			return day, true
		}
		if w.exhausted() {
			break
		}
	}
	return 0, false
}

// later stands for time among facts.
const later = -1

// conflict returns facts outside of x one of which every larger set has that does: of
// a rule that x cannot make pass, or else of the rules that x cannot make pass
// together. A fact whose comparisons hold as it is does not help by changing.
func (w *search) conflict(x free, optimistic bool) []int {
	var best []int
	found := false
	for _, f := range w.rules {
		if _, ok := w.solvable(x, []*formula{f}, optimistic); ok {
			continue
		}
		if helpful := w.helpful(x, f, optimistic); !found || len(helpful) < len(best) {
			best, found = helpful, true
		}
	}
	if found {
		return best
	}
	for _, f := range w.rules {
		if w.concerns(x, f) {
			for _, i := range w.helpful(x, f, optimistic) {
				if !slices.Contains(best, i) {
					best = append(best, i)
				}
			}
		}
	}
	return best
}

// concerns reports whether what a formula comes to depends on what is free.
func (w *search) concerns(x free, f *formula) bool {
	concerned := false
	f.leaves(func(l *literal) {
		if l.fact == nil {
			concerned = concerned || x.touches(l)
		} else {
			concerned = concerned || x.has(l.fact.slot) || x.later && l.dated
		}
	})
	return concerned
}

func (w *search) helpful(x free, f *formula, optimistic bool) (out []int) {
	add := func(i int) {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	f.leaves(func(l *literal) {
		w.steps++
		if l.fact == nil {
			if l.holds && !x.touches(l) || optimistic && x.touches(l) {
				return
			}
			for _, d := range l.reads { // it may say something else of another value
				if !x.has(d.slot) && d.possible(w.today) {
					add(d.slot)
				}
			}
			return
		}
		holds := l.fact.table(w.today).holds[l.index] && !(x.later && l.dated)
		in := x.has(l.fact.slot)
		if !in && !holds && l.fact.possible(w.today) {
			add(l.fact.slot)
		}
		if l.dated && !x.later && len(w.days) > 0 && (in || !holds && l.fact.now.known()) {
			add(later)
		}
	})
	return out
}

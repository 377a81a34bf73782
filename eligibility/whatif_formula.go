package eligibility

import "slices"

// formula is a check without Not: a leaf passes or fails, and all or any of the parts
// have to hold. In Kleene's logic a check passes if and only if its formula holds, and
// no leaf that begins to hold ever makes the formula stop to.
type formula struct {
	op    code // allOf, anyOf, or else a leaf
	parts []*formula
	*literal
}

// literal is a comparison or a function with the verdict that it has to come to.
type literal struct {
	node  *node
	check Check
	want  verdict
	rule  int
	dated bool // it counts back from the day of the decision

	fact  *domain // nil of a function
	index int     // among the fact's literals

	// Of a function: whether it comes to that on the facts as they are, and what it
	// reads of what rules compare; readsAll if that is not known.
	holds    bool
	reads    []*domain
	readsAll bool
}

// formula turns the check of a rule into a formula that holds when it passes, or, with
// positive false, when it fails.
func (w *search) formula(rule int, n *node, c Check, positive bool) *formula {
	switch {
	case n.code == negation:
		return w.formula(rule, &n.parts[0], c.parts[0], !positive)
	case n.code == allOf || n.code == anyOf:
		f := &formula{op: n.code}
		if !positive {
			f.op = allOf + anyOf - n.code
		}
		for i := range n.parts {
			f.parts = append(f.parts, w.formula(rule, &n.parts[i], c.parts[i], positive))
		}
		return f
	}
	l := &literal{node: n, check: c, want: fail, rule: rule}
	if positive {
		l.want = pass
	}
	if n.code != function {
		l.dated = c.op == OpOlderThan || (c.op == OpBefore || c.op == OpAfter) && c.when.relative
		w.domains[n.slot].add(l)
	}
	return &formula{op: n.code, literal: l}
}

// ask asks the functions of a formula about the facts as they are.
func (w *search) ask(f *formula) {
	for _, p := range f.parts {
		w.ask(p)
	}
	if f.literal == nil || f.op != function {
		return
	}
	f.holds = f.node.call(w.decision).verdict == f.want
	f.readsAll = len(f.node.reads) == 0
	for _, fact := range f.node.reads {
		if i, ok := w.set.layout.slot(fact.Name()); ok {
			f.reads = append(f.reads, w.domains[i])
		}
	}
}

// leaves calls do for every leaf.
func (f *formula) leaves(do func(*literal)) {
	if f.literal != nil {
		do(f.literal)
	}
	for _, p := range f.parts {
		p.leaves(do)
	}
}

// status says of a formula, with some facts free to change, whether it holds in any
// case, or in none, or in some.
type status uint8

const (
	no status = iota
	maybe
	yes
)

// solver looks for values of some facts with which formulas hold, while all others
// stay as they are.
type solver struct {
	search     *search
	free       free
	today      int64
	optimistic bool // functions that are asked about something else say what is wanted
	yield      func([]region) bool
}

// region is which values a fact can still take: of a list the literals that have to
// hold, a bit each, and of all other kinds the classes of its table that are left.
// Regions never change.
type region []uint64

// all looks for every combination of literals by which the formulas hold, and yields
// the regions that they leave of each fact. It reports whether it went on to the end.
func (v *solver) all(fs []*formula) bool {
	regions := make([]region, len(v.search.domains))
	for _, i := range v.free.facts {
		regions[i] = v.search.domains[i].table(v.today).start()
	}
	return v.solve(regions, fs, nil)
}

// solve has a slice of regions of its own.
func (v *solver) solve(regions []region, todo, open []*formula) bool {
	todo, open = slices.Clone(todo), slices.Clone(open)
	for {
		for len(todo) > 0 {
			f := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			switch f.op {
			case allOf:
				todo = append(todo, f.parts...)
			case anyOf:
				open = append(open, f)
			default:
				switch v.leaf(f.literal, regions) {
				case no:
					return !v.search.exhausted()
				case maybe:
					left, _ := f.fact.table(v.today).with(regions[f.fact.slot], f.literal)
					regions[f.fact.slot] = left
				}
			}
		}
		open = slices.DeleteFunc(open, func(f *formula) bool { return v.status(f, regions) == yes })
		var choice []*formula
		at := -1
		for i, f := range open {
			var live []*formula
			for _, p := range f.parts {
				if v.status(p, regions) != no {
					live = append(live, p)
				}
			}
			if at < 0 || len(live) < len(choice) {
				at, choice = i, live
			}
		}
		switch {
		case v.search.exhausted():
			return false
		case at < 0:
			return v.yield(regions)
		case len(choice) == 0:
			return true
		}
		open = slices.Delete(open, at, at+1)
		if len(choice) > 1 {
			for _, p := range choice {
				if !v.solve(slices.Clone(regions), []*formula{p}, open) {
					return false
				}
			}
			return true
		}
		todo = append(todo, choice...)
	}
}

func (v *solver) status(f *formula, regions []region) status {
	switch f.op {
	case allOf:
		least := yes
		for _, p := range f.parts {
			least = min(least, v.status(p, regions))
		}
		return least
	case anyOf:
		most := no
		for _, p := range f.parts {
			most = max(most, v.status(p, regions))
		}
		return most
	}
	return v.leaf(f.literal, regions)
}

func (v *solver) leaf(l *literal, regions []region) status {
	v.search.steps++
	if l.fact == nil {
		return v.function(l)
	}
	t := l.fact.table(v.today)
	if !v.free.has(l.fact.slot) {
		if t.holds[l.index] {
			return yes
		}
		return no
	}
	r := regions[l.fact.slot]
	if t.implied(r, l) {
		return yes
	}
	if _, ok := t.with(r, l); !ok {
		return no
	}
	return maybe
}

// function is sure only of what the function was asked about.
func (v *solver) function(l *literal) status {
	if v.search.granted {
		return yes
	}
	if !v.free.touches(l) {
		if l.holds {
			return yes
		}
		v.search.cannotSay(l)
		return no
	}
	v.search.cannotSay(l)
	if v.optimistic {
		return yes
	}
	return no
}

// free are the facts that may change, by their slots in order, and whether time may
// pass.
type free struct {
	facts []int
	later bool
}

func (x free) has(fact int) bool {
	_, found := slices.BinarySearch(x.facts, fact)
	return found
}

// touches reports whether a function would be asked about something new.
func (x free) touches(l *literal) bool {
	if x.later || l.readsAll && len(x.facts) > 0 {
		return true
	}
	return slices.ContainsFunc(l.reads, func(d *domain) bool { return x.has(d.slot) })
}

// within reports whether all that is free in x is free in y.
func (x free) within(y free) bool {
	return (!x.later || y.later) && !slices.ContainsFunc(x.facts, func(i int) bool { return !y.has(i) })
}

// with returns x and one fact more.
func (x free) with(fact int) free {
	at, _ := slices.BinarySearch(x.facts, fact)
	x.facts = slices.Insert(slices.Clone(x.facts), at, fact)
	return x
}

func (x free) size() int { return len(x.facts) + int(bit(x.later)) }

package eligibility

import (
	"slices"
	"time"
)

// ways returns what a set of facts that does it can change to: one way for each
// combination that none other comprises, or for a single fact one with all its
// values.
func (w *search) ways(x free, day int64) []Way {
	var boxes [][]region
	v := &solver{search: w, free: x, today: day}
	more := false
	v.yield = func(regions []region) bool {
		for _, b := range boxes {
			if w.comprises(x, day, b, regions) {
				return true
			}
		}
		boxes = slices.DeleteFunc(boxes, func(b []region) bool { return w.comprises(x, day, regions, b) })
		boxes = append(boxes, regions)
		more = len(boxes) > mostBoxes
		return !more
	}
	v.all(w.rules)
	if more {
		w.leaveOut("more than %d combinations of values of the same facts", mostBoxes)
		boxes = boxes[:mostBoxes]
	}
	if len(x.facts) == 1 {
		boxes = w.unite(x.facts[0], day, boxes)
	}
	var ways []Way
	for _, b := range boxes {
		way := w.way(x, day, b)
		if len(w.tried(x)) > 0 && x.size() > 1 { // a function may be content with less
			if part, ok := w.smallest(way); !ok {
				continue
			} else if part.size() < way.size() {
				ways = append(ways, part)
				continue
			}
		}
		if !w.does(way) {
			continue // never to be told, whatever the reason
		}
		way.Until = w.until(way)
		ways = append(ways, way)
	}
	if x.size() == 1 && len(ways) > 1 {
		ways = ways[:1:1]
		c := &ways[0].Changes[0]
		var checks []Check
		for _, b := range boxes {
			checks = append(checks, w.domains[x.facts[0]].table(day).check(b[x.facts[0]]))
		}
		c.Check = Any(checks...)
		c.Wanted = c.Check.wanted()
	}
	return ways
}

// comprises reports whether all that b leaves is in a.
func (w *search) comprises(x free, day int64, a, b []region) bool {
	return !slices.ContainsFunc(x.facts, func(i int) bool { return !w.domains[i].table(day).within(b[i], a[i]) })
}

// unite makes one region of what combinations leave of a single fact, where a region
// can say that. Of lists, and of texts of which some are excluded, it cannot.
func (w *search) unite(fact int, day int64, boxes [][]region) [][]region {
	t := w.domains[fact].table(day)
	if t.domain.kind == list || len(boxes) < 2 {
		return boxes
	}
	if last := len(t.classes) - 1; t.domain.kind == text &&
		slices.ContainsFunc(boxes, func(b []region) bool { return b[fact].bit(last) }) {
		return boxes
	}
	all := slices.Clone(boxes[0][fact])
	for _, b := range boxes[1:] {
		for i, word := range b[fact] {
			all[i] |= word
		}
	}
	one := slices.Clone(boxes[0])
	one[fact] = all
	return [][]region{one}
}

// way tells a combination.
func (w *search) way(x free, day int64, regions []region) Way {
	way := Way{At: w.decision.At, Changes: []Change{}}
	for _, i := range x.facts {
		d := w.domains[i]
		t := d.table(day)
		c := Change{Fact: d.name, Kind: d.kind.kind(), Now: d.now.String(), Unknown: !d.now.known(), Confidential: d.confidential}
		if c.Unknown {
			c.Now = ""
		}
		c.Check = t.check(regions[i])
		c.set(c.Check, t.pick(regions[i]))
		way.Changes = append(way.Changes, c)
	}
	if x.later {
		way.Later, way.From = true, Date{int32(day)}
		way.At, _ = w.firstMoment(day)
		for _, f := range w.rules {
			f.leaves(func(l *literal) {
				way.confidential = way.confidential || l.dated && w.set.confidential[l.rule]
			})
		}
	}
	return way
}

func (c *Change) set(check Check, v cell) {
	c.Check, c.Wanted = check, check.wanted()
	c.value, c.Value = v, v.String()
}

// until is the first day after From on which a way no longer does.
func (w *search) until(way Way) Date {
	if !way.Later {
		return Date{}
	}
	facts := way.Apply(w.decision.Facts)
	for i, day := range w.turns(facts, int64(way.From.day), lastDay) {
		if i == mostFollowed {
			w.leaveOut("how long all ways hold for which time has to pass")
			break
		}
		at, _ := w.firstMoment(day)
		if again, err := w.set.Decide(facts, at); err != nil || again.Outcome != OutcomeEligible {
			return Date{int32(day)}
		}
	}
	return Date{}
}

// try asks the functions of a set that would do but for them about one combination of
// values. If they agree, the smallest part of the changes that they agree to is a way,
// for these very values.
func (w *search) try(x free, day int64) (Way, bool) {
	var box []region
	v := &solver{search: w, free: x, today: day, optimistic: true, yield: func(regions []region) bool {
		box = regions
		return false
	}}
	v.all(w.rules)
	if box == nil {
		return Way{}, false
	}
	return w.smallest(w.way(x, day, box))
}

// does decides again.
func (w *search) does(way Way) bool {
	w.steps += len(w.rules)
	d, err := w.set.Decide(way.Apply(w.decision.Facts), way.At)
	return err == nil && d.Outcome == OutcomeEligible
}

// smallest returns the smallest part of a way's changes, which may be all, that does
// for the very values that they have, by asking the functions about each part.
func (w *search) smallest(way Way) (Way, bool) {
	if way.size() > mostSubsets {
		w.leaveOut("more than %d changes about which functions would have to be asked", mostSubsets)
		return Way{}, false
	}
	for _, part := range parts(way, w.decision.At) {
		if w.does(part) {
			for i := range part.Changes {
				c := &part.Changes[i]
				slot, _ := w.set.layout.slot(c.Fact)
				c.set(w.domains[slot].exactly(c.value), c.value)
			}
			part.Until = w.until(part)
			part.Tried = w.tried(w.freeOf(part))
			return part, true
		}
	}
	return Way{}, false
}

// exactly passes for one value only.
func (d *domain) exactly(want cell) Check {
	if d.kind != list {
		return d.check(OpIs, want)
	}
	same := func(f Facts, _ time.Time) (Finding, error) {
		switch c := f.find(d.name); {
		case c == nil || !c.known():
			return Missing("", d.fact), nil
		case c.equal(&want):
			return Passed("", c.String()), nil
		default:
			return Failed("", c.String()), nil
		}
	}
	return Func(same, d.fact).Named("exactly", d.fact, want.String())
}

// tried names the rules whose functions are asked about something new.
func (w *search) tried(x free) (ids []string) {
	for i, f := range w.rules {
		if touched(x, f) {
			ids = append(ids, w.set.config.Rules[i].ID)
		}
	}
	return ids
}

// parts returns all selections of a way's changes but the empty one, the smallest
// first. Time is one of them.
func parts(way Way, now time.Time) []Way {
	n := way.size()
	var out []Way
	for mask := 1; mask < 1<<n; mask++ {
		part := way
		part.Changes = []Change{}
		for i, c := range way.Changes {
			if mask>>i&1 == 1 {
				part.Changes = append(part.Changes, c)
			}
		}
		if way.Later && mask>>(n-1)&1 == 0 {
			part.Later, part.From, part.At, part.confidential = false, Date{}, now, false
		}
		out = append(out, part)
	}
	slices.SortStableFunc(out, func(a, b Way) int { return a.size() - b.size() })
	return out
}

func (w Way) size() int { return len(w.Changes) + int(bit(w.Later)) }

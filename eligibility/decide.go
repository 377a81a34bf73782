package eligibility

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// verdict is a Result in one bit, so that those of all rules can be joined.
type verdict uint8

const (
	pass verdict = 1 << iota
	fail
	unknown
	broken // the rule could not be answered
)

// Decide evaluates every rule on the facts at that time. The decision keeps
// its own copy of the facts that the rules read.
//
// If rules could not be answered the error joins a *[RuleError] for each, and
// the decision has no outcome, but the findings of all other rules. A zero
// time is refused with [ErrNoTime].
func (s *RuleSet) Decide(f Facts, at time.Time) (Decision, error) {
	d := Decision{Facts: f.laidOut(s.layout, s.keepRest)}
	err := s.DecideInPlace(&d, at)
	return d, err
}

// DecideInPlace decides as [RuleSet.Decide] does, on d.Facts, and replaces
// everything else that d holds. It allocates nothing if d.Facts were made by
// [RuleSet.NewFacts] and d has been decided by this rule set before, as long
// as no rule is a Go function.
//
// Copies of d that were made before share its room, and are overwritten;
// [Decision.Clone] keeps one.
func (s *RuleSet) DecideInPlace(d *Decision, at time.Time) error {
	if d.Facts.layout != s.layout {
		d.Facts = d.Facts.laidOut(s.layout, s.keepRest)
	}
	d.RuleSet, d.Version, d.At, d.Outcome = s.config.ID, s.config.Version, at, ""
	d.set, d.verdicts, d.stated = s, d.verdicts[:0], d.stated[:0]
	if at.IsZero() {
		return ErrNoTime
	}

	today := s.today(at)
	cells := d.Facts.cells
	var seen verdict
	for i := range s.nodes {
		n := &s.nodes[i]
		var v verdict
		switch {
		case n.code < allOf:
			v = n.leaf(&cells[n.slot], today)
		case !n.more.functions:
			v = n.combine(cells, today)
		default:
			v = s.state(d, i, today)
		}
		d.verdicts = append(d.verdicts, v)
		seen |= v
	}

	if seen&broken != 0 {
		return s.failures(d, today)
	}
	d.Outcome = seen.outcome()
	return nil
}

func (s *RuleSet) today(at time.Time) int64 {
	if !s.dated {
		return 0
	}
	offset := 0
	if s.config.TimeZone != nil {
		_, offset = at.In(s.config.TimeZone).Zone()
	}
	return dayNumber(at, offset)
}

// leaf compares one fact.
func (n *node) leaf(c *cell, today int64) verdict {
	if c.kind != n.kind {
		if c.kind == none {
			return unknown
		}
		return broken
	}
	ok := false
	switch n.code {
	case inRange:
		ok = uint64(c.num)-uint64(n.low) <= n.span
		if n.orNever && c.num == int64(never) {
			return pass
		}
	case sameText:
		ok = c.text == n.text
	case inFew:
		for _, t := range n.few {
			if t == c.text {
				ok = true
				break
			}
		}
	case inMany:
		_, ok = n.more.many[c.text]
	case inNumbers:
		_, ok = slices.BinarySearch(n.more.numbers, c.num)
	case inAmounts:
		if n.kind == money && c.text != n.text {
			return broken
		}
		if c.exp == n.exp && c.ref == nil && !n.more.inexact {
			ok = uint64(c.num)-uint64(n.low) <= n.span
		} else {
			ok = n.more.holds(c)
		}
	case earlier, later:
		switch {
		case c.num == int64(never):
			ok = n.orNever
		case n.code == earlier:
			ok = c.num < today+n.low
		default:
			ok = c.num > today+n.low
		}
	case contains:
		ok = slices.Contains(c.list(), n.text)
	}
	if ok != n.negate {
		return pass
	}
	return fail
}

// holds compares amounts of different exponents or of many digits.
func (m *more) holds(c *cell) bool {
	if m.low != nil && compareNumbers(c, m.low) < 0 {
		return false
	}
	if m.high == nil {
		return true
	}
	order := compareNumbers(c, m.high)
	return order < 0 || order == 0 && !m.open
}

// combine evaluates a node and its parts, none of which is a function.
func (n *node) combine(cells []cell, today int64) verdict {
	if n.code < allOf {
		return n.leaf(&cells[n.slot], today)
	}
	var seen verdict
	for i := range n.more.parts {
		seen |= n.more.parts[i].combine(cells, today)
	}
	return n.join(seen)
}

// join is Kleene's logic over the verdicts of a node's parts.
func (n *node) join(seen verdict) verdict {
	if seen&broken != 0 {
		return broken
	}
	decisive := fail // of all of
	if n.code != allOf {
		decisive = pass
	}
	var v verdict
	switch {
	case seen&decisive != 0:
		v = decisive
	case seen&unknown != 0:
		v = unknown
	default:
		v = decisive ^ (pass | fail)
	}
	if n.code == negation && v != unknown {
		v ^= pass | fail
	}
	return v
}

// account is what a node and its parts have found.
type account struct {
	verdict verdict
	wanted  string // of a function that says so itself
	found   []string
	missing []string
	err     error
}

// account evaluates a node again and keeps what it found. At the top found
// has no names, as in "999"; among parts it has, as in "rooms 4".
func (n *node) account(d *Decision, today int64, top bool) account {
	switch {
	case n.code == function:
		return n.call(d)
	case n.code < allOf:
		c := &d.Facts.cells[n.slot]
		a := account{verdict: n.leaf(c, today)}
		switch {
		case a.verdict == unknown:
			a.missing = []string{n.more.name}
		case a.verdict == broken:
			a.err = n.broken(c)
		case top:
			a.found = []string{c.String()}
		default:
			a.found = []string{n.more.name + " " + c.String()}
		}
		return a
	}
	var a account
	var seen verdict
	var errs []error
	for i := range n.more.parts {
		part := n.more.parts[i].account(d, today, false)
		seen |= part.verdict
		a.found = appendNew(a.found, part.found)
		a.missing = appendNew(a.missing, part.missing)
		if part.err != nil {
			errs = append(errs, part.err)
		}
	}
	a.verdict, a.err = n.join(seen), errors.Join(errs...)
	return a
}

func appendNew(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// broken says why a comparison gave no verdict.
func (n *node) broken(c *cell) error {
	if c.kind != n.kind {
		return &KindError{Fact: n.more.name, Wanted: n.kind.kind(), Found: c.kind.kind()}
	}
	return &CurrencyError{Fact: n.more.name, Wanted: n.text, Found: c.text}
}

// call runs a host's function and holds it to its promise.
func (n *node) call(d *Decision) (a account) {
	defer func() {
		if p := recover(); p != nil {
			a = account{verdict: broken, err: &PanicError{Value: p, Stack: debug.Stack()}}
		}
	}()
	f, err := n.more.fn(d.Facts, d.At)
	if err != nil {
		return account{verdict: broken, err: err}
	}
	v := f.Result.verdict()
	if v == 0 {
		return account{verdict: broken, err: fmt.Errorf("the check returned the result %q: return what Passed, Failed or Missing make", f.Result)}
	}
	a = account{verdict: v, wanted: f.Wanted}
	if f.Found != "" {
		a.found = []string{f.Found}
	}
	if v != unknown {
		return a
	}
	a.missing = slices.Clone(f.Missing)
	if len(a.missing) == 0 {
		for _, fact := range n.more.reads {
			if c := d.Facts.find(fact.Name()); c == nil || c.kind == none {
				a.missing = append(a.missing, fact.Name())
			}
		}
	}
	return a
}

// statement is the account of a rule with a function, which is not asked
// again when findings are read.
type statement struct {
	rule int
	account
}

func (s *RuleSet) state(d *Decision, rule int, today int64) verdict {
	a := s.nodes[rule].account(d, today, true)
	d.stated = append(d.stated, statement{rule, a})
	return a.verdict
}

// failures says which rules could not be answered, and why.
func (s *RuleSet) failures(d *Decision, today int64) error {
	var errs []error
	for i, v := range d.verdicts {
		if v == broken {
			errs = append(errs, &RuleError{RuleSet: d.RuleSet, Version: d.Version, Rule: s.config.Rules[i].ID, Err: d.account(i, today).err})
		}
	}
	return errors.Join(errs...)
}

// finding writes out what a rule has found.
func (s *RuleSet) finding(d *Decision, i int, today int64) Finding {
	rule := &s.config.Rules[i]
	a := d.account(i, today)
	f := Finding{
		Rule:   rule.ID,
		Doc:    rule.Doc,
		Result: a.verdict.result(),
		Wanted: s.wanted[i],
		Found:  strings.Join(a.found, "; "),
	}
	if a.wanted != "" {
		f.Wanted = a.wanted
	}
	if a.verdict == unknown {
		f.Missing = a.missing
	}
	return f
}

// account gives what a rule has found: what it stated, or what its facts say.
func (d *Decision) account(rule int, today int64) account {
	for i := range d.stated {
		if d.stated[i].rule == rule {
			return d.stated[i].account
		}
	}
	return d.set.nodes[rule].account(d, today, true)
}

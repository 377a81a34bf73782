package eligibility

import (
	"math"
	"slices"
)

// code says how a node is evaluated. There are fewer codes than operators:
// everything that asks whether a whole number lies in a range is inRange.
type code uint8

const (
	inRange   code = iota // integer, boolean, date: low ≤ num ≤ low+span
	sameText              // text == n.text
	inFew                 // text is in n.few
	inMany                // text is in more.many
	inNumbers             // num is in more.numbers
	inAmounts             // decimal, money: more.low ≤ number ≤ more.high
	earlier               // date is before today+offset
	later                 // date is after today+offset
	contains              // list has n.text
	allOf
	anyOf
	negation
	function
)

// few is how many texts are compared one by one before a map is faster.
const few = 8

// node is a check that has been prepared: its fact is a slot, its operands are
// in the form that is fastest to compare with. What comparing in the common
// case needs comes first, the rest is in more.
type node struct {
	code    code
	kind    kindCode // of the fact
	negate  bool     // pass and fail change places
	orNever bool     // date: Never passes
	slot    int32
	exp     int32  // inAmounts: exponent of low and span
	low     int64  // inRange, and inAmounts of that exponent; offset of earlier and later
	span    uint64 // high − low
	text    string // sameText, contains; inAmounts: the currency
	few     []string
	more    *more
}

type more struct {
	many      map[string]struct{}
	numbers   []int64
	low, high *cell // inAmounts: nil for an open end
	open      bool  // inAmounts: high itself is out
	inexact   bool  // inAmounts: low and span are of no use
	parts     []node
	fn        CheckFunc
	reads     []AnyFact
	name      string // of the fact
	functions bool   // a function is among the node and its parts
}

func (s *RuleSet) compile(c Check) node {
	n := node{more: &more{fn: c.fn, reads: c.reads, functions: c.fn != nil}}
	if c.fn != nil {
		n.code = function
		return n
	}
	for _, p := range c.parts {
		part := s.compile(p)
		n.more.parts = append(n.more.parts, part)
		n.more.functions = n.more.functions || part.more.functions
	}
	if c.fact != nil {
		slot, _ := s.layout.slot(c.fact.Name())
		n.slot, n.kind, n.more.name = int32(slot), s.layout.kinds[slot], c.fact.Name()
	}
	switch c.op {
	case OpAllOf:
		n.code = allOf
	case OpAnyOf:
		n.code = anyOf
	case OpNot:
		n.code = negation
	case OpContains:
		n.code, n.text = contains, c.operands[0].text
	case OpOneOf, OpNotOneOf:
		n.negate = c.op == OpNotOneOf
		n.setMembers(c.operands)
	case OpBefore, OpAfter:
		n.setWhen(c.op, c.when)
	case OpOlderThan:
		n.code, n.low = earlier, -int64(c.days)
	case OpIs:
		if n.kind == text {
			n.code, n.text = sameText, c.operands[0].text
			break
		}
		n.setRange(&c.operands[0], &c.operands[0], false)
	case OpAtLeast:
		n.setRange(&c.operands[0], nil, false)
	case OpAtMost:
		n.setRange(nil, &c.operands[0], false)
	case OpBelow:
		n.setRange(nil, &c.operands[0], true)
	case OpBetween:
		n.setRange(&c.operands[0], &c.operands[1], false)
	}
	return n
}

func (n *node) setMembers(values []cell) {
	switch {
	case n.kind == integer:
		n.code = inNumbers
		for _, v := range values {
			n.more.numbers = append(n.more.numbers, v.num)
		}
		slices.Sort(n.more.numbers)
	case len(values) <= few:
		n.code = inFew
		for _, v := range values {
			n.few = append(n.few, v.text)
		}
	default:
		n.code = inMany
		n.more.many = make(map[string]struct{}, len(values))
		for _, v := range values {
			n.more.many[v.text] = struct{}{}
		}
	}
}

func (n *node) setWhen(op Op, w When) {
	n.orNever = w.orNever
	switch {
	case w.relative && op == OpBefore:
		n.code, n.low = earlier, -int64(w.ago)
	case w.relative:
		n.code, n.low = later, -int64(w.ago)
	case op == OpBefore:
		n.setBounds(1, int64(w.date.day)-1)
	default:
		n.setBounds(int64(w.date.day)+1, lastDay)
	}
}

// setRange is for all numbers, booleans and dates. A nil end is open; open
// leaves high itself out.
func (n *node) setRange(low, high *cell, open bool) {
	l, h := int64(math.MinInt64), int64(math.MaxInt64)
	if n.kind == decimalNumber || n.kind == money {
		n.code = inAmounts
		n.more.low, n.more.high, n.more.open = low, high, open
		l, h = n.sameExponent(low, high)
		if n.more.inexact {
			return
		}
	} else {
		if low != nil {
			l = low.num
		}
		if high != nil {
			h = high.num
		}
	}
	if open {
		if h == math.MinInt64 { // nothing is below the least number
			n.negate = true
			h = math.MaxInt64
		} else {
			h--
		}
	}
	n.setBounds(l, h)
}

// sameExponent brings the ends of a range of amounts to one exponent, if they
// fit into 64 bits there.
func (n *node) sameExponent(low, high *cell) (l, h int64) {
	l, h = math.MinInt64, math.MaxInt64
	first := true
	for _, end := range []*cell{low, high} {
		if end == nil {
			continue
		}
		n.text = end.text
		n.more.inexact = n.more.inexact || end.ref != nil
		if first || end.exp < n.exp {
			n.exp = end.exp
		}
		first = false
	}
	var ok bool
	if low != nil {
		l, ok = scale(low.num, int64(low.exp)-int64(n.exp))
		n.more.inexact = n.more.inexact || !ok
	}
	if high != nil {
		h, ok = scale(high.num, int64(high.exp)-int64(n.exp))
		n.more.inexact = n.more.inexact || !ok
	}
	return l, h
}

// setBounds takes both ends as included. An empty range is the negation of
// the full one.
func (n *node) setBounds(low, high int64) {
	if low > high {
		n.negate = !n.negate
		low, high = math.MinInt64, math.MaxInt64
	}
	n.low, n.span = low, uint64(high)-uint64(low)
}

package eligibility

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"
)

// code says how a node is evaluated. There are fewer codes than operators:
// everything that asks whether a whole number lies in a range is inRange.
type code uint8

const (
	inRange       code = iota // integer: low ≤ num ≤ low+span
	inDays                    // date: the same with its day number
	isFlag                    // boolean
	inFew                     // text
	inMany                    // text
	inNumbers                 // integer
	inAmounts                 // decimal, money
	contains                  // list
	excludedTexts             // text, compared by folding: see exclusion.go
	excludedEntry             // list, the same
	allOf
	anyOf
	negation
	function
)

// few is how many texts are compared one by one before a map is faster.
const few = 8

// node is a check that has been prepared: its fact is a slot, its operands are
// in the form that is fastest to compare with. What comparing usually needs is
// here, in one cache line, and the rest in more.
type node struct {
	code   code
	kind   kindCode // of the fact
	negate bool     // pass and fail change places
	flag   bool     // isFlag: what it has to be
	slot   int32
	mark   uint64 // the rule's bit in its tally
	rule   int32
	low    uint64 // inRange, inDays, inAmounts: the least number
	span   uint64 // how far the greatest one is from it
	few    []word
	*more
}

type more struct {
	when    *When // inDays: instead of low and span
	after   bool  // after when, and not before
	many    map[string]struct{}
	codes   []uint64 // excludedTexts, excludedEntry: those of many that are codes, in order
	numbers []int64  // in order

	// inAmounts. If coefficients is set, low and span are for amounts of the
	// exponent exp: they are whole numbers then, cents for instance.
	currency     string
	least, most  *decimal.Decimal // nil if that end is open
	open         bool             // most itself is out
	coefficients bool
	exp          int32

	want      string // contains
	parts     []node
	fn        CheckFunc
	reads     []AnyFact
	name      string // of the fact
	functions bool   // a function is among the node and its parts
}

// compile prepares a check. One that is negated, an odd number of times, excludes
// what it names.
func (s *RuleSet) compile(c Check, negated bool) node {
	n := node{more: &more{fn: c.fn, reads: c.reads, functions: c.fn != nil}}
	if c.fn != nil {
		n.code = function
		return n
	}
	for _, p := range c.parts {
		part := s.compile(p, negated != (c.op == OpNot))
		n.parts = append(n.parts, part)
		n.functions = n.functions || part.functions
	}
	if c.fact != nil {
		slot, _ := s.layout.slot(c.fact.Name())
		n.slot, n.kind, n.name = int32(slot), s.layout.kinds[slot], c.fact.Name()
	}
	switch c.op {
	case OpAllOf:
		n.code = allOf
	case OpAnyOf:
		n.code = anyOf
	case OpNot:
		n.code = negation
	case OpContains:
		n.code, n.want = contains, c.operands[0].text
		if negated {
			n.exclude(excludedEntry, c.operands)
		}
	case OpOneOf, OpNotOneOf:
		n.negate = c.op == OpNotOneOf
		n.setMembers(c.operands)
		if n.kind == text && n.negate != negated {
			n.exclude(excludedTexts, c.operands)
		}
	case OpBefore, OpAfter:
		n.setWhen(c.op, c.when)
	case OpOlderThan:
		n.setWhen(OpBefore, DaysAgo(c.days))
	case OpIs:
		n.setEqual(&c.operands[0])
		if n.kind == text && negated {
			n.exclude(excludedTexts, c.operands)
		}
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

func (n *node) setEqual(want *cell) {
	switch n.kind {
	case text:
		n.code, n.few = inFew, []word{newWord(want.text)}
	case boolean:
		n.code, n.flag = isFlag, want.flag
	default:
		n.setRange(want, want, false)
	}
}

func (n *node) setMembers(values []cell) {
	switch {
	case n.kind == integer:
		n.code = inNumbers
		for _, v := range values {
			n.numbers = append(n.numbers, v.num)
		}
		slices.Sort(n.numbers)
	case len(values) <= few:
		n.code = inFew
		for _, v := range values {
			n.few = append(n.few, newWord(v.text))
		}
	default:
		n.code = inMany
		n.many = make(map[string]struct{}, len(values))
		for _, v := range values {
			n.many[v.text] = struct{}{}
		}
	}
}

func (n *node) setWhen(op Op, w When) {
	n.code, n.when, n.after = inDays, &w, op == OpAfter
}

// setRange is for whole numbers, amounts and dates. A nil end is open; with
// open, high itself is out.
func (n *node) setRange(low, high *cell, open bool) {
	switch n.kind {
	case decimalNumber, money:
		n.code, n.open = inAmounts, open
		n.least, n.most = n.end(low), n.end(high)
		n.setCoefficients()
	case date:
		n.code = inDays
		n.setBounds(int64(low.day.day), int64(high.day.day))
	default:
		n.code = inRange
		l, h := int64(math.MinInt64), int64(math.MaxInt64)
		if low != nil {
			l = low.num
		}
		if high != nil {
			h = high.num
		}
		if open && h == math.MinInt64 { // nothing is below the least number
			n.negate, h = true, math.MaxInt64
		} else if open {
			h--
		}
		n.setBounds(l, h)
	}
}

// end is one end of a range of amounts, whose currency it notes.
func (n *node) end(operand *cell) *decimal.Decimal {
	if operand == nil {
		return nil
	}
	n.currency = operand.box.money.Currency
	return &operand.box.money.Amount
}

func (n *node) setCoefficients() {
	n.exp = math.MaxInt32
	for _, end := range []*decimal.Decimal{n.least, n.most} {
		if end != nil {
			n.exp = min(n.exp, end.Exponent())
		}
	}
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	n.coefficients = true
	if n.least != nil {
		low, n.coefficients = coefficient(*n.least, n.exp)
	}
	if n.most != nil && n.coefficients {
		high, n.coefficients = coefficient(*n.most, n.exp)
		if n.open {
			high--
		}
	}
	n.setBounds(low, high)
}

// setBounds makes a number one of low to high, both included, if it is within
// span of low: one comparison of unsigned numbers.
func (n *node) setBounds(low, high int64) {
	n.low, n.span = uint64(low), uint64(high)-uint64(low)
}

// plan has up to 64 rules by what they compare: those that compare one fact so
// that each kind is a loop without choices, and after them all others.
type plan struct {
	ranges, flags, texts, days, amounts, exclusions, others []node
}

func newPlan(nodes []node) (p plan) {
	for _, n := range nodes {
		list := p.list(n.code)
		*list = append(*list, n)
	}
	return p
}

func (p *plan) list(c code) *[]node {
	switch c {
	case inRange:
		return &p.ranges
	case isFlag:
		return &p.flags
	case inFew:
		return &p.texts
	case inDays:
		return &p.days
	case inAmounts:
		return &p.amounts
	case excludedTexts:
		return &p.exclusions
	default:
		return &p.others
	}
}

package eligibility

import "slices"

// decide gives the verdicts of all rules. Each kind that compares one fact is a loop
// without choices.
func (p *plan) decide(d *Decision, today int64) tally {
	cells := d.Facts.cells
	t := p.judgeNumbers(cells)
	for i := range p.texts {
		n := &p.texts[i]
		c := &cells[n.slot]
		t = t.judge(n, c, hasText(n.few, c.text))
	}
	for i := range p.days {
		n := &p.days[i]
		t = t.add(n, n.judgeDay(&cells[n.slot], today))
	}
	for i := range p.amounts {
		n := &p.amounts[i]
		t = t.add(n, n.judgeAmount(&cells[n.slot]))
	}
	for i := range p.exclusions {
		n := &p.exclusions[i]
		t = t.add(n, n.judgeExcluded(&cells[n.slot]))
	}
	for i := range p.others {
		n := &p.others[i]
		if n.functions {
			t = t.add(n, n.state(d, today))
		} else {
			t = t.add(n, n.verdict(cells, today))
		}
	}
	return t
}

// judgeNumbers is apart because it calls nothing, and so keeps all in registers.
func (p *plan) judgeNumbers(cells []cell) (t tally) {
	for i := range p.ranges {
		n := &p.ranges[i]
		c := &cells[n.slot]
		t = t.judge(n, c, n.hasNumber(c))
	}
	for i := range p.flags {
		n := &p.flags[i]
		c := &cells[n.slot]
		t = t.judge(n, c, c.flag == n.flag)
	}
	return t
}

// judge turns the answer to a comparison into a verdict. Whether a fact is
// known can mostly be foreseen by a processor, and is branched on; whether a
// criterion is met cannot, and is not.
func (n *node) judge(c *cell, ok bool) verdict {
	switch c.kind {
	case n.kind:
		return pass << bit(ok == n.negate)
	case none:
		return unknown
	default:
		return broken
	}
}

// bit is 1 for true.
func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

func (n *node) hasNumber(c *cell) bool { return uint64(c.num)-n.low <= n.span }

func (n *node) judgeDay(c *cell, today int64) verdict {
	if c.day.IsZero() && c.kind == date {
		return unknown
	}
	if n.when != nil {
		return n.judge(c, n.when.admits(c.day, n.after, today))
	}
	return n.judge(c, uint64(c.day.day)-n.low <= n.span)
}

// judgeAmount compares exactly, decimals and amounts of one currency.
func (n *node) judgeAmount(c *cell) verdict {
	if c.kind != n.kind {
		return n.judge(c, false)
	}
	m := &c.box.money
	if n.kind == money && m.Currency != n.currency {
		if m.Currency == "" {
			return unknown
		}
		return broken
	}
	d := m.Amount
	if n.coefficients && d.Exponent() == n.exp && d.NumDigits() <= 18 {
		return n.judge(c, uint64(d.CoefficientInt64())-n.low <= n.span)
	}
	ok := true
	if n.least != nil {
		ok = compareDecimals(d, *n.least) >= 0
	}
	if n.most != nil {
		order := compareDecimals(d, *n.most)
		ok = ok && (order < 0 || order == 0 && !n.open)
	}
	return n.judge(c, ok)
}

// verdict evaluates a node that is not and contains no function.
func (n *node) verdict(cells []cell, today int64) verdict {
	if n.code >= allOf {
		var seen verdict
		for i := range n.parts {
			seen |= n.parts[i].verdict(cells, today)
		}
		return n.join(seen)
	}
	c := &cells[n.slot]
	ok := false
	switch n.code {
	case inRange:
		ok = n.hasNumber(c)
	case inDays:
		return n.judgeDay(c, today)
	case isFlag:
		ok = c.flag == n.flag
	case inFew:
		ok = hasText(n.few, c.text)
	case inMany:
		_, ok = n.many[c.text]
	case inNumbers:
		_, ok = slices.BinarySearch(n.numbers, c.num)
	case inAmounts:
		return n.judgeAmount(c)
	case contains:
		ok = c.kind == list && slices.Contains(c.box.list, n.want)
	case excludedTexts:
		return n.judgeExcluded(c)
	case excludedEntry:
		ok = c.kind == list && slices.ContainsFunc(c.box.list, n.excludes)
	}
	return n.judge(c, ok)
}

// join is Kleene's logic over the verdicts of a node's parts.
func (n *node) join(seen verdict) verdict {
	switch {
	case seen&broken != 0:
		return broken
	case n.code == allOf && seen&fail != 0:
		return fail
	case n.code == anyOf && seen&pass != 0:
		return pass
	case seen&unknown != 0:
		return unknown
	case n.code == allOf:
		return pass
	case n.code == anyOf:
		return fail
	default: // negation: seen is the verdict of its only part
		return seen ^ (pass | fail)
	}
}

package eligibility

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	fold "github.com/partnerengage/partnerengage/internal/text"
)

// check returns the check that passes for exactly the values of a region.
func (t *table) check(r region) Check {
	d := t.domain
	switch d.kind {
	case list:
		return t.listCheck(r)
	case text:
		return t.textCheck(r)
	case boolean:
		return anyOfChecks(t.samples(r, OpIs))
	}
	runs := t.runs(r)
	var parts []Check
	if points, ok := t.singles(runs); ok && len(points) > 1 {
		return d.check(OpOneOf, points...)
	}
	if gaps := t.gaps(runs); len(gaps) > 0 {
		return d.check(OpNotOneOf, gaps...)
	}
	orNever := t.allowsNever(r)
	for _, run := range runs {
		parts = append(parts, t.runCheck(run, &orNever))
	}
	if orNever {
		parts = append(parts, d.check(OpIs, cell{kind: date, day: Never()}))
	}
	return anyOfChecks(parts)
}

func (d *domain) check(op Op, operands ...cell) Check {
	return Check{op: op, fact: d.fact, operands: operands}
}

func anyOfChecks(parts []Check) Check {
	if len(parts) == 1 {
		return parts[0]
	}
	return Any(parts...)
}

// samples makes a check of each class that is left.
func (t *table) samples(r region, op Op) (parts []Check) {
	for i := range t.classes {
		if r.bit(i) {
			parts = append(parts, t.domain.check(op, t.classes[i].sample))
		}
	}
	return parts
}

func (t *table) listCheck(r region) Check {
	var parts []Check
	var seen []string
	for _, l := range t.required(r) {
		c := t.domain.check(OpContains, l.check.operands[0])
		if l.node.code == excludedEntry {
			c = Not(c)
		}
		if s := c.String(); !slices.Contains(seen, s) {
			parts, seen = append(parts, c), append(seen, s)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return All(parts...)
}

// textCheck is of the texts that are left by name, or, if any others do, of those that
// do not: then all that was asked for is that they are excluded.
func (t *table) textCheck(r region) Check {
	var in, out []cell
	others := false
	for i, c := range t.classes {
		switch {
		case c.other:
			others = r.bit(i)
		case r.bit(i):
			in = append(in, c.sample)
		case fold.Visible(c.sample.text):
			out = append(out, c.sample)
		}
	}
	switch {
	case others && len(out) > 0:
		return t.domain.check(OpNotOneOf, out...)
	case others: // any text at all
		any := cell{kind: text, text: "any"}
		return Any(t.domain.check(OpIs, any), t.domain.check(OpNotOneOf, any))
	case len(in) == 1:
		return t.domain.check(OpIs, in...)
	case slices.ContainsFunc(in, func(c cell) bool { return !fold.Visible(c.text) }):
		return anyOfChecks(t.samples(r, OpIs)) // a list of values has no empty text
	}
	return t.domain.check(OpOneOf, in...)
}

// run is classes that follow each other without a gap, by the first and the last.
type run struct{ first, last *class }

func (t *table) runs(r region) []run {
	var out []run
	before := false
	for i := range t.classes {
		c := &t.classes[i]
		in := r.bit(i) && !(t.domain.kind == date && c.high == int64(never))
		switch {
		case in && before:
			out[len(out)-1].last = c
		case in:
			out = append(out, run{c, c})
		}
		before = in
	}
	return out
}

func (t *table) allowsNever(r region) bool {
	return t.domain.kind == date && r.bit(len(t.classes)-1)
}

// singles are the values of runs of a single whole number each.
func (t *table) singles(runs []run) (points []cell, ok bool) {
	for _, r := range runs {
		if t.domain.kind != integer || r.first.low != r.last.high {
			return nil, false
		}
		points = append(points, r.first.sample)
	}
	return points, true
}

// gaps are the single whole numbers that are left out, if that is all that is.
func (t *table) gaps(runs []run) (points []cell) {
	if t.domain.kind != integer || len(runs) < 2 || runs[0].first.low != math.MinInt64 || runs[len(runs)-1].last.high != math.MaxInt64 {
		return nil
	}
	for i, r := range runs[1:] {
		if runs[i].last.high+2 != r.first.low {
			return nil
		}
		points = append(points, cell{kind: integer, num: r.first.low - 1})
	}
	return points
}

// runCheck is of a run; where it is of days before another it takes never with it.
func (t *table) runCheck(r run, orNever *bool) Check {
	d := t.domain
	if d.kind == decimalNumber || d.kind == money {
		return t.amountCheck(r)
	}
	low, high := r.first.low, r.last.high
	value := func(n int64) cell { return cell{kind: integer, num: n} }
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	if d.kind == date {
		value = func(n int64) cell { return cell{kind: date, day: Date{int32(n)}} }
		first, last = 1, lastDay
	}
	switch {
	case low == high:
		return d.check(OpIs, value(low))
	case low == first && high == last && d.kind == integer:
		return d.check(OpAtLeast, value(low))
	case low == first && high == last || low != first && high != last:
		return d.check(OpBetween, value(low), value(high))
	case d.kind == integer && low == first:
		return d.check(OpAtMost, value(high))
	case d.kind == integer:
		return d.check(OpAtLeast, value(low))
	case low == first:
		c := Check{op: OpBefore, fact: d.fact, when: On(Date{int32(high + 1)})}
		c.when.orNever, *orNever = *orNever, false
		return c
	}
	return Check{op: OpAfter, fact: d.fact, when: On(Date{int32(low - 1)})}
}

func (t *table) amountCheck(r run) Check {
	d := t.domain
	least, most := r.first.least, r.last.most
	var parts []Check
	switch {
	case least == nil && most == nil:
		zero := t.amount(decimal.Decimal{})
		return Any(d.check(OpBelow, zero), d.check(OpAtLeast, zero))
	case least != nil && most != nil && r.first.point && r.last.point:
		if least.Equal(*most) {
			return d.check(OpIs, t.amount(*least))
		}
		return d.check(OpBetween, t.amount(*least), t.amount(*most))
	}
	switch {
	case least != nil && r.first.point:
		parts = append(parts, d.check(OpAtLeast, t.amount(*least)))
	case least != nil:
		parts = append(parts, Not(d.check(OpAtMost, t.amount(*least))))
	}
	switch {
	case most != nil && r.last.point:
		parts = append(parts, d.check(OpAtMost, t.amount(*most)))
	case most != nil:
		parts = append(parts, d.check(OpBelow, t.amount(*most)))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return All(parts...)
}

// amount is a value of the domain's kind and currency.
func (t *table) amount(a decimal.Decimal) cell {
	c := t.domain.points[0].clone()
	c.box.money.Amount = a
	return c
}

// pick returns the value of a region that is nearest to the present one; if that is
// not known one that is asked for in so many words.
func (t *table) pick(r region) cell {
	d := t.domain
	switch d.kind {
	case list:
		return t.build(r)
	case text, boolean:
		for i := range t.classes {
			if r.bit(i) {
				return t.classes[i].sample
			}
		}
	}
	runs := t.runs(r)
	if len(runs) == 0 {
		return cell{kind: date, day: Never()}
	}
	if d.kind == decimalNumber || d.kind == money {
		return t.pickAmount(runs)
	}
	value := func(n int64) cell { return cell{kind: integer, num: n} }
	first, now := int64(math.MinInt64), d.now.num
	if d.kind == date {
		value = func(n int64) cell { return cell{kind: date, day: Date{int32(n)}} }
		first, now = 1, int64(d.now.day.day)
	}
	if !d.now.known() || d.kind == date && d.now.day.IsNever() {
		switch r := runs[0]; {
		case r.first.low != first:
			return value(r.first.low)
		case d.kind == integer && r.last.high == math.MaxInt64:
			return value(0)
		default:
			return value(r.last.high)
		}
	}
	best, distance := int64(0), uint64(math.MaxUint64)
	for _, r := range runs {
		if n := min(max(now, r.first.low), r.last.high); uint64(max(n, now))-uint64(min(n, now)) <= distance {
			best, distance = n, uint64(max(n, now))-uint64(min(n, now))
		}
	}
	return value(best)
}

func (t *table) pickAmount(runs []run) cell {
	now := t.domain.now
	if !now.known() || !writable(now.box.money.Amount) {
		r := runs[0]
		if r.first.least != nil || r.last.most == nil {
			return t.amount(t.fromBelow(r))
		}
		return t.amount(t.fromAbove(r))
	}
	at := now.box.money.Amount
	var best, distance decimal.Decimal
	for i, r := range runs {
		n := t.fromAbove(r)
		if r.first.least != nil && at.Cmp(*r.first.least) <= 0 || r.last.most == nil {
			n = t.fromBelow(r)
		}
		if d := n.Sub(at).Abs(); i == 0 || d.Cmp(distance) <= 0 {
			best, distance = n, d
		}
	}
	return t.amount(best)
}

// fromBelow is the least value of a run, or, if its end is out, one close to it.
func (t *table) fromBelow(r run) decimal.Decimal {
	least, most := r.first.least, r.last.most
	if least == nil || r.first.point {
		if least == nil {
			return inside(nil, most)
		}
		return *least
	}
	if n := least.Add(t.step(*least)); most == nil || n.Cmp(*most) < 0 {
		return n
	}
	return inside(least, most)
}

// fromAbove is the greatest value of a run, or, if its end is out, one close to it.
func (t *table) fromAbove(r run) decimal.Decimal {
	least, most := r.first.least, r.last.most
	if most == nil || r.last.point {
		if most == nil {
			return inside(least, nil)
		}
		return *most
	}
	if n := most.Sub(t.step(*most)); least == nil || n.Cmp(*least) > 0 {
		return n
	}
	return inside(least, most)
}

// step is the smallest amount of the currency, or one in the last place of a number.
func (t *table) step(at decimal.Decimal) decimal.Decimal {
	places := min(0, at.Exponent())
	if decimals, ok := (*Currencies)(nil).Decimals(t.domain.points[0].box.money.Currency); ok {
		places = min(places, -int32(decimals))
	}
	return decimal.New(1, places)
}

package eligibility

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	fold "github.com/partnerengage/partnerengage/internal/text"
)

// domain is what a fact can become, as far as the rules can tell values apart.
type domain struct {
	slot         int
	scratch      []cell // shared with other domains: a place for values that are tried
	steps        *int   // of the search
	name         string
	fact         AnyFact
	kind         kindCode
	now          *cell // the present value
	fixed        bool
	confidential bool
	dated        bool
	lits         []*literal
	points       []cell           // values at which a comparison can turn, in order; of texts those that are named
	tables       map[int64]*table // by day, where that matters
}

func (d *domain) add(l *literal) {
	l.fact, l.index = d, len(d.lits)
	if d.kind == list { // whose regions are told apart by their literals
		same := func(m *literal) bool {
			return m.node.code == l.node.code && m.check.operands[0].text == l.check.operands[0].text
		}
		if i := slices.IndexFunc(d.lits, same); i >= 0 {
			l.index = i
			return
		}
	}
	d.lits = append(d.lits, l)
	d.dated = d.dated || l.dated
	if d.fact == nil {
		d.fact = l.check.fact
	}
}

// possible reports whether the fact can change to something that rules compare.
func (d *domain) possible(today int64) bool {
	return !d.fixed && len(d.lits) > 0 && (d.kind == list || len(d.table(today).classes) > 0)
}

// table is a domain on one day.
type table struct {
	domain  *domain
	today   int64
	classes []class  // values that no literal tells apart; of lists none
	passes  []region // of each literal: the classes for which it holds
	holds   []bool   // of each literal: whether it holds as things are
}

func (d *domain) table(today int64) *table {
	if !d.dated {
		today = 0
	}
	t, ok := d.tables[today]
	if !ok {
		t = d.newTable(today)
		d.tables[today] = t
	}
	return t
}

func (d *domain) newTable(today int64) *table {
	t := &table{domain: d, today: today}
	if d.kind != list {
		t.classes = d.classes(today)
	}
	t.classes = slices.DeleteFunc(t.classes, func(c class) bool {
		return slices.ContainsFunc(d.lits, func(l *literal) bool { return t.verdict(l, &c.sample) == broken })
	})
	*d.steps += len(t.classes) * len(d.lits) / 16 // which are faster, being made once
	for _, l := range d.lits {
		t.holds = append(t.holds, t.verdict(l, d.now) == l.want)
		passes := make(region, (len(t.classes)+63)/64)
		for i := range t.classes {
			if t.verdict(l, &t.classes[i].sample) == l.want {
				passes[i/64] |= 1 << (i % 64)
			}
		}
		t.passes = append(t.passes, passes)
	}
	return t
}

// verdict is what the rule set itself says of a value.
func (t *table) verdict(l *literal, c *cell) verdict {
	t.domain.scratch[t.domain.slot] = *c
	return l.node.verdict(t.domain.scratch, t.today)
}

// start is the region in which nothing is asked for.
func (t *table) start() region {
	if t.domain.kind == list {
		return make(region, (len(t.domain.lits)+63)/64)
	}
	r := make(region, (len(t.classes)+63)/64)
	for i := range t.classes {
		r[i/64] |= 1 << (i % 64)
	}
	return r
}

func (r region) bit(i int) bool { return r[i/64]>>(i%64)&1 == 1 }

func (r region) empty() bool { return !slices.ContainsFunc(r, func(w uint64) bool { return w != 0 }) }

// with returns what a literal leaves of a region, and whether that is anything.
func (t *table) with(r region, l *literal) (region, bool) {
	r = slices.Clone(r)
	if t.domain.kind == list {
		r[l.index/64] |= 1 << (l.index % 64)
		c := t.build(r)
		return r, !slices.ContainsFunc(t.required(r), func(l *literal) bool { return t.verdict(l, &c) != l.want })
	}
	for i, p := range t.passes[l.index] {
		r[i] &= p
	}
	return r, !r.empty()
}

// implied reports whether a literal holds for all that is in a region.
func (t *table) implied(r region, l *literal) bool {
	if t.domain.kind == list {
		return r.bit(l.index)
	}
	for i, p := range t.passes[l.index] {
		if r[i]&^p != 0 {
			return false
		}
	}
	return true
}

// within reports whether all that is in r is in s.
func (t *table) within(r, s region) bool {
	if t.domain.kind == list { // what asks for more leaves less
		r, s = s, r
	}
	for i := range r {
		if r[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

// required are the literals of a list's region.
func (t *table) required(r region) []*literal {
	var out []*literal
	for _, l := range t.domain.lits {
		if r.bit(l.index) {
			out = append(out, l)
		}
	}
	return out
}

// build changes the present list to what a region asks for. If that does not do,
// nothing does: it has what it must have, and beside that only what may stay.
func (t *table) build(r region) cell {
	var entries []string
	if t.domain.now.known() {
		entries = slices.Clone(t.domain.now.box.list)
	}
	for _, l := range t.required(r) {
		if l.node.code == excludedEntry {
			entries = slices.DeleteFunc(entries, l.node.excludes)
		}
	}
	for _, l := range t.required(r) {
		if l.node.code == contains && !slices.Contains(entries, l.node.want) {
			entries = append(entries, l.node.want)
		}
	}
	var c cell
	store(&c, entries)
	return c
}

// class is values between which no comparison makes a difference.
type class struct {
	sample cell
	// Of whole numbers and days both ends, which are in; of decimals and money the
	// ends, nil if open. A single amount has both and they are in, else they are not.
	low, high   int64
	least, most *decimal.Decimal
	point       bool
	other       bool // of texts: all that are not named
}

// classes splits what the fact can be by the comparisons of one day.
func (d *domain) classes(today int64) []class {
	switch d.kind {
	case boolean:
		return []class{{sample: cell{kind: boolean}}, {sample: cell{kind: boolean, flag: true}}}
	case text:
		return d.textClasses()
	case integer:
		var at []int64
		for _, p := range d.points {
			at = append(at, p.num)
		}
		return numberClasses(at, math.MinInt64, math.MaxInt64, func(n int64) cell { return cell{kind: integer, num: n} })
	case date:
		classes := numberClasses(d.turns(today), 1, lastDay, func(n int64) cell { return cell{kind: date, day: Date{int32(n)}} })
		return append(classes, class{sample: cell{kind: date, day: Never()}, low: int64(never), high: int64(never)})
	}
	if d.currencies() != 1 {
		return nil // no value suits all rules, or none can be told
	}
	return d.amountClasses()
}

// turns are the days at which a comparison can turn, on a day.
func (d *domain) turns(today int64) []int64 {
	var at []int64
	for _, p := range d.points {
		at = append(at, int64(p.day.day))
	}
	for _, l := range d.lits {
		if l.dated {
			at = append(at, today-l.ago())
		}
	}
	return at
}

// ago is how many days a dated literal counts back.
func (l *literal) ago() int64 {
	if l.check.op == OpOlderThan {
		return int64(l.check.days)
	}
	return int64(l.check.when.ago)
}

// numberClasses splits the numbers from least to most at each of the points, which
// are classes of their own.
func numberClasses(points []int64, least, most int64, sample func(int64) cell) []class {
	points = slices.DeleteFunc(points, func(p int64) bool { return p < least || p > most })
	slices.Sort(points)
	var out []class
	from, full := least, false
	for _, p := range slices.Compact(points) {
		if p > from {
			out = append(out, class{sample: sample(from), low: from, high: p - 1})
		}
		out = append(out, class{sample: sample(p), low: p, high: p})
		full = p == most
		from = p + bitOf(!full)
	}
	if !full {
		out = append(out, class{sample: sample(from), low: from, high: most})
	}
	return out
}

func bitOf(b bool) int64 { return int64(bit(b)) }

func (d *domain) currencies() int {
	codes := map[string]bool{}
	for _, p := range d.points {
		codes[p.box.money.Currency] = true
	}
	return len(codes)
}

func (d *domain) amountClasses() []class {
	amount := func(a decimal.Decimal) cell {
		return cell{kind: d.kind, box: &box{money: Money{Amount: a, Currency: d.points[0].box.money.Currency}}}
	}
	var out []class
	var from *decimal.Decimal
	for i := range d.points {
		p := &d.points[i].box.money.Amount
		if from != nil && from.Equal(*p) {
			continue
		}
		out = append(out,
			class{sample: amount(inside(from, p)), least: from, most: p},
			class{sample: amount(*p), least: p, most: p, point: true})
		from = p
	}
	return append(out, class{sample: amount(inside(from, nil)), least: from})
}

// inside is a number between two others, of which a nil one is open.
func inside(least, most *decimal.Decimal) decimal.Decimal {
	one := decimal.New(1, 0)
	switch {
	case least == nil && most == nil:
		return decimal.Decimal{}
	case least == nil:
		return most.Sub(one)
	case most == nil:
		return least.Add(one)
	}
	return least.Add(*most).Mul(decimal.New(5, -1))
}

func (d *domain) textClasses() []class {
	var out []class
	named := map[string]bool{}
	for _, p := range d.points {
		out = append(out, class{sample: cell{kind: text, text: p.text}})
		named[fold.Fold(p.text)] = true
	}
	other := "other"
	for n := 2; named[fold.Fold(other)]; n++ {
		other = "other " + strconv.Itoa(n)
	}
	return append(out, class{sample: cell{kind: text, text: other}, other: true})
}

// prepare collects the points, once all literals are there. It reports whether the
// fact has to be left out because a threshold is a number that nobody could write.
func (d *domain) prepare() (left bool) {
	for _, l := range d.lits {
		for _, o := range l.check.operands {
			if d.kind >= list || d.kind == boolean {
				break
			}
			if o.box != nil && !writable(o.box.money.Amount) {
				left = true
				continue
			}
			d.points = append(d.points, o)
		}
		if w := l.check.when; (l.check.op == OpBefore || l.check.op == OpAfter) && !w.relative {
			d.points = append(d.points, cell{kind: date, day: w.date})
		}
	}
	if left {
		d.fixed, d.points = true, nil
	}
	if d.kind == text {
		slices.SortFunc(d.points, func(a, b cell) int { return strings.Compare(a.text, b.text) })
	} else {
		slices.SortFunc(d.points, func(a, b cell) int { return a.compare(&b) })
	}
	d.points = slices.CompactFunc(d.points, func(a, b cell) bool { return a.equal(&b) })
	return left
}

package record

import (
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

var (
	outcomes = eligibility.AllOutcomes()
	results  = eligibility.AllResults()
)

func decision(c *coder, d *eligibility.Decision) {
	c.begin("Decision")
	text(c, 1, "rule_set", &d.RuleSet)
	text(c, 2, "version", &d.Version)
	instant(c, 3, "at", &d.At)
	choice(c, 4, "outcome", &d.Outcome, outcomes)

	var found []eligibility.Finding
	var known []fact
	if c.mode == writing {
		found, known = d.Findings(), knownFacts(d.Facts)
	}
	list(c, 5, "findings", &found, finding)
	list(c, 6, "facts", &known, factFields)
	if c.mode != reading || c.err != nil {
		return
	}
	for i, f := range known {
		if i > 0 && f.name <= known[i-1].name {
			c.fail("holds a fact twice, or out of order")
			return
		}
		f.set(&d.Facts)
	}
	with, err := d.WithFindings(found)
	if err != nil {
		c.number = 4
		c.fail("is not what the findings come to")
		return
	}
	*d = with
}

func finding(c *coder, f *eligibility.Finding) {
	c.begin("Finding")
	text(c, 1, "rule", &f.Rule)
	text(c, 2, "doc", &f.Doc)
	choice(c, 3, "result", &f.Result, results)
	text(c, 4, "wanted", &f.Wanted)
	text(c, 5, "found", &f.Found)
	texts(c, 6, "missing", &f.Missing)
	flag(c, 7, "confidential", &f.Confidential)
	if c.mode != describing && f.Result == "" {
		c.number = 3
		c.fail("is missing")
	}
}

// fact is one of the facts that a decision rests on.
type fact struct {
	name  string
	value any // as eligibility.Facts.Values has it
}

func knownFacts(facts eligibility.Facts) []fact {
	var all []fact
	for name, value := range facts.Values() {
		all = append(all, fact{name, value})
	}
	return all
}

func (f fact) set(facts *eligibility.Facts) {
	switch v := f.value.(type) {
	case string:
		eligibility.NewFact[string](f.name).Set(facts, v)
	case int64:
		eligibility.NewFact[int64](f.name).Set(facts, v)
	case decimal.Decimal:
		eligibility.NewFact[decimal.Decimal](f.name).Set(facts, v)
	case eligibility.Money:
		eligibility.NewFact[eligibility.Money](f.name).Set(facts, v)
	case bool:
		eligibility.NewFact[bool](f.name).Set(facts, v)
	case eligibility.Date:
		eligibility.NewFact[eligibility.Date](f.name).Set(facts, v)
	case []string:
		eligibility.NewFact[[]string](f.name).Set(facts, v)
	}
}

// factFields has the value in the one field of its type, which is there even when it
// holds nothing: 0 and an empty text are known, too.
func factFields(c *coder, f *fact) {
	c.begin("Fact")
	text(c, 1, "name", &f.name)
	member(c, 2, "text", "string", chunk, f, putText, takeText)
	member(c, 3, "integer", "int64", varint, f, putInteger, takeInteger)
	member(c, 4, "decimal", "string", chunk, f, putDecimal, takeDecimal)
	member(c, 5, "money", "string", chunk, f, putMoney, takeMoney)
	member(c, 6, "boolean", "bool", varint, f, putBoolean, takeBoolean)
	member(c, 7, "date", "string", chunk, f, putDate, takeDate)
	member(c, 8, "list", "Texts", chunk, f, putList, takeList)
	if c.mode != describing && f.value == nil {
		c.fail("is missing, and so is every other value of the fact")
	}
}

// member is the field of a fact's value where that is a T.
func member[T any](c *coder, number int, name, kind string, wire uint64, f *fact, put func(*coder, int, T), take func(*coder) T) {
	switch found := c.field(number, name, wire); {
	case found && f.value != nil:
		c.fail("is a second value of the fact")
	case found:
		f.value = take(c)
	case c.mode == writing:
		if v, ok := f.value.(T); ok {
			put(c, number, v)
		}
	case c.mode == describing && kind == "Texts":
		describe(c, Field{OneOf: "value"}, textsFields)
	case c.mode == describing:
		c.describe(Field{Type: kind, OneOf: "value"})
	}
}

func textsFields(c *coder, v *[]string) {
	c.begin("Texts")
	texts(c, 1, "texts", v)
}

func putText(c *coder, number int, v string) { c.putBytes(number, strings.ToValidUTF8(v, "\ufffd")) }

func takeText(c *coder) string {
	s := c.bytes()
	if !utf8.ValidString(s) {
		c.fail(notUTF8)
	}
	return s
}

func putInteger(c *coder, number int, v int64) { c.putUvarint(number, uint64(v)) }

func takeInteger(c *coder) int64 {
	n := c.uvarint()
	c.advance()
	return int64(n)
}

func putBoolean(c *coder, number int, v bool) {
	var n uint64
	if v {
		n = 1
	}
	c.putUvarint(number, n)
}

func takeBoolean(c *coder) bool {
	n := c.uvarint()
	if n > 1 {
		c.fail("is neither true nor false")
	}
	c.advance()
	return n == 1
}

func putDecimal(c *coder, number int, v decimal.Decimal) {
	s, ok := decimalText(v)
	if !ok {
		c.fail(tooManyDigits)
	}
	c.putBytes(number, s)
}

func takeDecimal(c *coder) decimal.Decimal {
	d, ok := parseDecimal(c.bytes())
	if !ok {
		c.fail(noAmount)
	}
	return d
}

func putMoney(c *coder, number int, v eligibility.Money) { c.putBytes(number, c.moneyText(v)) }

func takeMoney(c *coder) eligibility.Money { return c.parseMoney(c.bytes()) }

func putDate(c *coder, number int, v eligibility.Date) { c.putBytes(number, v.String()) }

func takeDate(c *coder) eligibility.Date {
	d, err := eligibility.ParseDate(c.bytes())
	if err != nil {
		c.fail("is no date")
	}
	return d
}

func putList(c *coder, number int, v []string) {
	start := c.open(number)
	nested(c, &v, textsFields)
	c.shut(start)
}

func takeList(c *coder) []string {
	v := []string{}
	nested(c, &v, textsFields)
	return v
}

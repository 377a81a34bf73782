package program

import (
	"encoding/json"
	"reflect"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/partnerengage/partnerengage/eligibility"
)

// more reads a fact of the location.
func (l *locationDocument) more(d *decoder, name string, raw []byte, at place) bool {
	i := slices.IndexFunc(d.facts, func(f eligibility.AnyFact) bool { return f.Name() == name })
	if i < 0 {
		return false
	}
	d.fact(&l.facts, d.facts[i], raw, at)
	return true
}

func (l *locationDocument) names(d *decoder) []string {
	names := make([]string, len(d.facts))
	for i, f := range d.facts {
		names[i] = f.Name()
	}
	return names
}

// fact sets a fact from a JSON value of its kind: integers, booleans and lists of texts
// as such, decimals as texts or numbers, all others as texts.
func (d *decoder) fact(facts *eligibility.Facts, fact eligibility.AnyFact, raw []byte, at place) {
	if fact.Kind() == eligibility.KindDecimal && kindOf(raw) == "a number" {
		raw, _ = json.Marshal(string(raw))
	}
	name := fact.Name()
	switch fact.Kind() {
	case eligibility.KindText:
		setFact(d, facts, eligibility.NewFact[string](name), raw, at, nil)
	case eligibility.KindInteger:
		setFact(d, facts, eligibility.NewFact[int64](name), raw, at, nil)
	case eligibility.KindBoolean:
		setFact(d, facts, eligibility.NewFact[bool](name), raw, at, nil)
	case eligibility.KindList:
		setFact(d, facts, eligibility.NewFact[[]string](name), raw, at, nil)
	case eligibility.KindDecimal:
		setFact(d, facts, eligibility.NewFact[decimal.Decimal](name), raw, at, eligibility.ParseDecimal)
	case eligibility.KindMoney:
		setFact(d, facts, eligibility.NewFact[eligibility.Money](name), raw, at, eligibility.ParseMoney)
	case eligibility.KindDate:
		setFact(d, facts, eligibility.NewFact[eligibility.Date](name), raw, at, eligibility.ParseDate)
	}
}

func setFact[T eligibility.Value](d *decoder, facts *eligibility.Facts, fact eligibility.Fact[T], raw []byte, at place, parse func(string) (T, error)) {
	var v T
	before := len(d.mistakes)
	if parse == nil {
		d.decode(reflect.ValueOf(&v).Elem(), raw, at)
	} else if s, ok := d.text(raw, at); ok {
		var err error
		if v, err = parse(s); err != nil {
			d.refuse(at, err, "%s", problemOf(err))
		}
	}
	var alone eligibility.Facts
	fact.Set(&alone, v)
	if err := alone.Check(); err != nil {
		d.refuse(at, err, "%s", problemOf(err))
	}
	if len(d.mistakes) == before {
		fact.Set(facts, v)
	}
}

// factJSON is the JSON value of a fact, and false if it is not known.
func factJSON(facts eligibility.Facts, fact eligibility.AnyFact) (any, bool) {
	name := fact.Name()
	switch fact.Kind() {
	case eligibility.KindText:
		return known(eligibility.NewFact[string](name).Get(facts))
	case eligibility.KindInteger:
		return known(eligibility.NewFact[int64](name).Get(facts))
	case eligibility.KindBoolean:
		return known(eligibility.NewFact[bool](name).Get(facts))
	case eligibility.KindList:
		list, ok := eligibility.NewFact[[]string](name).Get(facts)
		return append([]string{}, list...), ok
	case eligibility.KindDecimal:
		v, ok := eligibility.NewFact[decimal.Decimal](name).Get(facts)
		return v.StringFixed(max(0, -v.Exponent())), ok
	case eligibility.KindMoney:
		return known(eligibility.NewFact[eligibility.Money](name).Get(facts))
	case eligibility.KindDate:
		return known(eligibility.NewFact[eligibility.Date](name).Get(facts))
	}
	return nil, false
}

func known[T any](v T, ok bool) (any, bool) { return v, ok }

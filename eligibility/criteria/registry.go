package criteria

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Registry knows the facts and operators that documents may name. The zero
// Registry knows the program's facts and the ready operators of package
// eligibility; a host adds its own. Once it is filled it is safe for
// concurrent use.
type Registry struct {
	facts     map[string]title
	operators map[use]build
}

// NewRegistry returns a Registry that knows the program's facts and the ready
// operators.
func NewRegistry() *Registry { return &Registry{} }

// AddFact registers a host's fact. The title is what docs derived for it call
// it, "Open escalations"; it is derived from the name if it is empty. A fact
// that is known already with the same kind only gets a new title. It returns a
// *[RegistrationError] for a fact known with another kind, and for one that
// [eligibility.NewFact] has not made or whose name has blanks.
func (r *Registry) AddFact(fact eligibility.AnyFact, titled string) error {
	name, kind := fact.Name(), fact.Kind()
	if known, ok := r.fact(name); ok && known.fact.Kind() != kind {
		return &RegistrationError{name, "is known as a fact of kind " + known.fact.Kind().String() + " already: choose another name"}
	}
	if !slices.Contains(eligibility.AllKinds(), kind) {
		return &RegistrationError{name, "is of no kind that facts have: make it by eligibility.NewFact"}
	}
	if name == "" || strings.ContainsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return &RegistrationError{name, "has to have a name without blanks and control characters"}
	}
	if r.facts == nil {
		r.facts = map[string]title{}
	}
	r.facts[name] = title{fact, cmp.Or(strings.TrimSpace(titled), titleOf(name))}
	return nil
}

// titleOf turns "open_escalations" into "Open escalations".
func titleOf(name string) string {
	runes := []rune(strings.ReplaceAll(name, "_", " "))
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// AddOperator registers a host's operator. It returns a *[RegistrationError]
// for the name of a ready operator, for a name that is empty or has blanks
// around it, and for one that is registered for the same kind of facts already.
func (r *Registry) AddOperator(o Operator) error {
	name := string(o.op)
	_, taken := r.operators[o.use]
	switch {
	case o.build == nil:
		return &RegistrationError{name, "is not an operator: make it by NewOperator"}
	case slices.Contains(eligibility.AllOps(), o.op):
		return &RegistrationError{name, "is a ready operator: choose another name"}
	case name == "" || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl):
		return &RegistrationError{name, "has to have a name without blanks around it and control characters"}
	case taken:
		return &RegistrationError{name, "is registered already"}
	}
	if r.operators == nil {
		r.operators = map[use]build{}
	}
	r.operators[o.use] = o.build
	return nil
}

// Facts returns every fact that documents may name, by name.
func (r *Registry) Facts() []eligibility.AnyFact {
	all := map[string]eligibility.AnyFact{}
	for _, t := range programFacts() {
		all[t.fact.Name()] = t.fact
	}
	for name, t := range r.facts {
		all[name] = t.fact
	}
	facts := make([]eligibility.AnyFact, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		facts = append(facts, all[name])
	}
	return facts
}

// Operators returns the operators that go with facts of a kind, the ready ones
// first; for the empty kind those that need no fact.
func (r *Registry) Operators(kind eligibility.Kind) []eligibility.Op {
	if kind == "" {
		return append([]eligibility.Op{eligibility.OpAllOf, eligibility.OpAnyOf, eligibility.OpNot}, r.hostOperators("")...)
	}
	var ops []eligibility.Op
	for _, op := range eligibility.AllOps() {
		if _, ok := readyOperators[use{op, kind}]; ok {
			ops = append(ops, op)
		}
	}
	return append(ops, r.hostOperators(kind)...)
}

func (r *Registry) hostOperators(kind eligibility.Kind) []eligibility.Op {
	var ops []eligibility.Op
	for u := range r.operators {
		if u.kind == kind {
			ops = append(ops, u.op)
		}
	}
	slices.Sort(ops)
	return ops
}

func (r *Registry) fact(name string) (title, bool) {
	if t, ok := r.facts[name]; ok {
		return t, true
	}
	for _, t := range programFacts() {
		if t.fact.Name() == name {
			return t, true
		}
	}
	return title{}, false
}

func (r *Registry) operator(op eligibility.Op, kind eligibility.Kind) (build, bool) {
	if b, ok := readyOperators[use{op, kind}]; ok {
		return b, true
	}
	b, ok := r.operators[use{op, kind}]
	return b, ok
}

// Set sets a fact from a text, as a column of a table has it. Blanks around the text
// do not count, and the empty text makes the fact unknown. Texts are written as in
// documents: "4200", "39.9", "2500.00 USD", "true" or "false" in whatever case,
// "2026-07-01". For a date "never" is [eligibility.Never], which an empty text is
// not: whoever knows that an empty cell means never says so. A list has a semicolon
// between its entries, and "none" is the list without any.
//
// It returns a *[FactError] for a fact that is not registered and for a text
// that is not of the fact's kind, and then leaves f as it was.
func (r *Registry) Set(f *eligibility.Facts, name, text string) error {
	known, ok := r.fact(name)
	if !ok {
		return &FactError{name, ErrUnknownFact}
	}
	var err error
	switch known.fact.Kind() {
	case eligibility.KindText:
		err = set(f, name, text, func(s string) (string, error) { return s, nil })
	case eligibility.KindInteger:
		err = set(f, name, text, parseInteger)
	case eligibility.KindDecimal:
		err = set(f, name, text, eligibility.ParseDecimal)
	case eligibility.KindMoney:
		err = set(f, name, text, eligibility.ParseMoney)
	case eligibility.KindBoolean:
		err = set(f, name, text, parseBoolean)
	case eligibility.KindDate:
		err = set(f, name, text, eligibility.ParseDate)
	case eligibility.KindList:
		err = set(f, name, text, parseList)
	}
	if err != nil {
		return &FactError{name, err}
	}
	return nil
}

func set[T eligibility.Value](f *eligibility.Facts, name, text string, parse func(string) (T, error)) error {
	fact := eligibility.NewFact[T](name)
	text = strings.TrimSpace(text)
	if text == "" {
		fact.Clear(f)
		return nil
	}
	v, err := parse(text)
	if err != nil {
		return err
	}
	fact.Set(f, v)
	return nil
}

func parseInteger(s string) (int64, error) {
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, &eligibility.ParseError{What: "whole number", Text: s, Problem: `write digits alone, as in "4200"`}
	}
	return i, nil
}

// parseBoolean reads what people write and what spreadsheets make of it: TRUE.
func parseBoolean(s string) (bool, error) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, nil
	case strings.EqualFold(s, "false"):
		return false, nil
	}
	return false, &eligibility.ParseError{What: "boolean", Text: s, Problem: `write "true" or "false"`}
}

func parseList(s string) ([]string, error) {
	if s == "none" {
		return []string{}, nil
	}
	entries := strings.Split(s, ";")
	for i, e := range entries {
		if entries[i] = strings.TrimSpace(e); entries[i] == "" {
			return nil, &eligibility.ParseError{What: "list", Text: s, Problem: `an entry is empty: write "one; two", and "none" if there are none`}
		}
	}
	return entries, nil
}

package eligibility

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Rule is one criterion.
type Rule struct {
	ID    string // stable and unique within its rule set; findings name it
	Doc   string // what the rule asks for, as a sentence for people; mandatory
	Check Check
}

// RuleSetConfig is what NewRuleSet makes a RuleSet of.
type RuleSetConfig struct {
	ID      string
	Version string // changes whenever anything else here does

	// The rule set is in effect from EffectiveFrom until just before
	// EffectiveTo; a zero time leaves that end open.
	EffectiveFrom, EffectiveTo time.Time

	// TimeZone is where the day of a decision begins, for rules that count
	// days back from it. Nil is UTC.
	TimeZone *time.Location

	Rules []Rule // at least one; findings come in this order
}

// RuleSet is rules that have been checked and prepared. It never changes and
// is safe for concurrent use.
type RuleSet struct {
	config   RuleSetConfig
	layout   *layout
	keepRest bool // a function may read facts that no rule names
	dated    bool // a rule counts back from the day of the decision
	nodes    []node
	plan     plan
	wanted   []string
}

// NewRuleSet checks and prepares a rule set. Its error joins a *[RuleSetError]
// for each of these: a missing ID, Version or Doc; an ID that is there twice; a
// period that ends before it starts; no rules; a check without a value, or
// whose values cannot be met by any fact; a fact that is used with two kinds.
func NewRuleSet(c RuleSetConfig) (*RuleSet, error) {
	c.Rules = slices.Clone(c.Rules)
	v := validator{ruleSet: c.ID, kinds: map[string]kindCode{}}
	v.config(c)
	for _, r := range c.Rules {
		v.rule = r.ID
		v.check(r.Check)
	}
	if err := errors.Join(v.errs...); err != nil {
		return nil, err
	}

	s := &RuleSet{config: c, layout: newLayout(v.kinds), keepRest: v.readsAll, dated: v.dated}
	for i, r := range c.Rules {
		n := s.compile(r.Check)
		n.rule = int32(i)
		s.nodes = append(s.nodes, n)
		s.plan.add(n)
		s.wanted = append(s.wanted, r.Check.wanted())
	}
	return s, nil
}

func newLayout(kinds map[string]kindCode) *layout {
	l := &layout{}
	for name := range kinds {
		l.names = append(l.names, name)
	}
	slices.Sort(l.names)
	for _, name := range l.names {
		l.kinds = append(l.kinds, kinds[name])
	}
	return l
}

// ID returns the rule set's ID.
func (s *RuleSet) ID() string { return s.config.ID }

// Version returns the rule set's version.
func (s *RuleSet) Version() string { return s.config.Version }

// EffectiveFrom returns when the rule set comes into effect; zero if it always
// was.
func (s *RuleSet) EffectiveFrom() time.Time { return s.config.EffectiveFrom }

// EffectiveTo returns when the rule set is no longer in effect; zero if it
// stays so.
func (s *RuleSet) EffectiveTo() time.Time { return s.config.EffectiveTo }

// TimeZone returns where the day of a decision begins.
func (s *RuleSet) TimeZone() *time.Location {
	if s.config.TimeZone == nil {
		return time.UTC
	}
	return s.config.TimeZone
}

// InEffect reports whether the rule set is in effect at t.
func (s *RuleSet) InEffect(t time.Time) bool {
	from, to := s.config.EffectiveFrom, s.config.EffectiveTo
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}

// Rules returns the rules in their declared order.
func (s *RuleSet) Rules() []Rule { return slices.Clone(s.config.Rules) }

// Facts returns the facts that the rules read, by name.
func (s *RuleSet) Facts() []AnyFact {
	facts := make([]AnyFact, len(s.layout.names))
	for i, name := range s.layout.names {
		facts[i] = readFact{name, s.layout.kinds[i].kind()}
	}
	return facts
}

type readFact struct {
	name string
	kind Kind
}

func (f readFact) Name() string { return f.name }
func (f readFact) Kind() Kind   { return f.kind }

// NewFacts returns empty facts that are laid out for the rule set, as
// [RuleSet.DecideInPlace] wants them.
func (s *RuleSet) NewFacts() Facts { return s.layout.newFacts() }

// validator collects what is wrong with a rule set.
type validator struct {
	ruleSet, rule string
	kinds         map[string]kindCode
	readsAll      bool
	dated         bool
	errs          []error
}

func (v *validator) refuse(field, format string, args ...any) {
	v.errs = append(v.errs, &RuleSetError{RuleSet: v.ruleSet, Rule: v.rule, Field: field, Problem: fmt.Sprintf(format, args...)})
}

func (v *validator) config(c RuleSetConfig) {
	v.name("ID", c.ID)
	v.name("Version", c.Version)
	if !c.EffectiveTo.IsZero() && !c.EffectiveFrom.Before(c.EffectiveTo) {
		v.refuse("EffectiveTo", "has to be after EffectiveFrom")
	}
	if len(c.Rules) == 0 {
		v.refuse("Rules", "are missing: without any, everybody would be eligible")
	}
	seen := map[string]bool{}
	for i, r := range c.Rules {
		if v.rule = r.ID; r.ID == "" {
			v.rule = fmt.Sprintf("#%d", i+1)
		}
		v.name("ID", r.ID)
		if seen[r.ID] {
			v.refuse("ID", "is that of an earlier rule too")
		}
		seen[r.ID] = true
		if strings.TrimSpace(r.Doc) == "" {
			v.refuse("Doc", "is missing: say in a sentence what the rule asks for")
		}
	}
}

func (v *validator) name(field, name string) {
	switch {
	case name == "":
		v.refuse(field, "is missing")
	case strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl):
		v.refuse(field, "%q has blanks around it or control characters in it", name)
	}
}

func (v *validator) fact(f AnyFact) {
	if f == nil {
		v.refuse("Check", "names no fact")
		return
	}
	name, kind := f.Name(), f.Kind().code()
	if kind == none || name == "" || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		v.refuse("Check", "reads a fact %q of kind %q: make it by NewFact, with a name without blanks", name, f.Kind())
		return
	}
	if known, ok := v.kinds[name]; ok && known != kind {
		v.refuse("Check", "reads the fact %q as %s, and elsewhere it is %s", name, kind.kind(), known.kind())
		return
	}
	v.kinds[name] = kind
}

func (v *validator) check(c Check) {
	if c.named != nil && strings.TrimSpace(string(c.named.Op)) == "" {
		v.refuse("Check", "is named with an empty operator")
	}
	if c.fn != nil {
		for _, f := range c.reads {
			v.fact(f)
		}
		v.readsAll = v.readsAll || len(c.reads) == 0
		return
	}
	switch c.op {
	case "":
		v.refuse("Check", "is missing")
	case OpAllOf, OpAnyOf, OpNot:
		if len(c.parts) == 0 {
			v.refuse("Check", "combines no checks by %q", c.op)
		}
		for _, p := range c.parts {
			v.check(p)
		}
	default:
		v.fact(c.fact)
		v.operands(c)
	}
}

func (v *validator) operands(c Check) {
	if i := slices.IndexFunc(c.operands, func(o cell) bool { return !o.known() }); i >= 0 {
		v.refuse("Check", "compares %s with the zero date, or with money without a currency", c.fact.Name())
		return
	}
	switch c.op {
	case OpOneOf, OpNotOneOf:
		if len(c.operands) == 0 {
			v.refuse("Check", "%q needs at least one value", c.op)
		}
	case OpBetween:
		low, high := &c.operands[0], &c.operands[1]
		if low.kind == money && low.box.money.Currency != high.box.money.Currency {
			v.refuse("Check", "is between two currencies, %s and %s", low.box.money.Currency, high.box.money.Currency)
		} else if low.kind == date && (low.day.IsNever() || high.day.IsNever()) {
			v.refuse("Check", "is between a day and never: use Before or After, and OrNever")
		} else if low.compare(high) > 0 {
			v.refuse("Check", "is between %s and %s, which is nothing: the lower end comes first", low, high)
		}
	case OpBefore, OpAfter:
		v.dated = v.dated || c.when.relative
		if !c.when.valid() {
			v.refuse("Check", "%q needs a day: On an existing one, or DaysAgo with 0 or more", c.op)
		}
	case OpOlderThan:
		v.dated = true
		if c.days < 0 || c.days > lastDay {
			v.refuse("Check", "%q needs 0 days or more", c.op)
		}
	}
}

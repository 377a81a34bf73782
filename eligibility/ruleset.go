package eligibility

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/internal/problems"
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
	plans    []plan // of 64 rules each
	wanted   []string

	confidential []bool // of each rule
}

// NewRuleSet checks and prepares a rule set. Its error joins a *[RuleSetError]
// for each of these: a missing ID, Version or Doc; an ID that is there twice; a
// period that ends before it starts; no rules; a check without a value, or
// whose values cannot be met by any fact; a fact that is used with two kinds.
func NewRuleSet(c RuleSetConfig) (*RuleSet, error) {
	c.Rules = slices.Clone(c.Rules)
	v := validator{ruleSet: c.ID, kinds: map[string]kindCode{}}
	v.config(c)
	if err := problems.Join(v.errs...); err != nil {
		return nil, err
	}

	s := &RuleSet{config: c, layout: newLayout(v.kinds), keepRest: v.readsAll, dated: v.dated}
	for i, r := range c.Rules {
		n := s.compile(r.Check, false)
		n.rule, n.mark = int32(i), 1<<(i%64)
		s.nodes = append(s.nodes, n)
		s.wanted = append(s.wanted, r.Check.wanted())
		s.confidential = append(s.confidential, r.Check.IsConfidential())
	}
	for nodes := range slices.Chunk(s.nodes, 64) {
		s.plans = append(s.plans, newPlan(nodes))
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

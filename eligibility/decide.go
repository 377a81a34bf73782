package eligibility

import (
	"slices"
	"time"
)

// verdict is a Result in one bit, so that those of all rules can be joined.
type verdict uint8

const (
	pass verdict = 1 << iota
	fail
	unknown
	broken // the rule could not be answered
)

// Decide evaluates every rule on the facts at that time. The decision keeps
// its own copy of the facts that the rules read.
//
// If rules could not be answered the error joins a *[RuleError] for each, and
// the decision has no outcome, but the findings of all other rules. A zero
// time is refused with [ErrNoTime], and one at which the rule set is not in effect
// with a *[NotInEffectError].
func (s *RuleSet) Decide(f Facts, at time.Time) (Decision, error) {
	d := Decision{Facts: f.laidOut(s.layout, s.keepRest)}
	err := s.DecideInPlace(&d, at)
	return d, err
}

// DecideInPlace decides as [RuleSet.Decide] does, on d.Facts, and replaces
// everything else that d holds. The facts have to be made by
// [RuleSet.NewFacts] of this rule set; others are refused with [ErrFacts].
//
// It allocates nothing once d has been decided by this rule set before, unless
// a rule is or contains a Go function. Copies of d that were made before share
// its room, and are overwritten; [Decision.Clone] keeps one.
func (s *RuleSet) DecideInPlace(d *Decision, at time.Time) error {
	d.RuleSet, d.Version, d.At, d.Outcome = s.config.ID, s.config.Version, at, ""
	d.set, d.verdicts, d.stated, d.read = s, d.verdicts[:0], d.stated[:0], nil
	if d.Facts.layout != s.layout {
		return ErrFacts
	}
	if at.IsZero() {
		return ErrNoTime
	}
	if !s.InEffect(at) {
		return &NotInEffectError{RuleSet: d.RuleSet, Version: d.Version, At: at, From: s.config.EffectiveFrom, To: s.config.EffectiveTo}
	}

	today := s.today(at)
	d.verdicts = slices.Grow(d.verdicts, len(s.nodes))[:len(s.nodes)]
	seen := s.plan.compare(d.Facts.cells, d.verdicts, today)
	others := d.verdicts[len(s.nodes)-len(s.plan.others):]
	for i := range others {
		n := &s.plan.others[i]
		if n.functions {
			others[i] = n.state(d, today)
		} else {
			others[i] = n.verdict(d.Facts.cells, today)
		}
		seen |= others[i]
	}
	if seen&broken != 0 {
		return s.failures(d, today)
	}
	d.Outcome = seen.outcome()
	return nil
}

func (s *RuleSet) today(at time.Time) int64 {
	if !s.dated {
		return 0
	}
	offset := 0
	if s.config.TimeZone != nil {
		_, offset = at.In(s.config.TimeZone).Zone()
	}
	return dayNumber(at, offset)
}

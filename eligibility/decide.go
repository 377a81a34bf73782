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
	d.set, d.tallies, d.stated, d.read = s, d.tallies[:0], d.stated[:0], nil
	if d.Facts.layout != s.layout {
		return ErrFacts
	}
	if d.moment.set != s || d.moment.at != at {
		if at.IsZero() {
			return ErrNoTime
		}
		if !s.InEffect(at) {
			return &NotInEffectError{RuleSet: d.RuleSet, Version: d.Version, At: at, From: s.config.EffectiveFrom, To: s.config.EffectiveTo}
		}
		d.moment = moment{s, at, s.today(at)}
	}
	today := d.moment.today
	d.tallies = slices.Grow(d.tallies, len(s.plans))[:len(s.plans)]
	var all tally
	for i := range s.plans {
		d.tallies[i] = s.plans[i].decide(d, today)
		all = all.join(d.tallies[i])
	}
	if all.broken != 0 {
		return s.failures(d, today)
	}
	d.Outcome = all.outcome()
	return nil
}

// moment is a time at which a rule set is in effect, and the day that it is then.
// A decision keeps its last one: whoever decides on many customers does so at one
// time.
type moment struct {
	set   *RuleSet
	at    time.Time
	today int64
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

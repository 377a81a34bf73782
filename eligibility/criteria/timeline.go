package criteria

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Timeline holds rule sets that follow each other in time, as the versions of
// one do. The zero Timeline holds none. It never changes.
type Timeline struct {
	sets []*eligibility.RuleSet // the earliest first
}

// TimelineError says which two rule sets do not go together.
type TimelineError struct {
	First, Second string // ID and version of each
	Problem       string // what is wrong with them, and what would help
	Err           error  // ErrOverlap or nil
}

func (e *TimelineError) Error() string {
	return e.First + " and " + e.Second + " " + e.Problem
}

// Unwrap returns Err.
func (e *TimelineError) Unwrap() error { return e.Err }

// NewTimeline puts rule sets in the order in which they come into effect.
// There may be gaps between them. Its error joins a *[TimelineError] for every
// two that are in effect at once, which is also [ErrOverlap], and for every
// two with the same ID and version.
func NewTimeline(sets ...*eligibility.RuleSet) (Timeline, error) {
	ordered := slices.Clone(sets)
	slices.SortStableFunc(ordered, func(a, b *eligibility.RuleSet) int {
		return a.EffectiveFrom().Compare(b.EffectiveFrom()) // the zero time is open, and first
	})
	var errs []error
	for i, a := range ordered {
		for _, b := range ordered[i+1:] {
			if a.ID() == b.ID() && a.Version() == b.Version() {
				errs = append(errs, &TimelineError{First: name(a), Second: name(b),
					Problem: "are the same version: a decision names its version, so give each change one of its own"})
			}
			if from, to := b.EffectiveFrom(), a.EffectiveTo(); to.IsZero() || from.Before(to) {
				errs = append(errs, &TimelineError{First: name(a), Second: name(b), Err: ErrOverlap,
					Problem: "are in effect at once: end the earlier one when the later one begins"})
			}
		}
	}
	if err := problems.Join(errs...); err != nil {
		return Timeline{}, err
	}
	return Timeline{ordered}, nil
}

func name(s *eligibility.RuleSet) string { return s.ID() + " " + s.Version() }

// At returns the rule set that is in effect at t, if one is.
func (l Timeline) At(t time.Time) (*eligibility.RuleSet, bool) {
	return l.find(func(s *eligibility.RuleSet) bool { return s.InEffect(t) })
}

// Of returns the rule set with which a decision was made, for
// [eligibility.Decision.Replay], if it is here.
func (l Timeline) Of(d eligibility.Decision) (*eligibility.RuleSet, bool) {
	return l.find(func(s *eligibility.RuleSet) bool { return s.ID() == d.RuleSet && s.Version() == d.Version })
}

func (l Timeline) find(is func(*eligibility.RuleSet) bool) (*eligibility.RuleSet, bool) {
	if i := slices.IndexFunc(l.sets, is); i >= 0 {
		return l.sets[i], true
	}
	return nil, false
}

// RuleSets returns all of them, the earliest first.
func (l Timeline) RuleSets() []*eligibility.RuleSet { return slices.Clone(l.sets) }

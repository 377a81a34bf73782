package eligibility

import (
	"slices"
	"strings"
	"time"
)

// WhatIf says what would have to change so that somebody is eligible: the answer of
// [RuleSet.WhatIf]. It can be written to JSON.
type WhatIf struct {
	RuleSet string    `json:"rule_set"` // the rule set's ID
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	Outcome Outcome   `json:"outcome"` // as things are; if it is eligible nothing has to change, and there are no Ways

	// Ways are the smallest sets of changes that do: each was decided again and is
	// eligible, and none would be with fewer of its facts changed, whatever their
	// values. Those with the fewest changes come first.
	Ways []Way `json:"ways"`

	// CannotSay are the rules that hold a Go function which stands in a way: what it
	// would say of other facts, or at another time, nobody can tell without asking
	// it. There may be ways by these rules that are not among Ways.
	CannotSay []string `json:"cannot_say,omitempty"`

	// Contradictory are rules that cannot pass together, whatever the facts that can
	// change become. Then there is no way at all.
	Contradictory []string `json:"contradictory,omitempty"`

	// LeftOut says what has not been looked at because the search is bounded, as a
	// sentence. It is empty if Ways are all there are, but for what CannotSay names.
	LeftOut string `json:"left_out,omitempty"`
}

// Way is one set of changes that makes somebody eligible. Every change of it is
// needed.
type Way struct {
	// At is the time at which the changes do: the one that was asked about, or the
	// first moment of From.
	At time.Time `json:"at,omitzero"`

	Changes []Change `json:"changes"` // by the facts' names; none if time alone does

	// Later says that time has to pass: until From, the first day on which the
	// changes do. Until is the first day after it on which they no longer do, if
	// there is one before the rule set's end; for changed dates that is so with the
	// values that [Change.Value] tells.
	Later bool `json:"later,omitempty"`
	From  Date `json:"from,omitzero"`
	Until Date `json:"until,omitzero"`

	// Tried are the rules whose Go functions had to be asked again: the changes then
	// wanted are the very values that they were asked about, and what others would
	// do is not known.
	Tried []string `json:"tried,omitempty"`

	confidential bool // From follows from a confidential rule
}

// Change is what one fact would have to become. Of a redacted one only the fact is
// told.
type Change struct {
	Fact    string `json:"fact"`
	Kind    Kind   `json:"kind"`
	Now     string `json:"now,omitempty"`     // the present value
	Unknown bool   `json:"unknown,omitempty"` // there is none: if this were known to be what is wanted
	Wanted  string `json:"wanted,omitempty"`  // every value that does, "at least 300"
	Value   string `json:"value,omitempty"`   // one of them, near the present one; of a text that only has to differ, any other

	// Confidential says that a rule which reads the fact reads a confidential one:
	// Now, Wanted and Value are not for those who may know results only.
	Confidential bool `json:"confidential,omitempty"`

	// Check passes for exactly the values that are wanted, for who needs more than
	// words. It is not written to JSON.
	Check Check `json:"-"`

	value cell
}

// WhatIfOptions bound what [RuleSet.WhatIf] looks for.
type WhatIfOptions struct {
	// Fixed are facts that cannot change, as a customer's country.
	Fixed []AnyFact
	// Until is how far ahead time may pass; not at all if it is not after the time
	// that is asked about. Zero is as far as the rule set is in effect.
	Until time.Time
	// MaxWays is how many ways are returned at most; 10 if it is zero.
	MaxWays int
	// MaxSteps is how many comparisons the search makes at most, about 0.1 µs each;
	// 200,000 if it is zero.
	MaxSteps int
}

// WhatIf returns the smallest sets of changes of facts, and of time passing, by which
// somebody would be eligible, with the values that would do. The options may be nil.
//
// It is exact for the ready checks and for All, Any and Not of them: a set is returned
// if and only if its facts can take values that make the outcome eligible while
// everything else stays, and no smaller set of its facts can. A fact that several
// rules read changes to what suits them all. Facts that are not known count as
// changed when they become known.
//
// A Go function is relied on only for the facts and the time that it was asked about:
// see CannotSay and Tried. It is asked again only about values of ways that would do
// but for it.
//
// The search takes sets with fewer changes first and stops at its bounds, and says
// so. What it returns is as smallest and as true then.
//
// The error is what [RuleSet.Decide] returns for these facts at that time.
func (s *RuleSet) WhatIf(f Facts, at time.Time, opts *WhatIfOptions) (WhatIf, error) {
	d, err := s.Decide(f, at)
	answer := WhatIf{RuleSet: d.RuleSet, Version: d.Version, At: at, Outcome: d.Outcome, Ways: []Way{}}
	if err != nil || d.Outcome == OutcomeEligible {
		return answer, err
	}
	if opts == nil {
		opts = &WhatIfOptions{}
	}
	w := newSearch(s, &d, *opts)
	w.run(&answer)
	return answer, nil
}

// Apply returns a copy of the facts in which the changes are made, each to its
// [Change.Value]: what was decided again. Of a redacted or a read way it changes
// nothing.
func (w Way) Apply(f Facts) Facts {
	out := f.Clone()
	for i := range w.Changes {
		if c := &w.Changes[i]; c.value.known() {
			*out.place(c.Fact) = c.value.clone()
		}
	}
	return out
}

// String tells the changes: "seats at least 300, now 120; from 2027-03-14 on".
func (w Way) String() string {
	var parts []string
	for _, c := range w.Changes {
		parts = append(parts, c.String())
	}
	switch {
	case w.Later && w.From.IsZero():
		parts = append(parts, "on a later day")
	case w.Later && w.Until.IsZero():
		parts = append(parts, "from "+w.From.String()+" on")
	case w.Later:
		parts = append(parts, "from "+w.From.String()+" until the day before "+w.Until.String())
	}
	s := strings.Join(parts, "; ")
	if len(w.Tried) > 0 {
		s += " (asked again: " + strings.Join(w.Tried, ", ") + ")"
	}
	return s
}

// String tells the change: "seats at least 300, now 120".
func (c Change) String() string {
	wanted := c.Wanted
	if wanted == "" {
		wanted = "another value"
		if c.Unknown {
			wanted = "a value"
		}
	}
	switch {
	case c.Unknown:
		return c.Fact + " " + wanted + ", now unknown"
	case c.Now != "":
		return c.Fact + " " + wanted + ", now " + c.Now
	}
	return c.Fact + " " + wanted
}

// Redacted returns what whoever may not see confidential facts may see of the answer,
// as [Decision.Redacted] does of a decision: which facts would have to change and
// whether time has to pass, without present and wanted values where a rule reads a
// confidential fact, and with all of them without any.
func (a WhatIf) Redacted(all bool) WhatIf {
	a.Ways = slices.Clone(a.Ways)
	for i := range a.Ways {
		w := &a.Ways[i]
		w.Changes = slices.Clone(w.Changes)
		hidden := false
		for j := range w.Changes {
			if c := &w.Changes[j]; all || c.Confidential {
				hidden = true
				w.Changes[j] = Change{Fact: c.Fact, Kind: c.Kind, Unknown: c.Unknown, Confidential: c.Confidential}
			}
		}
		if w.Later && (all || w.confidential || hidden) { // the day can follow from a figure
			w.At, w.From, w.Until = time.Time{}, Date{}, Date{}
		}
	}
	return a
}

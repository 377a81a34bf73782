package eligibility

import (
	"math/bits"
	"strings"
	"time"
)

// ImpactReport says what a new version of rules changes. It can be written to JSON,
// and by [ImpactReport.WriteCSV] as a table.
type ImpactReport struct {
	RuleSet    string    `json:"rule_set"` // the new rule set's ID
	OldVersion string    `json:"old_version"`
	NewVersion string    `json:"new_version"`
	At         time.Time `json:"at"`     // when the old version decides
	NewAt      time.Time `json:"new_at"` // when the new one does

	Customers int  `json:"customers"` // how many were decided on
	Complete  bool `json:"complete"`  // whether these are all

	// Before and After count the outcomes of both versions.
	Before OutcomeCounts `json:"before"`
	After  OutcomeCounts `json:"after"`

	Gain          Affected `json:"gain"`           // become eligible
	Lose          Affected `json:"lose"`           // are eligible, and become ineligible
	BecomeUnknown Affected `json:"become_unknown"` // are not unknown, and become so

	// Failing are customers of whom a version fails to decide, and FirstFailure says
	// why it does of the first of them.
	Failing      Affected `json:"failing"`
	FirstFailure string   `json:"first_failure,omitempty"`

	Rules []RuleImpact `json:"rules"` // the new version's, in its order, and then those it no longer has
}

// OutcomeCounts are how many customers have each outcome.
type OutcomeCounts struct {
	Eligible   int `json:"eligible"`
	Ineligible int `json:"ineligible"`
	Unknown    int `json:"unknown"`
	Undecided  int `json:"undecided"` // rules failed to decide
}

// ResultCounts are for how many customers a rule comes to each result.
type ResultCounts struct {
	Pass      int `json:"pass"`
	Fail      int `json:"fail"`
	Unknown   int `json:"unknown"`
	Undecided int `json:"undecided"` // the rule failed to decide
}

// Affected are customers to whom something happens.
type Affected struct {
	Customers int      `json:"customers"`
	Samples   []string `json:"samples"` // the keys of the first of them
}

// RuleImpact is one rule's part in the changes. A customer counts for every rule that
// has a part in its change.
type RuleImpact struct {
	Rule string `json:"rule"`
	Doc  string `json:"doc"` // in the new version, if it has the rule

	// Old and New count its results in both versions; nil if the version does not
	// have the rule.
	Old *ResultCounts `json:"old,omitempty"`
	New *ResultCounts `json:"new,omitempty"`

	Gain          Affected `json:"gain"`           // gain, and did not pass it before
	Lose          Affected `json:"lose"`           // lose, and fail it now
	BecomeUnknown Affected `json:"become_unknown"` // become unknown, and it is unknown now
}

// impactCounter counts what two versions come to.
type impactCounter struct {
	*ImpactReport
	config   *ImpactConfig
	samples  int
	old, new sideCounter
}

// sideCounter counts what one version comes to.
type sideCounter struct {
	outcomes OutcomeCounts
	results  []ResultCounts // by rule; Pass is filled in at the end
	rules    []int          // where each rule stands in the report
}

func newImpactCounter(c *ImpactConfig) *impactCounter {
	n := &impactCounter{
		ImpactReport: &ImpactReport{RuleSet: c.New.ID(), OldVersion: c.Old.Version(), NewVersion: c.New.Version(), At: c.At, NewAt: c.NewAt, Rules: []RuleImpact{}},
		config:       c,
		samples:      c.Samples,
	}
	if n.samples == 0 {
		n.samples = usualSamples
	}
	for _, a := range []*Affected{&n.Gain, &n.Lose, &n.BecomeUnknown, &n.Failing} {
		a.Samples = []string{}
	}
	n.new = n.sideCounter(c.New)
	n.old = n.sideCounter(c.Old)
	return n
}

func (n *impactCounter) sideCounter(set *RuleSet) sideCounter {
	c := sideCounter{results: make([]ResultCounts, len(set.config.Rules))}
	at := map[string]int{}
	for i := range n.Rules {
		at[n.Rules[i].Rule] = i
	}
	for _, rule := range set.config.Rules {
		i, known := at[rule.ID]
		if !known {
			i = len(n.Rules)
			n.Rules = append(n.Rules, RuleImpact{Rule: rule.ID, Doc: rule.Doc,
				Gain: Affected{Samples: []string{}}, Lose: Affected{Samples: []string{}}, BecomeUnknown: Affected{Samples: []string{}}})
		}
		c.rules = append(c.rules, i)
	}
	return c
}

// add counts one decision.
func (c *sideCounter) add(d *Decision) {
	switch d.Outcome {
	case OutcomeEligible:
		c.outcomes.Eligible++
		return
	case OutcomeIneligible:
		c.outcomes.Ineligible++
	case OutcomeUnknown:
		c.outcomes.Unknown++
	default:
		c.outcomes.Undecided++
	}
	for block := range d.tallies {
		t := &d.tallies[block]
		results := c.results[64*block:]
		for w := t.failed; w != 0; w &= w - 1 {
			results[bits.TrailingZeros64(w)].Fail++
		}
		for w := t.unknown; w != 0; w &= w - 1 {
			results[bits.TrailingZeros64(w)].Unknown++
		}
		for w := t.broken; w != 0; w &= w - 1 {
			results[bits.TrailingZeros64(w)].Undecided++
		}
	}
}

// add counts one customer, whose decisions the sides hold.
func (n *impactCounter) add(key string, old, new *side) {
	n.Customers++
	n.old.add(&old.d)
	n.new.add(&new.d)
	before, after := old.d.Outcome, new.d.Outcome
	if before == "" || after == "" {
		n.fail(key, old, new)
	}
	if before == after {
		return
	}
	switch {
	case after == OutcomeEligible:
		n.note(&n.Gain, key)
		for i := range n.old.rules {
			if old.d.verdict(i) != pass {
				n.note(&n.Rules[n.old.rules[i]].Gain, key)
			}
		}
	case after == OutcomeUnknown:
		n.note(&n.BecomeUnknown, key)
		for i := range n.new.rules {
			if new.d.verdict(i) == unknown {
				n.note(&n.Rules[n.new.rules[i]].BecomeUnknown, key)
			}
		}
	case after == OutcomeIneligible && before == OutcomeEligible:
		n.note(&n.Lose, key)
		for i := range n.new.rules {
			if new.d.verdict(i) == fail {
				n.note(&n.Rules[n.new.rules[i]].Lose, key)
			}
		}
	}
}

func (n *impactCounter) fail(key string, old, new *side) {
	if n.FirstFailure == "" {
		err := old.err
		if err == nil {
			err = new.err
		}
		n.FirstFailure = err.Error()
	}
	n.note(&n.Failing, key)
}

func (n *impactCounter) note(a *Affected, key string) {
	a.Customers++
	if len(a.Samples) < n.samples {
		a.Samples = append(a.Samples, strings.Clone(key))
	}
}

// end completes the report.
func (n *impactCounter) end(err error) (*ImpactReport, error) {
	n.Before, n.After = n.old.outcomes, n.new.outcomes
	counts := func(c sideCounter, to func(*RuleImpact) **ResultCounts) {
		for i, r := range c.results {
			r.Pass = n.Customers - r.Fail - r.Unknown - r.Undecided
			*to(&n.Rules[c.rules[i]]) = &r
		}
	}
	counts(n.old, func(r *RuleImpact) **ResultCounts { return &r.Old })
	counts(n.new, func(r *RuleImpact) **ResultCounts { return &r.New })
	if n.config.Progress != nil {
		n.config.Progress(n.Customers)
	}
	return n.ImpactReport, err
}

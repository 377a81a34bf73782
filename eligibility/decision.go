package eligibility

import (
	"slices"
	"time"
)

// Outcome is what a decision comes to. The zero Outcome is no outcome, and so
// not eligible.
type Outcome string

// The outcomes.
const (
	OutcomeEligible   Outcome = "eligible"   // every rule passed
	OutcomeIneligible Outcome = "ineligible" // a rule failed
	OutcomeUnknown    Outcome = "unknown"    // no rule failed, but facts are missing
)

// AllOutcomes returns every Outcome but the zero one.
func AllOutcomes() []Outcome {
	return []Outcome{OutcomeEligible, OutcomeIneligible, OutcomeUnknown}
}

// Eligible reports whether o is OutcomeEligible.
func (o Outcome) Eligible() bool { return o == OutcomeEligible }

// Result is what one rule comes to.
type Result string

// The results.
const (
	ResultPass    Result = "pass"
	ResultFail    Result = "fail"
	ResultUnknown Result = "unknown" // a fact that the rule depends on is missing
)

// AllResults returns every Result.
func AllResults() []Result { return []Result{ResultPass, ResultFail, ResultUnknown} }

func (r Result) verdict() verdict {
	switch r {
	case ResultPass:
		return pass
	case ResultFail:
		return fail
	case ResultUnknown:
		return unknown
	default:
		return 0
	}
}

func (v verdict) result() Result {
	switch v {
	case pass:
		return ResultPass
	case fail:
		return ResultFail
	case unknown:
		return ResultUnknown
	default:
		return ""
	}
}

// outcome is what the joined verdicts of all rules come to.
func (v verdict) outcome() Outcome {
	switch {
	case v&broken != 0 || v == 0:
		return ""
	case v&fail != 0:
		return OutcomeIneligible
	case v&unknown != 0:
		return OutcomeUnknown
	default:
		return OutcomeEligible
	}
}

// Finding is what one rule found.
type Finding struct {
	Rule    string   `json:"rule"`
	Doc     string   `json:"doc"`
	Result  Result   `json:"result"`
	Wanted  string   `json:"wanted,omitempty"`  // "at least 1000"
	Found   string   `json:"found,omitempty"`   // "999"; of several facts "segment smb; rooms 4"
	Missing []string `json:"missing,omitempty"` // for an unknown result, the facts that would decide it
}

// Passed is the finding of a [CheckFunc] that is met.
func Passed(wanted, found string) Finding {
	return Finding{Result: ResultPass, Wanted: wanted, Found: found}
}

// Failed is the finding of a [CheckFunc] that is not met.
func Failed(wanted, found string) Finding {
	return Finding{Result: ResultFail, Wanted: wanted, Found: found}
}

// Missing is the finding of a [CheckFunc] that lacks facts.
func Missing(wanted string, facts ...AnyFact) Finding {
	f := Finding{Result: ResultUnknown, Wanted: wanted}
	for _, fact := range facts {
		f.Missing = append(f.Missing, fact.Name())
	}
	return f
}

// Decision is what a rule set decided, on which facts, and when. It can be
// written to JSON and read back, and then still replays.
type Decision struct {
	RuleSet string // the rule set's ID
	Version string
	At      time.Time
	Outcome Outcome
	Facts   Facts // what was decided on; findings are told from it, so change it only to decide again

	// Of a decision that was made here: the rules and their verdicts, out of
	// which Findings are written when somebody asks.
	set      *RuleSet
	verdicts []verdict
	stated   []statement

	// Of a decision that was read: its findings.
	read []Finding
}

// Findings returns what every rule found, in declared order. A rule that
// failed to decide has none.
func (d Decision) Findings() []Finding {
	return d.findings(pass | fail | unknown)
}

// Reasons returns the findings of the rules that did not pass, in declared
// order.
func (d Decision) Reasons() []Finding {
	return d.findings(fail | unknown)
}

func (d *Decision) findings(which verdict) []Finding {
	var out []Finding
	if d.set == nil {
		for _, f := range d.read {
			if f.Result.verdict()&which != 0 {
				f.Missing = slices.Clone(f.Missing)
				out = append(out, f)
			}
		}
		return out
	}
	today := d.set.today(d.At)
	for i, v := range d.verdicts {
		if v&which != 0 {
			out = append(out, d.set.finding(d, i, today))
		}
	}
	return out
}

// Clone returns a decision that shares nothing with d.
func (d Decision) Clone() Decision {
	d.Facts = d.Facts.Clone()
	d.verdicts, d.stated, d.read = slices.Clone(d.verdicts), slices.Clone(d.stated), slices.Clone(d.read)
	return d
}

// Equal reports whether two decisions say the same about the same facts, no
// matter whether they were made here or read.
func (d Decision) Equal(o Decision) bool {
	return d.RuleSet == o.RuleSet && d.Version == o.Version && d.At.Equal(o.At) && d.Outcome == o.Outcome &&
		d.Facts.Equal(o.Facts) && slices.EqualFunc(d.Findings(), o.Findings(), Finding.equal)
}

func (f Finding) equal(o Finding) bool {
	return f.Rule == o.Rule && f.Doc == o.Doc && f.Result == o.Result && f.Wanted == o.Wanted && f.Found == o.Found &&
		slices.Equal(f.Missing, o.Missing)
}

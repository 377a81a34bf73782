package eligibility

import (
	"log/slog"
	"slices"
	"time"
)

// Outcome is the overall result of a decision. The zero Outcome is no outcome, and so
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
	set     *RuleSet
	tallies []tally // of 64 rules each
	stated  []statement
	moment  moment

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
	if d.set == nil {
		return readFindings(d.read, which)
	}
	n := 0
	for i := range d.judged() {
		n += int(bit(d.verdict(i)&which != 0))
	}
	out := make([]Finding, n)
	today := d.set.today(d.At)
	at := 0
	for i := range d.judged() {
		if v := d.verdict(i); v&which != 0 {
			d.tell(&out[at], i, v, today)
			at++
		}
	}
	return out
}

// judged is how many rules have a verdict: all, or none if nothing was decided.
func (d *Decision) judged() int {
	if d.set == nil || len(d.tallies) == 0 {
		return 0
	}
	return len(d.set.nodes)
}

func (d *Decision) verdict(rule int) verdict {
	return d.tallies[rule/64].verdict(1 << (rule % 64))
}

func readFindings(read []Finding, which verdict) []Finding {
	out := make([]Finding, 0, len(read))
	for _, f := range read {
		if f.Result.verdict()&which != 0 {
			f.Missing = slices.Clone(f.Missing)
			out = append(out, f)
		}
	}
	return out
}

// Redacted returns what whoever may not see confidential facts may see of d: every
// finding, without what was wanted and found where a rule reads a confidential fact,
// and with all of them without any figure; and none of the facts that were decided
// on. It does not replay.
func (d Decision) Redacted(all bool) Decision {
	read := d.Findings()
	for i, f := range read {
		if all || f.Confidential {
			read[i] = f.redacted()
		}
	}
	return Decision{RuleSet: d.RuleSet, Version: d.Version, At: d.At, Outcome: d.Outcome, read: read}
}

// LogValue is what d says, without the facts, which may be personal.
func (d Decision) LogValue() slog.Value {
	var reasons []string
	for rule := range d.Unmet() {
		reasons = append(reasons, rule)
	}
	return slog.GroupValue(
		slog.String("rule_set", d.RuleSet), slog.String("version", d.Version), slog.Time("at", d.At),
		slog.String("outcome", string(d.Outcome)), slog.Any("reasons", reasons))
}

// Clone returns a decision that shares nothing with d.
func (d Decision) Clone() Decision {
	d.Facts = d.Facts.Clone()
	d.tallies, d.stated, d.read = slices.Clone(d.tallies), slices.Clone(d.stated), slices.Clone(d.read)
	return d
}

// Equal reports whether two decisions say the same about the same facts, no
// matter whether they were made here or read.
func (d Decision) Equal(o Decision) bool {
	return d.RuleSet == o.RuleSet && d.Version == o.Version && d.At.Equal(o.At) && d.Outcome == o.Outcome &&
		d.Facts.Equal(o.Facts) && slices.EqualFunc(d.Findings(), o.Findings(), Finding.equal)
}

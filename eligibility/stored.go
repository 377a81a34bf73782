package eligibility

import (
	"fmt"
	"iter"
	"slices"
)

// Values yields the name and the value of every known fact, by name. The value has
// the plain type of the fact's kind: string, int64, decimal.Decimal, Money, bool, Date
// or []string, which is a copy. With it facts can be written anywhere, and [Fact.Set]
// of the same type reads them back.
func (f Facts) Values() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for name, c := range f.all() {
			if !yield(name, c.value()) {
				return
			}
		}
	}
}

// WithFindings returns the decision that has these findings, as one that was stored
// and is read again. It refuses, with a *ParseError, an outcome that is not what the
// findings come to.
func (d Decision) WithFindings(findings []Finding) (Decision, error) {
	if o := outcomeOf(findings); d.Outcome != "" && d.Outcome != o {
		return Decision{}, &ParseError{What: "decision", Text: string(d.Outcome), Problem: fmt.Sprintf("its findings come to %q", o)}
	}
	return Decision{RuleSet: d.RuleSet, Version: d.Version, At: d.At, Outcome: d.Outcome, Facts: d.Facts, read: slices.Clip(findings)}, nil
}

// outcomeOf is what findings come to. Where none has a result that is nothing, and in
// particular not eligible.
func outcomeOf(findings []Finding) Outcome {
	var seen verdict
	for _, f := range findings {
		seen |= f.Result.verdict()
	}
	if seen == 0 {
		return ""
	}
	return tally{failed: uint64(seen & fail), unknown: uint64(seen & unknown)}.outcome()
}

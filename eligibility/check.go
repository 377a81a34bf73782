package eligibility

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/exp/constraints"
)

// Op is what a check does with its fact, in the words that documents and
// findings use. A host's own operators have names of their own, see
// [Check.Named].
type Op string

// The ready operators.
const (
	OpIs        Op = "is"
	OpOneOf     Op = "one of"
	OpNotOneOf  Op = "not one of"
	OpContains  Op = "contains"
	OpAtLeast   Op = "at least"
	OpAtMost    Op = "at most"
	OpBelow     Op = "below"
	OpBetween   Op = "between"
	OpBefore    Op = "before"
	OpAfter     Op = "after"
	OpOlderThan Op = "older than"
	OpAllOf     Op = "all of"
	OpAnyOf     Op = "any of"
	OpNot       Op = "not"
)

// AllOps returns the ready operators.
func AllOps() []Op {
	return []Op{OpIs, OpOneOf, OpNotOneOf, OpContains, OpAtLeast, OpAtMost, OpBelow, OpBetween,
		OpBefore, OpAfter, OpOlderThan, OpAllOf, OpAnyOf, OpNot}
}

// Check is the condition of a rule: one of the ready ones below, a combination
// of checks by [All], [Any] and [Not], or a Go function by [Func]. Checks are
// values and never change. The zero Check is not a check; [NewRuleSet] refuses
// it.
type Check struct {
	op       Op
	fact     AnyFact
	operands []cell
	when     When
	days     int
	parts    []Check
	fn       CheckFunc
	reads    []AnyFact
	named    *Spec

	confidential bool
}

// CheckFunc is a check in Go. It returns a Finding made by [Passed], [Failed]
// or [Missing]; the rule's ID and Doc are filled in by the rule set. An error
// or a panic means that the rule could not be answered, and makes the
// decision fail.
//
// The time is that of the decision, in the rule set's time zone, so that [DateOf] gives
// the day. The function has to be pure and safe for concurrent use: the same facts and
// time give the same finding. It must not change the facts.
type CheckFunc func(facts Facts, at time.Time) (Finding, error)

// Func makes a Go function a check. Name the facts that it reads: they become
// facts of the rule set, and only those does it get to see and a decision
// record. If a function of a rule set names none, the rule set's functions see
// and its decisions record every fact that was given.
func Func(fn CheckFunc, reads ...AnyFact) Check {
	return Check{fn: fn, reads: reads}
}

// Is passes if the fact is exactly want. Text is compared letter by letter,
// decimals by value. An amount in another currency is a failure of the rule.
func Is[T Scalar](f Fact[T], want T) Check {
	return Check{op: OpIs, fact: f, operands: cells(want)}
}

// OneOf passes if the fact is one of the values, of which there is at least one.
func OneOf[T ~string | constraints.Signed](f Fact[T], values ...T) Check {
	return Check{op: OpOneOf, fact: f, operands: cells(values...)}
}

// NotOneOf passes if the fact is none of the values. What excludes never fails
// open: a text that people take for one of the values, in another case, width or
// spelling of the same letters, is excluded as well, and an empty text leaves the
// check unknown. So it is with Is, OneOf and Contains within Not.
func NotOneOf[T ~string | constraints.Signed](f Fact[T], values ...T) Check {
	return Check{op: OpNotOneOf, fact: f, operands: cells(values...)}
}

// Contains passes if the list has an entry that is exactly want.
func Contains[T ~[]string](f Fact[T], want string) Check {
	return Check{op: OpContains, fact: f, operands: cells(want)}
}

// AtLeast passes if the fact is least or more.
func AtLeast[T Number](f Fact[T], least T) Check {
	return Check{op: OpAtLeast, fact: f, operands: cells(least)}
}

// AtMost passes if the fact is most or less.
func AtMost[T Number](f Fact[T], most T) Check {
	return Check{op: OpAtMost, fact: f, operands: cells(most)}
}

// Below passes if the fact is less than limit.
func Below[T Number](f Fact[T], limit T) Check {
	return Check{op: OpBelow, fact: f, operands: cells(limit)}
}

// Between passes from low to high, both included.
func Between[T Number | Date](f Fact[T], low, high T) Check {
	return Check{op: OpBetween, fact: f, operands: cells(low, high)}
}

// Before passes if the fact is an earlier day than w, or Never where w says so.
func Before(f Fact[Date], w When) Check {
	return Check{op: OpBefore, fact: f, when: w}
}

// After passes if the fact is a later day than w, or Never where w says so.
func After(f Fact[Date], w When) Check {
	return Check{op: OpAfter, fact: f, when: w}
}

// OlderThan passes if more than that many days lie between the fact and the
// day of the decision. Never is not older than anything.
func OlderThan(f Fact[Date], days int) Check {
	return Check{op: OpOlderThan, fact: f, days: days}
}

// All passes if every check passes, fails if one fails, and is else unknown.
func All(checks ...Check) Check {
	return Check{op: OpAllOf, parts: slices.Clone(checks)}
}

// Any passes if a check passes, fails if all fail, and is else unknown.
func Any(checks ...Check) Check {
	return Check{op: OpAnyOf, parts: slices.Clone(checks)}
}

// Not passes if the check fails, fails if it passes, and is unknown if it is. Texts
// within it are compared as NotOneOf compares them.
func Not(check Check) Check {
	return Check{op: OpNot, parts: []Check{check}}
}

// Named returns the check under the name of a host's own operator, with the
// operand as that operator's documents spell it: [Check.Spec] then tells that
// instead of how the check is built. The fact can be nil, for an operator that
// needs none.
func (c Check) Named(op Op, fact AnyFact, operand any) Check {
	c.named = &Spec{Op: op, Operand: operand}
	if fact != nil {
		c.named.Fact = fact.Name()
	}
	return c
}

// Confidential returns the check as one that reads confidential facts, as those do
// that are built of them. A function needs it where it does not name what it reads.
func (c Check) Confidential() Check {
	c.confidential = true
	return c
}

// IsConfidential reports whether the check, or a part of it, reads a confidential
// fact.
func (c Check) IsConfidential() bool {
	return c.confidential || c.fact != nil && IsConfidential(c.fact) || slices.ContainsFunc(c.reads, IsConfidential) ||
		slices.ContainsFunc(c.parts, Check.IsConfidential)
}

// Spec is a check spelled out, as documents hold it.
type Spec struct {
	// Op is empty for a Go function without a name: no document can hold it.
	Op Op
	// Fact is empty for all of, any of and not.
	Fact string
	// Operand is string, int64, decimal.Decimal, Money, bool or Date; a slice
	// []any of these for one of, not one of and between; a When for before and
	// after; an int of days for older than; nil for all of, any of and not;
	// for a named check what it was named with.
	Operand any
	// Parts are the checks of all of, any of and not.
	Parts []Check
}

// Spec spells the check out.
func (c Check) Spec() Spec {
	if c.named != nil {
		return *c.named
	}
	s := Spec{Op: c.op, Parts: slices.Clone(c.parts)}
	if c.fact != nil {
		s.Fact = c.fact.Name()
	}
	switch c.op {
	case OpOneOf, OpNotOneOf, OpBetween:
		values := make([]any, len(c.operands))
		for i := range c.operands {
			values[i] = c.operands[i].value()
		}
		s.Operand = values
	case OpBefore, OpAfter:
		s.Operand = c.when
	case OpOlderThan:
		s.Operand = c.days
	case OpIs, OpContains, OpAtLeast, OpAtMost, OpBelow:
		s.Operand = c.operands[0].value()
	}
	return s
}

// String says what the check wants: "segment one of corporate, smb".
func (c Check) String() string {
	if fact := c.Spec().Fact; fact != "" {
		return fact + " " + c.wanted()
	}
	return c.wanted()
}

// wanted is String without the fact's name, which findings leave out.
func (c Check) wanted() string {
	switch {
	case c.named != nil:
		return strings.TrimSpace(fmt.Sprintf("%s %v", c.named.Op, c.named.Operand))
	case c.fn != nil:
		return "a check in Go"
	case c.op == "":
		return "no check"
	}
	switch c.op {
	case OpBetween:
		return "between " + c.operands[0].String() + " and " + c.operands[1].String()
	case OpBefore, OpAfter:
		return string(c.op) + " " + c.when.String()
	case OpOlderThan:
		return string(c.op) + " " + strconv.Itoa(c.days) + " days"
	case OpAllOf, OpAnyOf, OpNot:
		parts := make([]string, len(c.parts))
		for i, p := range c.parts {
			parts[i] = p.String()
		}
		return string(c.op) + " (" + strings.Join(parts, "; ") + ")"
	}
	values := make([]string, len(c.operands))
	for i := range c.operands {
		values[i] = c.operands[i].String()
	}
	return string(c.op) + " " + strings.Join(values, ", ")
}

func cells[T Value](values ...T) []cell {
	out := make([]cell, len(values))
	for i, v := range values {
		store(&out[i], v)
	}
	return out
}

// These keep the constraints and the stored types in step.
var (
	_ AnyFact = Fact[decimal.Decimal]{}
	_ AnyFact = Fact[[]string]{}
)

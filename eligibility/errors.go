package eligibility

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Mistakes of whoever calls, for errors.Is.
var (
	ErrNoTime = errors.New("eligibility: a decision needs the time it is made at")
	ErrFacts  = errors.New("eligibility: facts that are decided on in place have to be made by NewFacts of the rule set")
)

// RuleSetError says what is wrong with a rule set. [NewRuleSet] joins one for
// every defect.
type RuleSetError struct {
	RuleSet string // its ID, as given
	Rule    string // the rule's ID; empty for the rule set itself
	Field   string // the field of RuleSetConfig, Rule or Check that has to change
	Problem string
}

func (e *RuleSetError) Error() string {
	where := e.Field
	if e.Rule != "" {
		where = "rule " + strconv.Quote(e.Rule) + ": " + e.Field
	}
	return fmt.Sprintf("rule set %q: %s %s", e.RuleSet, where, e.Problem)
}

// RuleError says that a rule could not be answered, which is no verdict on
// whoever was decided on. Err is what the host's function returned, a
// *PanicError if it panicked, or one of *KindError and *CurrencyError.
type RuleError struct {
	RuleSet, Version string
	Rule             string
	Err              error
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("rule %q of %s %s failed: %v", e.Rule, e.RuleSet, e.Version, e.Err)
}

// Unwrap returns Err.
func (e *RuleError) Unwrap() error { return e.Err }

// NotInEffectError says that a rule set was asked at a time for which it does not
// hold. Its rules then decide nothing.
type NotInEffectError struct {
	RuleSet, Version string
	At               time.Time
	From, To         time.Time // when it is in effect; a zero time leaves that end open
}

func (e *NotInEffectError) Error() string {
	end := func(t time.Time, open string) string {
		if t.IsZero() {
			return open
		}
		return t.Format(time.RFC3339)
	}
	return fmt.Sprintf("rule set %s %s is in effect from %s until %s, not at %s: decide by the version that is",
		e.RuleSet, e.Version, end(e.From, "always"), end(e.To, "further notice"), e.At.Format(time.RFC3339))
}

// ValueError says that a fact has a value which could not be written and read again,
// as decisions are.
type ValueError struct {
	Fact    string
	Problem string // what is wrong, and what would help
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("the value of the fact %.60q %s", e.Fact, e.Problem)
}

// PanicError is what a host's function panicked with.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine, as debug.Stack formats it
}

func (e *PanicError) Error() string { return fmt.Sprintf("the check panicked: %v", e.Value) }

// KindError says that a fact was given with another type than the rule reads.
type KindError struct {
	Fact          string
	Wanted, Found Kind
}

func (e *KindError) Error() string {
	return fmt.Sprintf("the fact %q is of kind %s, but was given as %s: set it through the same Fact that the rule names", e.Fact, e.Wanted, e.Found)
}

// CurrencyError says that amounts of two currencies would have to be compared.
type CurrencyError struct {
	Fact          string
	Wanted, Found string
}

func (e *CurrencyError) Error() string {
	return fmt.Sprintf("the fact %q is in %s, and the rule in %s: convert it before it is set", e.Fact, e.Found, e.Wanted)
}

// ParseError says that a text is not what it should be.
type ParseError struct {
	What    string // what it should have been, "money"
	Text    string // what it was
	Problem string // what would help
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%q is not a %s: %s", shorten(e.Text), e.What, e.Problem)
}

func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

// ReplayError says why a decision does not replay.
type ReplayError struct {
	RuleSet, Version string   // of the decision
	Problem          string   // what differs
	Rules            []string // the IDs of the rules whose findings differ, in the rule set's order
}

func (e *ReplayError) Error() string {
	return fmt.Sprintf("the decision of %s %s does not replay: %s", e.RuleSet, e.Version, e.Problem)
}

package eligibilitytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// T is what is needed of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Case is somebody to decide on, and what has to come of it. Rules that
// neither Fail nor Unknown nor Error names have to pass.
type Case struct {
	Name  string // what is told when the case fails; its number is if this is empty
	Facts eligibility.Facts
	At    time.Time // mandatory

	Outcome eligibility.Outcome // mandatory; but there is none where a rule cannot be answered
	Fail    []string            // the IDs of the rules that fail, in any order
	Unknown []string            // of those that lack facts
	Error   []string            // of those that cannot be answered: an error, a panic, a wrong kind or currency
}

// Run decides every case by the rule set, and calls t.Errorf once for each
// case that does not come out as it says, with all that is wrong with it. It
// also fails without a case or a rule set.
func Run(t T, set *eligibility.RuleSet, cases []Case) Coverage {
	t.Helper()
	if set == nil {
		t.Errorf("eligibilitytest: the rule set is nil")
		return Coverage{}
	}
	if len(cases) == 0 {
		t.Errorf("eligibilitytest: there are no cases for the rule set %s %s", set.ID(), set.Version())
	}
	coverage := newCoverage(set, len(cases))
	for i, c := range cases {
		name := c.Name
		if name == "" {
			name = "case #" + strconv.Itoa(i+1)
		}
		if mistakes := c.run(set, &coverage); len(mistakes) > 0 {
			t.Errorf("%s:\n\t%s", name, strings.Join(mistakes, "\n\t"))
		}
	}
	return coverage
}

// RunRules runs the cases, as [Run] does, on a rule set that has just these
// rules, days in UTC and no period. It fails if they make no rule set.
func RunRules(t T, rules []eligibility.Rule, cases []Case) Coverage {
	t.Helper()
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "rules", Version: "under test", Rules: rules})
	if err != nil {
		t.Errorf("eligibilitytest: these rules make no rule set: %v", err)
		return Coverage{}
	}
	return Run(t, set, cases)
}

// ruleFailed stands beside the results of rules, for one that was not answered.
const ruleFailed eligibility.Result = "error"

// run decides the case and returns what is wrong with it.
func (c *Case) run(set *eligibility.RuleSet, coverage *Coverage) []string {
	if c.At.IsZero() {
		return []string{"it has no At: say when it is decided"}
	}
	wanted, mistakes := c.wanted(set)

	d, err := set.Decide(c.Facts, c.At)
	if m := c.outcome(d.Outcome); m != "" {
		mistakes = append(mistakes, m)
	}
	findings, failures := byRule(d, err)
	for i, r := range set.Rules() {
		found, evidence := ruleFailed, ""
		if f, ok := findings[r.ID]; ok {
			found, evidence = f.Result, explain(f)
			coverage.Rules[i].count(found)
		} else {
			evidence = failures[r.ID]
		}
		if want := wanted[r.ID]; found != want {
			mistakes = append(mistakes, fmt.Sprintf("rule %s: wanted %s, found %s: %s", r.ID, want, found, evidence))
		}
	}

	if names := changed(c.Facts, d.Facts, set.Facts()); len(names) > 0 {
		mistakes = append(mistakes, "a rule has changed the facts it was given: "+strings.Join(names, ", "))
	} else if _, err := d.Replay(set); errors.As(err, new(*eligibility.ReplayError)) {
		mistakes = append(mistakes, "decided a second time it comes out differently: "+err.Error())
	}
	return mistakes
}

// wanted gives the result that each rule has to have, and what is wrong with
// how the case says so.
func (c *Case) wanted(set *eligibility.RuleSet) (map[string]eligibility.Result, []string) {
	wanted := map[string]eligibility.Result{}
	var ids, mistakes []string
	for _, r := range set.Rules() {
		wanted[r.ID] = eligibility.ResultPass
		ids = append(ids, r.ID)
	}
	for _, list := range []struct {
		rules  []string
		result eligibility.Result
	}{{c.Fail, eligibility.ResultFail}, {c.Unknown, eligibility.ResultUnknown}, {c.Error, ruleFailed}} {
		for _, id := range list.rules {
			switch earlier, ok := wanted[id]; {
			case !ok:
				mistakes = append(mistakes, fmt.Sprintf("it names the rule %q, which the rule set does not have; it has %s", id, strings.Join(ids, ", ")))
			case earlier != eligibility.ResultPass:
				mistakes = append(mistakes, fmt.Sprintf("it names the rule %q twice", id))
			}
			if slices.Contains(ids, id) {
				wanted[id] = list.result
			}
		}
	}
	return wanted, mistakes
}

// outcome compares the outcome, and returns "" if it is right.
func (c *Case) outcome(found eligibility.Outcome) string {
	switch {
	case c.Outcome == "" && len(c.Error) == 0:
		return fmt.Sprintf("it states no Outcome; found %s", orNone(found))
	case c.Outcome != found:
		return fmt.Sprintf("outcome: wanted %s, found %s", orNone(c.Outcome), orNone(found))
	}
	return ""
}

func orNone(o eligibility.Outcome) string {
	if o == "" {
		return "none, because a rule cannot be answered"
	}
	return string(o)
}

// byRule gives what each rule found, or why it could not be answered.
func byRule(d eligibility.Decision, err error) (map[string]eligibility.Finding, map[string]string) {
	findings, failures := map[string]eligibility.Finding{}, map[string]string{}
	for _, f := range d.Findings() {
		findings[f.Rule] = f
	}
	for _, err := range split(err) {
		var failure *eligibility.RuleError
		if !errors.As(err, &failure) {
			continue
		}
		failures[failure.Rule] = failure.Err.Error()
		var panicked *eligibility.PanicError
		if errors.As(failure.Err, &panicked) {
			failures[failure.Rule] += "\n" + string(panicked.Stack)
		}
	}
	return findings, failures
}

// split returns the errors that Decide has joined.
func split(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}

// explain says what a rule asks for and what it has seen.
func explain(f eligibility.Finding) string {
	s := fmt.Sprintf("it asks for %q", f.Wanted)
	if f.Found != "" {
		s += fmt.Sprintf(", has %q", f.Found)
	}
	if len(f.Missing) > 0 {
		s += ", lacks " + strings.Join(f.Missing, ", ")
	}
	return s
}

// changed returns the names of the facts that are not what was given. Only
// those that the rules read need still be there.
func changed(given, after eligibility.Facts, read []eligibility.AnyFact) []string {
	had, has := maps.Collect(given.All()), maps.Collect(after.All())
	names := map[string]bool{}
	for name, text := range has {
		if before, ok := had[name]; !ok || before != text {
			names[name] = true
		}
	}
	for _, f := range read {
		_, before := had[f.Name()]
		if _, now := has[f.Name()]; before && !now {
			names[f.Name()] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

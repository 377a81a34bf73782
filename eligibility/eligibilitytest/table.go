package eligibilitytest

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// T is what the package needs of a test; a *testing.T is one.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// RuleSet makes rules a rule set for tests. If they are not one it fails the
// test and returns nil.
func RuleSet(t T, rules ...eligibility.Rule) *eligibility.RuleSet {
	t.Helper()
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "test", Version: "1", Rules: rules})
	if err != nil {
		t.Errorf("%v", err)
	}
	return set
}

// Table is cases for a rule set.
type Table struct {
	RuleSet *eligibility.RuleSet
	At      time.Time         // when cases decide that do not say so; if zero, on 2026-07-01 at noon UTC
	Facts   eligibility.Facts // what all cases begin with
	Cases   []Case
}

// Case is facts and what rules have to say about them. A rule that is in none
// of the lists has to pass.
type Case struct {
	Name    string
	Change  Change    // of the table's facts; nil for none
	At      time.Time // if zero, the table's
	Fail    []string  // IDs of the rules that have to fail
	Unknown []string  // IDs of the rules that have to be unknown
	Broken  []string  // IDs of the rules that have to fail to decide, with an error or a panic
}

// Run decides every case and fails the test for each rule that says something
// else than the case does.
func (b Table) Run(t T) Report {
	t.Helper()
	if b.RuleSet == nil {
		t.Errorf("eligibilitytest: the table has no rule set")
		return Report{}
	}
	report := newReport(b.RuleSet)
	for _, c := range b.Cases {
		b.run(t, c, &report)
	}
	return report
}

func (b Table) run(t T, c Case, report *Report) {
	t.Helper()
	facts := b.Facts.Clone()
	if c.Change != nil {
		c.Change(&facts)
	}
	at := c.At
	if at.IsZero() {
		at = b.At
	}
	if at.IsZero() {
		at = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	}
	d, err := b.RuleSet.Decide(facts, at)
	report.count(d)
	want := c.wanted(t)
	failures := ruleErrors(err)
	findings := d.Findings()
	for _, rule := range b.RuleSet.Rules() {
		wanted := want[rule.ID]
		if wanted == "" {
			wanted = pass
		}
		delete(want, rule.ID)
		i := slices.IndexFunc(findings, func(f eligibility.Finding) bool { return f.Rule == rule.ID })
		if i < 0 {
			if wanted != broken {
				t.Errorf("%s: rule %q has to %s, but it fails to decide: %v", c.Name, rule.ID, wanted, failures[rule.ID])
			}
			continue
		}
		if found := findings[i]; verdict(found.Result) != wanted {
			t.Errorf("%s: rule %q has to %s, but it does %s: %s", c.Name, rule.ID, wanted, verdict(found.Result), inWords(found))
		}
	}
	for rule, wanted := range want {
		t.Errorf("%s: rule %q has to %s, but the rule set has no such rule", c.Name, rule, wanted)
	}
	if err := replays(b.RuleSet, d); err != nil {
		t.Errorf("%s: the rules are not pure: %v", c.Name, err)
	}
}

// verdict is a result, or that there is none.
type verdict string

const (
	pass   = verdict(eligibility.ResultPass)
	broken = verdict("break")
)

// wanted is the verdict of every rule that the case names.
func (c Case) wanted(t T) map[string]verdict {
	t.Helper()
	want := map[string]verdict{}
	for _, list := range []struct {
		verdict verdict
		rules   []string
	}{{verdict(eligibility.ResultFail), c.Fail}, {verdict(eligibility.ResultUnknown), c.Unknown}, {broken, c.Broken}} {
		for _, rule := range list.rules {
			if _, twice := want[rule]; twice {
				t.Errorf("%s: rule %q is named twice", c.Name, rule)
			}
			want[rule] = list.verdict
		}
	}
	return want
}

// String is the verdict as a verb.
func (v verdict) String() string {
	if v == verdict(eligibility.ResultUnknown) {
		return "go unknown"
	}
	return string(v)
}

func inWords(f eligibility.Finding) string {
	if f.Result == eligibility.ResultUnknown {
		return "wanted " + f.Wanted + ", missing " + list(f.Missing)
	}
	return "wanted " + f.Wanted + ", found " + f.Found
}

// ruleErrors takes apart what Decide joins.
func ruleErrors(err error) map[string]error {
	errs := map[string]error{}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return errs
	}
	for _, one := range joined.Unwrap() {
		if failure, ok := errors.AsType[*eligibility.RuleError](one); ok {
			errs[failure.Rule] = failure.Err
		}
	}
	return errs
}

// replays stores a decision and decides again. That rules break again is as it
// should be.
func replays(set *eligibility.RuleSet, d eligibility.Decision) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	var stored eligibility.Decision
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	if _, err := stored.Replay(set); errors.Is(err, eligibility.ErrReplay) {
		return err
	}
	return nil
}

package main

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("output.golden")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("printed:\n%s", out.Bytes())
	}
}

// TestReachableOnSundays is how a host tests a rule of its own.
func TestReachableOnSundays(t *testing.T) {
	set, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "own", Version: "1", Rules: []eligibility.Rule{reachable}})
	if err != nil {
		t.Fatal(err)
	}
	var facts eligibility.Facts
	AccountManager.Set(&facts, "rita")
	d, err := set.Decide(facts, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	if err != nil || d.Outcome != eligibility.OutcomeIneligible {
		t.Fatalf("on a Sunday the customer is %q, %v", d.Outcome, err)
	}
}

package main

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/eligibilitytest"
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

// TestReachable is how a host tests a rule of its own.
func TestReachable(t *testing.T) {
	sunday := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	managed := eligibilitytest.Facts(eligibilitytest.With(AccountManager, "rita@northwind.example"))
	coverage := eligibilitytest.RunRules(t, []eligibility.Rule{reachable}, []eligibilitytest.Case{
		{Name: "monday", Facts: managed, At: sunday.AddDate(0, 0, 1), Outcome: eligibility.OutcomeEligible},
		{Name: "sunday", Facts: managed, At: sunday, Outcome: eligibility.OutcomeIneligible, Fail: []string{"reachable"}},
		{Name: "nobody known", At: sunday, Outcome: eligibility.OutcomeUnknown, Unknown: []string{"reachable"}},
	})
	coverage.Require(t)
}

// Customrule shows a host's own fact, its own rule in Go, and its own operator in
// a JSON document of rules.
//
//	go run ./examples/customrule
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/criteria"
)

// OpenEscalations is a fact that only this host knows.
var OpenEscalations = eligibility.NewFact[int64]("open_escalations")

// AccountManager is another.
var AccountManager = eligibility.NewFact[string]("account_manager")

// A ready check.
var calm = eligibility.Rule{
	ID:    "no_open_escalation",
	Doc:   "The customer has no open support escalation.",
	Check: eligibility.AtMost(OpenEscalations, 0),
}

// A check in Go: anything that is a function of facts and the time.
var reachable = eligibility.Rule{
	ID:  "reachable",
	Doc: "Somebody looks after the customer, and it is a working day.",
	Check: eligibility.Func(func(facts eligibility.Facts, at time.Time) (eligibility.Finding, error) {
		const wanted = "an account manager on a working day"
		manager, known := AccountManager.Get(facts)
		switch day := at.Weekday(); {
		case !known:
			return eligibility.Missing(wanted, AccountManager), nil
		case day == time.Saturday || day == time.Sunday:
			return eligibility.Failed(wanted, day.String()), nil
		}
		return eligibility.Passed(wanted, manager), nil
	}, AccountManager),
}

// document is what the host's program team writes; "ends with" is the host's own
// operator.
const document = `{
	"id": "pilot/customer",
	"version": "3",
	"effective_from": "2026-07-01",
	"rules": [
		["account_manager", "ends with", "@northwind.example"],
		{"id": "small_or_calm", "doc": "Few escalations, or a small customer.",
		 "check": ["any of", [["open_escalations", "at most", 1], ["segment", "is", "smb"]]]}
	]
}`

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "customrule:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	inGo, err := eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "pilot/own", Version: "1", Rules: []eligibility.Rule{calm, reachable}})
	if err != nil {
		return err
	}
	registry := criteria.NewRegistry()
	if err := errors.Join(
		registry.AddFact(OpenEscalations, "Open escalations"),
		registry.AddFact(AccountManager, "Account manager"),
		registry.AddOperator(criteria.NewOperator("ends with", endsWith)),
	); err != nil {
		return err
	}
	inJSON, err := registry.ReadDocument([]byte(document))
	if err != nil {
		return err
	}

	var facts eligibility.Facts
	OpenEscalations.Set(&facts, 2)
	AccountManager.Set(&facts, "rita@northwind.example")
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, set := range []*eligibility.RuleSet{inGo, inJSON} {
		d, err := set.Decide(facts, monday)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %s: %s\n", d.RuleSet, d.Version, d.Outcome)
		for _, f := range d.Findings() {
			fmt.Fprintf(out, "  %-7s %s: wanted %s, found %q", f.Result, f.Rule, f.Wanted, f.Found)
			if len(f.Missing) > 0 {
				fmt.Fprintf(out, ", missing %s", strings.Join(f.Missing, ", "))
			}
			fmt.Fprintln(out)
		}
	}

	_, err = registry.ReadDocument([]byte(strings.Replace(document, "ends with", "ends in", 1)))
	fmt.Fprintln(out, "\nA slip of the pen is told:")
	fmt.Fprintln(out, " ", err)
	return nil
}

// endsWith makes the check of ["fact", "ends with", "text"].
func endsWith(fact eligibility.Fact[string], suffix string) (eligibility.Check, error) {
	if suffix == "" {
		return eligibility.Check{}, errors.New("write what the text is to end with")
	}
	wanted := "ends with " + suffix
	return eligibility.Func(func(facts eligibility.Facts, _ time.Time) (eligibility.Finding, error) {
		text, known := fact.Get(facts)
		switch {
		case !known:
			return eligibility.Missing(wanted, fact), nil
		case !strings.HasSuffix(text, suffix):
			return eligibility.Failed(wanted, text), nil
		}
		return eligibility.Passed(wanted, text), nil
	}, fact), nil
}

package peerbench

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/expr-lang/expr"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

func TestAllAgree(t *testing.T) {
	engines, err := Engines()
	if err != nil {
		t.Fatal(err)
	}
	customers := workload.Customers(2000)
	failed, unknown := 0, 0
	for i := range customers {
		want, err := engines[2].Decide(&customers[i])
		if err != nil {
			t.Fatal(err)
		}
		if want.Failed != 0 {
			failed++
		}
		if want.Unknown != 0 {
			unknown++
		}
		for _, e := range engines {
			if got, err := e.Decide(&customers[i]); err != nil || got != want {
				t.Fatalf("%s on %+v: %b, %v; by hand %b", e.Name, customers[i], got, err, want)
			}
		}
	}
	if failed < 100 || unknown < 100 {
		t.Fatalf("%d customers fail and %d are unknown: too few to tell anything", failed, unknown)
	}
}

// TestWithoutGuard holds what each engine does with a customer whose country is
// not known, under the criterion that the country is under no embargo, written as
// one would who does not think of missing facts.
func TestWithoutGuard(t *testing.T) {
	nobody := &workload.Customer{}
	limit, err := eligibility.ParseMoney("2500.00 USD")
	if err != nil {
		t.Fatal(err)
	}
	terms := workload.Standard(limit)
	input := map[string]any{"c": record(nobody), "t": termsRecord(terms)}

	t.Run("partnerengage says unknown, and which fact", func(t *testing.T) {
		set, err := workload.RuleSet(terms)
		if err != nil {
			t.Fatal(err)
		}
		d, err := set.Decide(eligibility.Facts{}, workload.At)
		if err != nil || d.Outcome != eligibility.OutcomeUnknown || !slices.Equal(d.Reasons()[1].Missing, []string{"country"}) {
			t.Errorf("%v, %v", d.Reasons(), err)
		}
	})
	t.Run("cel-go fails to evaluate", func(t *testing.T) {
		program, err := celProgram("!(c.country in t.embargoed)")
		if err != nil {
			t.Fatal(err)
		}
		if out, _, err := program.Eval(input); err == nil {
			t.Errorf("it says %v", out)
		}
	})
	t.Run("expr allows", func(t *testing.T) {
		program, err := exprProgram("c.country not in t.embargoed")
		if err != nil {
			t.Fatal(err)
		}
		if out, err := expr.Run(program, input); err != nil || out != true {
			t.Errorf("it says %v, %v", out, err)
		}
	})
	t.Run("cedar-go allows, beside errors", func(t *testing.T) {
		set, err := cedarPolicies(false)
		if err != nil {
			t.Fatal(err)
		}
		decision, diagnostic := cedar.Authorize(set, cedar.EntityMap{}, cedar.Request{Context: cedarContext(nobody, cedarTerms(terms))})
		if decision != cedar.Allow || len(diagnostic.Errors) != len(names) {
			t.Errorf("it says %v with %d errors", decision, len(diagnostic.Errors))
		}
	})
	t.Run("OPA finds nothing wrong", func(t *testing.T) {
		query, err := opaQuery(context.Background(), terms, `"country" in data.peer.failed`)
		if err != nil {
			t.Fatal(err)
		}
		results, err := query.Eval(context.Background(), rego.EvalInput(record(nobody)))
		if err != nil || results.Allowed() {
			t.Errorf("it says %v, %v", results, err)
		}
	})
}

// BenchmarkRatio takes turns between the engines and reports, for each, how many
// times longer than partnerengage it takes: the medians of all turns.
func BenchmarkRatio(b *testing.B) {
	engines, err := Engines()
	if err != nil {
		b.Fatal(err)
	}
	customers := workload.Customers(100_000)
	const turn = 500
	times := make([][]time.Duration, len(engines))
	for b.Loop() {
		for from := 0; from < len(customers); from += 20 * turn {
			for k, e := range engines {
				began := time.Now()
				for i := from; i < from+turn; i++ {
					if err := e.Run(&customers[i]); err != nil {
						b.Fatal(err)
					}
				}
				times[k] = append(times[k], time.Since(began))
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	slices.Sort(times[0])
	ours := times[0][len(times[0])/2]
	for k, e := range engines {
		slices.Sort(times[k])
		median := times[k][len(times[k])/2]
		b.Logf("%-14s %10.0f ns/customer %8.1f x", e.Name, float64(median.Nanoseconds())/turn, float64(median)/float64(ours))
	}
}

package peerbench

import (
	"context"
	"runtime"
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
		want, err := engines[1].Decide(&customers[i])
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
		program, err := celProgram("!(country in " + written("[", "]")(terms.Embargoed) + ")")
		if err != nil {
			t.Fatal(err)
		}
		if out, _, err := program.Eval(&celCustomer{nobody}); err == nil {
			t.Errorf("it says %v", out)
		}
	})
	t.Run("expr allows", func(t *testing.T) {
		program, err := exprProgram("country not in " + written("[", "]")(terms.Embargoed))
		if err != nil {
			t.Fatal(err)
		}
		input := map[string]any{}
		exprFill(input, nobody)
		if out, err := expr.Run(program, input); err != nil || out != true {
			t.Errorf("it says %v, %v", out, err)
		}
	})
	t.Run("cedar-go allows, beside errors", func(t *testing.T) {
		set, err := cedarPolicies(terms, false)
		if err != nil {
			t.Fatal(err)
		}
		decision, diagnostic := cedar.Authorize(set, cedar.EntityMap{}, cedar.Request{Context: cedarContext(nobody, cedar.RecordMap{})})
		if decision != cedar.Allow || len(diagnostic.Errors) != len(names) {
			t.Errorf("it says %v with %d errors", decision, len(diagnostic.Errors))
		}
	})
	t.Run("OPA finds nothing wrong", func(t *testing.T) {
		module := "package peer\n\nfailed contains \"country\" if input.country in " + written("{", "}")(terms.Embargoed)
		query, err := opaQuery(context.Background(), module, "data.peer.failed")
		if err != nil {
			t.Fatal(err)
		}
		results, err := query.Eval(context.Background(), rego.EvalParsedInput(opaInput(nobody)))
		if err != nil || len(results) != 1 || len(results[0].Expressions[0].Value.([]any)) != 0 {
			t.Errorf("it says %v, %v", results, err)
		}
	})
}

// BenchmarkRatio takes turns between the engines, and reports how many times longer
// than partnerengage with a verdict in bits each takes: the medians of all turns.
// Nobody finds customers that another engine has just brought into the processor's
// caches, or has another's garbage collected meanwhile, and everybody decides on some
// before the time is taken.
func BenchmarkRatio(b *testing.B) {
	engines, err := Engines()
	if err != nil {
		b.Fatal(err)
	}
	customers := workload.Customers(100_000)
	const turn, rounds = 500, 10
	times := make([][]time.Duration, len(engines))
	next := 0
	decide := func(e Engine) time.Duration {
		some := customers[next : next+turn]
		next = (next + turn) % len(customers)
		began := time.Now()
		for i := range some {
			if _, err := e.Decide(&some[i]); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began)
	}
	for b.Loop() {
		for range rounds {
			for k, e := range engines {
				runtime.GC()
				decide(e)
				times[k] = append(times[k], decide(e))
			}
		}
	}
	medians := make([]float64, len(engines))
	for k := range times {
		slices.Sort(times[k])
		medians[k] = float64(times[k][len(times[k])/2].Nanoseconds()) / turn
	}
	b.ReportMetric(0, "ns/op")
	for k, e := range engines {
		b.Logf("%-24s %8.0f ns/customer", e.Name, medians[k])
		if k > 0 {
			b.ReportMetric(medians[k]/medians[0], "x-"+e.Name)
		}
	}
}

package peerbench

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/traits"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// celSource gives each criterion 0 when it is met, 1 when it is not, and 2 when
// the fact is missing.
const celSource = `[
	!has(c.segment) ? 2 : c.segment in t.segments ? 0 : 1,
	!has(c.country) ? 2 : c.country in t.embargoed ? 1 : 0,
	!has(c.area) ? 2 : c.area in t.areas ? 0 : 1,
	!has(c.seats) ? 2 : c.seats >= t.seats ? 0 : 1,
	!has(c.users) ? 2 : c.users >= t.users ? 0 : 1,
	!has(c.revenue) ? 2 : c.revenue >= t.revenue ? 0 : 1,
	!has(c.assessed) ? 2 : c.assessed < t.assessed ? 0 : 1,
	!has(c.government) ? 2 : c.government == t.government ? 0 : 1,
	!has(c.enrolled) ? 2 : c.enrolled == t.enrolled ? 0 : 1,
	!has(c.claims) ? 2 : c.claims < t.claims ? 0 : 1,
]`

func celProgram(source string) (cel.Program, error) {
	anything := cel.MapType(cel.StringType, cel.DynType)
	env, err := cel.NewEnv(cel.Variable("c", anything), cel.Variable("t", anything))
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize))
}

func celGo(terms workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	program, err := celProgram(celSource)
	if err != nil {
		return nil, err
	}
	input := map[string]any{"t": termsRecord(terms)}
	return func(c *workload.Customer) (Verdict, error) {
		input["c"] = record(c)
		out, _, err := program.Eval(input)
		if err != nil {
			return Verdict{}, err
		}
		list, ok := out.(traits.Lister)
		if !ok {
			return Verdict{}, fmt.Errorf("the result is a %T", out)
		}
		var v Verdict
		i := 0
		for it := list.Iterator(); it.HasNext().Value() == true; i++ {
			switch it.Next().Value() {
			case int64(1):
				v.Failed |= 1 << i
			case int64(2):
				v.Unknown |= 1 << i
			}
		}
		return v, nil
	}, nil
}

package peerbench

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// exprSource is like celSource. A fact that is missing from a map is nil here.
const exprSource = `[
	c.segment == nil ? 2 : c.segment in t.segments ? 0 : 1,
	c.country == nil ? 2 : c.country in t.embargoed ? 1 : 0,
	c.area == nil ? 2 : c.area in t.areas ? 0 : 1,
	c.seats == nil ? 2 : c.seats >= t.seats ? 0 : 1,
	c.users == nil ? 2 : c.users >= t.users ? 0 : 1,
	c.revenue == nil ? 2 : c.revenue >= t.revenue ? 0 : 1,
	c.assessed == nil ? 2 : c.assessed < t.assessed ? 0 : 1,
	c.government == nil ? 2 : c.government == t.government ? 0 : 1,
	c.enrolled == nil ? 2 : c.enrolled == t.enrolled ? 0 : 1,
	c.claims == nil ? 2 : c.claims < t.claims ? 0 : 1
]`

func exprProgram(source string) (*vm.Program, error) {
	return expr.Compile(source, expr.Env(map[string]any{"c": map[string]any{}, "t": map[string]any{}}))
}

func exprLang(terms workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	program, err := exprProgram(exprSource)
	if err != nil {
		return nil, err
	}
	var machine vm.VM // reused from run to run
	input := map[string]any{"t": termsRecord(terms)}
	return func(c *workload.Customer) (Verdict, error) {
		input["c"] = record(c)
		out, err := machine.Run(program, input)
		if err != nil {
			return Verdict{}, err
		}
		list, ok := out.([]any)
		if !ok {
			return Verdict{}, fmt.Errorf("the result is a %T", out)
		}
		var v Verdict
		for i, r := range list {
			switch r {
			case 1:
				v.Failed |= 1 << i
			case 2:
				v.Unknown |= 1 << i
			}
		}
		return v, nil
	}, nil
}

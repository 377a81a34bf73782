package peerbench

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// exprProgram prepares an expression over a map of the facts, which it reads faster
// than a struct. A fact that is missing is nil.
func exprProgram(source string) (*vm.Program, error) {
	env := types.Map{}
	for _, name := range names {
		env[name] = types.Any
	}
	return expr.Compile(source, expr.Env(env))
}

// exprFill makes a map hold the facts of a customer, whoever's it held before.
func exprFill(m map[string]any, c *workload.Customer) {
	for _, name := range names {
		m[name] = nil
	}
	if c.Segment != "" {
		m["segment"] = c.Segment
	}
	if c.Country != "" {
		m["country"] = c.Country
	}
	if c.Area != "" {
		m["area"] = c.Area
	}
	if c.Seats.Known {
		m["seats"] = c.Seats.N
	}
	if c.Users.Known {
		m["users"] = c.Users.N
	}
	if c.Revenue.Currency != "" {
		m["revenue"] = cents(c.Revenue)
	}
	if !c.Assessed.IsZero() {
		m["assessed"] = dayNumber(c.Assessed)
	}
	if c.Government.Known {
		m["government"] = c.Government.On
	}
	if c.Enrolled.Known {
		m["enrolled"] = c.Enrolled.On
	}
	if c.Claims.Known {
		m["claims"] = c.Claims.N
	}
}

func exprLang(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	program, err := exprProgram(inBits(t, func(fact string) string { return fact + " == nil" }))
	if err != nil {
		return nil, err
	}
	var machine vm.VM // reused from run to run, as is the map
	input := map[string]any{}
	return func(c *workload.Customer) (Verdict, error) {
		exprFill(input, c)
		out, err := machine.Run(program, input)
		if err != nil {
			return Verdict{}, err
		}
		n, ok := out.(int)
		if !ok {
			return Verdict{}, fmt.Errorf("the result is a %T", out)
		}
		return fromBits(int64(n)), nil
	}, nil
}

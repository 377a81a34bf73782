package peerbench

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// celProgram prepares an expression over typed variables: every fact, and for each
// whether it is known.
func celProgram(source string) (cel.Program, error) {
	var variables []cel.EnvOption
	for _, name := range names {
		variables = append(variables, cel.Variable(name, celType(name)), cel.Variable("has_"+name, cel.BoolType))
	}
	env, err := cel.NewEnv(variables...)
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize))
}

func celType(fact string) *cel.Type {
	switch fact {
	case "segment", "country", "area":
		return cel.StringType
	case "government", "enrolled":
		return cel.BoolType
	}
	return cel.IntType
}

// celCustomer is an activation that reads a customer's record: nothing is copied,
// and only what is asked for becomes a value.
type celCustomer struct{ *workload.Customer }

func (c *celCustomer) Parent() cel.Activation { return nil }

func (c *celCustomer) ResolveName(name string) (any, bool) {
	switch name {
	case "segment":
		return types.String(c.Segment), c.Segment != ""
	case "country":
		return types.String(c.Country), c.Country != ""
	case "area":
		return types.String(c.Area), c.Area != ""
	case "seats":
		return types.Int(c.Seats.N), c.Seats.Known
	case "users":
		return types.Int(c.Users.N), c.Users.Known
	case "revenue":
		return types.Int(cents(c.Revenue)), c.Revenue.Currency != ""
	case "assessed":
		return types.Int(dayNumber(c.Assessed)), !c.Assessed.IsZero()
	case "government":
		return types.Bool(c.Government.On), c.Government.Known
	case "enrolled":
		return types.Bool(c.Enrolled.On), c.Enrolled.Known
	case "claims":
		return types.Int(c.Claims.N), c.Claims.Known
	case "has_segment":
		return types.Bool(c.Segment != ""), true
	case "has_country":
		return types.Bool(c.Country != ""), true
	case "has_area":
		return types.Bool(c.Area != ""), true
	case "has_seats":
		return types.Bool(c.Seats.Known), true
	case "has_users":
		return types.Bool(c.Users.Known), true
	case "has_revenue":
		return types.Bool(c.Revenue.Currency != ""), true
	case "has_assessed":
		return types.Bool(!c.Assessed.IsZero()), true
	case "has_government":
		return types.Bool(c.Government.Known), true
	case "has_enrolled":
		return types.Bool(c.Enrolled.Known), true
	case "has_claims":
		return types.Bool(c.Claims.Known), true
	}
	return nil, false
}

func celGo(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	program, err := celProgram(inBits(t, func(fact string) string { return "!has_" + fact }))
	if err != nil {
		return nil, err
	}
	var input celCustomer // reused from run to run
	return func(c *workload.Customer) (Verdict, error) {
		input.Customer = c
		out, _, err := program.Eval(&input)
		if err != nil {
			return Verdict{}, err
		}
		n, ok := out.(types.Int)
		if !ok {
			return Verdict{}, fmt.Errorf("the result is a %T", out)
		}
		return fromBits(int64(n)), nil
	}, nil
}

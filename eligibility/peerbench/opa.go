package peerbench

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// opaModule collects the criteria that fail, and those whose fact is missing, as two
// sets. The criteria that are written as a denial need no guard: what is undefined in
// them does not hold.
func opaModule(t workload.Terms) string {
	failing := [len(names)]string{
		"not %s in %s", "%s in %s", "not %s in %s", "%s < %s", "%s < %s", "%s < %s", "%s >= %s", "%s != %s", "%s != %s", "%s >= %s",
	}
	terms := terms(t, written("{", "}"))
	var module strings.Builder
	fmt.Fprintf(&module, `package peer

unknown := %s - object.keys(input)

result := [failed - unknown, unknown]

`, written("{", "}")(names[:]))
	for i, name := range names {
		fmt.Fprintf(&module, "failed contains %q if "+failing[i]+"\n", name, "input."+name, terms[i])
	}
	return module.String()
}

// opaQuery prepares a query. With rego.WithPartialEval these are no faster.
func opaQuery(ctx context.Context, module, query string) (rego.PreparedEvalQuery, error) {
	return rego.New(rego.Query(query), rego.Module("peer.rego", module)).PrepareForEval(ctx)
}

// opaInput is a customer as a value of OPA's own, so that it has none to convert.
func opaInput(c *workload.Customer) ast.Value {
	facts := make([][2]*ast.Term, 0, len(names))
	add := func(name string, v *ast.Term) {
		facts = append(facts, [2]*ast.Term{opaNames[name], v})
	}
	if c.Segment != "" {
		add("segment", ast.StringTerm(c.Segment))
	}
	if c.Country != "" {
		add("country", ast.StringTerm(c.Country))
	}
	if c.Area != "" {
		add("area", ast.StringTerm(c.Area))
	}
	if c.Seats.Known {
		add("seats", ast.IntNumberTerm(int(c.Seats.N)))
	}
	if c.Users.Known {
		add("users", ast.IntNumberTerm(int(c.Users.N)))
	}
	if c.Revenue.Currency != "" {
		add("revenue", ast.IntNumberTerm(int(cents(c.Revenue))))
	}
	if !c.Assessed.IsZero() {
		add("assessed", ast.IntNumberTerm(int(dayNumber(c.Assessed))))
	}
	if c.Government.Known {
		add("government", ast.InternedTerm(c.Government.On))
	}
	if c.Enrolled.Known {
		add("enrolled", ast.InternedTerm(c.Enrolled.On))
	}
	if c.Claims.Known {
		add("claims", ast.IntNumberTerm(int(c.Claims.N)))
	}
	return ast.NewObject(facts...)
}

var opaNames = func() map[string]*ast.Term {
	terms := map[string]*ast.Term{}
	for _, name := range names {
		terms[name] = ast.StringTerm(name)
	}
	return terms
}()

func openPolicyAgent(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	ctx := context.Background()
	query, err := opaQuery(ctx, opaModule(t), "data.peer.result")
	if err != nil {
		return nil, err
	}
	return func(c *workload.Customer) (Verdict, error) {
		results, err := query.Eval(ctx, rego.EvalParsedInput(opaInput(c)))
		if err != nil || len(results) != 1 {
			return Verdict{}, fmt.Errorf("%d results: %v", len(results), err)
		}
		lists, ok := results[0].Expressions[0].Value.([]any)
		if !ok || len(lists) != 2 {
			return Verdict{}, fmt.Errorf("the result is %v", results[0].Expressions[0].Value)
		}
		var v Verdict
		for i, mark := range []func(string){v.fail, v.unknown} {
			for _, name := range lists[i].([]any) {
				mark(name.(string))
			}
		}
		return v, nil
	}, nil
}

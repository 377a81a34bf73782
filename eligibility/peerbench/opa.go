package peerbench

import (
	"context"
	"fmt"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// opaModule collects the criteria that fail, and those whose fact is missing, as
// two sets. The criteria that are written as a denial need no guard: what is
// undefined in them does not hold.
const opaModule = `package peer

failed contains "segment" if not input.segment in data.t.segments
failed contains "country" if input.country in data.t.embargoed
failed contains "area" if not input.area in data.t.areas
failed contains "seats" if input.seats < data.t.seats
failed contains "users" if input.users < data.t.users
failed contains "revenue" if input.revenue < data.t.revenue
failed contains "assessed" if input.assessed >= data.t.assessed
failed contains "government" if input.government != data.t.government
failed contains "enrolled" if input.enrolled != data.t.enrolled
failed contains "claims" if input.claims >= data.t.claims

known := object.keys(input)

unknown := {name | some name in data.list} - known

result := [failed - unknown, unknown]
`

func opaQuery(ctx context.Context, t workload.Terms, query string) (rego.PreparedEvalQuery, error) {
	store := inmem.NewFromObject(map[string]any{"t": opaValue(termsRecord(t)), "list": opaValue(names[:])})
	return rego.New(rego.Query(query), rego.Module("peer.rego", opaModule), rego.Store(store)).PrepareForEval(ctx)
}

func openPolicyAgent(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	ctx := context.Background()
	query, err := opaQuery(ctx, t, "data.peer.result")
	if err != nil {
		return nil, err
	}
	return func(c *workload.Customer) (Verdict, error) {
		results, err := query.Eval(ctx, rego.EvalInput(record(c)))
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

// opaValue is a value as its store holds it: lists of any.
func opaValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, x := range v {
			m[k] = opaValue(x)
		}
		return m
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	}
	return v
}

package peerbench

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// cedarCriteria forbid what does not meet them; whoever is forbidden nothing is
// permitted. Cedar names every policy that forbade: those are the reasons.
var cedarCriteria = map[string]string{
	"segment":    "!context.t.segments.contains(context.segment)",
	"country":    "context.t.embargoed.contains(context.country)",
	"area":       "!context.t.areas.contains(context.area)",
	"seats":      "context.seats < context.t.seats",
	"users":      "context.users < context.t.users",
	"revenue":    "context.revenue < context.t.revenue",
	"assessed":   "context.assessed >= context.t.assessed",
	"government": "context.government != context.t.government",
	"enrolled":   "context.enrolled != context.t.enrolled",
	"claims":     "context.claims >= context.t.claims",
}

func cedarPolicies(guard bool) (*cedar.PolicySet, error) {
	set := cedar.NewPolicySet()
	add := func(id, source string) error {
		var p cedar.Policy
		if err := p.UnmarshalCedar([]byte(source)); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		set.Add(cedar.PolicyID(id), &p)
		return nil
	}
	if err := add("permit", "permit (principal, action, resource);"); err != nil {
		return nil, err
	}
	for name, check := range cedarCriteria {
		if guard {
			check = "context has " + name + " && " + check
			if err := add("unknown "+name, "forbid (principal, action, resource) unless { context has "+name+" };"); err != nil {
				return nil, err
			}
		}
		if err := add("failed "+name, "forbid (principal, action, resource) when { "+check+" };"); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// cedarContext is a customer as Cedar's values, with the terms.
func cedarContext(c *workload.Customer, terms cedar.Record) cedar.Record {
	r := make(cedar.RecordMap, len(names)+1)
	for name, v := range record(c) {
		r[cedar.String(name)] = cedarValue(v)
	}
	r["t"] = terms
	return cedar.NewRecord(r)
}

func cedarValue(v any) cedar.Value {
	switch v := v.(type) {
	case string:
		return cedar.String(v)
	case int64:
		return cedar.Long(v)
	case bool:
		return cedar.Boolean(v)
	case []string:
		values := make([]cedar.Value, len(v))
		for i, s := range v {
			values[i] = cedar.String(s)
		}
		return cedar.NewSet(values...)
	}
	panic(fmt.Sprintf("no value of Cedar for a %T", v))
}

func cedarTerms(t workload.Terms) cedar.Record {
	r := cedar.RecordMap{}
	for name, v := range termsRecord(t) {
		r[cedar.String(name)] = cedarValue(v)
	}
	return cedar.NewRecord(r)
}

func cedarGo(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	set, err := cedarPolicies(true)
	if err != nil {
		return nil, err
	}
	terms := cedarTerms(t)
	return func(c *workload.Customer) (Verdict, error) {
		_, diagnostic := cedar.Authorize(set, cedar.EntityMap{}, cedar.Request{Context: cedarContext(c, terms)})
		if len(diagnostic.Errors) > 0 {
			return Verdict{}, fmt.Errorf("%v", diagnostic.Errors)
		}
		var v Verdict
		for _, r := range diagnostic.Reasons {
			switch result, name, _ := strings.Cut(string(r.PolicyID), " "); result {
			case "failed":
				v.fail(name)
			case "unknown":
				v.unknown(name)
			}
		}
		return v, nil
	}, nil
}

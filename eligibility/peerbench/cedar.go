package peerbench

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// cedarPolicies forbid what does not meet the criteria; whoever is forbidden nothing
// is permitted. Cedar names every policy that forbade: those are the reasons.
func cedarPolicies(t workload.Terms, guard bool) (*cedar.PolicySet, error) {
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
	failing := [len(names)]string{
		"!%[2]s.contains(%[1]s)", "%[2]s.contains(%[1]s)", "!%[2]s.contains(%[1]s)", "%s < %s", "%s < %s",
		"%s < %s", "%s >= %s", "%s != %s", "%s != %s", "%s >= %s",
	}
	terms := terms(t, written("[", "]"))
	for i, name := range names {
		check := fmt.Sprintf(failing[i], "context."+name, terms[i])
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

// cedarContext is a customer as Cedar's values. The map is room that is used again:
// a record is made of a copy of it.
func cedarContext(c *workload.Customer, room cedar.RecordMap) cedar.Record {
	clear(room)
	if c.Segment != "" {
		room["segment"] = cedar.String(c.Segment)
	}
	if c.Country != "" {
		room["country"] = cedar.String(c.Country)
	}
	if c.Area != "" {
		room["area"] = cedar.String(c.Area)
	}
	if c.Seats.Known {
		room["seats"] = cedar.Long(c.Seats.N)
	}
	if c.Users.Known {
		room["users"] = cedar.Long(c.Users.N)
	}
	if c.Revenue.Currency != "" {
		room["revenue"] = cedar.Long(cents(c.Revenue))
	}
	if !c.Assessed.IsZero() {
		room["assessed"] = cedar.Long(dayNumber(c.Assessed))
	}
	if c.Government.Known {
		room["government"] = cedar.Boolean(c.Government.On)
	}
	if c.Enrolled.Known {
		room["enrolled"] = cedar.Boolean(c.Enrolled.On)
	}
	if c.Claims.Known {
		room["claims"] = cedar.Long(c.Claims.N)
	}
	return cedar.NewRecord(room)
}

func cedarGo(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	set, err := cedarPolicies(t, true)
	if err != nil {
		return nil, err
	}
	room := cedar.RecordMap{}
	return func(c *workload.Customer) (Verdict, error) {
		_, diagnostic := cedar.Authorize(set, cedar.EntityMap{}, cedar.Request{Context: cedarContext(c, room)})
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

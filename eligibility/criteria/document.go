package criteria

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// ReadDocument reads a rule set from its document; the package comment says
// what documents look like. If the document cannot be used the error joins a
// *[DocumentError] for each place that has to change.
func (r *Registry) ReadDocument(data []byte) (*eligibility.RuleSet, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	d := document{registry: r}
	return d.ruleSet(d.config(root, eligibility.RuleSetConfig{}))
}

// ReadRules reads a list of rules that is part of a larger document, with the
// rules as in [Registry.ReadDocument]. Paths in its errors begin at the list:
// "[2][1]" is the second element of the third rule.
func (r *Registry) ReadRules(data []byte) ([]eligibility.Rule, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	d := document{registry: r}
	set, err := d.ruleSet(eligibility.RuleSetConfig{ID: "rules", Version: "1", Rules: d.rules(root)})
	if err != nil {
		return nil, err
	}
	return set.Rules(), nil
}

// document is one that is being read.
type document struct {
	registry *Registry
	places   []place // of the rules
	errs     []error
}

// place is where a rule is in the document.
type place struct {
	path   string
	object bool // it is not just a check, but has an ID and a doc of its own
}

func (d *document) refuse(err error) {
	if err != nil {
		d.errs = append(d.errs, err)
	}
}

// fields returns the members of an object, after it has refused those that
// are not among names.
func (d *document) fields(n node, what string, names ...string) (object, bool) {
	members, ok := n.value.(object)
	if !ok {
		d.refuse(n.wrongType(what))
		return nil, false
	}
	for _, m := range members {
		if !slices.Contains(names, m.name) {
			d.refuse(&DocumentError{Path: m.value.path, Problem: "is no field here: use " + strings.Join(names, ", ")})
		}
	}
	return members, true
}

// textField returns a field's text, "" if there is none.
func (d *document) textField(n node, members object, name, what string, mandatory bool) string {
	v, ok := members.get(name)
	if !ok {
		if mandatory {
			d.refuse(&DocumentError{Path: join(n.path, name), Problem: "is missing: it has to be a text, " + what})
		}
		return ""
	}
	s, err := v.text(what)
	if err == nil && strings.TrimSpace(s) == "" {
		err = &DocumentError{Path: v.path, Problem: "is empty: it has to be a text, " + what}
	}
	d.refuse(err)
	return s
}

// config reads what makes a rule set; what is left out is as in c.
func (d *document) config(root node, c eligibility.RuleSetConfig) eligibility.RuleSetConfig {
	members, ok := d.fields(root, "an object with the fields id, version and rules",
		"id", "version", "effective_from", "effective_to", "time_zone", "rules")
	if !ok {
		return c
	}
	c.ID = cmp.Or(d.textField(root, members, "id", `as in "security-workshop/customer"`, c.ID == ""), c.ID)
	c.Version = cmp.Or(d.textField(root, members, "version", `as in "2026.1"`, c.Version == ""), c.Version)
	zone := cmp.Or(c.TimeZone, time.UTC)
	if name := d.textField(root, members, "time_zone", `as in "Europe/Lisbon"`, false); name != "" {
		loaded, err := loadZone(name)
		if err != nil {
			d.refuse(&DocumentError{Path: "time_zone", Problem: err.Error()})
		} else {
			c.TimeZone, zone = loaded, loaded
		}
	}
	c.EffectiveFrom = d.moment(root, members, "effective_from", zone)
	c.EffectiveTo = d.moment(root, members, "effective_to", zone)
	rules, ok := members.get("rules")
	if !ok {
		d.refuse(&DocumentError{Path: "rules", Problem: `are missing: write a list of at least one, as in [["segment", "is", "enterprise"]]`})
		return c
	}
	c.Rules = d.rules(rules)
	return c
}

// loadZone refuses the zone of the machine it runs on: a document means the
// same everywhere.
func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf(`is %q, which is no time zone here: use a name of the IANA database, as in "Europe/Lisbon"`, short(name))
	}
	return zone, nil
}

// moment reads a day, which begins in zone, or a time.
func (d *document) moment(root node, members object, name string, zone *time.Location) time.Time {
	const what = `a day as in "2026-07-01" or a time as in "2026-07-01T08:00:00Z"`
	s := d.textField(root, members, name, what, false)
	if s == "" {
		return time.Time{}
	}
	var t time.Time
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		t = startOfDay(day, zone)
	} else if moment, err := time.Parse(time.RFC3339, s); err == nil {
		t = moment
	}
	if year := t.UTC().Year(); t.IsZero() || year < 1 || year > 9999 {
		d.refuse(&DocumentError{Path: name, Problem: fmt.Sprintf("is %q, and has to be %s", short(s), what)})
		return time.Time{}
	}
	return t.In(zone)
}

// startOfDay is the first moment of t's civil day in zone, also where clocks
// are put forward at midnight or over the whole day.
func startOfDay(t time.Time, zone *time.Location) time.Time {
	start := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	if eligibility.DateOf(start).Compare(eligibility.DateOf(t)) < 0 {
		_, start = start.ZoneBounds()
	}
	return start
}

// rules reads a list of rules. A rule without an ID gets a derived one once
// the IDs that are written are known.
func (d *document) rules(n node) []eligibility.Rule {
	items, ok := n.value.([]node)
	if !ok {
		d.refuse(n.wrongType("a list of rules"))
		return nil
	}
	if len(items) == 0 {
		d.refuse(&DocumentError{Path: n.path, Problem: "has no rules: without any, everybody would be eligible"})
		return nil
	}
	rules := make([]eligibility.Rule, len(items))
	taken := map[string]bool{}
	for i, item := range items {
		rule, written := d.rule(item)
		written = written && rule.ID != ""
		if written && taken[rule.ID] {
			d.refuse(&DocumentError{Path: join(item.path, "id"), Problem: fmt.Sprintf("is %q, as that of an earlier rule: choose another", short(rule.ID))})
		}
		taken[rule.ID] = written
		rules[i] = rule
		d.places = append(d.places, place{item.path, written})
	}
	if len(d.errs) == 0 {
		d.registry.name(rules, taken)
	}
	return rules
}

// rule reads a rule and says whether it is written with ID and doc.
func (d *document) rule(n node) (rule eligibility.Rule, written bool) {
	var err error
	if _, bare := n.value.([]node); bare {
		rule.Check, err = d.registry.check(n)
		d.refuse(err)
		return rule, false
	}
	members, ok := d.fields(n, `a check as in ["segment", "is", "enterprise"], or an object with the fields id, doc and check`, "id", "doc", "check")
	if !ok {
		return rule, false
	}
	rule.ID = d.textField(n, members, "id", `as in "enough_seats"`, true)
	rule.Doc = d.textField(n, members, "doc", "a sentence that says what the rule asks for", true)
	check, ok := members.get("check")
	if !ok {
		d.refuse(&DocumentError{Path: join(n.path, "check"), Problem: `is missing: write it as in ["segment", "is", "enterprise"]`})
		return rule, true
	}
	rule.Check, err = d.registry.check(check)
	d.refuse(err)
	return rule, true
}

// check reads a check: a fact, an operator and its operand, or an operator
// that needs no fact and its operand.
func (r *Registry) check(n node) (eligibility.Check, error) {
	parts, ok := n.value.([]node)
	if !ok || len(parts) != 2 && len(parts) != 3 {
		return eligibility.Check{}, n.wrongType(`a fact, an operator and a value, as in ["segment", "is", "enterprise"], or as in ["any of", [...]]`)
	}
	if len(parts) == 2 {
		return r.combination(parts[0], parts[1])
	}
	name, err := parts[0].text("the name of a fact")
	if err != nil {
		return eligibility.Check{}, err
	}
	known, ok := r.fact(name)
	if !ok {
		return eligibility.Check{}, &DocumentError{Path: parts[0].path, Err: ErrUnknownFact,
			Problem: fmt.Sprintf("is %q, which is no fact here: register it, or use %s", short(name), names(r.Facts()))}
	}
	op, err := parts[1].text("an operator")
	if err != nil {
		return eligibility.Check{}, err
	}
	kind := known.fact.Kind()
	build, ok := r.operator(eligibility.Op(op), kind)
	if !ok {
		return eligibility.Check{}, &DocumentError{Path: parts[1].path, Err: ErrUnknownOperator,
			Problem: fmt.Sprintf("is %q, which is no operator for %s, a fact of kind %s: use %s", short(op), name, kind, quoted(r.Operators(kind)))}
	}
	check, err := leaf(build, name, parts[2])
	if eligibility.IsConfidential(known.fact) {
		check = check.Confidential()
	}
	return check, err
}

func (r *Registry) combination(op, operand node) (eligibility.Check, error) {
	name, err := op.text("an operator")
	if err != nil {
		return eligibility.Check{}, err
	}
	switch eligibility.Op(name) {
	case eligibility.OpAllOf:
		checks, err := r.checks(operand)
		return eligibility.All(checks...), err
	case eligibility.OpAnyOf:
		checks, err := r.checks(operand)
		return eligibility.Any(checks...), err
	case eligibility.OpNot:
		check, err := r.check(operand)
		return eligibility.Not(check), err
	}
	build, ok := r.operator(eligibility.Op(name), "")
	if !ok {
		return eligibility.Check{}, &DocumentError{Path: op.path, Err: ErrUnknownOperator,
			Problem: fmt.Sprintf("is %q, which is no operator without a fact: use %s, or write a fact, an operator and a value", short(name), quoted(r.Operators("")))}
	}
	return leaf(build, "", operand)
}

func (r *Registry) checks(n node) ([]eligibility.Check, error) {
	items, ok := n.value.([]node)
	if !ok {
		return nil, n.wrongType("a list of checks")
	}
	if len(items) == 0 {
		return nil, &DocumentError{Path: n.path, Problem: "has no checks: write at least one"}
	}
	var errs []error
	checks := make([]eligibility.Check, len(items))
	for i, item := range items {
		check, err := r.check(item)
		checks[i], errs = check, append(errs, err)
	}
	return checks, problems.Join(errs...)
}

// leaf builds a check and has it validated here, where its path is known.
func leaf(build build, fact string, operand node) (eligibility.Check, error) {
	check, err := build(fact, operand)
	if err != nil {
		return check, err
	}
	_, err = eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: "leaf", Version: "1", Rules: []eligibility.Rule{{ID: "leaf", Doc: "leaf", Check: check}}})
	if refused, ok := errors.AsType[*eligibility.RuleSetError](err); ok {
		return check, &DocumentError{Path: operand.path, Problem: refused.Problem, Err: err}
	}
	return check, err
}

// ruleSet validates what has been read as a whole.
func (d *document) ruleSet(c eligibility.RuleSetConfig) (*eligibility.RuleSet, error) {
	if len(d.errs) > 0 {
		return nil, problems.Join(d.errs...)
	}
	set, err := eligibility.NewRuleSet(c)
	if err == nil {
		return set, nil
	}
	var errs []error
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		refused, ok := errors.AsType[*eligibility.RuleSetError](e)
		if !ok {
			return nil, err
		}
		errs = append(errs, &DocumentError{Path: d.path(c.Rules, refused), Problem: refused.Problem, Err: refused})
	}
	return nil, problems.Join(errs...)
}

// path finds the place that a RuleSetError is about.
func (d *document) path(rules []eligibility.Rule, e *eligibility.RuleSetError) string {
	field, ok := map[string]string{"ID": "id", "Version": "version", "EffectiveTo": "effective_to", "Rules": "rules", "Doc": "doc", "Check": "check"}[e.Field]
	i := slices.IndexFunc(rules, func(r eligibility.Rule) bool { return e.Rule != "" && r.ID == e.Rule })
	switch {
	case !ok:
		return ""
	case i < 0:
		return field
	case d.places[i].object:
		return join(d.places[i].path, field)
	default:
		return d.places[i].path
	}
}

func names(facts []eligibility.AnyFact) string {
	list := make([]string, len(facts))
	for i, f := range facts {
		list[i] = f.Name()
	}
	return strings.Join(list, ", ")
}

func quoted(ops []eligibility.Op) string {
	list := make([]string, len(ops))
	for i, op := range ops {
		list[i] = fmt.Sprintf("%q", string(op))
	}
	return strings.Join(list, ", ")
}

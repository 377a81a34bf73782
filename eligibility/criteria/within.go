package criteria

import (
	"slices"
	"strconv"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// ReadRuleSet reads a rule set that is part of a larger document: the list of its
// rules, or an object as [Registry.ReadDocument] reads it. ID, version and time zone
// are those of defaults where they are left out; what else is in defaults does not
// matter. Paths in errors begin at the part: "[2][1]" is the second element of the third
// rule of a list.
func (r *Registry) ReadRuleSet(data []byte, defaults eligibility.RuleSetConfig) (*eligibility.RuleSet, error) {
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	c := eligibility.RuleSetConfig{ID: defaults.ID, Version: defaults.Version, TimeZone: defaults.TimeZone}
	d := document{registry: r}
	if _, list := root.value.([]node); list {
		c.Rules = d.rules(root)
		return d.ruleSet(c)
	}
	return d.ruleSet(d.config(root, c))
}

// WriteRuleSet writes a rule set as ReadRuleSet reads it with these defaults, in the
// shortest form: without what is as in defaults, and a rule whose ID and doc are those
// that are derived for its check as the check alone. Its errors are those of
// [Registry.WriteDocument].
func (r *Registry) WriteRuleSet(set *eligibility.RuleSet, defaults eligibility.RuleSetConfig) ([]byte, error) {
	write := func(set *eligibility.RuleSet) ([]byte, error) { return r.writeShort(set, defaults) }
	read := func(data []byte) (*eligibility.RuleSet, error) { return r.ReadRuleSet(data, defaults) }
	return readBack(set, write, read)
}

func (r *Registry) writeShort(set *eligibility.RuleSet, defaults eligibility.RuleSetConfig) ([]byte, error) {
	zone := "UTC"
	if defaults.TimeZone != nil {
		zone = defaults.TimeZone.String()
	}
	w := writer{}
	member := func(name, value string) { w.raw(`"`+name+`": `).text(name, value).raw(", ") }
	if set.ID() != defaults.ID {
		member("id", set.ID())
	}
	if set.Version() != defaults.Version {
		member("version", set.Version())
	}
	if t := set.EffectiveFrom(); !t.IsZero() {
		member("effective_from", momentText(t, set.TimeZone()))
	}
	if t := set.EffectiveTo(); !t.IsZero() {
		member("effective_to", momentText(t, set.TimeZone()))
	}
	if set.TimeZone().String() != zone {
		member("time_zone", set.TimeZone().String())
	}
	whole, path := w.Len() > 0, ""
	if whole {
		w.raw(`"rules": `)
		path = "rules"
	}
	w.rules(path, set.Rules(), r.derivable(set.Rules()))
	data := w.Bytes()
	if whole {
		data = slices.Concat([]byte("{"), data, []byte("}"))
	}
	return data, problems.Join(w.errs...)
}

// rules writes a list of rules, those that are bare as their checks alone.
func (w *writer) rules(path string, rules []eligibility.Rule, bare []bool) {
	w.raw("[")
	for i, rule := range rules {
		if i > 0 {
			w.raw(", ")
		}
		at := path + "[" + strconv.Itoa(i) + "]"
		if bare[i] {
			w.check(at, rule.Check)
			continue
		}
		w.raw(`{"id": `).text(at+".id", rule.ID).raw(`, "doc": `).text(at+".doc", rule.Doc).raw(`, "check": `).check(at+".check", rule.Check)
		w.raw("}")
	}
	w.raw("]")
}

// derivable says of each rule whether its ID and doc are those that are derived for its
// check, given the IDs of those that are written.
func (r *Registry) derivable(rules []eligibility.Rule) []bool {
	bare := slices.Repeat([]bool{true}, len(rules))
	for {
		taken := map[string]bool{}
		named := slices.Clone(rules)
		for i := range named {
			if bare[i] {
				named[i].ID, named[i].Doc = "", ""
			} else {
				taken[named[i].ID] = true
			}
		}
		r.name(named, taken)
		stable := true
		for i, rule := range rules {
			if bare[i] && (named[i].ID != rule.ID || named[i].Doc != rule.Doc) {
				bare[i], stable = false, false
			}
		}
		if stable {
			return bare
		}
	}
}

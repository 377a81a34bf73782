package eligibility

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	fold "github.com/partnerengage/partnerengage/internal/text"
)

// validator collects what is wrong with a rule set.
type validator struct {
	ruleSet, rule string
	kinds         map[string]kindCode
	readsAll      bool
	dated         bool
	errs          []error
}

func (v *validator) refuse(field, format string, args ...any) {
	v.errs = append(v.errs, &RuleSetError{RuleSet: v.ruleSet, Rule: v.rule, Field: field, Problem: fmt.Sprintf(format, args...)})
}

func (v *validator) config(c RuleSetConfig) {
	v.name("ID", c.ID)
	v.name("Version", c.Version)
	if !c.EffectiveTo.IsZero() && !c.EffectiveFrom.Before(c.EffectiveTo) {
		v.refuse("EffectiveTo", "has to be after EffectiveFrom")
	}
	if len(c.Rules) == 0 {
		v.refuse("Rules", "are missing: without any, everybody would be eligible")
	}
	seen := map[string]bool{}
	for i, r := range c.Rules {
		if v.rule = r.ID; r.ID == "" {
			v.rule = fmt.Sprintf("#%d", i+1)
		}
		v.name("ID", r.ID)
		if seen[r.ID] {
			v.refuse("ID", "is that of an earlier rule too")
		}
		seen[r.ID] = true
		if strings.TrimSpace(r.Doc) == "" {
			v.refuse("Doc", "is missing: say in a sentence what the rule asks for")
		}
		v.check(r.Check)
	}
}

func (v *validator) name(field, name string) {
	switch {
	case name == "":
		v.refuse(field, "is missing")
	case strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl):
		v.refuse(field, "%q has blanks around it or control characters in it", name)
	}
}

func (v *validator) fact(f AnyFact) {
	if f == nil {
		v.refuse("Check", "names no fact")
		return
	}
	name, kind := f.Name(), f.Kind().code()
	if kind == none || name == "" || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		v.refuse("Check", "reads a fact %q of kind %q: make it by NewFact, with a name without blanks", name, f.Kind())
		return
	}
	if known, ok := v.kinds[name]; ok && known != kind {
		v.refuse("Check", "reads the fact %q as %s, and elsewhere it is %s", name, kind.kind(), known.kind())
		return
	}
	v.kinds[name] = kind
}

func (v *validator) check(c Check) {
	if c.named != nil && strings.TrimSpace(string(c.named.Op)) == "" {
		v.refuse("Check", "is named with an empty operator")
	}
	if c.fn != nil {
		for _, f := range c.reads {
			v.fact(f)
		}
		v.readsAll = v.readsAll || len(c.reads) == 0
		return
	}
	switch c.op {
	case "":
		v.refuse("Check", "is missing")
	case OpAllOf, OpAnyOf, OpNot:
		if len(c.parts) == 0 {
			v.refuse("Check", "combines no checks by %q", c.op)
		}
		for _, p := range c.parts {
			v.check(p)
		}
	default:
		v.fact(c.fact)
		v.operands(c)
	}
}

func (v *validator) operands(c Check) {
	if i := slices.IndexFunc(c.operands, func(o cell) bool { return !o.known() }); i >= 0 {
		v.refuse("Check", "compares %s with the zero date, or with money without a currency", c.fact.Name())
		return
	}
	switch c.op {
	case OpOneOf, OpNotOneOf:
		if len(c.operands) == 0 {
			v.refuse("Check", "%q needs at least one value", c.op)
		}
		if slices.ContainsFunc(c.operands, func(o cell) bool { return o.kind == text && !fold.Visible(o.text) }) {
			v.refuse("Check", "%q has an empty text among its values: leave it out", c.op)
		}
	case OpBetween:
		low, high := &c.operands[0], &c.operands[1]
		if low.kind == money && low.box.money.Currency != high.box.money.Currency {
			v.refuse("Check", "is between two currencies, %s and %s", low.box.money.Currency, high.box.money.Currency)
		} else if low.kind == date && (low.day.IsNever() || high.day.IsNever()) {
			v.refuse("Check", "is between a day and never: use Before or After, and OrNever")
		} else if low.compare(high) > 0 {
			v.refuse("Check", "is between %s and %s, which is nothing: the lower end comes first", low, high)
		}
	case OpBefore, OpAfter:
		v.dated = v.dated || c.when.relative
		if !c.when.valid() {
			v.refuse("Check", "%q needs a day: On an existing one, or DaysAgo with 0 or more", c.op)
		}
	case OpOlderThan:
		v.dated = true
		if c.days < 0 || c.days > lastDay {
			v.refuse("Check", "%q needs 0 days or more", c.op)
		}
	}
}

package eligibility

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
)

// account is what a node and its parts have found.
type account struct {
	verdict verdict
	wanted  string // of a function that says so itself
	found   []string
	missing []string
	err     error
}

// account evaluates a node again and keeps what it found, with the facts'
// names: "rooms 4".
func (n *node) account(d *Decision, today int64) account {
	switch {
	case n.code == function:
		return n.call(d)
	case n.code < allOf:
		c := &d.Facts.cells[n.slot]
		a := account{verdict: n.verdict(d.Facts.cells, today)}
		switch {
		case a.verdict == unknown:
			a.missing = []string{n.name}
		case a.verdict == broken:
			a.err = n.broken(c)
		default:
			a.found = []string{n.name + " " + c.String()}
		}
		return a
	}
	var a account
	var seen verdict
	var errs []error
	for i := range n.parts {
		part := n.parts[i].account(d, today)
		seen |= part.verdict
		a.found = appendNew(a.found, part.found)
		a.missing = appendNew(a.missing, part.missing)
		if part.err != nil {
			errs = append(errs, part.err)
		}
	}
	a.verdict, a.err = n.join(seen), errors.Join(errs...)
	return a
}

func appendNew(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// broken says why a comparison gave no verdict.
func (n *node) broken(c *cell) error {
	if c.kind != n.kind {
		return &KindError{Fact: n.name, Wanted: n.kind.kind(), Found: c.kind.kind()}
	}
	return &CurrencyError{Fact: n.name, Wanted: n.currency, Found: c.box.money.Currency}
}

// call runs a host's function and holds it to its promise.
func (n *node) call(d *Decision) (a account) {
	defer func() {
		if p := recover(); p != nil {
			a = account{verdict: broken, err: &PanicError{Value: p, Stack: debug.Stack()}}
		}
	}()
	f, err := n.fn(d.Facts, d.At.In(d.set.TimeZone()))
	if err != nil {
		return account{verdict: broken, err: err}
	}
	v := f.Result.verdict()
	if v == 0 {
		return account{verdict: broken, err: fmt.Errorf("the check returned the result %q: return what Passed, Failed or Missing make", f.Result)}
	}
	a = account{verdict: v, wanted: f.Wanted}
	if f.Found != "" {
		a.found = []string{f.Found}
	}
	if v != unknown {
		return a
	}
	a.missing = slices.Clone(f.Missing)
	if len(a.missing) == 0 {
		for _, fact := range n.reads {
			if c := d.Facts.find(fact.Name()); c == nil || !c.known() {
				a.missing = append(a.missing, fact.Name())
			}
		}
	}
	return a
}

// statement is the account of a rule with a function, which is not asked
// again when findings are read.
type statement struct {
	rule int
	account
}

func (n *node) state(d *Decision, today int64) verdict {
	a := n.account(d, today)
	d.stated = append(d.stated, statement{int(n.rule), a})
	return a.verdict
}

// failures says which rules could not be answered, and why.
func (s *RuleSet) failures(d *Decision, today int64) error {
	var errs []error
	for i := range s.nodes {
		if d.verdict(i) == broken {
			errs = append(errs, &RuleError{RuleSet: d.RuleSet, Version: d.Version, Rule: s.config.Rules[i].ID, Err: d.account(i, today).err})
		}
	}
	return errors.Join(errs...)
}

// account gives what a rule has found: what it stated, or what its facts say.
func (d *Decision) account(rule int, today int64) account {
	for i := range d.stated {
		if d.stated[i].rule == rule {
			return d.stated[i].account
		}
	}
	return d.set.nodes[rule].account(d, today)
}

// tell writes out what a rule has found.
func (d *Decision) tell(f *Finding, rule int, v verdict, today int64) {
	r, n := &d.set.config.Rules[rule], &d.set.nodes[rule]
	f.Rule, f.Doc, f.Result, f.Wanted = r.ID, r.Doc, v.result(), d.set.wanted[rule]
	f.Confidential = d.set.confidential[rule]
	if n.code < allOf { // the usual case, without the detour
		if v == unknown {
			f.Missing = []string{n.name}
		} else {
			f.Found = d.Facts.cells[n.slot].String()
		}
		return
	}
	a := d.account(rule, today)
	f.Found = strings.Join(a.found, "; ")
	if a.wanted != "" {
		f.Wanted = a.wanted
	}
	if v == unknown {
		f.Missing = slices.Clone(a.missing)
	}
}

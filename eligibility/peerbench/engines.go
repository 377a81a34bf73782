package peerbench

import (
	"fmt"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// Verdict is the criteria that a customer fails, and those that cannot be told: a
// bit each, in the order of the criteria.
type Verdict struct{ Failed, Unknown uint16 }

func (v *Verdict) fail(name string)    { v.Failed |= bit(name) }
func (v *Verdict) unknown(name string) { v.Unknown |= bit(name) }

func bit(name string) uint16 {
	for i, n := range names {
		if n == name {
			return 1 << i
		}
	}
	panic("no criterion " + name)
}

// Engine takes a customer's record to its verdict.
type Engine struct {
	Name   string
	Decide func(c *workload.Customer) (Verdict, error)
}

// Engines returns this library first, and the function written by hand next, both
// with a verdict in bits; then both with their reasons in words, of which the verdict
// is made; then the peers, which have no words.
func Engines() ([]Engine, error) {
	limit, err := eligibility.ParseMoney("2500.00 USD")
	if err != nil {
		return nil, err
	}
	terms := workload.Standard(limit)
	var engines []Engine
	for _, e := range []struct {
		name string
		make func(workload.Terms) (func(*workload.Customer) (Verdict, error), error)
	}{
		{"partnerengage", ours}, {"by-hand", byHand}, {"partnerengage-in-words", oursInWords}, {"by-hand-in-words", byHandInWords},
		{"cel-go", celGo}, {"expr", exprLang}, {"cedar-go", cedarGo}, {"OPA", openPolicyAgent},
	} {
		decide, err := e.make(terms)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		engines = append(engines, Engine{e.name, decide})
	}
	return engines, nil
}

func ours(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	set, err := workload.RuleSet(t)
	if err != nil {
		return nil, err
	}
	d := eligibility.Decision{Facts: set.NewFacts()}
	load := workload.NewLoader(&d.Facts)
	return func(c *workload.Customer) (Verdict, error) {
		load.Load(c)
		if err := set.DecideInPlace(&d, workload.At); err != nil {
			return Verdict{}, err
		}
		failed, unknown := d.Bits(0)
		return Verdict{uint16(failed), uint16(unknown)}, nil
	}, nil
}

func oursInWords(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	set, err := workload.RuleSet(t)
	if err != nil {
		return nil, err
	}
	d := eligibility.Decision{Facts: set.NewFacts()}
	load := workload.NewLoader(&d.Facts)
	return func(c *workload.Customer) (Verdict, error) {
		load.Load(c)
		if err := set.DecideInPlace(&d, workload.At); err != nil {
			return Verdict{}, err
		}
		return fromWords(d.Reasons()), nil
	}, nil
}

func byHand(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	hand := workload.NewByHand(t, eligibility.DateOf(workload.At))
	return func(c *workload.Customer) (Verdict, error) {
		_, failed, unknown := hand.Bits(c)
		return Verdict{uint16(failed), uint16(unknown)}, nil
	}, nil
}

func byHandInWords(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	hand := workload.NewByHand(t, eligibility.DateOf(workload.At))
	return func(c *workload.Customer) (Verdict, error) {
		_, reasons := hand.Reasons(c)
		return fromWords(reasons), nil
	}, nil
}

func fromWords(reasons []eligibility.Finding) (v Verdict) {
	for i := range reasons {
		if reasons[i].Result == eligibility.ResultUnknown {
			v.unknown(reasons[i].Rule)
		} else {
			v.fail(reasons[i].Rule)
		}
	}
	return v
}

package peerbench

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/eligibility/internal/workload"
)

// names are the criteria, in order.
var names = [...]string{"segment", "country", "area", "seats", "users", "revenue", "assessed", "government", "enrolled", "claims"}

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
	Run    func(c *workload.Customer) error // what is measured
}

// Engines returns this library first, then the same with its reasons put in words,
// then the function written by hand, then the peers. The library keeps which
// criterion failed on what, and puts that in words when it is asked; the peers give
// names of criteria and no more.
func Engines() ([]Engine, error) {
	limit, err := eligibility.ParseMoney("2500.00 USD")
	if err != nil {
		return nil, err
	}
	terms := workload.Standard(limit)
	engines, err := ours(terms)
	if err != nil {
		return nil, err
	}
	for _, e := range []struct {
		name string
		make func(workload.Terms) (func(*workload.Customer) (Verdict, error), error)
	}{{"by hand", byHand}, {"cel-go", celGo}, {"expr", exprLang}, {"cedar-go", cedarGo}, {"OPA", openPolicyAgent}} {
		decide, err := e.make(terms)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		engines = append(engines, Engine{e.name, decide, func(c *workload.Customer) error {
			_, err := decide(c)
			return err
		}})
	}
	return engines, nil
}

func ours(t workload.Terms) ([]Engine, error) {
	set, err := workload.RuleSet(t)
	if err != nil {
		return nil, err
	}
	d := eligibility.Decision{Facts: set.NewFacts()}
	load := workload.NewLoader(&d.Facts)
	run := func(c *workload.Customer) error {
		load.Load(c)
		return set.DecideInPlace(&d, workload.At)
	}
	decide := func(c *workload.Customer) (Verdict, error) {
		if err := run(c); err != nil {
			return Verdict{}, err
		}
		var v Verdict
		for _, f := range d.Reasons() {
			if f.Result == eligibility.ResultUnknown {
				v.unknown(f.Rule)
			} else {
				v.fail(f.Rule)
			}
		}
		return v, nil
	}
	return []Engine{{"partnerengage", decide, run}, {"  in words", decide, func(c *workload.Customer) error {
		_, err := decide(c)
		return err
	}}}, nil
}

func byHand(t workload.Terms) (func(*workload.Customer) (Verdict, error), error) {
	hand := workload.NewByHand(t, eligibility.DateOf(workload.At))
	var reasons []workload.Reason
	return func(c *workload.Customer) (Verdict, error) {
		_, reasons = hand.Decide(c, reasons[:0])
		var v Verdict
		for i := range reasons {
			if reasons[i].Result == eligibility.ResultUnknown {
				v.unknown(reasons[i].Rule)
			} else {
				v.fail(reasons[i].Rule)
			}
		}
		return v, nil
	}, nil
}

// The peers have neither money nor days of the calendar: amounts become whole
// cents, days become their number.

func cents(m eligibility.Money) int64 { return m.Amount.Shift(2).IntPart() }

// dayNumber counts days; what has never happened is before all of them.
func dayNumber(d eligibility.Date) int64 {
	if d.IsNever() {
		return -1
	}
	t, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		panic(err) // a day that is known has a name
	}
	return t.Unix() / (24 * 60 * 60)
}

// record is a customer with the facts that are known.
func record(c *workload.Customer) map[string]any {
	r := make(map[string]any, len(names))
	text := func(name, v string) {
		if v != "" {
			r[name] = v
		}
	}
	text("segment", c.Segment)
	text("country", c.Country)
	text("area", c.Area)
	count := func(name string, v workload.Count) {
		if v.Known {
			r[name] = v.N
		}
	}
	count("seats", c.Seats)
	count("users", c.Users)
	count("claims", c.Claims)
	if c.Revenue.Currency != "" {
		r["revenue"] = cents(c.Revenue)
	}
	if !c.Assessed.IsZero() {
		r["assessed"] = dayNumber(c.Assessed)
	}
	if c.Government.Known {
		r["government"] = c.Government.On
	}
	if c.Enrolled.Known {
		r["enrolled"] = c.Enrolled.On
	}
	return r
}

// termsRecord is the thresholds and sets as data.
func termsRecord(t workload.Terms) map[string]any {
	return map[string]any{
		"segments": t.Segments, "embargoed": t.Embargoed, "areas": t.Areas, "seats": t.Seats, "users": t.Users, "claims": t.Claims,
		"revenue": cents(t.Revenue), "assessed": dayNumber(eligibility.DateOf(workload.At).AddDays(-t.Days)),
		"government": t.Government, "enrolled": t.Enrolled,
	}
}

package eligibility

import (
	"context"
	"iter"
	"time"
)

// Customer is somebody whom [Impact] decides on.
type Customer struct {
	Key   string // by which the caller knows it again; samples name it
	Facts Facts  // only read until the next customer is asked for, so they can be set again and again
}

// ImpactConfig says what [Impact] compares.
type ImpactConfig struct {
	Old *RuleSet
	New *RuleSet

	// At is when Old decides, and NewAt when New does. A zero NewAt is when New
	// comes into effect, or At if it is in effect then.
	At, NewAt time.Time

	// Samples is how many customers are named of each kind; 10 if it is zero, none
	// if it is negative.
	Samples int

	// Changed, if it is not nil, is called for every customer whose outcome changes,
	// in order. The decisions are the caller's until it returns; [Decision.Clone]
	// keeps one. With an error Impact stops and returns it.
	Changed func(key string, before, after *Decision) error

	// Progress, if it is not nil, is called now and then with how many customers
	// have been decided on: after every 10,000, and at the end.
	Progress func(customers int)
}

// progressEvery is after how many customers progress is told, and cancelEvery after
// how many it is seen that nobody waits any more.
const (
	progressEvery = 10_000
	cancelEvery   = 256
	usualSamples  = 10
)

// Impact decides on every customer by two versions of rules and says who gains by the
// new one, who loses, and of whom it can no longer be told, in all and by rule. It
// counts exactly what [RuleSet.Decide] gives for each customer at these times.
//
// What it holds does not grow with the customers: they are taken one by one, and only
// samples are kept. Facts made by NewFacts of one of the rule sets are the fastest;
// all others do.
//
// It stops at the first error of the customers, at one of Changed, and soon after the
// context ends, and returns that error with the report on the customers until then,
// which is not Complete. Both rule sets have to be in effect at their times, or it is
// a *[NotInEffectError]; a zero At is [ErrNoTime]. A customer on whom rules fail to
// decide is no error: the report counts it.
func Impact(ctx context.Context, c ImpactConfig, customers iter.Seq2[Customer, error]) (*ImpactReport, error) {
	if c.NewAt.IsZero() {
		c.NewAt = c.At
		if from := c.New.EffectiveFrom(); c.At.Before(from) {
			c.NewAt = from
		}
	}
	old, err := newSide(c.Old, c.At)
	if err != nil {
		return nil, err
	}
	fresh, err := newSide(c.New, c.NewAt)
	if err != nil {
		return nil, err
	}
	n := newImpactCounter(&c)
	for customer, err := range customers {
		if err == nil && n.Customers%cancelEvery == 0 && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return n.end(err)
		}
		old.decide(customer.Facts)
		fresh.decide(customer.Facts)
		n.add(customer.Key, old, fresh)
		if c.Changed != nil && old.d.Outcome != fresh.d.Outcome {
			if err := c.Changed(customer.Key, &old.d, &fresh.d); err != nil {
				return n.end(err)
			}
		}
		if c.Progress != nil && n.Customers%progressEvery == 0 {
			c.Progress(n.Customers)
		}
	}
	n.Complete = true
	return n.end(nil)
}

// side decides on one customer after the other by one version.
type side struct {
	set *RuleSet
	at  time.Time
	own Facts // that customers' facts are copied to when they are laid out otherwise
	d   Decision
	err error // of the last customer

	from  *layout // of the last customer's facts
	slots []int32 // where each fact of the rule set lies in it, or -1
}

func newSide(set *RuleSet, at time.Time) (*side, error) {
	s := &side{set: set, at: at, own: set.NewFacts(), d: Decision{Facts: set.NewFacts()}}
	if at.IsZero() {
		return nil, ErrNoTime
	}
	if !set.InEffect(at) {
		return nil, set.DecideInPlace(&s.d, at)
	}
	return s, nil
}

// decide leaves the decision in d.
func (s *side) decide(f Facts) {
	if s.set.keepRest { // a function may read anything
		s.d, s.err = s.set.Decide(f, s.at)
		return
	}
	if f.layout == s.set.layout {
		s.d.Facts = Facts{layout: f.layout, cells: f.cells}
	} else {
		s.copy(f)
		s.d.Facts = s.own
	}
	s.err = s.set.DecideInPlace(&s.d, s.at)
}

// copy puts facts where the rule set looks for them. What they point to is shared:
// deciding changes nothing.
func (s *side) copy(f Facts) {
	if f.layout != s.from || s.slots == nil {
		s.from, s.slots = f.layout, s.slots[:0]
		for _, name := range s.set.layout.names {
			slot := int32(-1)
			if i, ok := f.layout.slot(name); ok {
				slot = int32(i)
			}
			s.slots = append(s.slots, slot)
		}
	}
	rest := f.rest
	for i, slot := range s.slots {
		if slot >= 0 {
			s.own.cells[i] = f.cells[slot]
			continue
		}
		name := s.set.layout.names[i]
		for len(rest) > 0 && rest[0].name < name {
			rest = rest[1:]
		}
		if len(rest) > 0 && rest[0].name == name {
			s.own.cells[i] = *rest[0].cell
		} else {
			s.own.cells[i].kind = none
		}
	}
}

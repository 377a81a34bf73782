package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

// unit is one attempt at a command, or one query: what the engine has of it, and who
// wants it.
type unit struct {
	*engine.Unit
	s       *Service // that remembers what the host has answered, where there is more than one decision
	actor   Actor    // who gives the command; zero for jobs and customers
	request Request
	except  string  // why the actor may review what it did itself; "": it does not
	within  Scope   // of the actor, where it acts on a participation
	lost    []error // what an erasure could not look into
}

// startEngine makes the engine that the desks work on.
func (s *Service) startEngine() {
	s.engine = engine.Engine{
		Clock: s.clock, Random: s.random, Log: s.log,
		Reminders: s.reminders, Persons: s.persons, Horizon: s.policy.Horizon,
		Errors: engine.Errors{
			Unavailable: unavailable,
			Internal:    func(source string, err error) error { return &InternalError{Source: source, Err: err} },
			KeyReused:   keyReused,
			Troubled:    troubled,
		},
	}
}

// opener is a Service, as it opens units.
type opener Service

// Open implements engine.Opener.
func (o *opener) Open(u *engine.Unit) engine.Domain {
	return &unit{Unit: u, s: (*Service)(o).remembering(u.Memo)}
}

// remembering returns the service as it is for one attempt.
func (s *Service) remembering(memo *engine.Memo) *Service {
	if memo == s.memo {
		return s
	}
	one := *s
	one.memo = memo
	return &one
}

// unit returns what a query reads with.
func (s *Service) unit() *unit { return s.engine.Unit(s.memo).Domain.(*unit) }

// attempt decides and writes until no one else was faster.
func attempt[R any](ctx context.Context, s *Service, do func(*unit) (R, error)) (R, error) {
	return engine.Attempt(ctx, &s.engine, storage.CommandRecord{}, onUnit(do))
}

// attemptUpTo is attempt with so many tries.
func attemptUpTo[R any](ctx context.Context, s *Service, tries int, do func(*unit) (R, error)) (R, error) {
	return engine.AttemptUpTo(ctx, &s.engine, storage.CommandRecord{}, tries, onUnit(do))
}

// onUnit returns what the engine does for what a desk does.
func onUnit[R any](do func(*unit) (R, error)) func(*engine.Unit) (R, error) {
	return func(u *engine.Unit) (R, error) { return do(u.Domain.(*unit)) }
}

// event appends to the history of the participation's customer.
func (u *unit) event(e engagement.Event, p engagement.Participation) {
	e.Engagement, e.Participation = p.Engagement, p.ID
	switch {
	case e.By == engagement.ByPartner:
		u.acts(p)
	case e.By == engagement.ByProgram:
		e.Detail.OwnReview = u.except
	}
	u.Event(e, engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer})
}

// limited returns what partners share under the claim limit that the engagement has
// now, and changes it where it is stored under another one.
func (u *unit) limited(e engagement.Engagement, key engagement.CustomerEngagementKey) engagement.CustomerEngagement {
	c := u.SharedAt(key)
	if c.ClaimLimit == e.Limit() {
		return c
	}
	if c.ClaimLimit = e.Limit(); c.Version > 0 {
		u.PutShared(c)
	} else {
		u.SeeShared(c)
	}
	return c
}

// Lapsed implements engine.Domain: it appends to the history that a deadline has passed,
// and tells the partner.
func (u *unit) Lapsed(p engagement.Lapse) {
	u.event(p.Event(u.Now), p.After)
	u.tellPartner(p.After, p.Message(u.Now))
}

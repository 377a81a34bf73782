package workflow

import "log/slog"

// EngagementsDesk shows what the program offers to a partner.
//
// All its methods can return a *[ForbiddenError], a *[NotFoundError] for the partner or
// the engagement, or an *[UnavailableError]. Where rules fail for a location
// (*[eligibility.RuleError]), the location does not count as eligible, and the joined
// errors come together with the result.
type EngagementsDesk struct{ s *Service }

// CustomersDesk finds out who customers are, adds and claims them, and shows the
// Customers pages.
//
// All its methods can return a *[ForbiddenError] or an *[UnavailableError]; those with
// a command, a query or a text also an *[InputError] for each value that cannot be
// used, joined.
type CustomersDesk struct{ s *Service }

// ConsentsDesk asks customers for consent and keeps who is asked.
//
// All its methods can return a *[ForbiddenError], a *[NotFoundError] for the
// participation or an *[UnavailableError]; the commands also an *[InputError] for each
// field that cannot be used, or a *[WrongStateError], which wraps the refusal of
// package consent.
type ConsentsDesk struct{ s *Service }

// ClaimsDesk shows participations with their claims and carries them to submission.
//
// All its methods can return a *[ForbiddenError] or an *[UnavailableError], and those
// about one participation a *[NotFoundError]; the commands also an *[InputError] for
// each field that cannot be used, or a *[WrongStateError], which wraps the refusal of
// package claim.
type ClaimsDesk struct{ s *Service }

// DocumentsDesk keeps the documents that prove a claim.
//
// All its methods can return a *[ForbiddenError], a *[NotFoundError] for the
// participation or the document, an *[InputError] or an *[UnavailableError]; the
// commands also a *[WrongStateError], which wraps the refusal of package claim.
type DocumentsDesk struct{ s *Service }

// SurveysDesk sends the surveys of claims, and takes the partner's answers to its own.
//
// All its methods can return a *[ForbiddenError], a *[NotFoundError] for the
// participation or the survey, an *[InputError] for each field that cannot be used, an
// *[UnavailableError], or a *[WrongStateError], which wraps the refusal of package
// claim or survey.
type SurveysDesk struct{ s *Service }

// ReviewsDesk is the program's: it reviews claims and records what is paid. Each of its
// commands needs [RoleProgram] and an actor for the claim's partner (see [Actor.For])
// who has not acted for that partner on the claim (see [FourEyes]).
//
// All its methods can return a *[ForbiddenError], a *[FourEyesError], a
// *[NotFoundError] for the participation, an *[InputError] for each field that cannot
// be used, an *[UnavailableError], or a *[WrongStateError], which wraps the refusal of
// package claim.
type ReviewsDesk struct{ s *Service }

// HistoriesDesk reads and verifies histories.
//
// All its methods can return a *[ForbiddenError] or an *[UnavailableError], and those
// about one customer a *[NotFoundError] for the customer or an
// *[engagement.HistoryError] when its history was tampered with.
type HistoriesDesk struct{ s *Service }

// FeedDesk is where other systems follow every event of every history.
//
// All its methods can return a *[ForbiddenError] or an *[UnavailableError], and those
// that take a cursor an *[InvalidCursorError].
type FeedDesk struct{ s *Service }

// ProgramDesk imports and re-evaluates known customers, and erases persons. Its methods
// work in batches, take no idempotency key because running them again does no harm, and
// return what they have done also with an error.
//
// All of them can return a *[ForbiddenError], an *[InputError] or an
// *[UnavailableError].
type ProgramDesk struct{ s *Service }

// LinksDesk serves whoever has a link: no actor is needed, the link's token is the
// permission. It is the Desk and the SurveyDesk of package consenthttp.
//
// All its methods can return [link.ErrUnknown], [link.ErrNotShown], a
// *[link.VoidError] or an *[UnavailableError].
type LinksDesk struct{ s *Service }

// JobsDesk has the jobs, which any number of processes may run.
//
// All of them can return an *[UnavailableError]; Sweep, Relay and Prune refuse to run
// with a *[ClockError] in a process whose clock is too far from the storage's.
type JobsDesk struct{ s *Service }

// openDesks makes the desks of a Service, all at once, on its storage: With does so for
// each transaction.
func (s *Service) openDesks() {
	s.engine.Store, s.engine.Transaction, s.engine.Opener = s.store, s.transaction, (*opener)(s)
	d := &struct {
		engagements EngagementsDesk
		customers   CustomersDesk
		consents    ConsentsDesk
		claims      ClaimsDesk
		documents   DocumentsDesk
		surveys     SurveysDesk
		reviews     ReviewsDesk
		histories   HistoriesDesk
		feed        FeedDesk
		program     ProgramDesk
		links       LinksDesk
		jobs        JobsDesk
	}{
		EngagementsDesk{s}, CustomersDesk{s}, ConsentsDesk{s}, ClaimsDesk{s}, DocumentsDesk{s}, SurveysDesk{s},
		ReviewsDesk{s}, HistoriesDesk{s}, FeedDesk{s}, ProgramDesk{s}, LinksDesk{s}, JobsDesk{s},
	}
	s.Engagements, s.Customers, s.Consents, s.Claims = &d.engagements, &d.customers, &d.consents, &d.claims
	s.Documents, s.Surveys, s.Reviews, s.Histories = &d.documents, &d.surveys, &d.reviews, &d.histories
	s.Feed, s.Program, s.Links, s.Jobs = &d.feed, &d.program, &d.links, &d.jobs
}

// Request is who gives a command, and under which idempotency key.
type Request struct {
	Actor Actor
	// Key is the idempotency key: 1 to 200 bytes of random text, such as a UUID, that
	// the host makes once per request of its user.
	Key string
	// IfRevision is the revision of the participation on which the command was decided:
	// it is refused with a *StaleError when the participation has another one by now. "":
	// whatever it is by now.
	IfRevision Revision
}

// LogValue leaves out what is nobody's business in a log.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("actor", r.Actor), slog.String("key", r.Key))
}

// Request returns a request of the actor's under an idempotency key.
func (a Actor) Request(key string) Request { return Request{Actor: a, Key: key} }

// If returns the request for a participation that has this revision.
func (r Request) If(revision Revision) Request {
	r.IfRevision = revision
	return r
}

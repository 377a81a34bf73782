package workflow

import "log/slog"

// EngagementsDesk shows what the program offers to a partner.
type EngagementsDesk struct{ s *Service }

// CustomersDesk finds out who customers are, adds and claims them, and shows the
// Customers pages.
type CustomersDesk struct{ s *Service }

// ConsentsDesk asks customers for consent and keeps who is asked.
type ConsentsDesk struct{ s *Service }

// ClaimsDesk shows participations with their claims and carries them to submission.
type ClaimsDesk struct{ s *Service }

// DocumentsDesk keeps the documents that prove a claim.
type DocumentsDesk struct{ s *Service }

// SurveysDesk sends the surveys of claims.
type SurveysDesk struct{ s *Service }

// ReviewsDesk is the program's: it reviews claims and records what is paid. Each of
// its commands needs [RoleProgram] and an actor for the claim's partner, see [Actor.For],
// who has not acted for that partner on the claim, see [FourEyes].
type ReviewsDesk struct{ s *Service }

// HistoriesDesk reads and verifies histories.
type HistoriesDesk struct{ s *Service }

// FeedDesk is where other systems follow every event of every history.
type FeedDesk struct{ s *Service }

// ProgramDesk imports and re-evaluates known customers, and erases persons.
type ProgramDesk struct{ s *Service }

// LinksDesk serves whoever has a link: no actor is needed, the link's token is the
// permission. It is the Desk and the SurveyDesk of package consenthttp.
type LinksDesk struct{ s *Service }

// JobsDesk has the jobs, which any number of processes may run.
type JobsDesk struct{ s *Service }

// openDesks makes the desks of a Service, all at once: With does so for each
// transaction.
func (s *Service) openDesks() {
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

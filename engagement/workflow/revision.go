package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/storage/record"
)

// StaleError says that a participation has changed since the revision on which a
// command was decided: somebody was faster. Look at what is there now, and decide again.
type StaleError struct {
	Now ParticipationView
}

func (e *StaleError) Error() string {
	return "the participation has changed since you looked at it: look at what is there now, and decide again"
}

// revision names what the actor's side sees of a participation. It is made of the
// participation as it is at now, without what mails and reminders leave on it.
func (s *Service) revision(actor Actor, p engagement.Participation, now time.Time) Revision {
	if settled, err := p.Settle(now); err == nil {
		p = settled
	}
	p = s.seen(actor, p)
	p.Failures, p.RemindedAt, p.RemindAt = nil, time.Time{}, time.Time{}
	p.Consent.Links = unsent(p.Consent.Links)
	if p.Claim != nil {
		seen := *p.Claim
		seen.Surveys = slices.Clone(seen.Surveys)
		for i := range seen.Surveys {
			seen.Surveys[i].Links = unsent(seen.Surveys[i].Links)
		}
		p.Claim = &seen
	}
	text, err := record.Encode(p)
	if err != nil { // it cannot be written either, so nobody can change it
		return ""
	}
	sum := sha256.Sum256(text)
	return Revision(base64.RawURLEncoding.EncodeToString(sum[:12]))
}

// withoutRevision refuses a revision in a command that is about no participation which
// could have one.
func (r Request) withoutRevision() error {
	if r.IfRevision == "" {
		return nil
	}
	return &InputError{Field: "if_revision", Problem: "is given, and the command is about no participation that could have one: leave it out"}
}

// unsent returns links as they are before any mail goes out.
func unsent(links []link.Link) []link.Link {
	links = slices.Clone(links)
	for i := range links {
		links[i].SentAt, links[i].Failed, links[i].Message, links[i].Tokens = time.Time{}, link.Failure{}, "", nil
	}
	return links
}

// checkRevision refuses a command that was decided on another revision than the
// participation has.
func (u *unit) checkRevision(ctx context.Context, p engagement.Participation) error {
	if wanted := u.request.IfRevision; wanted != "" && wanted != u.s.revision(u.actor, p, u.Now) {
		return &StaleError{Now: u.view(ctx, u.actor, p)}
	}
	return nil
}

// Code returns "stale".
func (*StaleError) Code() string { return code.Stale }

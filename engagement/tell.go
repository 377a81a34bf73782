package engagement

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// What is told to whom when something happens is decided here: which event it is for the
// history, which message follows, who gets it, and when it is of no use any more.

// ToCustomer reports whether a kind of message may go to people who are not the
// partner's.
func (k MessageKind) ToCustomer() bool {
	return k == MessageConsentRequest || k == MessageCanceled || k == MessageSurveyRequest
}

// Of returns which of the claim's reviews or payments a message of this kind tells of
// when it is written now, counted from 1; 0 where it tells of none. See [Message].
func (k MessageKind) Of(p Participation) int {
	switch k {
	case MessageClaimPaid:
		return len(p.Claim.Payments)
	case MessageActionRequired, MessageActionReminder, MessageClaimApproved, MessageClaimRejected, MessageDisputeReminder:
		return len(p.Claim.Reviews)
	}
	return 0
}

// Deadline returns the deadline that a message of this kind tells: of what happened the
// one that it began, else the one that runs. It is zero where there is none.
func (k MessageKind) Deadline(p Participation, now time.Time) time.Time {
	switch {
	case p.Claim == nil:
	case k == MessageConsentGranted:
		return p.Claim.SubmitBy
	case k == MessageActionRequired:
		return p.Claim.ReviewBy
	case k == MessageClaimRejected && p.StatusAt(now) != StatusRejected:
		return time.Time{} // it is disputed, or final
	}
	return p.DeadlineAt(now)
}

// Pointless reports whether nobody waits for a message any more: what it reminds of is
// done or over, or what it asks for has been done. Whether a link that it carries can
// still be used is for the link to say.
func (m Message) Pointless(p Participation, now time.Time) bool {
	switch {
	case !m.Deadline.IsZero() && !m.Kind.Deadline(p, now).Equal(m.Deadline):
		return true
	case m.Kind == MessageActionRequired:
		return p.StatusAt(now) != StatusPartnerActionRequired
	case m.Kind == MessageReferralRequest:
		return !p.NeedsReferral(now)
	}
	return false
}

// Mark changes the link that a message carries. It returns [link.ErrUnknown] where the
// participation has none such, or the error of the change.
func (m Message) Mark(p Participation, change func([]link.Link) ([]link.Link, error)) (Participation, link.Link, error) {
	var err error
	if m.Kind == MessageSurveyRequest {
		if p.Claim == nil {
			return p, link.Link{}, link.ErrUnknown
		}
		next, err := claim.MarkLink(*p.Claim, m.Link, change)
		if err != nil {
			return p, link.Link{}, err
		}
		p.Claim = &next
		_, l, err := next.SurveyLink(m.Link)
		return p, l, err
	}
	if p.Consent.Links, err = change(p.Consent.Links); err != nil {
		return p, link.Link{}, err
	}
	l, err := p.Consent.Link(m.Link)
	return p, l, err
}

// Event returns the event that a passed deadline is, recorded at now.
func (l Lapse) Event(now time.Time) Event {
	return Event{Kind: EventDeadlinePassed, By: ByClock, From: l.before(), To: l.After.StatusAt(now), Detail: Detail{Deadline: l.Deadline}}
}

// Message returns what the partner is told of a passed deadline, or "".
func (l Lapse) Message(now time.Time) MessageKind {
	switch {
	case !l.After.Consented():
		return MessageConsentExpired
	case l.After.StatusAt(now) != l.before():
		return MessageClaimExpired
	}
	return ""
}

// before is the status until the deadline.
func (l Lapse) before() Status { return l.Before.StatusAt(l.Deadline.Add(-time.Microsecond)) }

// ReminderDue returns the event of a reminder that is due in a participation, whose
// Detail says of which kind it is and of which deadline.
func ReminderDue(p Participation, now time.Time) Event {
	status := p.StatusAt(now)
	return Event{Kind: EventReminderDue, By: ByClock, From: status, To: status, Detail: Detail{Reminder: ReminderOf(status), Deadline: p.DeadlineAt(now)}}
}

// Answered returns the event that a customer's decision is, and what the partner is told
// of it.
func Answered(d consent.Decision) (EventKind, MessageKind) {
	switch d {
	case consent.DecisionAccept:
		return EventConsentGranted, MessageConsentGranted
	case consent.DecisionDecline:
		return EventConsentDeclined, MessageConsentDeclined
	default:
		return EventConsentWithdrawn, MessageConsentWithdrawn
	}
}

// PartnerContacts returns those whom the partner named. Where there are none, one
// zero address means the partner itself: the host knows whom to tell.
func (p Participation) PartnerContacts() []tenant.Email {
	if len(p.Consent.Partner) == 0 {
		return []tenant.Email{{}}
	}
	return link.Emails(p.Consent.Partner)
}

// PartnerLanguage returns the language in which the partner's contacts are told.
func (p Participation) PartnerLanguage() link.Language {
	if p.Language != "" {
		return p.Language
	}
	return p.Consent.Language()
}

// Contacts returns every contact of both sides that is or was named in a participation.
func (p Participation) Contacts() []link.Contact {
	all := slices.Concat(p.Consent.Partner, p.Consent.Customer)
	for _, l := range p.Links() {
		all = append(all, l.Contact)
	}
	return all
}

// ContactName returns the name of the contact with an address, or "".
func (p Participation) ContactName(to tenant.Email) string {
	for _, c := range p.Contacts() {
		if c.Name != "" && c.Email.Same(to) {
			return c.Name
		}
	}
	return ""
}

// SurveyOf returns the kind of the survey that a link is of, or "".
func (p Participation) SurveyOf(id link.ID) string {
	if p.Claim == nil || id == "" {
		return ""
	}
	v, _, err := p.Claim.SurveyLink(id)
	if err != nil {
		return ""
	}
	return v.Kind
}

// Links returns every link of a participation, of its consent and its surveys.
func (p Participation) Links() []link.Link {
	links := slices.Clone(p.Consent.Links)
	if p.Claim != nil {
		for _, v := range p.Claim.Surveys {
			links = append(links, v.Links...)
		}
	}
	return links
}

// Submitted reports whether the participation's claim was ever submitted.
func (p Participation) Submitted() bool {
	return p.Claim != nil && !p.Claim.FirstSubmittedAt().IsZero()
}

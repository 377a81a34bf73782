package workflow

import (
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// tell queues a message about a participation.
func (u *unit) tell(p engagement.Participation, kind engagement.MessageKind, to tenant.Email, language link.Language, link link.ID) {
	u.Changes.Messages = append(u.Changes.Messages, engagement.Message{
		ID: engagement.MessageID(u.NewID(p.Customer)), Kind: kind, Partner: p.Partner, Engagement: p.Engagement, Customer: p.Customer,
		Participation: p.ID, To: to, Language: language, Link: link, Of: toldOf(kind, p), CreatedAt: u.Now,
	})
	u.count(p, u.Changes.Messages[len(u.Changes.Messages)-1])
}

// tellPartner queues a message for everybody whom the partner named, unless the
// schedule leaves it out.
func (u *unit) tellPartner(p engagement.Participation, kind engagement.MessageKind) {
	if !slices.Contains(u.s.reminders.Tell, kind) {
		return
	}
	for _, to := range partnerContacts(p) {
		u.tell(p, kind, to, partnerLanguage(p), "")
	}
}

// Due implements engine.Domain: it queues the reminder that is due.
func (u *unit) Due(p engagement.Participation) {
	status, deadline := p.StatusAt(u.Now), p.DeadlineAt(u.Now)
	kind := engagement.ReminderOf(status)
	u.event(engagement.Event{
		Kind: engagement.EventReminderDue, By: engagement.ByClock, From: status, To: status,
		Detail: engagement.Detail{Reminder: kind, Deadline: deadline},
	}, p)
	for _, to := range partnerContacts(p) {
		u.tell(p, kind, to, partnerLanguage(p), "")
		u.Changes.Messages[len(u.Changes.Messages)-1].Deadline = deadline
	}
}

// partnerContacts are those whom the partner named. Where there are none, the one
// that is zero stands for the partner as a whole: the host knows whom to tell.
func partnerContacts(p engagement.Participation) []tenant.Email {
	if len(p.Consent.Partner) == 0 {
		return []tenant.Email{{}}
	}
	return link.Emails(p.Consent.Partner)
}

// partnerLanguage is the language in which the partner's contacts are told.
func partnerLanguage(p engagement.Participation) link.Language {
	if p.Language != "" {
		return p.Language
	}
	return languageOf(p.Consent)
}

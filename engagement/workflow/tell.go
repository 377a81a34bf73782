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
		Participation: p.ID, To: to, Language: language, Link: link, Of: kind.Of(p), CreatedAt: u.Now,
	})
	u.count(p, u.Changes.Messages[len(u.Changes.Messages)-1])
}

// tellPartner queues a message for everybody whom the partner named, unless the
// schedule leaves it out.
func (u *unit) tellPartner(p engagement.Participation, kind engagement.MessageKind) {
	if !slices.Contains(u.s.reminders.Tell, kind) {
		return
	}
	for _, to := range p.PartnerContacts() {
		u.tell(p, kind, to, p.PartnerLanguage(), "")
	}
}

// Due implements engine.Domain: it queues the reminder that is due.
func (u *unit) Due(p engagement.Participation) {
	due := engagement.ReminderDue(p, u.Now)
	u.event(due, p)
	for _, to := range p.PartnerContacts() {
		u.tell(p, due.Detail.Reminder, to, p.PartnerLanguage(), "")
		u.Changes.Messages[len(u.Changes.Messages)-1].Deadline = due.Detail.Deadline
	}
}

// askForReferral queues the message that asks the host for a referral, where the
// engagement asks for one. It goes to the partner as a whole, whomever it named.
func (u *unit) askForReferral(p engagement.Participation) {
	if p.NeedsReferral(u.Now) {
		u.tell(p, engagement.MessageReferralRequest, tenant.Email{}, p.PartnerLanguage(), "")
	}
}

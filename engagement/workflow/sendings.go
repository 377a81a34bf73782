package workflow

import (
	"context"
	"errors"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// mailbox is by what a partner's sendings to a mailbox are found, and no address.
func mailbox(p engagement.PartnerID, e tenant.Email) storage.Mailbox {
	return storage.Mailbox{Partner: p, Mailbox: engagement.MailboxDigest(p, e)}
}

// mayWrite refuses what would write to customers more often than the Policy allows
// over participations, each mailbox with its field. What is in the record counts by
// itself, so that for one participation, and others before it in its record, it is
// exact; commands that are in flight at the same moment may exceed what counts over
// records. It returns nil, or a *link.LimitError for each, joined.
func (u *unit) mayWrite(ctx context.Context, p engagement.Participation, to named, request bool) error {
	n, err := u.s.sendings(ctx, p.Partner, link.Emails(to.contacts), len(to.contacts), u.Now)
	if err != nil {
		return err
	}
	r := u.Record(p.Record())
	var errs []error
	for i, c := range to.contacts {
		refused := (*link.LimitError)(nil)
		if errors.As(u.s.policy.MayWriteTo(n.earlier(c.Email, p.Engagement, r.AskedFor(c.Email)), request, u.Now), &refused) {
			refused.Field = to.field(i)
			errs = append(errs, refused)
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return u.s.policy.MayWriteToday(n.loaded.Sent, len(to.contacts), n.known, u.Now)
}

// count notes that a message writes to a customer, for mayWrite.
func (u *unit) count(p engagement.Participation, m engagement.Message) {
	n := storage.Sending{Partner: m.Partner, Message: m.ID, Mailbox: mailbox(m.Partner, m.To).Mailbox, At: u.Now}
	switch m.Kind {
	case engagement.MessageConsentRequest:
		n.Engagement = p.Engagement
	case engagement.MessageSurveyRequest:
		if v, _, err := p.Claim.SurveyLink(m.Link); err != nil || v.Form.OfPartner {
			return
		}
	default:
		return
	}
	u.Changes.Sendings = append(u.Changes.Sendings, n)
	u.Changes.SendingsFrom = u.s.policy.Horizon(u.Now)
}

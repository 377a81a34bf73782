package workflow

import (
	"context"
	"errors"
	"slices"

	"github.com/partnerengage/partnerengage/consent"
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
// records. It returns nil, or a *consent.LimitError for each, joined.
func (u *unit) mayWrite(ctx context.Context, p engagement.Participation, to named, request bool) error {
	policy := u.s.policy
	query := storage.SendingsQuery{Partner: p.Partner, Since: policy.Horizon(u.now), Today: consent.Today(u.now)}
	for _, c := range to.contacts {
		query.Mailboxes = append(query.Mailboxes, mailbox(p.Partner, c.Email).Mailbox)
	}
	loaded, err := u.s.store.Load(ctx, storage.Want{Sendings: query})
	if err != nil {
		return unavailable("storage", err)
	}
	r := u.record(p.Record())
	var errs []error
	for i, c := range to.contacts {
		var earlier []consent.Earlier
		here := 0
		for _, n := range loaded.Sendings {
			if n.Mailbox == query.Mailboxes[i] {
				earlier = append(earlier, consent.Earlier{At: n.At, Here: n.Engagement == p.Engagement})
				if n.Engagement == p.Engagement {
					here++
				}
			}
		}
		if asked := r.AskedFor(c.Email); len(asked) > here { // written before sendings were kept, or just now
			earlier = slices.DeleteFunc(earlier, func(e consent.Earlier) bool { return e.Here })
			earlier = append(earlier, asked...)
		}
		if refused := (*consent.LimitError)(nil); errors.As(policy.MayWriteTo(earlier, request, u.now), &refused) {
			refused.Field = to.field(i)
			errs = append(errs, refused)
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	free, limited := policy.DayAllows()
	if over := loaded.Sent + len(to.contacts) - free; limited && over > 0 {
		known, err := u.s.store.Customers(ctx, storage.CustomersQuery{Partner: p.Partner, Known: true, Limit: over})
		if err != nil {
			return unavailable("storage", err)
		}
		return policy.MayWriteToday(loaded.Sent, len(to.contacts), len(known), u.now)
	}
	return nil
}

// count notes that a message writes to a customer, for mayWrite.
func (u *unit) count(p engagement.Participation, m engagement.Message) {
	n := storage.Sending{Partner: m.Partner, Message: m.ID, Mailbox: mailbox(m.Partner, m.To).Mailbox, At: u.now}
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
	u.changes.Sendings = append(u.changes.Sendings, n)
	u.changes.SendingsFrom = u.s.policy.Horizon(u.now)
}

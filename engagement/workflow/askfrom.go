package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// sendings are what a partner has sent of late, as far as the limits on sending to
// these contacts go.
type sendings struct {
	policy  link.Policy
	partner engagement.PartnerID
	loaded  storage.Loaded
	known   int // known customers, as far as they matter
	now     time.Time
}

// sendings reads what the limits on sending go by, for so many contacts at once, with
// one query for all of them and, where the day's may be reached by so many messages,
// one more.
func (s *Service) sendings(ctx context.Context, partner engagement.PartnerID, to []tenant.Email, messages int, now time.Time) (sendings, error) {
	out := sendings{policy: s.policy, partner: partner, now: now}
	query := storage.SendingsQuery{Partner: partner, Since: s.policy.Horizon(now), Today: link.Today(now)}
	for _, e := range to {
		if box := mailbox(partner, e).Mailbox; !slices.Contains(query.Mailboxes, box) {
			query.Mailboxes = append(query.Mailboxes, box)
		}
	}
	var err error
	if out.loaded, err = s.store.Load(ctx, storage.Want{Sendings: query}); err != nil {
		return out, unavailable("storage", err)
	}
	free, limited := s.policy.DayAllows()
	if over := out.loaded.Sent + messages - free; limited && over > 0 {
		known, err := s.store.Customers(ctx, storage.CustomersQuery{Partner: partner, Known: true, Limit: over})
		lost, err := storage.Unreadable(err)
		if err != nil {
			return out, unavailable("storage", err)
		}
		out.known = len(known) + len(lost)
	}
	return out, nil
}

// earlier returns what was sent to a mailbox before. When it was asked in the record is
// what counts there if that is more: what was sent before sendings were kept, or just
// now, is nowhere else.
func (n sendings) earlier(to tenant.Email, e engagement.ID, asked []link.Earlier) []link.Earlier {
	box := mailbox(n.partner, to).Mailbox
	var earlier []link.Earlier
	here := 0
	for _, sent := range n.loaded.Sendings {
		if sent.Mailbox != box {
			continue
		}
		earlier = append(earlier, link.Earlier{At: sent.At, Here: sent.Engagement == e})
		if sent.Engagement == e {
			here++
		}
	}
	if len(asked) > here {
		earlier = slices.DeleteFunc(earlier, func(x link.Earlier) bool { return x.Here })
		earlier = append(earlier, asked...)
	}
	return earlier
}

// mailboxFrom returns from when a mailbox may be asked for consent to an engagement, by
// what was sent for it and for others, and which limit holds longest; zero: now.
func (n sendings) mailboxFrom(to tenant.Email, e engagement.ID, asked []link.Earlier) (time.Time, link.Limit) {
	earlier := n.earlier(to, e, asked)
	from, limit, at := time.Time{}, link.Limit(""), n.now
	for {
		many := (*link.LimitError)(nil)
		if !errors.As(n.policy.MayWriteTo(earlier, true, at), &many) {
			return from, limit
		}
		from, limit, at = many.NotBefore, many.Limit, many.NotBefore // where another limit may still hold
	}
}

// dayFrom returns from when so many contacts may be written to, by what was sent today;
// zero: now.
func (n sendings) dayFrom(messages int) time.Time {
	many := (*link.LimitError)(nil)
	if errors.As(n.policy.MayWriteToday(n.loaded.Sent, messages, n.known, n.now), &many) {
		return many.NotBefore
	}
	return time.Time{}
}

// asking is a row whose customer can be asked, and whom of it.
type asking struct {
	row *engagement.Row
	to  []tenant.Email // who is asked again; none before the first request, which names them
}

// askingOf returns the row as one to be asked, false where nobody can be asked now.
func askingOf(r *engagement.Row, e engagement.Entry) (asking, bool) {
	p := e.Shown.Participation
	if p == nil || r.Tab != engagement.TabEligible || r.Type != engagement.RowNotStarted {
		return asking{}, false
	}
	if r.Status == engagement.StatusAwaitingConsentResponse {
		return asking{r, link.Emails(p.Consent.Contacts())}, true
	}
	return asking{row: r}, r.Status == engagement.StatusCustomerClaimed
}

// sayFrom makes rows of a partner say from when their customers can be asked, by all
// that the partner has sent, and takes from their actions what would be refused until
// then.
func (s *Service) sayFrom(ctx context.Context, partner engagement.PartnerID, rows []asking, now time.Time) error {
	var to []tenant.Email
	most := 1
	for _, a := range rows {
		to, most = append(to, a.to...), max(most, len(a.to))
	}
	if len(rows) == 0 {
		return nil
	}
	n, err := s.sendings(storage.Shown(ctx), partner, to, most, now)
	if err != nil {
		return err
	}
	for _, a := range rows {
		from := n.dayFrom(max(1, len(a.to)))
		for _, e := range a.to {
			if at, _ := n.mailboxFrom(e, a.row.Engagement, nil); at.After(from) {
				from = at
			}
		}
		if !from.After(a.row.AskFrom) {
			continue
		}
		a.row.Actions = slices.DeleteFunc(slices.Clone(a.row.Actions), func(x engagement.Action) bool {
			return x == engagement.ActionRequestConsent || x == engagement.ActionResendConsent
		})
		a.row.AskFrom = from
		if !from.Before(a.row.Deadline) { // and not any more
			a.row.AskFrom = time.Time{}
		}
	}
	return nil
}

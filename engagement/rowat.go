package engagement

import (
	"errors"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
)

// RowAt returns the row that the entry is at now, with the actions that are allowed
// as far as what was sent for its participation and others of its record tells, and
// by the engagement as it is; false where it is on no page and no list then. Rows that
// left the page are rows with TabOff.
func (e Entry) RowAt(offer Engagement, policy link.Policy, now time.Time) (Row, bool) {
	r, ok := e.rowAt(now)
	if !ok {
		return r, false
	}
	var p Participation
	if e.Shown.Participation != nil {
		p = *e.Shown.Participation
	}
	if !r.Deadline.IsZero() {
		r.DaysLeft = DaysLeft(r.Deadline, now, offer.zoneOf(p.Terms))
	}
	from, mayResend := e.Shown.resendFrom(policy, now)
	if r.Status == StatusAwaitingConsentResponse && r.Tab == TabEligible {
		r.AskFrom = from
	}
	full := e.Room.withLimit(offer.Limit()).FullAt(now) // what was stored may be under an older one
	r.Actions = r.actions(p, offer, mayResend, full, now)
	return r, true
}

// rowAt returns the row without what depends on the engagement as it is.
func (e Entry) rowAt(now time.Time) (Row, bool) {
	if e.Shown.Participation == nil {
		return e.knownRowAt(now)
	}
	p := *e.Shown.Participation
	r := participationRow(p, now)
	if full := e.full(now); p.OpenAt(now) && !p.Consented() && len(full) > 0 {
		r.Tab, r.Reasons = TabIneligible, full
	}
	return r, true
}

// full returns why the claim limit leaves no room at now. An entry that was made on
// another process's clock, by which others' room had become free already, stays on its
// tab; only its actions say that there is none yet.
func (e Entry) full(now time.Time) []Reason {
	if e.Tab == TabEligible && !Passed(e.Until, now) {
		return nil
	}
	return e.Room.Reasons(now)
}

// knownRowAt is the row of a customer who is known and has nothing open here. While the
// engagement is not open for claims, an eligible one stays on TabEligible, and the
// row says that it cannot be claimed now: every known customer is on the page
// beforehand, none of the reasons on TabIneligible would be true of it, and rows and
// counts, which go by the tab, stay in step with what is stored when an engagement
// opens and closes. The action is what follows the engagement's dates, at once.
//
// A customer whose place the partner itself holds shows as that participation only.
func (e Entry) knownRowAt(now time.Time) (Row, bool) {
	s := e.Shown
	full := e.full(now)
	if !s.Known || s.openAt(now) || len(full) > 0 && e.Room.at(now, TakenBySelf) > 0 {
		return Row{}, false
	}
	r := Row{
		ID: e.Row, Tab: TabIneligible, Type: RowNotStarted, Engagement: e.Record.Engagement, Customer: e.Record.Customer,
		Identity: s.Identity, FriendlyName: s.FriendlyName, Locations: s.Evaluation.Locations, Since: s.Evaluation.At,
	}
	if s.Evaluation.Eligible() && len(full) == 0 {
		r.Tab = TabEligible
		return r, true
	}
	r.Reasons = append(slices.Clip(s.Evaluation.Reasons), full...)
	if len(r.Reasons) == 0 {
		r.Reasons = []Reason{{Kind: ReasonFactsMissing, Doc: "The customer has not been evaluated for this engagement yet."}}
	}
	return r, true
}

// resendFrom returns whether the participation's contacts may be asked again now or,
// else, from when; the zero time if not at all. It knows what was sent for this
// engagement: what else the mailboxes were sent, and all of the day's, is not known here.
func (s Shown) resendFrom(policy link.Policy, now time.Time) (time.Time, bool) {
	if s.Participation == nil {
		return time.Time{}, false
	}
	p := *s.Participation
	var from time.Time
	if err := consent.MayResend(p.Consent, policy, now); err != nil {
		soon := (*link.TooSoonError)(nil)
		if !errors.As(err, &soon) {
			return time.Time{}, false
		}
		from = soon.NotBefore
	}
	all := PartnerRecord{Key: p.Record(), Participations: []Participation{p}, Asked: s.Asked}
	for _, c := range p.Consent.Contacts() {
		many := (*link.LimitError)(nil)
		if errors.As(policy.MayWriteTo(all.AskedFor(c.Email), true, now), &many) && many.NotBefore.After(from) {
			from = many.NotBefore
		}
	}
	if deadline, runs := p.Consent.NextDeadline(); runs && !from.Before(deadline) {
		return time.Time{}, false
	}
	return from, from.IsZero()
}

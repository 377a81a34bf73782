package workflow

import (
	"context"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
)

// ClaimView is one participation as the claims desk shows it. Its Claim is nil
// until the customer consents.
type ClaimView struct {
	engagement.Participation
	Status        engagement.Status
	Deadline      time.Time              // until which the partner has something to do; zero: nothing
	DeadlineTerms string                 // the version of the engagement under whose windows the deadline was made
	DaysLeft      int                    // until the deadline, rounded up
	AskFrom       time.Time              // see engagement.Row.AskFrom
	Unreached     []engagement.Unreached // contacts of both sides that the last message did not reach
	Actions       []engagement.Action    // what the partner can do now; not for the Program
	Missing       []claim.Missing        // what has to be there before it can be submitted
	Reviews       []claim.Kind           // what the Program can do now; not for the partner, nor for whoever acted for it
	Payee         string                 // payee profile status of the participation's location now; engagement.PayeeValid: it can be paid
	Repeated      []Repetition           // evidence whose content is elsewhere in the partner's claims; for the Program
	WithdrawnAt   time.Time              // when the customer withdrew after the submission; zero: it has not
	// NeedsReferral says that the engagement asks for a referral which is not recorded.
	NeedsReferral bool
	History       []engagement.Event // of this participation, the oldest first

	// UnreadableEvents are the numbers of events that stand among these, by their Seq,
	// and that storage cannot read: the host is told why in its log.
	UnreadableEvents []int64
}

// Get returns one participation with its claim, what is missing and its
// history, for its partner and for the Program. Its Terms, Decision and Claim say
// which versions of the engagement, its rules, rates and proof it stands on; with
// engagement.AnchorSubmission a draft shows the proof that is asked for now.
//
// Of the history with the customer it reads only the events about the participation. It checks that the participation is
// what the last of them led to, that the end was not cut off, and that each of them
// that directly follows another, or begins the history, was not changed. Whether the
// rest were shows in History and in VerifyHistory.
//
// It returns a *ForbiddenError, a *NotFoundError or an *UnavailableError, and an
// *engagement.HistoryError together with the view when the history was tampered
// with.
func (d *ClaimsDesk) Get(ctx context.Context, actor Actor, id engagement.ParticipationID) (ClaimView, error) {
	s := d.s
	u := s.unit(storage.CommandRecord{})
	p, err := u.participation(ctx, actor, MayViewClaims, id)
	if err != nil {
		return ClaimView{}, err
	}
	if actor.program() {
		if p, err = u.rememberActors(ctx, p); err != nil {
			return ClaimView{}, err
		}
	}
	_, mayNot := s.mayReview(actor, p)
	view := ClaimView{Participation: s.seen(actor, p), Status: p.StatusAt(u.now), Unreached: p.Unreached(), WithdrawnAt: p.Consent.WithdrawalRequestedAt(), NeedsReferral: p.NeedsReferral(u.now)}
	e, err := s.engagementLeft(ctx, p.Engagement)
	if err != nil {
		return view, err
	}
	r := u.record(p.Record())
	stored, _ := r.Participation(id) // what there is to prove can have changed since
	entry := r.EntryOf(stored, u.roomOf(r.Key), u.now)
	row, _ := entry.RowAt(e, s.policy, u.now)
	if a, ok := askingOf(&row, entry); ok && !actor.program() {
		if err := s.sayFrom(ctx, p.Partner, []asking{a}, u.now); err != nil {
			return view, err
		}
	}
	view.AskFrom = row.AskFrom
	view.Deadline, view.DeadlineTerms, view.DaysLeft, view.Actions = row.Deadline, row.DeadlineTerms, row.DaysLeft, row.Actions
	if actor.program() {
		view.Actions = nil
	}
	if p.Claim != nil && actor.program() && mayNot == nil {
		for _, k := range []claim.Kind{claim.KindStartReview, claim.KindRequestAction, claim.KindApprove, claim.KindReject, claim.KindPay} {
			if p.Claim.Allows(k, u.now) {
				view.Reviews = append(view.Reviews, k)
			}
		}
	}
	partner, err := s.partner(ctx, p.Partner)
	if err != nil {
		return view, err
	}
	if l, ok := partner.Location(p.Location); ok {
		view.Payee = l.Payee
	}
	if p.Claim != nil && p.Claim.Allows(claim.KindSubmit, u.now) {
		view.Missing = p.Claim.Missing()
	}
	if actor.program() {
		if view.Repeated, err = s.repetitions(ctx, p, u.now); err != nil {
			return view, err
		}
	}
	events, lost, err := s.claimHistory(ctx, stored)
	view.History, view.UnreadableEvents = eventsSeenBy(actor.side(), events), lost
	return view, err
}

package workflow

import (
	"context"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// ClaimView is one participation as the claims desk shows it.
type ClaimView struct {
	ParticipationView
	Missing     []claim.Missing `json:"missing"`         // what has to be there before it can be submitted
	Reviews     []claim.Kind    `json:"reviews"`         // what the Program can do now; not for the partner, nor for whoever acted for it
	Payee       string          `json:"payee,omitempty"` // payee profile status of the participation's location now; engagement.PayeeValid: it can be paid
	Repetitions []Repetition    `json:"repetitions"`     // evidence whose content is elsewhere in the partner's claims; for the Program

	History []engagement.Event `json:"history"` // of this participation, the oldest first
	// UnreadableEvents are the numbers of events that stand among these, by their Seq,
	// and that storage cannot read: the host is told why in its log.
	UnreadableEvents []int64 `json:"unreadable_events"`
}

// Get returns one participation with its claim, what is missing and its history, for
// its partner and for the Program. Its Terms, Decision and Claim say which versions of
// the engagement, its rules, rates and proof apply to it; with
// [engagement.AnchorSubmission] a draft shows the proof that is required now.
//
// Of the history with the customer it reads only the events about the participation. It
// checks that the participation is what the last of them led to, that the end was not
// cut off, and that each of them that directly follows another, or begins the history,
// was not changed. The rest is checked by [HistoriesDesk.List] and
// [HistoriesDesk.Verify].
//
// When the history was tampered with, it returns an *[engagement.HistoryError] together
// with the view.
func (d *ClaimsDesk) Get(ctx context.Context, actor Actor, id engagement.ParticipationID) (ClaimView, error) {
	s := d.s
	u := s.unit()
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
	view := ClaimView{Missing: []claim.Missing{}, Reviews: []claim.Kind{}, Repetitions: []Repetition{}}
	if view.ParticipationView, err = u.viewWhole(ctx, actor, p); err != nil {
		return view, err
	}
	stored, _ := u.Record(p.Record()).Participation(id) // what there is to prove can have changed since
	if p.Claim != nil && actor.program() && mayNot == nil {
		for _, k := range []claim.Kind{claim.KindStartReview, claim.KindRequestAction, claim.KindApprove, claim.KindReject, claim.KindPay} {
			if p.Claim.Allows(k, u.Now) {
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
	if p.Claim != nil && p.Claim.Allows(claim.KindSubmit, u.Now) {
		view.Missing = listOf(p.Claim.Missing())
	}
	if actor.program() {
		found, err := s.repetitions(ctx, p, u.Now)
		if err != nil {
			return view, err
		}
		view.Repetitions = listOf(found)
	}
	events, lost, err := s.claimHistory(ctx, stored)
	view.History, view.UnreadableEvents = listOf(eventsSeenBy(actor.side(), events)), listOf(lost)
	return view, err
}

// Participation returns a participation of the partner as it is now. See
// [ClaimsDesk.Get] for more.
func (d *ClaimsDesk) Participation(ctx context.Context, actor Actor, id engagement.ParticipationID) (ParticipationView, error) {
	s := d.s
	u := s.unit()
	p, err := u.participation(ctx, actor, MayViewCustomers, id)
	if err != nil {
		return ParticipationView{}, err
	}
	return u.viewWhole(ctx, actor, p)
}

// Status returns the status of a participation of the partner at this moment.
func (d *ClaimsDesk) Status(ctx context.Context, actor Actor, id engagement.ParticipationID) (engagement.Status, error) {
	s := d.s
	u := s.unit()
	p, err := u.participation(ctx, actor, MayViewCustomers, id)
	if err != nil {
		return "", err
	}
	return p.StatusAt(u.Now), nil
}

package claim

import (
	"slices"
	"time"
)

// Guard is what must hold, besides the status, for a [Move].
type Guard string

// The guards of moves. The deadline is the one of the status: [State.Deadline].
const (
	Always         Guard = ""
	BeforeDeadline Guard = "before the deadline"
	AtDeadline     Guard = "at or after the deadline"
	BeforeSubmitBy Guard = "before the deadline and the submission deadline"
	WhileSending   Guard = "before the submission and the review deadline"
	BeforeReviewBy Guard = "before the review deadline"
	TimeLeft       Guard = "before the deadline that it has as a draft"
	NeverSubmitted Guard = "never submitted"
	SubmittedOnce  Guard = "submitted before"
	FirstDraft     Guard = "before the deadline, never submitted"
	LaterDraft     Guard = "before the deadline, submitted before"
	MissedSubmitBy Guard = "at or after the deadline, never reviewed"
	MissedReviewBy Guard = "at or after the deadline, reviewed before"
	BeforeDispute  Guard = "not disputed before"
	AfterDispute   Guard = "disputed before"
	PartOfApproved Guard = "less than what is left"
	RestOfApproved Guard = "all that is left"
)

// Move is one line of the table of a claim's life.
type Move struct {
	From Status
	On   Kind
	When Guard
	To   Status
}

// Moves returns the whole table: what it does not list is not allowed. Nothing
// but the table decides the status that an event leads to.
func Moves() []Move {
	return []Move{
		{Draft, KindAddEvidence, BeforeDeadline, Draft},
		{Draft, KindRemoveEvidence, BeforeDeadline, Draft},
		{Draft, KindSendSurvey, BeforeSubmitBy, Draft},
		{Draft, KindResendSurvey, BeforeSubmitBy, Draft},
		{Draft, KindAnswerSurvey, BeforeDeadline, Draft},
		{Draft, KindComment, BeforeDeadline, Draft},
		{Draft, KindSubmit, BeforeDeadline, Submitted},
		{Draft, KindCancel, FirstDraft, Cancelled},
		{Draft, KindWithdraw, FirstDraft, Withdrawn},
		{Draft, KindWithdraw, LaterDraft, Draft}, // a recall does not undo that it was submitted
		{Draft, KindExpire, MissedSubmitBy, NotSubmittedExpired},
		{Draft, KindExpire, MissedReviewBy, PostSubmissionExpired},

		// What is not needed to submit, or is better late than never, may still come; once
		// there is a decision nobody waits for it.
		{Submitted, KindSendSurvey, WhileSending, Submitted},
		{Submitted, KindResendSurvey, WhileSending, Submitted},
		{Submitted, KindAnswerSurvey, BeforeReviewBy, Submitted},
		{Submitted, KindComment, Always, Submitted},
		{Submitted, KindRecall, TimeLeft, Draft},
		{Submitted, KindStartReview, Always, UnderReview},
		{Submitted, KindWithdraw, Always, Submitted}, // from now on a withdrawal is a flag for the reviewer

		{UnderReview, KindSendSurvey, WhileSending, UnderReview},
		{UnderReview, KindResendSurvey, WhileSending, UnderReview},
		{UnderReview, KindAnswerSurvey, BeforeReviewBy, UnderReview},
		{UnderReview, KindComment, Always, UnderReview},
		{UnderReview, KindAskForAction, BeforeReviewBy, ActionRequired}, // later the partner would have no time: a slow reviewer expires nothing
		{UnderReview, KindApprove, Always, Approved},
		{UnderReview, KindReject, BeforeDispute, Rejected},
		{UnderReview, KindReject, AfterDispute, RejectedFinal},
		{UnderReview, KindWithdraw, Always, UnderReview},

		{ActionRequired, KindAddEvidence, BeforeDeadline, ActionRequired},
		{ActionRequired, KindRemoveEvidence, BeforeDeadline, ActionRequired},
		{ActionRequired, KindSendSurvey, BeforeSubmitBy, ActionRequired},
		{ActionRequired, KindResendSurvey, BeforeSubmitBy, ActionRequired},
		{ActionRequired, KindAnswerSurvey, BeforeDeadline, ActionRequired},
		{ActionRequired, KindComment, BeforeDeadline, ActionRequired},
		{ActionRequired, KindSubmit, BeforeDeadline, Submitted},
		{ActionRequired, KindWithdraw, BeforeDeadline, ActionRequired},
		{ActionRequired, KindExpire, AtDeadline, PostSubmissionExpired},

		{Approved, KindComment, Always, Approved},
		{Approved, KindPay, PartOfApproved, Approved},
		{Approved, KindPay, RestOfApproved, Paid},
		{Approved, KindWithdraw, Always, Approved},

		{Paid, KindWithdraw, Always, Paid},

		{Rejected, KindComment, BeforeDeadline, Rejected},
		{Rejected, KindDispute, BeforeDeadline, Disputed},
		{Rejected, KindWithdraw, BeforeDeadline, Rejected},
		{Rejected, KindExpire, AtDeadline, Undisputed},

		{Undisputed, KindWithdraw, Always, Undisputed},
		{Undisputed, KindExpire, Always, Undisputed}, // recording it twice changes nothing

		{Disputed, KindAddEvidence, BeforeDeadline, Disputed},
		{Disputed, KindRemoveEvidence, BeforeDeadline, Disputed},
		{Disputed, KindSendSurvey, BeforeSubmitBy, Disputed},
		{Disputed, KindResendSurvey, BeforeSubmitBy, Disputed},
		{Disputed, KindAnswerSurvey, BeforeDeadline, Disputed},
		{Disputed, KindComment, BeforeDeadline, Disputed},
		{Disputed, KindSubmit, BeforeDeadline, Submitted},
		{Disputed, KindWithdraw, BeforeDeadline, Disputed},
		{Disputed, KindExpire, AtDeadline, DisputedExpired},

		{RejectedFinal, KindWithdraw, Always, RejectedFinal},

		{NotSubmittedExpired, KindWithdraw, NeverSubmitted, Withdrawn}, // so it can still be taken back
		{NotSubmittedExpired, KindWithdraw, SubmittedOnce, NotSubmittedExpired},
		{NotSubmittedExpired, KindExpire, Always, NotSubmittedExpired},
		{PostSubmissionExpired, KindWithdraw, Always, PostSubmissionExpired},
		{PostSubmissionExpired, KindExpire, Always, PostSubmissionExpired},
		{DisputedExpired, KindWithdraw, Always, DisputedExpired},
		{DisputedExpired, KindExpire, Always, DisputedExpired},
	}
}

// moves is the table, cut where another status begins.
var moves = func() (cut [][]Move) {
	for _, m := range Moves() {
		if last := len(cut) - 1; last >= 0 && cut[last][0].From == m.From {
			cut[last] = append(cut[last], m)
		} else {
			cut = append(cut, []Move{m})
		}
	}
	return cut
}()

// movesFrom returns the moves that lead away from a status. For so few a search is
// faster than a map.
func movesFrom(s Status) []Move {
	for _, list := range moves {
		if list[0].From == s {
			return list
		}
	}
	return nil
}

// holds reports whether the guard lets e happen to s at now.
func (g Guard) holds(s *State, e Event, now time.Time) bool {
	switch g {
	case Always:
		return true
	case BeforeDeadline:
		return now.Before(s.deadline())
	case AtDeadline:
		return !now.Before(s.deadline())
	case BeforeSubmitBy:
		return now.Before(s.deadline()) && now.Before(s.SubmitBy)
	case WhileSending:
		return now.Before(s.SubmitBy) && now.Before(s.ReviewBy) // else nobody could answer
	case BeforeReviewBy:
		return now.Before(s.ReviewBy)
	case TimeLeft:
		return now.Before(s.draftDeadline())
	case NeverSubmitted, SubmittedOnce:
		return (len(s.Submissions) == 0) == (g == NeverSubmitted)
	case FirstDraft, LaterDraft:
		return now.Before(s.deadline()) && (len(s.Submissions) == 0) == (g == FirstDraft)
	case MissedSubmitBy, MissedReviewBy:
		return !now.Before(s.deadline()) && (len(s.Reviews) == 0) == (g == MissedSubmitBy)
	case BeforeDispute, AfterDispute:
		return s.Dispute.OpenedAt.IsZero() == (g == BeforeDispute)
	case PartOfApproved, RestOfApproved:
		p, ok := e.(Pay)
		return ok && s.Paid.Amount.Add(p.Amount.Amount).LessThan(s.Approved.Amount) == (g == PartOfApproved)
	}
	return false
}

// moveOf finds the one move of the table that e makes, or the refusal. A status
// that is over by now is left as it will be recorded.
func moveOf(s *State, e Event, now time.Time) (*Move, error) {
	on := e.Kind()
	from := s.Status
	if on != KindExpire {
		from = s.statusAt(now)
	}
	list := movesFrom(from)
	for i := range list {
		if m := &list[i]; m.On == on && m.When.holds(s, e, now) {
			return m, nil
		}
	}
	return nil, refusal(s, on, now)
}

// refusal says, as helpfully as the state allows, why the table has no move.
func refusal(s *State, on Kind, now time.Time) error {
	status := s.statusAt(now)
	switch status {
	case NotSubmittedExpired, PostSubmissionExpired, DisputedExpired:
		return &ExpiredError{Status: status, Deadline: s.lapsed(status)}
	}
	e := &NotAllowedError{Status: status, Event: on}
	switch {
	case on == KindAskForAction && status == UnderReview:
		e.Why = "the review deadline has passed, and the partner would have no time to act: approve or reject the claim"
	case on == KindSendSurvey || on == KindResendSurvey:
		if slices.Contains([]Status{Draft, Submitted, UnderReview, ActionRequired, Disputed}, status) {
			if e.Why = "the submission deadline has passed"; now.Before(s.SubmitBy) {
				e.Why = "the review deadline has passed"
			}
		}
	case on == KindAnswerSurvey && (status == Submitted || status == UnderReview):
		e.Why = "the review deadline has passed"
	case on == KindRecall && status == Submitted:
		e.Why = "the time in which it could be submitted again is over"
	case on == KindRecall && status == UnderReview:
		e.Why = "the review has started"
	case on == KindDispute && status == Undisputed:
		e.Why = "the time to dispute the rejection is over"
	case on == KindDispute && status == RejectedFinal:
		e.Why = "a claim can be disputed once"
	case on == KindCancel && !s.FirstSubmittedAt().IsZero():
		e.Why = "the claim has been submitted"
	case on == KindExpire:
		e.Why = "no deadline of the claim has passed"
	}
	return e
}

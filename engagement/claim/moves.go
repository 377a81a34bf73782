package claim

import (
	"slices"
	"time"
)

// Guard is what must hold, besides the status, for a [Move].
type Guard string

// The guards of moves. The deadline is the one of the status: [State.Deadline].
const (
	GuardAlways         Guard = ""
	GuardBeforeDeadline Guard = "before the deadline"
	GuardAtDeadline     Guard = "at or after the deadline"
	GuardBeforeSubmitBy Guard = "before the deadline and the submission deadline"
	GuardWhileSending   Guard = "before the submission and the review deadline"
	GuardBeforeReviewBy Guard = "before the review deadline"
	GuardTimeLeft       Guard = "before the deadline that it has as a draft"
	GuardNeverSubmitted Guard = "never submitted"
	GuardSubmittedOnce  Guard = "submitted before"
	GuardFirstDraft     Guard = "before the deadline, never submitted"
	GuardLaterDraft     Guard = "before the deadline, submitted before"
	GuardMissedSubmitBy Guard = "at or after the deadline, never reviewed"
	GuardMissedReviewBy Guard = "at or after the deadline, reviewed before"
	GuardBeforeDispute  Guard = "not disputed before"
	GuardAfterDispute   Guard = "disputed before"
	GuardPartOfApproved Guard = "less than what is left"
	GuardRestOfApproved Guard = "all that is left"
)

// AllGuards returns every Guard.
func AllGuards() []Guard {
	return []Guard{
		GuardAlways, GuardBeforeDeadline, GuardAtDeadline, GuardBeforeSubmitBy, GuardWhileSending, GuardBeforeReviewBy,
		GuardTimeLeft, GuardNeverSubmitted, GuardSubmittedOnce, GuardFirstDraft, GuardLaterDraft, GuardMissedSubmitBy,
		GuardMissedReviewBy, GuardBeforeDispute, GuardAfterDispute, GuardPartOfApproved, GuardRestOfApproved,
	}
}

// MarshalText writes the documented spelling and nothing else.
func (g Guard) MarshalText() ([]byte, error) { return spell("guard", g, AllGuards()) }

// UnmarshalText reads the documented spelling and nothing else.
func (g *Guard) UnmarshalText(text []byte) error { return decode("guard", g, text, AllGuards()) }

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
		{StatusDraft, KindAddEvidence, GuardBeforeDeadline, StatusDraft},
		{StatusDraft, KindRemoveEvidence, GuardBeforeDeadline, StatusDraft},
		{StatusDraft, KindSendSurvey, GuardBeforeSubmitBy, StatusDraft},
		{StatusDraft, KindResendSurvey, GuardBeforeSubmitBy, StatusDraft},
		{StatusDraft, KindAnswerSurvey, GuardBeforeDeadline, StatusDraft},
		{StatusDraft, KindComment, GuardBeforeDeadline, StatusDraft},
		{StatusDraft, KindSubmit, GuardBeforeDeadline, StatusSubmitted},
		{StatusDraft, KindCancel, GuardFirstDraft, StatusCanceled},
		{StatusDraft, KindWithdraw, GuardFirstDraft, StatusWithdrawn},
		{StatusDraft, KindWithdraw, GuardLaterDraft, StatusDraft}, // a recall does not undo that it was submitted
		{StatusDraft, KindExpire, GuardMissedSubmitBy, StatusNotSubmittedExpired},
		{StatusDraft, KindExpire, GuardMissedReviewBy, StatusPostSubmissionExpired},

		// What is not needed to submit, or is better late than never, may still come; once
		// there is a decision nobody waits for it.
		{StatusSubmitted, KindSendSurvey, GuardWhileSending, StatusSubmitted},
		{StatusSubmitted, KindResendSurvey, GuardWhileSending, StatusSubmitted},
		{StatusSubmitted, KindAnswerSurvey, GuardBeforeReviewBy, StatusSubmitted},
		{StatusSubmitted, KindComment, GuardAlways, StatusSubmitted},
		{StatusSubmitted, KindRecall, GuardTimeLeft, StatusDraft},
		{StatusSubmitted, KindStartReview, GuardAlways, StatusUnderReview},
		{StatusSubmitted, KindWithdraw, GuardAlways, StatusSubmitted}, // from now on a withdrawal is a flag for the reviewer

		{StatusUnderReview, KindSendSurvey, GuardWhileSending, StatusUnderReview},
		{StatusUnderReview, KindResendSurvey, GuardWhileSending, StatusUnderReview},
		{StatusUnderReview, KindAnswerSurvey, GuardBeforeReviewBy, StatusUnderReview},
		{StatusUnderReview, KindComment, GuardAlways, StatusUnderReview},
		{StatusUnderReview, KindRequestAction, GuardBeforeReviewBy, StatusActionRequired}, // later the partner would have no time: a slow reviewer expires nothing
		{StatusUnderReview, KindApprove, GuardAlways, StatusApproved},
		{StatusUnderReview, KindReject, GuardBeforeDispute, StatusRejected},
		{StatusUnderReview, KindReject, GuardAfterDispute, StatusRejectedFinal},
		{StatusUnderReview, KindWithdraw, GuardAlways, StatusUnderReview},

		{StatusActionRequired, KindAddEvidence, GuardBeforeDeadline, StatusActionRequired},
		{StatusActionRequired, KindRemoveEvidence, GuardBeforeDeadline, StatusActionRequired},
		{StatusActionRequired, KindSendSurvey, GuardBeforeSubmitBy, StatusActionRequired},
		{StatusActionRequired, KindResendSurvey, GuardBeforeSubmitBy, StatusActionRequired},
		{StatusActionRequired, KindAnswerSurvey, GuardBeforeDeadline, StatusActionRequired},
		{StatusActionRequired, KindComment, GuardBeforeDeadline, StatusActionRequired},
		{StatusActionRequired, KindSubmit, GuardBeforeDeadline, StatusSubmitted},
		{StatusActionRequired, KindWithdraw, GuardBeforeDeadline, StatusActionRequired},
		{StatusActionRequired, KindExpire, GuardAtDeadline, StatusPostSubmissionExpired},

		{StatusApproved, KindComment, GuardAlways, StatusApproved},
		{StatusApproved, KindPay, GuardPartOfApproved, StatusApproved},
		{StatusApproved, KindPay, GuardRestOfApproved, StatusPaid},
		{StatusApproved, KindWithdraw, GuardAlways, StatusApproved},

		{StatusPaid, KindWithdraw, GuardAlways, StatusPaid},

		{StatusRejected, KindComment, GuardBeforeDeadline, StatusRejected},
		{StatusRejected, KindOpenDispute, GuardBeforeDeadline, StatusDisputed},
		{StatusRejected, KindWithdraw, GuardBeforeDeadline, StatusRejected},
		{StatusRejected, KindExpire, GuardAtDeadline, Undisputed},

		{Undisputed, KindWithdraw, GuardAlways, Undisputed},
		{Undisputed, KindExpire, GuardAlways, Undisputed}, // recording it twice changes nothing

		{StatusDisputed, KindAddEvidence, GuardBeforeDeadline, StatusDisputed},
		{StatusDisputed, KindRemoveEvidence, GuardBeforeDeadline, StatusDisputed},
		{StatusDisputed, KindSendSurvey, GuardBeforeSubmitBy, StatusDisputed},
		{StatusDisputed, KindResendSurvey, GuardBeforeSubmitBy, StatusDisputed},
		{StatusDisputed, KindAnswerSurvey, GuardBeforeDeadline, StatusDisputed},
		{StatusDisputed, KindComment, GuardBeforeDeadline, StatusDisputed},
		{StatusDisputed, KindSubmit, GuardBeforeDeadline, StatusSubmitted},
		{StatusDisputed, KindWithdraw, GuardBeforeDeadline, StatusDisputed},
		{StatusDisputed, KindExpire, GuardAtDeadline, StatusDisputedExpired},

		{StatusRejectedFinal, KindWithdraw, GuardAlways, StatusRejectedFinal},

		{StatusNotSubmittedExpired, KindWithdraw, GuardNeverSubmitted, StatusWithdrawn}, // so it can still be taken back
		{StatusNotSubmittedExpired, KindWithdraw, GuardSubmittedOnce, StatusNotSubmittedExpired},
		{StatusNotSubmittedExpired, KindExpire, GuardAlways, StatusNotSubmittedExpired},
		{StatusPostSubmissionExpired, KindWithdraw, GuardAlways, StatusPostSubmissionExpired},
		{StatusPostSubmissionExpired, KindExpire, GuardAlways, StatusPostSubmissionExpired},
		{StatusDisputedExpired, KindWithdraw, GuardAlways, StatusDisputedExpired},
		{StatusDisputedExpired, KindExpire, GuardAlways, StatusDisputedExpired},
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
	case GuardAlways:
		return true
	case GuardBeforeDeadline:
		return now.Before(s.deadline())
	case GuardAtDeadline:
		return !now.Before(s.deadline())
	case GuardBeforeSubmitBy:
		return now.Before(s.deadline()) && now.Before(s.SubmitBy)
	case GuardWhileSending:
		return now.Before(s.SubmitBy) && now.Before(s.ReviewBy) // else nobody could answer
	case GuardBeforeReviewBy:
		return now.Before(s.ReviewBy)
	case GuardTimeLeft:
		return now.Before(s.draftDeadline())
	case GuardNeverSubmitted, GuardSubmittedOnce:
		return (len(s.Submissions) == 0) == (g == GuardNeverSubmitted)
	case GuardFirstDraft, GuardLaterDraft:
		return now.Before(s.deadline()) && (len(s.Submissions) == 0) == (g == GuardFirstDraft)
	case GuardMissedSubmitBy, GuardMissedReviewBy:
		return !now.Before(s.deadline()) && (len(s.Reviews) == 0) == (g == GuardMissedSubmitBy)
	case GuardBeforeDispute, GuardAfterDispute:
		return s.Dispute.OpenedAt.IsZero() == (g == GuardBeforeDispute)
	case GuardPartOfApproved, GuardRestOfApproved:
		p, ok := e.(Pay)
		return ok && s.Paid.Amount.Add(p.Amount.Amount).LessThan(s.Approved.Amount) == (g == GuardPartOfApproved)
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
	case StatusNotSubmittedExpired, StatusPostSubmissionExpired, StatusDisputedExpired:
		return &ExpiredError{Status: status, Deadline: s.lapsed(status)}
	}
	e := &NotAllowedError{Status: status, Event: on}
	switch {
	case on == KindRequestAction && status == StatusUnderReview:
		e.Why = "the review deadline has passed, and the partner would have no time to act: approve or reject the claim"
	case on == KindSendSurvey || on == KindResendSurvey:
		if slices.Contains([]Status{StatusDraft, StatusSubmitted, StatusUnderReview, StatusActionRequired, StatusDisputed}, status) {
			if e.Why = "the submission deadline has passed"; now.Before(s.SubmitBy) {
				e.Why = "the review deadline has passed"
			}
		}
	case on == KindAnswerSurvey && (status == StatusSubmitted || status == StatusUnderReview):
		e.Why = "the review deadline has passed"
	case on == KindRecall && status == StatusSubmitted:
		e.Why = "the time in which it could be submitted again is over"
	case on == KindRecall && status == StatusUnderReview:
		e.Why = "the review has started"
	case on == KindOpenDispute && status == Undisputed:
		e.Why = "the time to dispute the rejection is over"
	case on == KindOpenDispute && status == StatusRejectedFinal:
		e.Why = "a claim can be disputed once"
	case on == KindCancel && !s.FirstSubmittedAt().IsZero():
		e.Why = "the claim has been submitted"
	case on == KindExpire:
		e.Why = "no deadline of the claim has passed"
	}
	return e
}

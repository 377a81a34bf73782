package claim

import "time"

// ReachedAt returns when the claim came to its recorded status: when it was opened or
// last recalled, last submitted, which is also what a claim under review counts from,
// decided by the reviewer, disputed, last paid, cancelled or withdrawn, or the deadline
// at which it expired. What is missing is the zero time.
func (s State) ReachedAt() time.Time {
	switch s.Status {
	case StatusSubmitted, StatusUnderReview:
		if n := len(s.Submissions); n > 0 {
			return s.Submissions[n-1].At
		}
	case StatusActionRequired, StatusApproved, StatusRejected, Undisputed, StatusRejectedFinal:
		return s.LastReview().At
	case StatusPaid:
		if n := len(s.Payments); n > 0 {
			return s.Payments[n-1].At
		}
	case StatusDisputed:
		return s.Dispute.OpenedAt
	case StatusCanceled, StatusWithdrawn:
		return s.EndedAt
	case StatusNotSubmittedExpired, StatusPostSubmissionExpired, StatusDisputedExpired:
		return s.lapsed(s.Status)
	case StatusDraft:
		if n := len(s.Recalls); n > 0 {
			return s.Recalls[n-1].At
		}
	}
	return s.OpenedAt
}

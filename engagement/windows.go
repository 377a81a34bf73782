package engagement

import "time"

// Windows are how many days a partner, a customer or a reviewer has for each
// step. Each counts from an anchor of its own.
type Windows struct {
	Consent         int `json:"consent"`          // from the add or claim
	FirstSubmission int `json:"first_submission"` // from the customer's consent
	ReviewDone      int `json:"review_done"`      // from the customer's consent
	Dispute         int `json:"dispute"`          // from the rejection
	AfterDispute    int `json:"after_dispute"`    // from the dispute's submission
}

// Deadline returns the end of a window of that many days which starts at from:
// the same time of day, so many days on, in the zone (UTC when nil). It is half
// open: at the deadline itself the window is over.
func Deadline(from time.Time, days int, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return from.In(zone).AddDate(0, 0, days).UTC()
}

// Passed reports whether a deadline is over at now. The zero deadline never is.
func Passed(deadline, now time.Time) bool {
	return !deadline.IsZero() && !now.Before(deadline)
}

// DaysLeft returns how many days of the zone (UTC when nil) are left until the
// deadline, rounded up: one second before it is 1, at it and after it 0. It is
// the inverse of Deadline: a window of n days begins with n days left, also when
// the clocks change within it.
func DaysLeft(deadline, now time.Time, zone *time.Location) int {
	if !now.Before(deadline) {
		return 0
	}
	n := max(int(deadline.Sub(now)/(24*time.Hour))-1, 0)
	for Deadline(now, n, zone).Before(deadline) {
		n++
	}
	return n
}

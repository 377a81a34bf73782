package consent

// Repeats reports whether the event is an answer that changes nothing, because the
// same was answered before and stands: a second click, a click whose reply was lost,
// a second contact who agrees. [Apply] takes it as done.
func (s State) Repeats(e Event) bool {
	var d Decision
	switch e.(type) {
	case Accept:
		d = DecisionAccept
	case Decline:
		d = DecisionDecline
	case Withdraw:
		d = DecisionWithdraw
	default:
		return false
	}
	return s.Status != StatusCanceled && s.lastAnswer().Decision == d
}

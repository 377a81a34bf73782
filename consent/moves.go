package consent

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/internal/enum"
)

// Guard is what must hold, besides the status, for a [Move].
type Guard string

// The guards of moves.
const (
	GuardAlways           Guard = ""
	GuardBeforeDeadline   Guard = "before the deadline"
	GuardAtDeadline       Guard = "at or after the deadline"
	GuardBeforeSubmission Guard = "before the claim is submitted"
	GuardAfterSubmission  Guard = "after the claim is submitted"
)

// AllGuards returns every Guard.
func AllGuards() []Guard {
	return []Guard{
		GuardAlways, GuardBeforeDeadline, GuardAtDeadline, GuardBeforeSubmission, GuardAfterSubmission,
	}
}

// MarshalText writes the documented spelling and nothing else.
func (g Guard) MarshalText() ([]byte, error) { return enum.Marshal("guard", g, AllGuards(), unknown) }

// UnmarshalText reads the documented spelling and nothing else.
func (g *Guard) UnmarshalText(text []byte) error {
	return enum.Unmarshal("guard", g, text, AllGuards(), unknown)
}

// Move is one line of the table of a consent's life.
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
		{StatusAwaitingRequest, KindRequest, GuardBeforeDeadline, StatusRequested},
		{StatusAwaitingRequest, KindCancel, GuardBeforeDeadline, StatusCanceled},
		{StatusAwaitingRequest, KindExpire, GuardAtDeadline, StatusExpired},

		{StatusRequested, KindResend, GuardBeforeDeadline, StatusRequested},
		{StatusRequested, KindChangeContacts, GuardBeforeDeadline, StatusRequested},
		{StatusRequested, KindAccept, GuardBeforeDeadline, StatusGranted},
		{StatusRequested, KindDecline, GuardBeforeDeadline, StatusDeclined},
		{StatusRequested, KindCancel, GuardBeforeDeadline, StatusCanceled},
		{StatusRequested, KindExpire, GuardAtDeadline, StatusExpired},

		{StatusGranted, KindWithdraw, GuardBeforeSubmission, StatusWithdrawn},
		{StatusGranted, KindWithdraw, GuardAfterSubmission, StatusGranted}, // recorded, as a flag for the reviewer
		{StatusGranted, KindCancel, GuardAlways, StatusCanceled},           // whether the claim allows it is the caller's to know

		{StatusExpired, KindExpire, GuardAlways, StatusExpired}, // recording it twice changes nothing
	}
}

// holds reports whether the guard lets e happen to s at now.
func (g Guard) holds(s State, e Event, now time.Time) bool {
	switch g {
	case GuardAlways:
		return true
	case GuardBeforeDeadline:
		return now.Before(s.Deadline)
	case GuardAtDeadline:
		return !now.Before(s.Deadline)
	case GuardBeforeSubmission, GuardAfterSubmission:
		w, ok := e.(Withdraw)
		return ok && w.AfterSubmission == (g == GuardAfterSubmission)
	}
	return false
}

// moveOf finds the one move of the table that e makes, or the refusal.
func moveOf(s State, e Event, now time.Time) (Move, error) {
	i := slices.IndexFunc(moves, func(m Move) bool {
		return m.From == s.Status && m.On == e.Kind() && m.When.holds(s, e, now)
	})
	if i < 0 {
		return Move{}, refusal(s, e.Kind(), now)
	}
	return moves[i], nil
}

// moves is the table, made once.
var moves = Moves()

// refusal says, as helpfully as the state allows, why the table has no move.
func refusal(s State, on Kind, now time.Time) error {
	answer := on == KindAccept || on == KindDecline || on == KindWithdraw
	last := s.lastAnswer()
	status := s.StatusAt(now)
	switch {
	case answer && !last.IsZero() && status != StatusCanceled:
		return &AlreadyAnsweredError{last.Decision, last.At}
	case status == StatusExpired:
		return &ExpiredError{s.Deadline}
	}
	return &NotAllowedError{status, on}
}

package survey

import (
	"slices"
	"time"
)

// Move is one line of the table of a survey's life. Every move is made before the
// deadline, and none at or after it.
type Move struct {
	From Status
	On   Command
	To   Status
}

// Moves returns the whole table: what it does not list is not allowed. Nothing but
// the table decides the status that a command leads to.
func Moves() []Move {
	return []Move{
		{StatusNotSent, CommandSend, StatusSent},
		{StatusSent, CommandSend, StatusSent}, // to another contact
		{StatusSent, CommandResend, StatusSent},
		{StatusSent, CommandAnswer, StatusDone},
		{StatusNotSent, CommandAnswerWithin, StatusDone},
		{StatusSent, CommandAnswerWithin, StatusDone},
	}
}

// moves is the table, made once.
var moves = Moves()

// Allows reports whether [Moves] lists the command and now is before the deadline.
// For a resend, [MayResend] knows more.
func (s State) Allows(on Command, now, deadline time.Time) bool {
	_, err := s.moveOf(on, now, deadline)
	return err == nil
}

// moveOf finds the one move of the table that the command makes, or the refusal. A
// survey that is done says so, whatever the time.
func (s State) moveOf(on Command, now, deadline time.Time) (Move, error) {
	i := slices.IndexFunc(moves, func(m Move) bool { return m.From == s.Status && m.On == on })
	switch {
	case s.Status == StatusDone && (on == CommandAnswer || on == CommandAnswerWithin):
		return Move{}, &AlreadyAnsweredError{s.Response.At}
	case s.Status == StatusDone:
		return Move{}, &FrozenError{s.Response.At}
	case !now.Before(deadline):
		return Move{}, &ExpiredError{deadline}
	case i < 0:
		return Move{}, &NotAllowedError{s.Status, on}
	}
	return moves[i], nil
}

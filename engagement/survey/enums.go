package survey

import (
	"github.com/partnerengage/partnerengage/internal/enum"
)

// Status says where a survey stands. The zero Status is none: a [State] made by
// [Start] always has one.
type Status string

// The statuses of a survey.
const (
	StatusNotSent Status = "not sent" // nobody has been asked yet
	StatusSent    Status = "sent"     // asked, and not answered
	StatusDone    Status = "done"     // answered
)

// AllStatuses returns every status, in the order of a survey's life.
func AllStatuses() []Status { return []Status{StatusNotSent, StatusSent, StatusDone} }

// MarshalText returns the documented spelling. An unknown status is a
// [*link.InvalidError].
func (s Status) MarshalText() ([]byte, error) {
	return enum.Marshal("status", s, AllStatuses(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (s *Status) UnmarshalText(text []byte) error {
	return enum.Unmarshal("status", s, text, AllStatuses(), unknown)
}

// Command names what is done to a survey.
type Command string

// The commands, named for the functions that carry them out.
const (
	CommandSend   Command = "send"
	CommandResend Command = "resend"
	CommandAnswer Command = "answer"

	CommandAnswerWithin Command = "answer within the claim"
)

// AllCommands returns every command.
func AllCommands() []Command {
	return []Command{CommandSend, CommandResend, CommandAnswer, CommandAnswerWithin}
}

// MarshalText returns the documented spelling. An unknown command is a
// [*link.InvalidError].
func (c Command) MarshalText() ([]byte, error) {
	return enum.Marshal("command", c, AllCommands(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (c *Command) UnmarshalText(text []byte) error {
	return enum.Unmarshal("command", c, text, AllCommands(), unknown)
}

// Kind says what a [Question] wants for an answer.
type Kind string

// The kinds of questions.
const (
	KindRating Kind = "rating" // a whole number from 1, the lowest, to 5
	KindYesNo  Kind = "yes/no" // "yes" or "no", in whatever language it was asked
	KindText   Kind = "text"   // at most [MaxText] characters
)

// AllKinds returns every kind of question.
func AllKinds() []Kind { return []Kind{KindRating, KindYesNo, KindText} }

// Choices returns the answers that a question of this kind offers, in their order;
// none for a text.
func (k Kind) Choices() []string {
	switch k {
	case KindRating:
		return []string{"1", "2", "3", "4", "5"}
	case KindYesNo:
		return []string{"yes", "no"}
	}
	return nil
}

// MarshalText returns the documented spelling. An unknown kind is a
// [*link.InvalidError].
func (k Kind) MarshalText() ([]byte, error) { return enum.Marshal("kind", k, AllKinds(), unknown) }

// UnmarshalText reads the documented spelling and nothing else.
func (k *Kind) UnmarshalText(text []byte) error {
	return enum.Unmarshal("kind", k, text, AllKinds(), unknown)
}

// Problem says what is wrong with an answer.
type Problem string

// The problems of answers.
const (
	ProblemMissing    Problem = "missing"    // to a question that needs an answer
	ProblemNoChoice   Problem = "no choice"  // none of [Kind.Choices]
	ProblemTooLong    Problem = "too long"   // more than [MaxText] characters
	ProblemUnreadable Problem = "unreadable" // not UTF-8, or with control characters besides line ends and tabs
	ProblemNotAsked   Problem = "not asked"  // the form has no such question
)

// AllProblems returns every problem.
func AllProblems() []Problem {
	return []Problem{ProblemMissing, ProblemNoChoice, ProblemTooLong, ProblemUnreadable, ProblemNotAsked}
}

// MarshalText returns the documented spelling. An unknown problem is a
// [*link.InvalidError].
func (p Problem) MarshalText() ([]byte, error) {
	return enum.Marshal("problem", p, AllProblems(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (p *Problem) UnmarshalText(text []byte) error {
	return enum.Unmarshal("problem", p, text, AllProblems(), unknown)
}

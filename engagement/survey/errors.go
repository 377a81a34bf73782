package survey

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// AlreadyAnsweredError refuses second answers that differ from the first. It says
// when those came, and not from whom.
type AlreadyAnsweredError struct {
	At time.Time
}

func (e *AlreadyAnsweredError) Error() string {
	return fmt.Sprintf("the survey was already answered at %s; the first answer counts", e.At.Format(time.RFC3339))
}

// FrozenError refuses to send a survey that is done, to anybody.
type FrozenError struct {
	Since time.Time // when the survey was done
}

func (e *FrozenError) Error() string {
	return fmt.Sprintf("the survey was answered at %s; since then its contact is frozen and nothing needs to be sent", e.Since.Format(time.RFC3339))
}

// ExpiredError refuses what comes at or after the deadline.
type ExpiredError struct {
	Deadline time.Time
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the time for the survey ended at %s, with the time to work on the claim", e.Deadline.Format(time.RFC3339))
}

// NotAllowedError refuses a command that [Moves] does not list for the status.
type NotAllowedError struct {
	Status  Status // zero if [Start] has not begun the survey
	Command Command
}

func (e *NotAllowedError) Error() string {
	if e.Status == "" {
		return fmt.Sprintf("%s is not allowed before the survey has begun; begin it with Start", e.Command)
	}
	return fmt.Sprintf("%s is not allowed while the survey is %s; send it to a contact first", e.Command, e.Status)
}

// AnswersError refuses the answers to a survey, and lists all that is wrong with
// them.
type AnswersError struct {
	Problems []*AnswerError // in the order of the form, and then what was not asked, by ID; at least one
}

// Error says one problem a line.
func (e *AnswersError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems.
func (e *AnswersError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}

// AnswerError refuses the answer to one question. It does not repeat the answer.
type AnswerError struct {
	Question string  // its ID
	Kind     Kind    // of the question; zero for [ProblemNotAsked]
	Problem  Problem // what is wrong
}

func (e *AnswerError) Error() string {
	field := fmt.Sprintf("answers.%.50s: ", e.Question)
	switch e.Problem {
	case ProblemMissing:
		return field + "an answer is needed"
	case ProblemNoChoice:
		return field + "the answer has to be one of " + strings.Join(e.Kind.Choices(), ", ")
	case ProblemTooLong:
		return fmt.Sprintf("%sthe answer has to be at most %d characters long; shorten it", field, MaxText)
	case ProblemUnreadable:
		return field + "the answer holds control characters or is not UTF-8; write it as plain text"
	}
	return fmt.Sprintf("answers: the form has no question %.50q; use the IDs of its questions", e.Question)
}

func invalid(field, problem string) error {
	return &link.InvalidError{Field: field, Problem: problem}
}

// unknown refuses a value that an enumeration does not have.
func unknown(field, value string, all []string) error {
	return invalid(field, enum.Problem(value, all))
}

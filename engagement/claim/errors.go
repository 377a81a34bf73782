package claim

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
)

// NotAllowedError refuses an event that [Moves] does not list for the status.
type NotAllowedError struct {
	Status Status // as it reads at the time of the event; "" while there is no claim
	Event  Kind
	Why    string // what else there is to say, or ""
}

func (e *NotAllowedError) Error() string {
	text := fmt.Sprintf("%s is not allowed", e.Event)
	if e.Status != "" {
		text += fmt.Sprintf(" while the claim is %s", e.Status)
	}
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// ExpiredError refuses what comes at or after the deadline that ended the claim.
type ExpiredError struct {
	Status   Status // one of the three expired ones
	Deadline time.Time
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the claim is %s since %s, and an expired claim is not reopened: claim the customer again", e.Status, e.Deadline.Format(time.RFC3339))
}

// IncompleteError lists every required item that a claim lacks.
type IncompleteError struct{ Missing []Missing }

func (e *IncompleteError) Error() string {
	lines := make([]string, len(e.Missing))
	for i, m := range e.Missing {
		lines[i] = m.String()
	}
	return "the claim cannot be submitted yet: " + strings.Join(lines, "; ")
}

// AmountError refuses an amount of money.
type AmountError struct {
	Field   string // "requested", "approved" or "paid"
	Amount  eligibility.Money
	Limit   eligibility.Money // the most that it may be, where that is the problem
	Problem string            // what is wrong and what would help
	Err     error             // the cause, where there is one
}

func (e *AmountError) Error() string {
	return fmt.Sprintf("the %s amount %.60q %s", e.Field, e.Amount.String(), e.Problem)
}

// Unwrap returns the cause: an *eligibility.MoneyError of an amount that cannot be
// paid, whoever it is for.
func (e *AmountError) Unwrap() error { return e.Err }

// InvalidError refuses malformed input.
type InvalidError struct {
	Field   string // such as "evidence.media_type"
	Problem string // what is wrong and what would help
}

func invalid(field, problem string) error { return &InvalidError{field, problem} }

func (e *InvalidError) Error() string { return e.Field + " " + e.Problem }

// NotFoundError says that the claim has no such evidence or survey.
type NotFoundError struct {
	Kind  string // "evidence" or "survey"
	Value string
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("the claim has no %s %.60q", e.Kind, e.Value)
}

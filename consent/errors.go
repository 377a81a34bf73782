package consent

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// The sentinels of this package's refusals.
var (
	// ErrTakenElsewhere: the customer has already agreed to this engagement with
	// another partner. Whoever grants across partners returns it; it never says which.
	ErrTakenElsewhere error = code.New(code.LimitReached, "the customer has already agreed to this engagement with another partner")
	// ErrUnknownText: no text of the catalogue has this version, language and hash.
	ErrUnknownText error = code.New(code.Internal, "the catalogue of texts does not hold the text that was sent, or holds it changed; keep every version that was ever sent")
)

// AlreadyAnsweredError refuses a second answer that differs from the first. It says
// what was answered and when, and not by whom.
type AlreadyAnsweredError struct {
	Decision Decision // the latest: accept, decline, or withdraw
	At       time.Time
}

func (e *AlreadyAnsweredError) Error() string {
	return fmt.Sprintf("already answered with %q at %s; the first answer counts", e.Decision, e.At.Format(time.RFC3339))
}

// ExpiredError refuses what comes at or after the deadline.
type ExpiredError struct {
	Deadline time.Time
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the time to answer ended at %s; the customer has to be added or claimed again", e.Deadline.Format(time.RFC3339))
}

// NotAllowedError refuses an event that [Moves] does not list for the status.
type NotAllowedError struct {
	Status Status // as it reads at the time of the event
	Event  Kind
}

func (e *NotAllowedError) Error() string {
	return fmt.Sprintf("%s is not allowed while the consent is %s", e.Event, e.Status)
}

func invalid(field, problem string) error { return &link.InvalidError{Field: field, Problem: problem} }

// unknown refuses a value that an enumeration does not have.
func unknown(field, value string, all []string) error {
	return invalid(field, enum.Problem(value, all))
}

package consent

import (
	"errors"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/internal/code"
)

// The sentinels of this package's refusals.
var (
	// ErrUnknownLink: no link has this token or ID.
	ErrUnknownLink error = code.New(code.NotFound, "this link is unknown; open the newest message and use the link in it whole")
	// ErrNotShown: what the link opens is there, and cannot be read. Opening it again
	// does not help.
	ErrNotShown error = code.New(code.Unreadable, "what this link opens cannot be shown now; tell whoever sent it to you")
	// ErrLinkVoid: see [LinkVoidError].
	ErrLinkVoid = errors.New("this link was replaced by a newer one")
	// ErrAlreadyAnswered: see [AlreadyAnsweredError].
	ErrAlreadyAnswered = errors.New("already answered")
	// ErrExpired: see [ExpiredError].
	ErrExpired = errors.New("the time to answer is over")
	// ErrTakenElsewhere: the customer has already agreed to this engagement with
	// another partner. Whoever grants across partners returns it; it never says which.
	ErrTakenElsewhere error = code.New(code.LimitReached, "the customer has already agreed to this engagement with another partner")
	// ErrTooSoon: see [TooSoonError].
	ErrTooSoon = errors.New("too soon to write again")
	// ErrTooMany: see [TooManyError].
	ErrTooMany = errors.New("written to too often")
	// ErrNotAllowed: see [NotAllowedError].
	ErrNotAllowed = errors.New("not allowed now")
	// ErrInvalid: see [InvalidError].
	ErrInvalid = errors.New("invalid")
	// ErrUnknownText: no text of the catalogue has this version, language and hash.
	ErrUnknownText error = code.New(code.Internal, "the catalogue of texts does not hold the text that was sent, or holds it changed; keep every version that was ever sent")
)

// LinkVoidError refuses a link that a newer one replaced. It matches [ErrLinkVoid].
type LinkVoidError struct {
	VoidedAt time.Time
}

func (e *LinkVoidError) Error() string {
	return fmt.Sprintf("this link was replaced by a newer one at %s; use the link in the newest message", e.VoidedAt.Format(time.RFC3339))
}

// Unwrap returns [ErrLinkVoid].
func (e *LinkVoidError) Unwrap() error { return ErrLinkVoid }

// AlreadyAnsweredError refuses a second answer that differs from the first. It says
// what was answered and when, and not by whom. It matches [ErrAlreadyAnswered].
type AlreadyAnsweredError struct {
	Decision Decision // the latest: accept, decline, or withdraw
	At       time.Time
}

func (e *AlreadyAnsweredError) Error() string {
	return fmt.Sprintf("already answered with %q at %s; the first answer counts", e.Decision, e.At.Format(time.RFC3339))
}

// Unwrap returns [ErrAlreadyAnswered].
func (e *AlreadyAnsweredError) Unwrap() error { return ErrAlreadyAnswered }

// ExpiredError refuses what comes at or after the deadline. It matches [ErrExpired].
type ExpiredError struct {
	Deadline time.Time
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the time to answer ended at %s; the customer has to be added or claimed again", e.Deadline.Format(time.RFC3339))
}

// Unwrap returns [ErrExpired].
func (e *ExpiredError) Unwrap() error { return ErrExpired }

// TooSoonError refuses to write again before NotBefore. It matches [ErrTooSoon].
type TooSoonError struct {
	NotBefore time.Time
}

func (e *TooSoonError) Error() string {
	return fmt.Sprintf("a contact was written to a short while ago; try again at %s or later", e.NotBefore.Format(time.RFC3339))
}

// Unwrap returns [ErrTooSoon].
func (e *TooSoonError) Unwrap() error { return ErrTooSoon }

// TooManyError refuses to write more than Max times. It matches [ErrTooMany].
type TooManyError struct {
	Sent, Max int // the first request included
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("the customer was written to %d times and %d is the most; ask the contact to open the newest message", e.Sent, e.Max)
}

// Unwrap returns [ErrTooMany].
func (e *TooManyError) Unwrap() error { return ErrTooMany }

// NotAllowedError refuses an event that [Moves] does not list for the status.
// It matches [ErrNotAllowed].
type NotAllowedError struct {
	Status Status // as it reads at the time of the event
	Event  Kind
}

func (e *NotAllowedError) Error() string {
	return fmt.Sprintf("%s is not allowed while the consent is %s", e.Event, e.Status)
}

// Unwrap returns [ErrNotAllowed].
func (e *NotAllowedError) Unwrap() error { return ErrNotAllowed }

// InvalidError refuses malformed input. It matches [ErrInvalid].
type InvalidError struct {
	Field   string // such as "links" or "terms.parties"
	Problem string // what is wrong and what would help
}

func invalid(field, problem string) error { return &InvalidError{field, problem} }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Unwrap returns [ErrInvalid].
func (e *InvalidError) Unwrap() error { return ErrInvalid }

package link

import (
	"errors"
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// The sentinels of the refusals of this package and of those for which links are sent:
// package consent and package survey have error types that match them, too.
var (
	// ErrUnknown: no link has this token or ID.
	ErrUnknown error = code.New(code.NotFound, "this link is unknown; open the newest message and use the link in it whole")
	// ErrNotShown: what the link opens is there, and cannot be read. Opening it again
	// does not help.
	ErrNotShown error = code.New(code.Unreadable, "what this link opens cannot be shown now; tell whoever sent it to you")
	// ErrVoid: see [VoidError].
	ErrVoid = errors.New("this link was replaced by a newer one")
	// ErrAlreadyAnswered: there is another answer already, and the first one counts.
	ErrAlreadyAnswered = errors.New("already answered")
	// ErrExpired: the deadline has passed.
	ErrExpired = errors.New("the time to answer is over")
	// ErrTooSoon: see [TooSoonError].
	ErrTooSoon = errors.New("too soon to write again")
	// ErrTooMany: see [TooManyError] and [LimitError].
	ErrTooMany = errors.New("written to too often")
	// ErrNotAllowed: what the link is for cannot be done now.
	ErrNotAllowed = errors.New("not allowed now")
	// ErrInvalid: see [InvalidError].
	ErrInvalid = errors.New("invalid")
)

// VoidError refuses a link that a newer one replaced. It matches [ErrVoid].
type VoidError struct {
	VoidedAt time.Time
}

func (e *VoidError) Error() string {
	return fmt.Sprintf("this link was replaced by a newer one at %s; use the link in the newest message", e.VoidedAt.Format(time.RFC3339))
}

// Unwrap returns [ErrVoid].
func (e *VoidError) Unwrap() error { return ErrVoid }

// TooSoonError refuses to write again before NotBefore. It matches [ErrTooSoon].
type TooSoonError struct {
	NotBefore time.Time
}

func (e *TooSoonError) Error() string {
	return fmt.Sprintf("a contact was written to a short while ago; try again at %s or later", e.NotBefore.Format(time.RFC3339))
}

// Unwrap returns [ErrTooSoon].
func (e *TooSoonError) Unwrap() error { return ErrTooSoon }

// TooManyError refuses to write more than Max times about one consent or survey. It matches [ErrTooMany].
type TooManyError struct {
	Sent, Max int // the first sending included
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("the contact was written to %d times and %d is the most; ask the contact to open the newest message", e.Sent, e.Max)
}

// Unwrap returns [ErrTooMany].
func (e *TooManyError) Unwrap() error { return ErrTooMany }

// InvalidError refuses malformed input, also to a consent or a survey. It matches [ErrInvalid].
type InvalidError struct {
	Field   string // such as "links" or "terms.parties"
	Problem string // what is wrong and what would help
}

func invalid(field, problem string) error { return &InvalidError{field, problem} }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Unwrap returns [ErrInvalid].
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// unknown refuses a value that an enumeration does not have.
func unknown(field, value string, all []string) error {
	return invalid(field, enum.Problem(value, all))
}

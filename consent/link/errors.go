package link

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// What has no type of its own.
var (
	// ErrUnknown: no link has this token or ID.
	ErrUnknown error = code.New(code.NotFound, "this link is unknown; open the newest message and use the link in it whole")
	// ErrNotShown: what the link opens is there, and cannot be read. Opening it again
	// does not help.
	ErrNotShown error = code.New(code.Unreadable, "what this link opens cannot be shown now; tell whoever sent it to you")
)

// VoidError refuses a link that a newer one replaced.
type VoidError struct {
	VoidedAt time.Time
}

func (e *VoidError) Error() string {
	return fmt.Sprintf("this link was replaced by a newer one at %s; use the link in the newest message", e.VoidedAt.Format(time.RFC3339))
}

// TooSoonError refuses to write again before NotBefore.
type TooSoonError struct {
	NotBefore time.Time
}

func (e *TooSoonError) Error() string {
	return fmt.Sprintf("a contact was written to a short while ago; try again at %s or later", e.NotBefore.Format(time.RFC3339))
}

// TooManyError refuses to write more than Max times about one consent or survey.
type TooManyError struct {
	Sent, Max int // the first sending included
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("the contact was written to %d times and %d is the most; ask the contact to open the newest message", e.Sent, e.Max)
}

// InvalidError refuses malformed input, also to a consent or a survey.
type InvalidError struct {
	Field   string // such as "links" or "terms.parties"
	Problem string // what is wrong and what would help
}

func invalid(field, problem string) error { return &InvalidError{field, problem} }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// unknown refuses a value that an enumeration does not have.
func unknown(field, value string, all []string) error {
	return invalid(field, enum.Problem(value, all))
}

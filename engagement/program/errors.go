package program

import (
	"errors"
	"fmt"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/tenant"
)

// DocumentError says what has to change in a document, and where. Several are joined.
type DocumentError struct {
	File    string // its name, as it was given
	Pointer string // a JSON pointer (RFC 6901) to the place, "/engagements/3/opens"; "": the document as a whole
	Problem string // what is wrong there, and what would help
	Err     error  // what another package says of it, or nil
}

func (e *DocumentError) Error() string {
	at := e.File
	if e.Pointer != "" {
		at += "#" + e.Pointer
	}
	return at + " " + e.Problem
}

// Unwrap returns Err.
func (e *DocumentError) Unwrap() error { return e.Err }

// Code returns "invalid_input": see workflow.Code.
func (*DocumentError) Code() string { return code.InvalidInput }

// problemOf says what is wrong with a value, of which another package returned this
// error.
func problemOf(err error) string {
	if e, ok := errors.AsType[*eligibility.ParseError](err); ok {
		return fmt.Sprintf("is %.100q: %s", e.Text, e.Problem)
	}
	if e, ok := errors.AsType[*engagement.UnknownValueError](err); ok {
		return fmt.Sprintf("is %.100q: use one of %s", e.Value, strings.Join(e.Allowed, ", "))
	}
	if e, ok := errors.AsType[*tenant.MalformedError](err); ok {
		return "cannot be used: " + e.Problem
	}
	return "cannot be used: " + err.Error()
}

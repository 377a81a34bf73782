package criteria

import (
	"errors"
	"strconv"
)

// What the types below wrap, for errors.Is.
var (
	ErrUnknownFact     = errors.New("criteria: nobody has registered this fact")
	ErrUnknownOperator = errors.New("criteria: there is no such operator for this fact")
	ErrOverlap         = errors.New("criteria: two rule sets are in effect at once")
)

// DocumentError says what has to change in a document, and where. Several are
// joined.
type DocumentError struct {
	// Path leads to the place: "rules[2].check[1]" is the second element of the
	// third rule's check. It is empty for the document as a whole.
	Path    string
	Problem string // what is wrong there, and what would help
	Err     error  // ErrUnknownFact, ErrUnknownOperator, what a host's operator returned, or nil
}

func (e *DocumentError) Error() string {
	path := e.Path
	if path == "" {
		path = "the document"
	}
	return path + " " + e.Problem
}

// Unwrap returns Err.
func (e *DocumentError) Unwrap() error { return e.Err }

// FactError says why a fact could not be set from a text.
type FactError struct {
	Fact string // its name, as given
	Err  error  // ErrUnknownFact, or an *eligibility.ParseError with the text and what would help
}

func (e *FactError) Error() string {
	if e.Err == ErrUnknownFact {
		return "nobody has registered the fact " + strconv.Quote(e.Fact) + ": register it with AddFact"
	}
	return "fact " + strconv.Quote(e.Fact) + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *FactError) Unwrap() error { return e.Err }

// RegistrationError says why a fact or an operator cannot be registered.
type RegistrationError struct {
	Name    string // of the fact or the operator
	Problem string
}

func (e *RegistrationError) Error() string {
	return strconv.Quote(e.Name) + " cannot be registered: it " + e.Problem
}

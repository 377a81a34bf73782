package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/internal/code"
)

// InternalError says that a source which the host plugged in, or the storage, did what
// it must not, or cannot do what it should until somebody mends it. The same call would
// fail again.
type InternalError struct {
	Source string // as of an UnavailableError, or "clock"
	Err    error  // what is wrong, for whoever runs the program
}

func (e *InternalError) Error() string {
	return fmt.Sprintf("the %s cannot be used until it is mended: %v", e.Source, e.Err)
}

// Unwrap returns what is wrong.
func (e *InternalError) Unwrap() error { return e.Err }

// defect is the error of an answer that breaks what its source promises.
func defect(format string, args ...any) error {
	return code.New(code.Internal, fmt.Sprintf(format, args...))
}

// troubled reports whether an error tells of trouble with a source or the storage, which
// says nothing of what was asked.
func troubled(err error) bool {
	return is[*UnavailableError](err) || is[*InternalError](err)
}

// permanent reports whether what a source answered with would be its answer again: it
// says so by its code, or something that it was given or has kept is no JSON.
func permanent(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	for _, e := range single(err) {
		if c := code.Of(e); c != "" && c != code.Unavailable {
			return true
		}
	}
	return is[*json.SyntaxError](err) || is[*json.UnmarshalTypeError](err) || is[*json.UnsupportedTypeError](err) || is[*json.UnsupportedValueError](err) || is[*json.MarshalerError](err)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

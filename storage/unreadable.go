package storage

import (
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/tenant"
)

// ErrUnreadable says that a stored row cannot be read: a bug, a disk or a newer
// version has written it in a way that this one does not read. Trying again does not help.
// It is matched by *UnreadableError.
var ErrUnreadable = errors.New("storage: a stored row cannot be read")

// UnreadableError names the row that cannot be read.
type UnreadableError struct {
	Kind string // what it is: "message", "participation", "standing", "customer", "event", "entry", "command record"
	Key  string // its key, for whoever looks after the storage
	Err  error  // why it cannot be read

	Customer tenant.Key // of a customer: where a list goes on behind it
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("the stored %s %s cannot be read: %v", e.Kind, e.Key, e.Err)
}

// Is makes errors.Is(err, ErrUnreadable) true.
func (e *UnreadableError) Is(target error) bool { return target == ErrUnreadable }

// Unwrap returns why it cannot be read.
func (e *UnreadableError) Unwrap() error { return e.Err }

// Unreadable takes apart the error that a list came with: the rows that could not be
// read, and what is left of the error; nil if it was about nothing else.
func Unreadable(err error) ([]*UnreadableError, error) {
	if err == nil {
		return nil, nil
	}
	if bad, ok := err.(*UnreadableError); ok {
		return []*UnreadableError{bad}, nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !errors.Is(err, ErrUnreadable) {
		return nil, err
	}
	var all []*UnreadableError
	var rest []error
	for _, e := range joined.Unwrap() {
		more, left := Unreadable(e)
		all = append(all, more...)
		if left != nil {
			rest = append(rest, left)
		}
	}
	return all, errors.Join(rest...)
}

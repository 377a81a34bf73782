package storage

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/tenant"
)

// ErrUnreadable says that a stored row cannot be read: a bug, a disk or a newer
// version has written it in a way that this one does not read. Trying again does not help.
// It is matched by *UnreadableError.
var ErrUnreadable error = code.New(code.Unreadable, "storage: a stored row cannot be read")

// UnreadableError names the row that cannot be read: in its text only by its kind, since the text can
// reach somebody's page; by its key and with the cause where it is logged, and in the
// errors of the jobs.
type UnreadableError struct {
	Kind string // what it is: "message", "participation", "record", "shared row", "customer", "event", "entry", "command record"
	Key  string // its key, for whoever looks after the storage
	Err  error  // why it cannot be read

	// Where a list goes on behind it.
	Partner  engagement.PartnerID // of a customer
	Customer tenant.Key           // of a customer
	Seq      int64                // of an event
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("a stored %s cannot be read: tell whoever runs this, whose log says which and why", e.Kind)
}

// Detail says which row it is and why it cannot be read, for whoever looks after the
// storage.
func (e *UnreadableError) Detail() string {
	return fmt.Sprintf("the stored %s %s cannot be read: %v", e.Kind, e.Key, e.Err)
}

// LogValue holds what Detail says.
func (e *UnreadableError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", e.Kind), slog.String("key", e.Key), slog.Any("cause", e.Err))
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

// UnreadableIn returns every row that could not be read among all that an error wraps.
func UnreadableIn(err error) []*UnreadableError {
	if bad, ok := err.(*UnreadableError); ok {
		return []*UnreadableError{bad}
	}
	var all []*UnreadableError
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		all = UnreadableIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			all = append(all, UnreadableIn(err)...)
		}
	}
	return all
}

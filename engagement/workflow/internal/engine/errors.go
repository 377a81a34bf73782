package engine

import (
	"errors"

	"github.com/partnerengage/partnerengage/storage"
)

// MaxErrors is how many errors a long-running call keeps; the rest it counts.
const MaxErrors = 20

// KeepErrors adds errors to the first MaxErrors that are kept.
func KeepErrors(errs, more []error) []error {
	return append(errs, more[:min(len(more), max(MaxErrors-len(errs), 0))]...)
}

// explained is the error of a job, for whoever runs it: it says which rows could not
// be read, and why.
type explained struct{ error }

func (e explained) Error() string {
	text := e.error.Error()
	for _, bad := range storage.UnreadableIn(e.error) {
		text += "\n" + bad.Detail()
	}
	return text
}

func (e explained) Unwrap() []error { return []error{e.error} }

// Explain makes the error of a job say which rows could not be read.
func Explain(err error) error {
	if err == nil || !errors.Is(err, storage.ErrUnreadable) {
		return err
	}
	return explained{err}
}

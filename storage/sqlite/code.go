package sqlite

import "github.com/partnerengage/partnerengage/internal/code"

// Code returns "unavailable" where trying again later can help, "unreadable" where the
// file is damaged or of another version, and "internal" where somebody has to mend
// something first. What SQLite says and this package does not know may pass. See
// workflow.Code.
func (e *Error) Code() string {
	switch e.Problem {
	case nil, ErrBusy, ErrFull, ErrResources, ErrInput:
		return code.Unavailable
	case ErrCorrupt, ErrNotDatabase, ErrNewerSchema:
		return code.Unreadable
	}
	return code.Internal
}

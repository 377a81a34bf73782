package postgres

import "github.com/partnerengage/partnerengage/internal/code"

// Code returns "unavailable" where trying again later can help, "unreadable" where what
// is stored is damaged or of another version, and "internal" where somebody has to mend
// something first. What the server says and this package does not know may pass. See
// workflow.Code.
func (e *Error) Code() string {
	switch e.Problem {
	case nil, ErrUnreachable, ErrUnknown, ErrBusy, ErrFull, ErrResources, ErrReadOnly:
		return code.Unavailable
	case ErrCorrupt, ErrNewerSchema:
		return code.Unreadable
	}
	return code.Internal
}

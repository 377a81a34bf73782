package workflow

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*InputError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*NameRequiredError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*OwnContactError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*InvalidCursorError) Code() string { return code.InvalidInput }

// Code returns "not_found".
func (*NotFoundError) Code() string { return code.NotFound }

// Code returns "not_found".
func (*NotKnownError) Code() string { return code.NotFound }

// Code returns "not_found".
func (*PersonNotFoundError) Code() string { return code.NotFound }

// Code returns "forbidden".
func (*ForbiddenError) Code() string { return code.Forbidden }

// Code returns "forbidden".
func (*FourEyesError) Code() string { return code.Forbidden }

// Code returns "id_required".
func (*IDNotAcceptedError) Code() string { return code.IDRequired }

// Code returns "id_required".
func (*StatedIdentityError) Code() string { return code.IDRequired }

// Code returns "reason_required".
func (*PayeeNotValidError) Code() string { return code.ReasonRequired }

// Code returns "not_eligible".
func (*NotEligibleError) Code() string { return code.NotEligible }

// Code returns "not_eligible".
func (*LocationNotEligibleError) Code() string { return code.NotEligible }

// Code returns "not_open".
func (*NotClaimableError) Code() string { return code.NotOpen }

// Code returns "already_known".
func (*AlreadyKnownError) Code() string { return code.AlreadyKnown }

// Code returns "already_open".
func (*OpenParticipationError) Code() string { return code.AlreadyOpen }

// Code returns "wrong_state".
func (*WrongStateError) Code() string { return code.WrongState }

// Code returns "wrong_state".
func (*DisassociatedError) Code() string { return code.WrongState }

// Code returns "stale".
func (*PayoutChangedError) Code() string { return code.Stale }

// Code returns "stale".
func (*ConsumerMovedError) Code() string { return code.Stale }

// Code returns "key_reused".
func (*KeyReusedError) Code() string { return code.KeyReused }

// Code returns "unavailable".
func (*UnavailableError) Code() string { return code.Unavailable }

// Code returns "internal".
func (*InternalError) Code() string { return code.Internal }

// Code returns "internal".
func (*PanicError) Code() string { return code.Internal }

// Code returns "internal".
func (*ClockError) Code() string { return code.Internal }

// Code returns "unreadable".
func (*UnreadableEventsError) Code() string { return code.Unreadable }

// Code returns "unreadable".
func (*UnreadableRowsError) Code() string { return code.Unreadable }

// Code returns "reason_required" where a reason would do, else "invalid_input".
func (e *ForeignContactError) Code() string {
	if e.WithAReason {
		return code.ReasonRequired
	}
	return code.InvalidInput
}

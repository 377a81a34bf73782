package tenant

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*MalformedError) Code() string { return code.InvalidInput }

// Code returns "id_required", since another address or an ID of the customer helps.
func (*NotFoundError) Code() string { return code.IDRequired }

// Code returns "id_required".
func (*AmbiguousError) Code() string { return code.IDRequired }

// Code returns "reason_required".
func (*ReasonRequiredError) Code() string { return code.ReasonRequired }

// Code returns "id_required" where an ID is needed, and "reason_required" where only a
// reason is.
func (e *ConsumerDomainError) Code() string {
	if e.NeedsID {
		return code.IDRequired
	}
	return code.ReasonRequired
}

// Code returns "unavailable".
func (*UnavailableError) Code() string { return code.Unavailable }

// Code returns "internal".
func (*DirectoryError) Code() string { return code.Internal }

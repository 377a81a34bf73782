package claim

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*InvalidError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*AmountError) Code() string { return code.InvalidInput }

// Code returns "not_found".
func (*NotFoundError) Code() string { return code.NotFound }

// Code returns "incomplete".
func (*IncompleteError) Code() string { return code.Incomplete }

// Code returns "wrong_state".
func (*NotAllowedError) Code() string { return code.WrongState }

// Code returns "expired".
func (*ExpiredError) Code() string { return code.Expired }

package link

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*InvalidError) Code() string { return code.InvalidInput }

// Code returns "expired".
func (*VoidError) Code() string { return code.Expired }

// Code returns "too_soon".
func (*TooSoonError) Code() string { return code.TooSoon }

// Code returns "limit_reached".
func (*TooManyError) Code() string { return code.LimitReached }

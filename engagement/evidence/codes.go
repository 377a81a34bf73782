package evidence

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*KeyError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*TooLargeError) Code() string { return code.InvalidInput }

// Code returns "unreadable".
func (*DamagedError) Code() string { return code.Unreadable }

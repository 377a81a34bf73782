package criteria

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*DocumentError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*FactError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*RegistrationError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*TimelineError) Code() string { return code.InvalidInput }

package words

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*Error) Code() string { return code.InvalidInput }

package engagement

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*InvalidError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*UnknownValueError) Code() string { return code.InvalidInput }

// Code returns "unreadable".
func (*HistoryError) Code() string { return code.Unreadable }

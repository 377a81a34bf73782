package record

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "unreadable".
func (*NewerError) Code() string { return code.Unreadable }

// Code returns "unreadable".
func (*MalformedError) Code() string { return code.Unreadable }

// Code returns "internal".
func (*ValueError) Code() string { return code.Internal }

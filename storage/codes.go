package storage

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "unreadable".
func (*UnreadableError) Code() string { return code.Unreadable }

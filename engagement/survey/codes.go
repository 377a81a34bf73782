package survey

import "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*AnswersError) Code() string { return code.InvalidInput }

// Code returns "invalid_input".
func (*AnswerError) Code() string { return code.InvalidInput }

// Code returns "wrong_state".
func (*NotAllowedError) Code() string { return code.WrongState }

// Code returns "wrong_state".
func (*FrozenError) Code() string { return code.WrongState }

// Code returns "already_answered".
func (*AlreadyAnsweredError) Code() string { return code.AlreadyAnswered }

// Code returns "expired".
func (*ExpiredError) Code() string { return code.Expired }

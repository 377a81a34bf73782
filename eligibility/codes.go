package eligibility

import codes "github.com/partnerengage/partnerengage/internal/code"

// The codes of this package's errors: see workflow.Code.

// Code returns "invalid_input".
func (*RuleSetError) Code() string { return codes.InvalidInput }

// Code returns "invalid_input".
func (*ParseError) Code() string { return codes.InvalidInput }

// Code returns "invalid_input".
func (*MoneyError) Code() string { return codes.InvalidInput }

// Code returns "invalid_input".
func (*ValueError) Code() string { return codes.InvalidInput }

// Code returns "internal".
func (*RuleError) Code() string { return codes.Internal }

// Code returns "internal".
func (*NotInEffectError) Code() string { return codes.Internal }

// Code returns "internal".
func (*PanicError) Code() string { return codes.Internal }

// Code returns "internal".
func (*KindError) Code() string { return codes.Internal }

// Code returns "internal".
func (*CurrencyError) Code() string { return codes.Internal }

// Code returns "internal".
func (*ReplayError) Code() string { return codes.Internal }

package cel

import (
	"fmt"

	"github.com/partnerengage/partnerengage/internal/code"
)

// ExpressionError says what has to change in an expression, and where. Several are
// joined.
type ExpressionError struct {
	Line, Column int // counted from 1; 0 for the expression as a whole
	Problem      string
}

func (e *ExpressionError) Error() string {
	if e.Line == 0 {
		return "the expression " + e.Problem
	}
	return fmt.Sprintf("the expression has in line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Code returns "invalid_input".
func (*ExpressionError) Code() string { return code.InvalidInput }

// FactError says why an expression cannot have a fact.
type FactError struct {
	Fact    string
	Problem string
}

func (e *FactError) Error() string {
	return fmt.Sprintf("expressions cannot have the fact %q: it %s", e.Fact, e.Problem)
}

// Code returns "invalid_input".
func (*FactError) Code() string { return code.InvalidInput }

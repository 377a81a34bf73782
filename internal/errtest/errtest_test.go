package errtest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

type lost struct{}

func (*lost) Error() string { return "it is lost" }

func TestIs(t *testing.T) {
	stale := fmt.Errorf("wrapped: %w", code.New(code.Stale, "somebody was faster"))
	gone := fmt.Errorf("wrapped: %w", &lost{})
	for _, tt := range []struct {
		err, target error
		want        bool
	}{
		{gone, errtest.Type[*lost](), true}, {stale, errtest.Type[*lost](), false}, {nil, errtest.Type[*lost](), false},
		{stale, errtest.Code(code.Stale), true}, {stale, errtest.Code(code.NotFound), false}, {gone, errtest.Code(code.Stale), false},
		{stale, errtest.OneOf(errtest.Type[*lost](), errtest.Code(code.Stale)), true}, {stale, errtest.OneOf(errtest.Type[*lost](), context.Canceled), false},
		{context.Canceled, context.Canceled, true}, {gone, context.Canceled, false},
	} {
		if errtest.Is(tt.err, tt.target) != tt.want {
			t.Errorf("whether %v is %v: want %v", tt.err, tt.target, tt.want)
		}
	}
	if errtest.Type[*lost]() != errtest.Type[*lost]() || errtest.Type[*lost]() == errtest.Type[*code.Error]() || errtest.Code(code.Stale) == errtest.Code(code.NotFound) {
		t.Error("kinds are not compared by what they stand for")
	}
}

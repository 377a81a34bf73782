package code_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/internal/code"
)

type foreign struct{}

func (foreign) Error() string { return "not one of ours" }
func (foreign) Code() string  { return "E42" }

func TestCodesDiffer(t *testing.T) {
	if all := slices.Sorted(slices.Values(code.All())); len(slices.Compact(all)) != len(code.All()) {
		t.Errorf("a code stands twice among %q", code.All())
	}
}

func TestOfAnErrorItself(t *testing.T) {
	gone := code.New(code.NotFound, "it is gone")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""}, {gone, code.NotFound}, {fmt.Errorf("wrapped: %w", gone), ""}, {errors.New("no code"), ""}, {foreign{}, ""},
	} {
		if got := code.Of(tt.err); got != tt.want {
			t.Errorf("the code of %v is %q: want %q", tt.err, got, tt.want)
		}
	}
	deep := fmt.Errorf("wrapped: %w", errors.Join(foreign{}, fmt.Errorf("again: %w", gone)))
	if !code.Has(deep, code.Stale, code.NotFound) || code.Has(deep, code.Stale, "") || code.Has(nil, "") {
		t.Error("the codes of what is wrapped are not found")
	}
	if errors.Is(gone, code.New(code.NotFound, "it is gone")) {
		t.Error("two errors with the same text are one")
	}
}

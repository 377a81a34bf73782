package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// together joins what is wrong with one input, so that all of it is told at once.
// What no input causes, because somebody gives no answer or the command was carried
// out before, stands alone.
func together(errs ...error) error {
	for _, err := range errs {
		if hinders(err) {
			return err
		}
	}
	return problems.Join(errs...)
}

// hinders reports whether an error says nothing of the input.
func hinders(err error) bool {
	for _, sign := range []error{engine.ErrReplay, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, sign) {
			return true
		}
	}
	return is[*KeyReusedError](err) || troubled(err)
}

// checkList wants a filter to hold known values only.
func checkList[T ~string](field string, given, all []T) error {
	if i := slices.IndexFunc(given, func(v T) bool { return !slices.Contains(all, v) }); i >= 0 {
		return &InputError{Field: field, Problem: fmt.Sprintf("hold %.50q, which there is not: use %s", given[i], oneOf(all))}
	}
	return nil
}

// oneOf says which values there are.
func oneOf[T ~string](all []T) string {
	quoted := make([]string, len(all))
	for i, v := range all {
		quoted[i] = strconv.Quote(string(v))
	}
	return "one of " + strings.Join(quoted, ", ")
}

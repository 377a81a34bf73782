package workflow

import (
	"errors"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

const longestReason = 2000

// notNow wraps a refusal of a state. What is no refusal of the state stays as it
// is.
func notNow(command string, p engagement.Participation, now time.Time, err error) error {
	if is[*InputError](err) { // which names its field already, and may wrap one of these
		return err
	}
	if bad := (*link.InvalidError)(nil); errors.As(err, &bad) {
		return &InputError{Field: bad.Field, Problem: "cannot be used: " + bad.Problem, Err: err}
	}
	if bad := (*survey.AnswersError)(nil); errors.As(err, &bad) {
		return wrongAnswers(bad)
	}
	if bad := (*claim.InvalidError)(nil); errors.As(err, &bad) {
		return &InputError{Field: strings.TrimPrefix(bad.Field, "evidence."), Problem: bad.Problem, Err: err}
	}
	if missing := (*claim.NotFoundError)(nil); errors.As(err, &missing) {
		return &NotFoundError{Kind: missing.Kind, Field: missing.Kind, Value: missing.Value}
	}
	for _, c := range CodesOf(err) {
		switch c {
		case CodeWrongState, CodeExpired, CodeTooSoon, CodeLimitReached, CodeAlreadyAnswered:
		default:
			return err
		}
	}
	return &WrongStateError{Command: command, Status: p.StatusAt(now), Err: err}
}

// wrongAnswers returns an *InputError for each, joined.
func wrongAnswers(wrong *survey.AnswersError) error {
	var errs []error
	for _, p := range wrong.Problems {
		_, problem, _ := strings.Cut(p.Error(), ": ")
		errs = append(errs, &InputError{Field: "answers." + p.Question, Problem: "cannot be used: " + problem, Err: p})
	}
	return errors.Join(errs...)
}

// inputErrors turns the errors of checks in package engagement into *InputErrors.
func inputErrors(err error) error {
	var all []error
	errs := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	}
	for _, err := range errs {
		if bad := (*engagement.InvalidError)(nil); errors.As(err, &bad) {
			err = &InputError{Field: bad.Field, Problem: bad.Problem, Err: err}
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}

package workflow

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// Code says in one word what kind of error it is. Every error type of this module has
// a method Code that returns one of these as a string; the types say more, to
// errors.As. Errors that a host acts on in the same way share a code.
//
//	code               when                                                    status  what to do
//	invalid_input      a field, a contact, an amount or a cursor cannot be     400     show the message at Refusal.Field
//	                   used as it was given
//	not_found          the partner has no such thing, or the link is unknown   404     go back to the list
//	forbidden          roles, scope or four eyes do not let the actor do it    403     offer it to others only
//	id_required        it is not clear who the customer is, or the engagement  422     ask for another ID or address of the customer
//	                   takes customers by other IDs only
//	reason_required    it takes a reason                                       422     ask for the reason, send it again with that
//	not_eligible       customer or location does not meet the criteria         422     show Refusal.Reasons
//	not_open           the engagement takes no customers now                   409     wait until Refusal.NotBefore where there is one
//	already_known      the partner knows the customer                          409     claim it instead of adding it
//	already_open       the partner has the customer in the engagement          409     go on with Refusal.Participation
//	wrong_state        not possible in the state that it is in                 409     read it again, show the actions that it has now
//	incomplete         the claim lacks proof                                   422     show Refusal.Missing
//	stale              what was looked at has changed since                    409     read it again, let the user confirm
//	key_reused         the idempotency key was used for something else         422     a new key for each request
//	already_answered   there is another answer already                         409     show that one
//	expired            the time is over, or the link was replaced              410     begin again, or open the newest message
//	too_soon           written to too often lately                             429     wait until Refusal.NotBefore
//	limit_reached      the most there may be is reached; waiting does not help 409     show the message
//	unavailable        a source, the storage or the caller's time gave out     503     the same call again, with the same key
//	unreadable         what is stored is damaged, or cannot be read here       500     tell whoever runs it; the log says more
//	internal           a defect, of the host's or of this library; and errors  500     tell whoever runs it; the log says more
//	                   that are none of this module's
type Code string

// The codes.
const (
	CodeInvalidInput    Code = code.InvalidInput
	CodeNotFound        Code = code.NotFound
	CodeForbidden       Code = code.Forbidden
	CodeIDRequired      Code = code.IDRequired
	CodeReasonRequired  Code = code.ReasonRequired
	CodeNotEligible     Code = code.NotEligible
	CodeNotOpen         Code = code.NotOpen
	CodeAlreadyKnown    Code = code.AlreadyKnown
	CodeAlreadyOpen     Code = code.AlreadyOpen
	CodeWrongState      Code = code.WrongState
	CodeIncomplete      Code = code.Incomplete
	CodeStale           Code = code.Stale
	CodeKeyReused       Code = code.KeyReused
	CodeAlreadyAnswered Code = code.AlreadyAnswered
	CodeExpired         Code = code.Expired
	CodeTooSoon         Code = code.TooSoon
	CodeLimitReached    Code = code.LimitReached
	CodeUnavailable     Code = code.Unavailable
	CodeUnreadable      Code = code.Unreadable
	CodeInternal        Code = code.Internal
)

// AllCodes returns every Code, in the order of the table.
func AllCodes() []Code {
	all := make([]Code, len(code.All()))
	for i, c := range code.All() {
		all[i] = Code(c)
	}
	return all
}

// MarshalText refuses a value that is not a Code.
func (c Code) MarshalText() ([]byte, error) { return spell(c, "code", AllCodes()) }

// UnmarshalText refuses a text that is not a Code.
func (c *Code) UnmarshalText(b []byte) error { return decode(c, "code", b, AllCodes()) }

// CodesOf returns the codes of an error, each once, in the order in which they are
// met: those of all errors that are joined, and where a refusal of a state wraps a
// refusal of a consent, a claim or a survey, both. An error that is none of this
// module's has CodeInternal, but for that of a context, which has CodeUnavailable; what
// a source of the host's answered has the code of the error that it is wrapped in. nil has
// none.
func CodesOf(err error) []Code {
	var codes []Code
	for _, e := range single(err) {
		for _, c := range codesOfOne(e) {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes
}

// HasCode reports whether an error has a code: see [CodesOf].
func HasCode(err error, c Code) bool { return slices.Contains(CodesOf(err), c) }

// codesOfOne returns the codes of an error that single has returned, the one that says
// most last.
func codesOfOne(err error) []Code {
	if c := code.Of(err); c != "" {
		codes := []Code{Code(c)}
		if state, ok := err.(*WrongStateError); ok && state.Err != nil {
			for _, cause := range single(state.Err) {
				if own := Code(code.Of(cause)); own != "" && own != CodeWrongState {
					codes = append(codes, own)
				}
			}
		}
		return codes
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return []Code{CodeUnavailable}
	}
	return []Code{CodeInternal}
}

// single takes an error apart into those that are joined in it. Each is the outermost
// that has a code, or one that has none anywhere. Answers to a survey are joined, too.
func single(err error) []error {
	if err == nil {
		return nil
	}
	if answers, ok := err.(*survey.AnswersError); ok && len(answers.Problems) > 0 {
		return answers.Unwrap()
	}
	if code.Of(err) != "" {
		return []error{err}
	}
	var within []error
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		within = single(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			within = append(within, single(one)...)
		}
		if problems.Joined(err) {
			return within
		}
	}
	// It is one error, with a text of its own: what it wraps counts where that has a code.
	within = slices.DeleteFunc(within, func(e error) bool { return code.Of(e) == "" })
	if len(within) == 0 {
		return []error{err}
	}
	return within
}

// statuses are the HTTP statuses of the codes.
var statuses = map[Code]int{
	CodeInvalidInput:    http.StatusBadRequest,
	CodeNotFound:        http.StatusNotFound,
	CodeForbidden:       http.StatusForbidden,
	CodeIDRequired:      http.StatusUnprocessableEntity,
	CodeReasonRequired:  http.StatusUnprocessableEntity,
	CodeNotEligible:     http.StatusUnprocessableEntity,
	CodeNotOpen:         http.StatusConflict,
	CodeAlreadyKnown:    http.StatusConflict,
	CodeAlreadyOpen:     http.StatusConflict,
	CodeWrongState:      http.StatusConflict,
	CodeIncomplete:      http.StatusUnprocessableEntity,
	CodeStale:           http.StatusConflict,
	CodeKeyReused:       http.StatusUnprocessableEntity,
	CodeAlreadyAnswered: http.StatusConflict,
	CodeExpired:         http.StatusGone,
	CodeTooSoon:         http.StatusTooManyRequests,
	CodeLimitReached:    http.StatusConflict,
	CodeUnavailable:     http.StatusServiceUnavailable,
	CodeUnreadable:      http.StatusInternalServerError,
	CodeInternal:        http.StatusInternalServerError,
}

// precedence is the order in which statuses of joined errors count: what nobody who
// calls can mend; then what has to be put right before the rest matters; and last what
// time mends.
var precedence = []int{
	http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest,
	http.StatusUnprocessableEntity, http.StatusGone, http.StatusConflict, http.StatusTooManyRequests,
}

// HTTPStatus returns the status of a code, as the table says; 500 for a code that there
// is not.
func (c Code) HTTPStatus() int {
	if status, ok := statuses[c]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// HTTPStatus returns the status with which to answer an error: that of the codes that
// its Refusals have. Of joined errors the first of 500, 503, 403, 404, 400, 422, 410,
// 409 and 429 counts. nil is 200.
func HTTPStatus(err error) int {
	found := map[int]bool{}
	for _, e := range single(err) {
		codes := codesOfOne(e)
		found[codes[len(codes)-1].HTTPStatus()] = true
	}
	for _, status := range precedence {
		if found[status] {
			return status
		}
	}
	return http.StatusOK
}

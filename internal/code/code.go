// Package code holds the codes of errors: the one place where each word is written.
// What each means, and what to do about it, is in the documentation of workflow.Code.
package code

import "slices"

// The codes.
const (
	InvalidInput    = "invalid_input"
	NotFound        = "not_found"
	Forbidden       = "forbidden"
	IDRequired      = "id_required"
	ReasonRequired  = "reason_required"
	NotEligible     = "not_eligible"
	NotOpen         = "not_open"
	AlreadyKnown    = "already_known"
	AlreadyOpen     = "already_open"
	WrongState      = "wrong_state"
	Incomplete      = "incomplete"
	Stale           = "stale"
	KeyReused       = "key_reused"
	AlreadyAnswered = "already_answered"
	Expired         = "expired"
	TooSoon         = "too_soon"
	LimitReached    = "limit_reached"
	Unavailable     = "unavailable"
	Unreadable      = "unreadable"
	Internal        = "internal"
)

// All returns every code.
func All() []string {
	return []string{
		InvalidInput, NotFound, Forbidden, IDRequired, ReasonRequired, NotEligible, NotOpen, AlreadyKnown, AlreadyOpen, WrongState,
		Incomplete, Stale, KeyReused, AlreadyAnswered, Expired, TooSoon, LimitReached, Unavailable, Unreadable, Internal,
	}
}

// Of returns the code of an error itself, not of what it wraps; "" for one that has
// none of ours.
func Of(err error) string {
	if coded, ok := err.(interface{ Code() string }); ok && slices.Contains(All(), coded.Code()) {
		return coded.Code()
	}
	return ""
}

// Has reports whether an error has one of the codes, itself or anywhere in what it wraps.
func Has(err error, codes ...string) bool {
	if err == nil {
		return false
	}
	if own := Of(err); own != "" && slices.Contains(codes, own) {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return Has(e.Unwrap(), codes...)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), func(err error) bool { return Has(err, codes...) })
	}
	return false
}

// Error is an error with a code and nothing else to say than its text.
type Error struct{ code, text string }

// New returns an error that differs from all others, as errors.New does.
func New(code, text string) *Error { return &Error{code, text} }

// Code returns the error's code.
func (e *Error) Code() string { return e.code }

func (e *Error) Error() string { return e.text }

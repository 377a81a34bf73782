package tenant

import "errors"

// Sentinels for [errors.Is], one for each kind of refusal.
var (
	ErrMalformed      = errors.New("malformed input")
	ErrNotFound       = errors.New("customer not found")
	ErrAmbiguous      = errors.New("ambiguous domain")
	ErrConsumerDomain = errors.New("consumer domain")
	ErrReasonRequired = errors.New("a reason is required")
	ErrUnavailable    = errors.New("directory unavailable")
)

// MalformedError refuses text that cannot be read. Asking again with the same
// text cannot succeed. It matches [ErrMalformed].
type MalformedError struct {
	Field   string // the field of [Candidate] in its JSON spelling, or the kind of value: "cloud", "key"
	Problem string // a sentence's worth of what is wrong and what would help
}

func malformed(field, problem string) error { return &MalformedError{field, problem} }

func (e *MalformedError) Error() string { return "malformed " + e.Field + ": " + e.Problem }

// Unwrap returns [ErrMalformed].
func (e *MalformedError) Unwrap() error { return ErrMalformed }

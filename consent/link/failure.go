package link

import (
	"time"

	"github.com/partnerengage/partnerengage/internal/enum"
	"github.com/partnerengage/partnerengage/internal/instant"
)

// FailureCode says why a message did not reach its contact.
type FailureCode string

// The reasons for which a message did not reach its contact.
const (
	FailureUndeliverable FailureCode = "undeliverable" // the mail system refused it for good: there is no such mailbox, for example
	FailureTimedOut      FailureCode = "timed out"     // it could not be handed over before there was any use in it
	FailureBounced       FailureCode = "bounced"       // it came back after it had been handed over
)

// AllFailureCodes returns every FailureCode.
func AllFailureCodes() []FailureCode {
	return []FailureCode{FailureUndeliverable, FailureTimedOut, FailureBounced}
}

// MarshalText returns the documented spelling. An unknown code is an [*InvalidError].
func (c FailureCode) MarshalText() ([]byte, error) {
	return enum.Marshal("failure code", c, AllFailureCodes(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (c *FailureCode) UnmarshalText(text []byte) error {
	return enum.Unmarshal("failure code", c, text, AllFailureCodes(), unknown)
}

// Failure records that a message did not reach its contact. The zero Failure is none.
type Failure struct {
	Code FailureCode `json:"code"`
	At   time.Time   `json:"at"` // when that was found out
}

// IsZero reports whether nothing has failed.
func (f Failure) IsZero() bool { return f == Failure{} }

// MarkSent returns the links with the one that has this ID marked as handed to a
// mail system in this message, or [ErrUnknown]. An earlier failure is forgotten.
func MarkSent(links []Link, id ID, message string, at time.Time) ([]Link, error) {
	return change(links, id, func(l *Link) { l.SentAt, l.Failed, l.Message = instant.Of(at), Failure{}, message })
}

// MarkFailed returns the links with the one that has this ID marked as not having
// reached its contact, or [ErrUnknown].
func MarkFailed(links []Link, id ID, f Failure) ([]Link, error) {
	f.At = instant.Of(f.At)
	return change(links, id, func(l *Link) { l.Failed = f })
}

package consent

import (
	"fmt"
	"slices"
)

// Status says where a consent stands. The zero Status is none: a [State] made
// by [Start] always has one.
type Status string

// The statuses of a consent.
const (
	StatusAwaitingRequest Status = "awaiting request" // nobody has been asked yet
	StatusRequested       Status = "requested"        // asked, and not answered
	StatusGranted         Status = "granted"
	StatusDeclined        Status = "declined"
	StatusExpired         Status = "expired" // not answered before the deadline
	StatusWithdrawn       Status = "withdrawn"
	StatusCanceled        Status = "cancelled" // by the partner
)

// AllStatuses returns every status, in the order of a consent's life.
func AllStatuses() []Status {
	return []Status{StatusAwaitingRequest, StatusRequested, StatusGranted, StatusDeclined, StatusExpired, StatusWithdrawn, StatusCanceled}
}

// MarshalText returns the documented spelling. An unknown status is an [*InvalidError].
func (s Status) MarshalText() ([]byte, error) { return marshalEnum("status", s, AllStatuses()) }

// UnmarshalText reads the documented spelling and nothing else.
func (s *Status) UnmarshalText(text []byte) error {
	return unmarshalEnum("status", s, text, AllStatuses())
}

// Kind names what happens to a consent: the kind of an [Event].
type Kind string

// The kinds of events.
const (
	KindRequest        Kind = "request"
	KindResend         Kind = "resend"
	KindChangeContacts Kind = "change contacts"
	KindAccept         Kind = "accept"
	KindDecline        Kind = "decline"
	KindWithdraw       Kind = "withdraw"
	KindCancel         Kind = "cancel"
	KindExpire         Kind = "expire"
)

// AllKinds returns every kind of event.
func AllKinds() []Kind {
	return []Kind{KindRequest, KindResend, KindChangeContacts, KindAccept, KindDecline, KindWithdraw, KindCancel, KindExpire}
}

// MarshalText returns the documented spelling. An unknown kind is an [*InvalidError].
func (k Kind) MarshalText() ([]byte, error) { return marshalEnum("event", k, AllKinds()) }

// UnmarshalText reads the documented spelling and nothing else.
func (k *Kind) UnmarshalText(text []byte) error { return unmarshalEnum("event", k, text, AllKinds()) }

// Decision is what a customer's contact decides by a link.
type Decision string

// The decisions of a contact.
const (
	DecisionAccept   Decision = "accept"
	DecisionDecline  Decision = "decline"
	DecisionWithdraw Decision = "withdraw"
)

// AllDecisions returns every decision.
func AllDecisions() []Decision {
	return []Decision{DecisionAccept, DecisionDecline, DecisionWithdraw}
}

// ParseDecision reads the documented spelling and nothing else. The error is an
// [*InvalidError].
func ParseDecision(s string) (Decision, error) {
	var d Decision
	err := d.UnmarshalText([]byte(s))
	return d, err
}

// MarshalText returns the documented spelling. An unknown decision is an [*InvalidError].
func (d Decision) MarshalText() ([]byte, error) { return marshalEnum("decision", d, AllDecisions()) }

// UnmarshalText reads the documented spelling and nothing else.
func (d *Decision) UnmarshalText(text []byte) error {
	return unmarshalEnum("decision", d, text, AllDecisions())
}

// Channel says how an answer came in.
type Channel string

// The channels of an answer.
const (
	ChannelPage Channel = "page" // by the page that the contact's link opens
	ChannelHost Channel = "host" // by other means of the host's own, such as its portal
)

// AllChannels returns every channel.
func AllChannels() []Channel { return []Channel{ChannelPage, ChannelHost} }

// MarshalText returns the documented spelling. An unknown channel is an [*InvalidError].
func (c Channel) MarshalText() ([]byte, error) { return marshalEnum("channel", c, AllChannels()) }

// UnmarshalText reads the documented spelling and nothing else.
func (c *Channel) UnmarshalText(text []byte) error {
	return unmarshalEnum("channel", c, text, AllChannels())
}

func marshalEnum[T ~string](field string, v T, all []T) ([]byte, error) {
	if !slices.Contains(all, v) {
		return nil, junk(field, string(v), all)
	}
	return []byte(v), nil
}

func unmarshalEnum[T ~string](field string, v *T, text []byte, all []T) error {
	if !slices.Contains(all, T(text)) {
		return junk(field, string(text), all)
	}
	*v = T(text)
	return nil
}

func junk[T ~string](field, text string, all []T) error {
	return invalid(field, fmt.Sprintf("%.40q is none of %q", text, all))
}

package consent

import (
	"github.com/partnerengage/partnerengage/internal/enum"
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

// MarshalText returns the documented spelling. An unknown status is an [*link.InvalidError].
func (s Status) MarshalText() ([]byte, error) {
	return enum.Marshal("status", s, AllStatuses(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (s *Status) UnmarshalText(text []byte) error {
	return enum.Unmarshal("status", s, text, AllStatuses(), unknown)
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

// MarshalText returns the documented spelling. An unknown kind is an [*link.InvalidError].
func (k Kind) MarshalText() ([]byte, error) { return enum.Marshal("event", k, AllKinds(), unknown) }

// UnmarshalText reads the documented spelling and nothing else.
func (k *Kind) UnmarshalText(text []byte) error {
	return enum.Unmarshal("event", k, text, AllKinds(), unknown)
}

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
// [*link.InvalidError].
func ParseDecision(s string) (Decision, error) {
	var d Decision
	err := d.UnmarshalText([]byte(s))
	return d, err
}

// MarshalText returns the documented spelling. An unknown decision is an [*link.InvalidError].
func (d Decision) MarshalText() ([]byte, error) {
	return enum.Marshal("decision", d, AllDecisions(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (d *Decision) UnmarshalText(text []byte) error {
	return enum.Unmarshal("decision", d, text, AllDecisions(), unknown)
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

// MarshalText returns the documented spelling. An unknown channel is an [*link.InvalidError].
func (c Channel) MarshalText() ([]byte, error) {
	return enum.Marshal("channel", c, AllChannels(), unknown)
}

// UnmarshalText reads the documented spelling and nothing else.
func (c *Channel) UnmarshalText(text []byte) error {
	return enum.Unmarshal("channel", c, text, AllChannels(), unknown)
}

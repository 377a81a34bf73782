package engagement

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// MessageID names an outgoing message. A receiver that remembers it can drop
// what is delivered twice.
type MessageID string

// MessageKind says what a message is for.
type MessageKind string

// The kinds of message.
const (
	MessageConsentRequest   MessageKind = "ask for consent"  // to a customer contact, with a link
	MessageConsentGranted   MessageKind = "consent granted"  // to a partner contact
	MessageConsentDeclined  MessageKind = "consent declined" // to a partner contact
	MessageConsentExpired   MessageKind = "consent expired"  // to a partner contact
	MessageConsentWithdrawn MessageKind = "consent withdrawn"
	MessageCanceled         MessageKind = "participation cancelled" // to a customer contact who was asked
	MessageSurveyRequest    MessageKind = "ask for survey"          // to a survey's contact, with a link

	// To the partner as a whole: whatever contacts it has named, the host has to do it.
	MessageReferralRequest MessageKind = "ask for referral"

	// To a partner contact, too.
	MessageActionRequired     MessageKind = "action required"
	MessageClaimApproved      MessageKind = "claim approved"
	MessageClaimRejected      MessageKind = "claim rejected"
	MessageClaimPaid          MessageKind = "claim paid"
	MessageClaimExpired       MessageKind = "claim expired"
	MessageConsentReminder    MessageKind = "reminder of consent"
	MessageSubmissionReminder MessageKind = "reminder of submission"
	MessageActionReminder     MessageKind = "reminder of action"
	MessageDisputeReminder    MessageKind = "reminder of dispute"
)

// AllMessageKinds returns every MessageKind.
func AllMessageKinds() []MessageKind {
	return []MessageKind{
		MessageConsentRequest, MessageConsentGranted, MessageConsentDeclined, MessageConsentExpired, MessageConsentWithdrawn, MessageCanceled, MessageSurveyRequest, MessageReferralRequest,
		MessageActionRequired, MessageClaimApproved, MessageClaimRejected, MessageClaimPaid, MessageClaimExpired,
		MessageConsentReminder, MessageSubmissionReminder, MessageActionReminder, MessageDisputeReminder,
	}
}

// MarshalText refuses a value that is not a MessageKind.
func (k MessageKind) MarshalText() ([]byte, error) {
	return spell(k, "message kind", AllMessageKinds())
}

// UnmarshalText refuses a text that is not a MessageKind.
func (k *MessageKind) UnmarshalText(b []byte) error {
	return decode(k, "message kind", b, AllMessageKinds())
}

// Message is something to tell somebody. It is stored with the change that
// caused it and goes out after that was committed, at least once.
type Message struct {
	ID            MessageID       `json:"id"`
	Kind          MessageKind     `json:"kind"`
	Partner       PartnerID       `json:"partner"`
	Engagement    ID              `json:"engagement"`
	Customer      tenant.Key      `json:"customer"`
	Participation ParticipationID `json:"participation"`
	To            tenant.Email    `json:"to,omitzero"`       // zero: to the partner as a whole, which has named no contacts, or for MessageReferralRequest; the host knows whom to tell
	Language      link.Language   `json:"language,omitzero"` // zero: the first there is
	Link          link.ID         `json:"link,omitzero"`     // the link that it carries; its token is made when it goes out
	Deadline      time.Time       `json:"deadline,omitzero"` // the one that a reminder is about
	Of            int             `json:"of,omitzero"`       // which of the claim's reviews or payments it tells of, from 1; 0: the last
	CreatedAt     time.Time       `json:"created_at"`
	Attempts      int             `json:"attempts"` // how often it was handed out
}

// Record returns the key of the record that the message is about.
func (m Message) Record() RecordKey {
	return RecordKey{Partner: m.Partner, Engagement: m.Engagement, Customer: m.Customer}
}

// LogValue keeps the receiver out of logs.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(m.ID)), slog.String("kind", string(m.Kind)))
}

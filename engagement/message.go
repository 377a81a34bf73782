package engagement

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/tenant"
)

// MessageID names an outgoing message. A receiver that remembers it can drop
// what is delivered twice.
type MessageID string

// MessageKind says what a message is for.
type MessageKind string

// The kinds of message.
const (
	AskForConsent MessageKind = "ask for consent"  // to a customer contact, with a link
	TellGranted   MessageKind = "consent granted"  // to a partner contact
	TellDeclined  MessageKind = "consent declined" // to a partner contact
	TellExpired   MessageKind = "consent expired"  // to a partner contact
	TellWithdrawn MessageKind = "consent withdrawn"
	TellCancelled MessageKind = "participation cancelled" // to a customer contact who was asked
	AskForSurvey  MessageKind = "ask for survey"          // to a survey's contact, with a link

	// To the partner as a whole: whatever contacts it has named, the host has to do it.
	AskForReferral MessageKind = "ask for referral"

	// To a partner contact, too.
	TellActionRequired MessageKind = "action required"
	TellApproved       MessageKind = "claim approved"
	TellRejected       MessageKind = "claim rejected"
	TellPaid           MessageKind = "claim paid"
	TellClaimExpired   MessageKind = "claim expired"
	RemindConsent      MessageKind = "reminder of consent"
	RemindSubmission   MessageKind = "reminder of submission"
	RemindAction       MessageKind = "reminder of action"
	RemindDispute      MessageKind = "reminder of dispute"
)

// AllMessageKinds returns every MessageKind.
func AllMessageKinds() []MessageKind {
	return []MessageKind{
		AskForConsent, TellGranted, TellDeclined, TellExpired, TellWithdrawn, TellCancelled, AskForSurvey, AskForReferral,
		TellActionRequired, TellApproved, TellRejected, TellPaid, TellClaimExpired,
		RemindConsent, RemindSubmission, RemindAction, RemindDispute,
	}
}

// UnmarshalText refuses a text that is not a MessageKind.
func (k *MessageKind) UnmarshalText(b []byte) error {
	return decode(k, "message kind", b, AllMessageKinds())
}

// Message is something to tell somebody. It is stored with the change that
// caused it and goes out after that was committed, at least once.
type Message struct {
	ID            MessageID        `json:"id"`
	Kind          MessageKind      `json:"kind"`
	Partner       PartnerID        `json:"partner"`
	Engagement    ID               `json:"engagement"`
	Customer      tenant.Key       `json:"customer"`
	Participation ParticipationID  `json:"participation"`
	To            tenant.Email     `json:"to,omitzero"`       // zero: to the partner as a whole, which has named no contacts, or for AskForReferral; the host knows whom to tell
	Language      consent.Language `json:"language,omitzero"` // zero: the first there is
	Link          consent.LinkID   `json:"link,omitzero"`     // the link that it carries; its token is made when it goes out
	Deadline      time.Time        `json:"deadline,omitzero"` // the one that a reminder is about
	Of            int              `json:"of,omitzero"`       // which of the claim's reviews or payments it tells of, from 1; 0: the last
	CreatedAt     time.Time        `json:"created_at"`
	Attempts      int              `json:"attempts"` // how often it was handed out
}

// Record returns the key of the record that the message is about.
func (m Message) Record() RecordKey {
	return RecordKey{Partner: m.Partner, Engagement: m.Engagement, Customer: m.Customer}
}

// LogValue keeps the receiver out of logs.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(m.ID)), slog.String("kind", string(m.Kind)))
}

package link

import (
	"log/slog"
	"time"
)

// Link lets one contact see the request and answer it.
type Link struct {
	ID       ID        `json:"id"`
	Contact  Contact   `json:"contact,omitzero"` // zero when the person was erased
	IssuedAt time.Time `json:"issued_at"`
	VoidedAt time.Time `json:"voided_at,omitzero"`
	SentAt   time.Time `json:"sent_at,omitzero"` // when a message with it was handed to a mail system
	Failed   Failure   `json:"failed,omitzero"`  // that no message with it reached the contact
	Message  string    `json:"message,omitzero"` // the ID of the one that was handed over last
	Tokens   []Hash    `json:"tokens,omitempty"` // of the messages written for this link
}

// Void reports whether a newer link has replaced this one.
func (l Link) Void() bool { return !l.VoidedAt.IsZero() }

// Erased reports whether the link's contact was erased.
func (l Link) Erased() bool { return l.Contact.IsZero() }

// LogValue shows the link without its contact.
func (l Link) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(l.ID)), slog.Bool("void", l.Void()), slog.Int("tokens", len(l.Tokens)))
}

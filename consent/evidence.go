package consent

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
)

// Evidence is one record of what happened between the parties: that a contact was
// to be written to, and what became of that, or that one answered. A record of an
// answer has the same Link as the record of the sending that it answers.
type Evidence struct {
	Link     link.ID      `json:"link"`
	Contact  link.Contact `json:"contact,omitzero"`
	Erased   bool         `json:"erased,omitempty"` // the contact asked to be forgotten
	At       time.Time    `json:"at"`
	Sent     Kind         `json:"sent,omitempty"`     // of a sending: request, resend or change contacts
	SentAt   time.Time    `json:"sent_at,omitzero"`   // of a sending: when it was handed to a mail system; zero: it was not yet
	Failed   link.Failure `json:"failed,omitzero"`    // of a sending: that it did not reach the contact
	Decision Decision     `json:"decision,omitempty"` // of an answer
	Channel  Channel      `json:"channel,omitempty"`  // of an answer
	Client   Client       `json:"client,omitzero"`    // of an answer, where the host keeps it
	Terms    Terms        `json:"terms"`
	// GuardAfterSubmission: a withdrawal that came too late to end the engagement.
	AfterSubmission bool `json:"after_submission,omitempty"`
}

// LogValue shows the record without its contact.
func (e Evidence) LogValue() slog.Value {
	return slog.GroupValue(slog.String("link", string(e.Link)), slog.Time("at", e.At),
		slog.String("sent", string(e.Sent)), slog.String("decision", string(e.Decision)))
}

// Evidence returns every record: one for each contact of each sending, oldest
// first, then the answer and the withdrawal.
func (s State) Evidence() []Evidence {
	var records []Evidence
	for _, sent := range s.Sent {
		for _, id := range sent.Links {
			e := s.evidence(id, sent.At)
			l, _ := s.Link(id)
			e.Sent, e.SentAt, e.Failed = sent.Kind, l.SentAt, l.Failed
			records = append(records, e)
		}
	}
	for _, a := range []Answer{s.Answer, s.Withdrawal} {
		if !a.IsZero() {
			e := s.evidence(a.Link, a.At)
			e.Decision, e.Channel, e.Client, e.AfterSubmission = a.Decision, a.Channel, a.Client, a.AfterSubmission
			records = append(records, e)
		}
	}
	return records
}

func (s State) evidence(id link.ID, at time.Time) Evidence {
	l, _ := s.Link(id)
	return Evidence{Link: id, Contact: l.Contact, Erased: l.Erased(), At: at, Terms: s.termsOf(id).clone()}
}

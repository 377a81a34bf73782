package consent

import (
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/instant"
)

// State is one consent: plain data, for its owner to store as JSON or in columns.
// Make one with [Start], change it with [Apply], [Mint] and [State.Erase], which
// leave the State they are given as it was. Two States never share memory that
// one of them could change.
//
// It holds personal data, the addresses of contacts, and hides them in
// structured logs.
type State struct {
	Status   Status         `json:"status,omitempty"` // as recorded; ask [State.StatusAt] what is true at a time
	Deadline time.Time      `json:"deadline,omitzero"`
	Partner  []link.Contact `json:"partner,omitempty"` // the partner's contacts, whom the customer can ask
	// Customer are contacts of the customer who were named and not asked: before the
	// request, or after the consent. Empty for those of the last sending.
	Customer    []link.Contact `json:"customer,omitempty"`
	Links       []link.Link    `json:"links,omitempty"` // all there ever were, void ones too
	Sent        []Sent         `json:"sent,omitempty"`  // oldest first
	Answer      Answer         `json:"answer,omitzero"` // accepted or declined
	Withdrawal  Answer         `json:"withdrawal,omitzero"`
	CancelledAt time.Time      `json:"cancelled_at,omitzero"`
}

// Sent records that contacts were written to.
type Sent struct {
	Kind  Kind      `json:"kind"` // request, resend or change contacts
	At    time.Time `json:"at"`
	Links []link.ID `json:"links"` // one for each contact
	Terms Terms     `json:"terms"`
}

// Answer records what a contact decided. The zero Answer is none.
type Answer struct {
	Decision        Decision  `json:"decision,omitempty"`
	Link            link.ID   `json:"link,omitempty"` // who: the contact of this link
	At              time.Time `json:"at,omitzero"`
	Channel         Channel   `json:"channel,omitempty"`
	Client          Client    `json:"client,omitzero"`            // erased with the contact of the link
	Text            TextRef   `json:"text,omitzero"`              // what the contact was shown
	AfterSubmission bool      `json:"after_submission,omitempty"` // withdrawn too late to end it: a flag for the claim's reviewer
}

// IsZero reports whether nothing was answered.
func (a Answer) IsZero() bool { return a.Decision == "" }

// Start begins a consent whose window ends at the deadline, which never moves.
// The window runs from the add or the claim; the caller computes its end. With a
// zero deadline the consent is expired from the start.
func Start(deadline time.Time) State {
	return State{Status: StatusAwaitingRequest, Deadline: instant.Of(deadline)}
}

// StatusAt returns the status at now: as recorded, but expired once the deadline
// has come without an answer, whether that was recorded or not.
func (s State) StatusAt(now time.Time) Status {
	if deadline, ok := s.NextDeadline(); ok && !now.Before(deadline) {
		return StatusExpired
	}
	return s.Status
}

// NextDeadline returns when the consent will expire by itself, if it can.
func (s State) NextDeadline() (time.Time, bool) {
	if s.Status == StatusAwaitingRequest || s.Status == StatusRequested {
		return s.Deadline, true
	}
	return time.Time{}, false
}

// Due reports whether the deadline has passed and [Expire] has yet to record it.
func (s State) Due(now time.Time) bool {
	return s.Status != StatusExpired && s.StatusAt(now) == StatusExpired
}

// Allows reports whether [Moves] lists an event of this kind at now. For a
// resend, [link.Policy.MayResend] knows more.
func (s State) Allows(on Kind, now time.Time) bool {
	status := s.StatusAt(now)
	return slices.ContainsFunc(moves, func(m Move) bool {
		return m.From == status && m.On == on && m.When != GuardAtDeadline // at the deadline it reads as expired already
	})
}

// GrantedAt returns when the consent was granted, also if it was withdrawn or
// cancelled later; zero if it never was.
func (s State) GrantedAt() time.Time {
	if s.Answer.Decision != DecisionAccept {
		return time.Time{}
	}
	return s.Answer.At
}

// EndedAt returns when the consent stopped being open or granted: declined,
// withdrawn, cancelled, or, at now, expired; zero if it has not.
func (s State) EndedAt(now time.Time) time.Time {
	switch s.StatusAt(now) {
	case StatusDeclined:
		return s.Answer.At
	case StatusWithdrawn:
		return s.Withdrawal.At
	case StatusCanceled:
		return s.CancelledAt
	case StatusExpired:
		return s.Deadline
	}
	return time.Time{}
}

// WithdrawalRequestedAt returns when a contact withdrew after the claim had been
// submitted: a flag for its reviewer. It is zero if nobody did.
func (s State) WithdrawalRequestedAt() time.Time {
	if !s.Withdrawal.AfterSubmission {
		return time.Time{}
	}
	return s.Withdrawal.At
}

// Contacts returns the customer's contacts who were named last, without those who
// were erased: those who were last written to, or others since [State.Naming].
func (s State) Contacts() []link.Contact {
	if len(s.Customer) > 0 {
		return slices.Clone(s.Customer)
	}
	var contacts []link.Contact
	for _, id := range s.LastSent().Links {
		if l, err := s.Link(id); err == nil && !l.Erased() {
			contacts = append(contacts, l.Contact)
		}
	}
	return contacts
}

// Naming returns the state with other contacts, to whom nothing is sent for it; nil
// leaves a side as it is. The customer's can be others before they are asked, and
// after a grant: then they are who is written to from then on, while the links that
// decide and withdraw stay with those who have them.
func (s State) Naming(customer, partner []link.Contact) State {
	next := s.clone()
	if customer != nil {
		next.Customer = slices.Clone(customer)
	}
	if partner != nil {
		next.Partner = slices.Clone(partner)
	}
	return next
}

// Link returns the link with this ID, live or void, or [link.ErrUnknown].
func (s State) Link(id link.ID) (link.Link, error) { return link.Get(s.Links, id) }

// Find returns the link, live or void, that a token with this hash opens, or
// [link.ErrUnknown]. How long it takes does not tell how much of a hash is right.
func (s State) Find(h link.Hash) (link.Link, error) { return link.Find(s.Links, h) }

// LogValue shows the state without anybody's address.
func (s State) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("status", string(s.Status)),
		slog.Time("deadline", s.Deadline),
		slog.Int("links", len(s.Links)),
		slog.Int("sent", len(s.Sent)),
	)
}

// termsOf returns what was sent with the link.
func (s State) termsOf(id link.ID) Terms {
	for _, sent := range s.Sent {
		if slices.Contains(sent.Links, id) {
			return sent.Terms
		}
	}
	return Terms{}
}

// LastSent returns what was sent to the customer last, zero when nothing was.
func (s State) LastSent() Sent {
	if len(s.Sent) == 0 {
		return Sent{}
	}
	return s.Sent[len(s.Sent)-1]
}

// Language returns the language in which the customer was last written to.
func (s State) Language() link.Language { return s.LastSent().Terms.Text.Language }

func (s State) lastAnswer() Answer {
	if !s.Withdrawal.IsZero() {
		return s.Withdrawal
	}
	return s.Answer
}

// clone copies s as deep as anything in it is ever changed. What was sent is only
// ever appended to.
func (s State) clone() State {
	s.Partner, s.Customer = slices.Clone(s.Partner), slices.Clone(s.Customer)
	s.Links = link.Clone(s.Links)
	s.Sent = slices.Clone(s.Sent)
	return s
}

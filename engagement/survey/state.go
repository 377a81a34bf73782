package survey

import (
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
)

// State is one survey: plain data, for its owner to store as JSON or in columns.
// Make one with [Start], change it with [Send], [Resend], [Mint], [Answer],
// [State.Erase] and [State.Scrub], which leave the State they are given as it was.
// Two States never share memory that one of them could change.
//
// It holds personal data, the addresses of contacts and what one of them answered,
// and hides them in structured logs.
type State struct {
	Form     Form           `json:"form,omitzero"` // as it was asked
	Status   Status         `json:"status,omitempty"`
	Links    []consent.Link `json:"links,omitempty"`    // all there ever were, void ones too
	Sendings []Sending      `json:"sendings,omitempty"` // oldest first
	Response Response       `json:"response,omitzero"`
}

// Sending records that a contact was written to.
type Sending struct {
	Command  Command          `json:"command"` // send or resend
	At       time.Time        `json:"at"`
	Link     consent.LinkID   `json:"link"`
	Language consent.Language `json:"language,omitempty"` // of the message and the page; one of the form's
}

// Response records what was answered. The zero Response is none.
type Response struct {
	Link    consent.LinkID    `json:"link,omitempty"` // who: the contact of this link; none: the partner, see [AnswerWithin]
	User    string            `json:"user,omitempty"` // of the partner, as the host names people; none: the contact, or erased
	At      time.Time         `json:"at,omitzero"`
	Answers map[string]string `json:"answers,omitempty"` // by the ID of the question; without those left out
}

// IsZero reports whether nothing was answered.
func (r Response) IsZero() bool { return r.At.IsZero() }

// LogValue shows when it was answered, and not what.
func (r Response) LogValue() slog.Value {
	return slog.GroupValue(slog.String("link", string(r.Link)), slog.Time("at", r.At), slog.Int("answers", len(r.Answers)))
}

// Start begins a survey that nobody has been asked yet. The errors are those of
// [Form.Validate].
func Start(f Form) (State, error) {
	if err := f.Validate(); err != nil {
		return State{}, err
	}
	return State{Form: f.clone(), Status: StatusNotSent}, nil
}

// Contact returns whom the live link was sent to; after the survey is done, who
// answered it. It is zero if nobody has been asked, or if the person was erased.
func (s State) Contact() consent.Contact {
	for _, l := range s.Links {
		if !l.Void() {
			return l.Contact
		}
	}
	return consent.Contact{}
}

// AnsweredAt returns when the survey was done; zero if it is not.
func (s State) AnsweredAt() time.Time { return s.Response.At }

// Link returns the link with this ID, live or void, or [consent.ErrUnknownLink].
func (s State) Link(id consent.LinkID) (consent.Link, error) {
	for _, l := range s.Links {
		if l.ID == id {
			return l, nil
		}
	}
	return consent.Link{}, consent.ErrUnknownLink
}

// Find returns the link, live or void, that a token with this hash opens, or
// [consent.ErrUnknownLink]. How long it takes does not tell how much of a hash is
// right.
func (s State) Find(h consent.Hash) (consent.Link, error) {
	found := -1
	for i, l := range s.Links {
		for _, t := range l.Tokens {
			if t.Equal(h) {
				found = i
			}
		}
	}
	if found < 0 {
		return consent.Link{}, consent.ErrUnknownLink
	}
	return s.Links[found], nil
}

// LogValue shows the state without anybody's address or answers.
func (s State) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("form", s.Form.ID),
		slog.String("version", s.Form.Version),
		slog.String("status", string(s.Status)),
		slog.Int("links", len(s.Links)),
		slog.Int("sendings", len(s.Sendings)),
	)
}

// live returns the live link with this ID, [consent.ErrUnknownLink] or a
// [*consent.LinkVoidError].
func (s State) live(id consent.LinkID) (consent.Link, error) {
	l, err := s.Link(id)
	if err == nil && l.Void() {
		err = &consent.LinkVoidError{VoidedAt: l.VoidedAt}
	}
	return l, err
}

// lastSending returns the newest sending; zero if there is none.
func (s State) lastSending() Sending {
	if len(s.Sendings) == 0 {
		return Sending{}
	}
	return s.Sendings[len(s.Sendings)-1]
}

// clone copies s whole.
func (s State) clone() State {
	s.Form = s.Form.clone()
	s.Links = slices.Clone(s.Links)
	for i := range s.Links {
		s.Links[i].Tokens = slices.Clone(s.Links[i].Tokens)
	}
	s.Sendings = slices.Clone(s.Sendings)
	s.Response.Answers = maps.Clone(s.Response.Answers)
	return s
}

// instant drops what a time has besides the instant to the microsecond: its zone,
// the reading of the monotonic clock, and what databases do not keep. So a State
// equals itself after a trip through JSON or columns.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

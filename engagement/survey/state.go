package survey

import (
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
)

// State is one survey: plain data, for its owner to store as JSON or in columns.
// Make one with [Start], change it with [Send], [Resend], [Mint], [Answer],
// [State.Erase] and [State.Scrub], which leave the State they are given as it was.
// Two States never share memory that one of them could change.
//
// It holds personal data, the addresses of contacts and what one of them answered,
// and hides them in structured logs.
type State struct {
	Form     Form        `json:"form,omitzero"` // as it was asked
	Status   Status      `json:"status,omitempty"`
	Links    []link.Link `json:"links,omitempty"`    // all there ever were, void ones too
	Sendings []Sending   `json:"sendings,omitempty"` // oldest first
	Response Response    `json:"response,omitzero"`
}

// Sending records that a contact was written to.
type Sending struct {
	Command  Command       `json:"command"` // send or resend
	At       time.Time     `json:"at"`
	Link     link.ID       `json:"link"`
	Language link.Language `json:"language,omitempty"` // of the message and the page; one of the form's
}

// Response records what was answered. The zero Response is none.
type Response struct {
	Link    link.ID           `json:"link,omitempty"` // who: the contact of this link; none: the partner, see [AnswerWithin]
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
func (s State) Contact() link.Contact {
	for _, l := range s.Links {
		if !l.Void() {
			return l.Contact
		}
	}
	return link.Contact{}
}

// AnsweredAt returns when the survey was done; zero if it is not.
func (s State) AnsweredAt() time.Time { return s.Response.At }

// Link returns the link with this ID, live or void, or [link.ErrUnknown].
func (s State) Link(id link.ID) (link.Link, error) { return link.Get(s.Links, id) }

// Find returns the link, live or void, that a token with this hash opens, or
// [link.ErrUnknown]. How long it takes does not tell how much of a hash is
// right.
func (s State) Find(h link.Hash) (link.Link, error) { return link.Find(s.Links, h) }

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
	s.Links = link.Clone(s.Links)
	s.Sendings = slices.Clone(s.Sendings)
	s.Response.Answers = maps.Clone(s.Response.Answers)
	return s
}

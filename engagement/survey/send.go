package survey

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/instant"
)

// Invitation asks one contact to answer a survey.
type Invitation struct {
	Contact  link.Contact
	Language link.Language // of the message and the page; the form's default if the form has none that fits
	Link     link.ID       // a new ID, from [link.NewID]
	Policy   link.Policy   // zero for the library's defaults
}

// LogValue shows the link, and not to whom it goes.
func (i Invitation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("link", string(i.Link)), slog.String("language", string(i.Language)))
}

// Send writes to a contact for the first time, or instead of the one who was asked
// before; earlier links are void from then on. The state it is given stays as it
// was; with an error it is what is returned.
//
// It is refused, in this order: after the survey is done ([*FrozenError]), at or
// after the deadline ([*ExpiredError]), without a contact ([*link.InvalidError]),
// by the limits on sending ([*link.TooManyError], and [*link.TooSoonError] if this
// address was written to a short while ago), and without a new link
// ([*link.InvalidError]).
func Send(s State, i Invitation, now, deadline time.Time) (State, error) {
	move, err := s.moveOf(CommandSend, now, deadline)
	if err != nil {
		return s, err
	}
	if err := i.Contact.Validate("contact"); err != nil {
		return s, err
	}
	if err := i.Policy.MaySend(len(s.Sendings)); err != nil {
		return s, err
	}
	if err := i.Policy.MayWriteAgain(link.WrittenTo(s.Links, i.Contact), now); err != nil {
		return s, err
	}
	return s.send(move, i.Contact, i.Link, s.Form.language(i.Language), now)
}

// Resend writes to the same contact again, in the same language; earlier links are
// void from then on. The state it is given stays as it was; with an error it is what
// is returned.
//
// It is refused, in this order: as [MayResend] says, and without a new link or if
// the contact was erased ([*link.InvalidError]).
func Resend(s State, link link.ID, p link.Policy, now, deadline time.Time) (State, error) {
	move, err := s.mayResend(p, now, deadline)
	if err != nil {
		return s, err
	}
	contact := s.Contact()
	if contact.IsZero() {
		return s, invalid("contact", "who was written to has been erased; send the survey to another contact instead")
	}
	return s.send(move, contact, link, s.lastSending().Language, now)
}

// MayResend returns nil if the contact may be written to again at now. Otherwise the
// refusal is, in this order, a [*FrozenError], an [*ExpiredError], a [*NotAllowedError],
// a [*link.TooManyError], or a [*link.TooSoonError] that says when to try again.
func MayResend(s State, p link.Policy, now, deadline time.Time) error {
	_, err := s.mayResend(p, now, deadline)
	return err
}

func (s State) mayResend(p link.Policy, now, deadline time.Time) (Move, error) {
	move, err := s.moveOf(CommandResend, now, deadline)
	if err != nil {
		return Move{}, err
	}
	if err := p.MaySend(len(s.Sendings)); err != nil {
		return Move{}, err
	}
	return move, p.MayWriteAgain(s.lastSending().At, now)
}

// Mint records the hash of a token for a live link: when the message to its contact
// is written. Each attempt to deliver may mint another token, and every one opens
// the link; whoever delivers bounds the attempts. Minting the same hash again changes
// nothing. The error is [link.ErrUnknown] or a [*link.VoidError]: the
// message is no longer worth sending; or a [*link.InvalidError] for a hash that is
// zero or another link's.
func Mint(s State, id link.ID, h link.Hash) (State, error) {
	links, err := link.Mint(s.Links, id, h)
	if err != nil {
		return s, err
	}
	next := s.clone()
	next.Links = links
	return next, nil
}

// send voids every link and issues one.
func (s State) send(move Move, contact link.Contact, id link.ID, language link.Language, now time.Time) (State, error) {
	links, err := link.Issue(s.Links, []link.Contact{contact}, []link.ID{id}, now)
	if err != nil {
		return s, err
	}
	next := s.clone()
	next.Links = links
	next.Sendings = append(next.Sendings, Sending{move.On, instant.Of(now), id, language})
	next.Status = move.To
	return next, nil
}

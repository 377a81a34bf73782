package survey

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/consent"
)

// Invitation asks one contact to answer a survey.
type Invitation struct {
	Contact  consent.Contact
	Language consent.Language // of the message and the page; the form's default if the form has none that fits
	Link     consent.LinkID   // a new ID, from [consent.NewLinkID]
	Policy   consent.Policy   // zero for the library's defaults
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
// after the deadline ([*ExpiredError]), without a contact ([*consent.InvalidError]),
// by the limits on sending ([*TooManyError], and [*consent.TooSoonError] if this
// address was written to a short while ago), and without a new link
// ([*consent.InvalidError]).
func Send(s State, i Invitation, now, deadline time.Time) (State, error) {
	move, err := s.moveOf(CommandSend, now, deadline)
	if err != nil {
		return s, err
	}
	if err := i.Contact.Validate("contact"); err != nil {
		return s, err
	}
	if err := s.checkCount(i.Policy); err != nil {
		return s, err
	}
	if err := checkInterval(i.Policy, s.writtenTo(i.Contact), now); err != nil {
		return s, err
	}
	return s.send(move, i.Contact, i.Link, s.Form.language(i.Language), now)
}

// Resend writes to the same contact again, in the same language; earlier links are
// void from then on. The state it is given stays as it was; with an error it is what
// is returned.
//
// It is refused, in this order: as [MayResend] says, and without a new link or if
// the contact was erased ([*consent.InvalidError]).
func Resend(s State, link consent.LinkID, p consent.Policy, now, deadline time.Time) (State, error) {
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
// a [*TooManyError], or a [*consent.TooSoonError] that says when to try again.
func MayResend(s State, p consent.Policy, now, deadline time.Time) error {
	_, err := s.mayResend(p, now, deadline)
	return err
}

func (s State) mayResend(p consent.Policy, now, deadline time.Time) (Move, error) {
	move, err := s.moveOf(CommandResend, now, deadline)
	if err != nil {
		return Move{}, err
	}
	if err := s.checkCount(p); err != nil {
		return Move{}, err
	}
	return move, checkInterval(p, s.lastSending().At, now)
}

// Mint records the hash of a token for a live link: when the message to its contact
// is written. Each attempt to deliver may mint another token, and every one opens
// the link; whoever delivers bounds the attempts. Minting the same hash again changes
// nothing. The error is [consent.ErrUnknownLink] or a [*consent.LinkVoidError]: the
// message is no longer worth sending; or a [*consent.InvalidError] for a hash that is
// zero or another link's.
func Mint(s State, id consent.LinkID, h consent.Hash) (State, error) {
	if _, err := s.live(id); err != nil {
		return s, err
	}
	if h.IsZero() {
		return s, invalid("token hash", "it is zero; make a token with consent.NewToken")
	}
	if l, err := s.Find(h); err == nil {
		if l.ID != id {
			return s, invalid("token hash", "it belongs to another link; make a token with consent.NewToken for each")
		}
		return s, nil
	}
	next := s.clone()
	for i := range next.Links {
		if next.Links[i].ID == id {
			next.Links[i].Tokens = append(next.Links[i].Tokens, h)
		}
	}
	return next, nil
}

// send voids every link and issues one.
func (s State) send(move Move, contact consent.Contact, link consent.LinkID, language consent.Language, now time.Time) (State, error) {
	if _, err := link.MarshalText(); err != nil {
		return s, err
	}
	if _, err := s.Link(link); err == nil {
		return s, invalid("link", "this ID was used before; make one with consent.NewLinkID")
	}
	now = instant(now)
	next := s.clone()
	for i := range next.Links {
		if !next.Links[i].Void() {
			next.Links[i].VoidedAt = now
		}
	}
	next.Links = append(next.Links, consent.Link{ID: link, Contact: contact, IssuedAt: now})
	next.Sendings = append(next.Sendings, Sending{move.On, now, link, language})
	next.Status = move.To
	return next, nil
}

// writtenTo returns when this mailbox was last written to; zero if it never was.
func (s State) writtenTo(contact consent.Contact) time.Time {
	var last time.Time
	for _, l := range s.Links {
		if l.Contact.Is(contact.Email) && l.IssuedAt.After(last) {
			last = l.IssuedAt
		}
	}
	return last
}

func (s State) checkCount(p consent.Policy) error {
	most := p.MaxSends
	if most == 0 {
		most = 5
	}
	if most > 0 && len(s.Sendings) >= most {
		return &TooManyError{len(s.Sendings), most}
	}
	return nil
}

// checkInterval wants the interval of the policy between the last time, if there
// was one, and now.
func checkInterval(p consent.Policy, last, now time.Time) error {
	interval := p.ResendInterval
	if interval == 0 {
		interval = 24 * time.Hour
	}
	if notBefore := last.Add(interval); interval > 0 && !last.IsZero() && now.Before(notBefore) {
		return &consent.TooSoonError{NotBefore: notBefore}
	}
	return nil
}

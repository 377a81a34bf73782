package consent

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/instant"
)

// Apply makes the event happen to the state at now and returns the next state.
// The state it is given stays as it was; with an error it is what is returned.
//
// An answer (accept, decline, withdraw) is refused, in this order: when the link
// is unknown ([link.ErrUnknown]) or replaced ([link.VoidError]), when there is another
// answer already ([AlreadyAnsweredError]), at or after the deadline
// ([ExpiredError]), and when the table has no such move ([NotAllowedError]). The
// same answer again is no error and leaves the state as it is: see [State.Repeats].
func Apply(s State, e Event, now time.Time) (State, error) {
	if e == nil {
		return s, invalid("event", "an event is needed")
	}
	now = instant.Of(now)
	if by, ok := e.(interface{ by() link.ID }); ok {
		if _, err := link.Live(s.Links, by.by()); err != nil {
			return s, err
		}
		if s.Repeats(e) {
			return s, nil
		}
	}
	move, err := moveOf(s, e, now)
	if err != nil {
		return s, err
	}
	next := s.clone()
	if err := e.apply(&next, now); err != nil {
		return s, err
	}
	next.Status = move.To
	return next, nil
}

// Mint records the hash of a token for a live link: when the message to its
// contact is written. Each attempt to deliver may mint another token, and every
// one opens the link; whoever delivers bounds the attempts. Minting the same hash
// again changes nothing. The error is [link.ErrUnknown] or a [*link.VoidError]: the
// message is no longer worth sending.
func Mint(s State, id link.ID, h link.Hash) (State, error) {
	links, err := link.Mint(s.Links, id, h)
	if err != nil {
		return s, err
	}
	next := s.clone()
	next.Links = links
	return next, nil
}

func (e Request) apply(s *State, now time.Time) error {
	s.Partner = slices.Clone(e.Partner)
	return s.send(e.Kind(), e.Customer, e.Links, e.Terms, now)
}

func (e Resend) apply(s *State, now time.Time) error {
	if err := MayResend(*s, e.Policy, now); err != nil {
		return err
	}
	contacts := s.Contacts()
	if len(contacts) == 0 {
		return invalid("customer contacts", "everybody who was written to has been erased; change the contacts instead")
	}
	return s.send(e.Kind(), contacts, e.Links, s.termsOr(e.Terms), now)
}

func (e ChangeContacts) apply(s *State, now time.Time) error {
	if err := mayChange(*s, e.Policy, e.Customer, now); err != nil {
		return err
	}
	if e.Partner != nil {
		s.Partner = slices.Clone(e.Partner)
	}
	return s.send(e.Kind(), e.Customer, e.Links, s.termsOr(e.Terms), now)
}

func (e Accept) apply(s *State, now time.Time) error {
	s.Answer = s.answer(DecisionAccept, e.Link, e.Channel, e.Client, now)
	return nil
}

func (e Decline) apply(s *State, now time.Time) error {
	s.Answer = s.answer(DecisionDecline, e.Link, e.Channel, e.Client, now)
	return nil
}

func (e Withdraw) apply(s *State, now time.Time) error {
	s.Withdrawal = s.answer(DecisionWithdraw, e.Link, e.Channel, e.Client, now)
	s.Withdrawal.AfterSubmission = e.AfterSubmission
	return nil
}

func (Cancel) apply(s *State, now time.Time) error {
	s.CancelledAt = now
	return nil
}

// Nothing is recorded but the status: a consent expires at its deadline, and not
// when somebody notices.
func (Expire) apply(*State, time.Time) error { return nil }

// termsOr returns the terms of the last sending unless newer ones are given.
func (s State) termsOr(t Terms) Terms {
	if t.isZero() {
		return s.LastSent().Terms
	}
	return t
}

// send voids every link and issues one for each contact.
func (s *State) send(kind Kind, contacts []link.Contact, ids []link.ID, terms Terms, now time.Time) error {
	if err := checkContacts(contacts); err != nil {
		return err
	}
	if err := terms.Validate(); err != nil {
		return err
	}
	links, err := link.Issue(s.Links, contacts, ids, now)
	if err != nil {
		return err
	}
	s.Links = links
	s.Customer = nil // they are the links' now
	s.Sent = append(s.Sent, Sent{kind, now, slices.Clone(ids), terms.clone()})
	return nil
}

func (s State) answer(d Decision, by link.ID, how Channel, from Client, now time.Time) Answer {
	if how == "" {
		how = ChannelPage
	}
	return Answer{Decision: d, Link: by, At: now, Channel: how, Client: from.kept(), Text: s.termsOf(by).Text}
}

package consent

import (
	"time"
)

// Policy limits how often a customer is written to. The zero Policy has the
// library's defaults; the published program sets no such limits.
type Policy struct {
	// ResendInterval must pass between two sendings of one participation; zero for 24
	// hours, negative for none.
	ResendInterval time.Duration
	// MaxSends is how often one participation is sent in all: the first request, every
	// resend and every change of contacts; zero for 5, negative for no limit.
	MaxSends int

	// The limits over participations, cancelled ones too, of one partner. A mailbox
	// is the same with another tag: see [tenant.Email.Mailbox].

	// MaxPerEngagement is how many requests go to one mailbox about one engagement
	// in a Period; zero for 5, negative for no limit.
	MaxPerEngagement int
	// MaxPerMailbox is how many messages with a link, surveys too, go to one mailbox
	// in a Period; zero for 25, negative for no limit.
	MaxPerMailbox int
	// Period is how long a message counts; zero for 30 days.
	Period time.Duration
	// MaxPerDay is how many messages with a link go to customers in a day of UTC,
	// besides one more for each known customer; zero for 200, negative for no limit.
	MaxPerDay int
}

// MayResend returns nil if the contacts may be written to again at now. Otherwise
// the refusal is, in this order, an [*ExpiredError] or a [*NotAllowedError], a
// [*TooManyError], or a [*TooSoonError] that says when to try again.
func (p Policy) MayResend(s State, now time.Time) error {
	now = instant(now)
	if _, err := moveOf(s, Resend{}, now); err != nil {
		return err
	}
	if err := p.checkCount(s); err != nil {
		return err
	}
	return p.checkInterval(s.lastSent().At, now)
}

// mayChange keeps a change of contacts from being a way round the limits: it
// counts, and nobody is written to within the interval.
func (p Policy) mayChange(s State, contacts []Contact, now time.Time) error {
	if err := p.checkCount(s); err != nil {
		return err
	}
	var last time.Time
	for _, l := range s.Links {
		for _, c := range contacts {
			if l.Contact.Is(c.Email) && l.IssuedAt.After(last) {
				last = l.IssuedAt
			}
		}
	}
	if last.IsZero() {
		return nil
	}
	return p.checkInterval(last, now)
}

func (p Policy) checkCount(s State) error {
	most := p.MaxSends
	if most == 0 {
		most = 5
	}
	if most > 0 && len(s.Sent) >= most {
		return &TooManyError{len(s.Sent), most}
	}
	return nil
}

func (p Policy) checkInterval(last, now time.Time) error {
	interval := p.ResendInterval
	if interval == 0 {
		interval = 24 * time.Hour
	}
	if notBefore := last.Add(interval); interval > 0 && now.Before(notBefore) {
		return &TooSoonError{notBefore}
	}
	return nil
}

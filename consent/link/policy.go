package link

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

// MaySend returns nil if contacts that were written to so many times may be written to
// once more, or a [*TooManyError].
func (p Policy) MaySend(sent int) error {
	most := most(p.MaxSends, 5)
	if most > 0 && sent >= most {
		return &TooManyError{sent, most}
	}
	return nil
}

// MayWriteAgain returns nil if who was written to last at this time may be written to
// again at now, or a [*TooSoonError] that says when. The zero time is never.
func (p Policy) MayWriteAgain(last, now time.Time) error {
	interval := p.ResendInterval
	if interval == 0 {
		interval = 24 * time.Hour
	}
	if notBefore := last.Add(interval); interval > 0 && !last.IsZero() && now.Before(notBefore) {
		return &TooSoonError{notBefore}
	}
	return nil
}

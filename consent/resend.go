package consent

import (
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/instant"
)

// MayResend returns nil if the contacts may be written to again at now. Otherwise
// the refusal is, in this order, an [*ExpiredError] or a [*NotAllowedError], a
// [*link.TooManyError], or a [*link.TooSoonError] that says when to try again.
func MayResend(s State, p link.Policy, now time.Time) error {
	now = instant.Of(now)
	if _, err := moveOf(s, Resend{}, now); err != nil {
		return err
	}
	if err := p.MaySend(len(s.Sent)); err != nil {
		return err
	}
	return p.MayWriteAgain(s.LastSent().At, now)
}

// mayChange keeps a change of contacts from being a way round the limits: it
// counts, and nobody is written to within the interval.
func mayChange(s State, p link.Policy, contacts []link.Contact, now time.Time) error {
	if err := p.MaySend(len(s.Sent)); err != nil {
		return err
	}
	return p.MayWriteAgain(link.WrittenTo(s.Links, contacts...), now)
}

package engagement

import (
	"log/slog"
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// MailFailure is a message without a link that did not reach its contact: the last
// one of each address. Those with a link are told by it, see [link.Link].
type MailFailure struct {
	To      tenant.Email `json:"to,omitzero"` // zero: the partner as a whole
	Message MessageKind  `json:"message"`
	link.Failure
}

// LogValue keeps the address out of logs.
func (f MailFailure) LogValue() slog.Value {
	return slog.GroupValue(slog.String("message", string(f.Message)), slog.String("code", string(f.Code)))
}

// Unreached is a contact that a message did not reach.
type Unreached struct {
	Contact link.Contact `json:"contact,omitzero"` // zero: the partner as a whole
	Message MessageKind  `json:"message"`
	link.Failure
}

// LogValue keeps the contact out of logs.
func (u Unreached) LogValue() slog.Value {
	return slog.GroupValue(slog.String("message", string(u.Message)), slog.String("code", string(u.Code)))
}

// Unreached returns the contacts of both sides that the last message did not reach:
// nobody who was replaced or erased since, nor whom a later message has reached; and
// the partner as a whole until the referral is recorded for which it was not reached.
func (p Participation) Unreached() []Unreached {
	var out []Unreached
	links := func(kind MessageKind, all []link.Link) {
		for _, l := range all {
			if !l.Failed.IsZero() && !l.Void() && !l.Erased() {
				out = append(out, Unreached{l.Contact, kind, l.Failed})
			}
		}
	}
	links(MessageConsentRequest, p.Consent.Links)
	if p.Claim != nil {
		for _, v := range p.Claim.Surveys {
			links(MessageSurveyRequest, v.Links)
		}
	}
	contacts := slices.Concat(p.Consent.Partner, p.Consent.Customer)
	for _, l := range p.Consent.Links {
		if !l.Void() {
			contacts = append(contacts, l.Contact)
		}
	}
	for _, f := range p.Failures {
		waits := f.Message == MessageReferralRequest && p.Referral.IsZero() // whomever the partner has named
		if f.To.IsZero() && (waits || f.Message != MessageReferralRequest && len(p.Consent.Partner) == 0) {
			out = append(out, Unreached{link.Contact{}, f.Message, f.Failure})
		}
		if i := slices.IndexFunc(contacts, func(c link.Contact) bool { return c.Is(f.To) }); i >= 0 {
			out = append(out, Unreached{contacts[i], f.Message, f.Failure})
		}
	}
	return out
}

// Asked returns to how many of the customer's contacts a link went out last, those
// who were erased since included.
func (p Participation) Asked() int {
	if len(p.Consent.Sent) == 0 {
		return 0
	}
	return len(p.Consent.Sent[len(p.Consent.Sent)-1].Links)
}

// WithMail returns the participation after a message without a link was handed to a
// mail system, or failed to reach its contact.
func (p Participation) WithMail(m Message, failure link.Failure) Participation {
	failures := slices.DeleteFunc(slices.Clone(p.Failures), func(f MailFailure) bool { return f.To.Mailbox() == m.To.Mailbox() })
	if !failure.IsZero() {
		failures = append(failures, MailFailure{m.To, m.Kind, failure})
	}
	p.Failures = failures
	if len(failures) == 0 {
		p.Failures = nil
	}
	return p
}

// ErasedMail returns the participation without what an address failed to get, and
// whether there was any.
func (p Participation) ErasedMail(to tenant.Email) (Participation, bool) {
	if to.IsZero() {
		return p, false
	}
	left := slices.DeleteFunc(slices.Clone(p.Failures), func(f MailFailure) bool { return f.To.Same(to) })
	found := len(left) != len(p.Failures)
	if p.Failures = left; len(left) == 0 {
		p.Failures = nil
	}
	return p, found
}

package engagement

import (
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/tenant"
)

// ContactDoubt says why the reviewer of a claim is shown the domain of a customer
// contact: whoever answers there need not belong to the customer.
type ContactDoubt string

// The doubts.
const (
	DoubtForeignDomain   ContactDoubt = "domain of somebody else"       // the directory does not give it to the customer
	DoubtConsumerDomain  ContactDoubt = "domain of a public service"    // where addresses say nothing of an employer
	DoubtUncheckedDomain ContactDoubt = "domain that was not looked up" // the directory could not tell
)

// AllContactDoubts returns every ContactDoubt.
func AllContactDoubts() []ContactDoubt {
	return []ContactDoubt{DoubtForeignDomain, DoubtConsumerDomain, DoubtUncheckedDomain}
}

// MarshalText refuses a value that is not a ContactDoubt.
func (d ContactDoubt) MarshalText() ([]byte, error) {
	return spell(d, "contact doubt", AllContactDoubts())
}

// UnmarshalText refuses a text that is not a ContactDoubt.
func (d *ContactDoubt) UnmarshalText(b []byte) error {
	return decode(d, "contact doubt", b, AllContactDoubts())
}

// ContactFlag tells the reviewer of a doubtful domain, and what the partner said
// about it. It names no address.
type ContactFlag struct {
	Domain tenant.Domain `json:"domain"`
	Doubt  ContactDoubt  `json:"doubt"`
	Reason string        `json:"reason,omitzero"` // in the partner's words
	At     time.Time     `json:"at"`              // when a contact there was last named
}

// LogValue hides what somebody wrote.
func (f ContactFlag) LogValue() slog.Value {
	return slog.GroupValue(slog.String("domain", f.Domain.String()), slog.String("doubt", string(f.Doubt)))
}

// Flagged returns the participation with the flag, which replaces one of the same
// domain. Without a reason of its own it keeps that one's.
func (p Participation) Flagged(f ContactFlag) Participation {
	p.ContactFlags = slices.Clone(p.ContactFlags)
	i := slices.IndexFunc(p.ContactFlags, func(o ContactFlag) bool { return o.Domain == f.Domain })
	if i < 0 {
		p.ContactFlags = append(p.ContactFlags, f)
		return p
	}
	if f.Reason == "" {
		f.Reason = p.ContactFlags[i].Reason
	}
	p.ContactFlags[i] = f
	return p
}

// PartnerSide returns the addresses of those who speak for the partner: its
// contacts, and who is asked in its own surveys.
func (p Participation) PartnerSide() []tenant.Email {
	var side []tenant.Email
	for _, c := range p.Consent.Partner {
		side = append(side, c.Email)
	}
	return append(side, p.surveyed(true)...)
}

// CustomerSide returns the addresses of those who speak for the customer: its
// contacts, who consented, and who is asked in the customer's surveys.
func (p Participation) CustomerSide() []tenant.Email {
	var side []tenant.Email
	for _, c := range p.Consent.Contacts() {
		side = append(side, c.Email)
	}
	if l, err := p.Consent.Link(p.Consent.Answer.Link); err == nil && !l.Erased() {
		side = append(side, l.Contact.Email)
	}
	return append(side, p.surveyed(false)...)
}

func (p Participation) surveyed(ofPartner bool) []tenant.Email {
	if p.Claim == nil {
		return nil
	}
	var side []tenant.Email
	for _, v := range p.Claim.Surveys {
		if c := v.Contact(); v.Form.OfPartner == ofPartner && !c.IsZero() {
			side = append(side, c.Email)
		}
	}
	return side
}

package engagement

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/tenant"
)

// MailboxDigest tells a partner's mailboxes apart without their addresses.
func MailboxDigest(partner PartnerID, address tenant.Email) Digest {
	return sha256.Sum256([]byte("mailbox\x00" + string(partner) + "\x00" + address.Mailbox()))
}

// AskedFor returns when a mailbox was asked for consent in any participation of the
// record.
func (r PartnerRecord) AskedFor(address tenant.Email) []consent.Earlier {
	return asked(address, r.Asked, r.Participations...)
}

func asked(address tenant.Email, before []Ask, participations ...Participation) []consent.Earlier {
	var all []consent.Earlier
	for _, p := range participations {
		if len(before) > 0 && p.Ended() {
			continue // it is among those before
		}
		for _, l := range p.Consent.Links {
			if l.Contact.Is(address) {
				all = append(all, consent.Earlier{At: l.IssuedAt, Here: true})
			}
		}
	}
	if len(before) > 0 && len(participations) > 0 {
		digest := MailboxDigest(participations[0].Partner, address)
		for _, a := range before {
			if a.Mailbox == digest {
				all = append(all, consent.Earlier{At: a.At, Here: true})
			}
		}
	}
	return all
}

// Forgetting returns the record without when a mailbox was asked in participations that
// have ended, and whether it was.
func (r PartnerRecord) Forgetting(address tenant.Email) (PartnerRecord, bool) {
	digest := MailboxDigest(r.Key.Partner, address)
	is := func(a Ask) bool { return a.Mailbox == digest }
	if !slices.ContainsFunc(r.Asked, is) {
		return r, false
	}
	r.Asked = slices.DeleteFunc(slices.Clone(r.Asked), is)
	return r, true
}

// Ending returns the record with what the limits on sending have to know of a
// participation that ended, from since on.
func (r PartnerRecord) Ending(p Participation, since time.Time) PartnerRecord {
	var kept []Ask
	for _, a := range r.Asked {
		if !a.At.Before(since) {
			kept = append(kept, a)
		}
	}
	for _, l := range p.Consent.Links {
		if !l.Erased() && !l.IssuedAt.Before(since) {
			kept = append(kept, Ask{Mailbox: MailboxDigest(p.Partner, l.Contact.Email), At: l.IssuedAt})
		}
	}
	r.Asked = kept
	return r
}

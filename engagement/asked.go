package engagement

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// MailboxDigest tells a partner's mailboxes apart without their addresses.
func MailboxDigest(partner PartnerID, address tenant.Email) Digest {
	return sha256.Sum256([]byte("mailbox\x00" + string(partner) + "\x00" + address.Mailbox()))
}

// AskedFor returns when a mailbox was asked for consent in any participation of the
// record.
func (r PartnerRecord) AskedFor(address tenant.Email) []link.Earlier {
	return asEarlier(r.asks(address))
}

// asks returns the asks of a mailbox in the record, those of one participation left
// out where it is named.
func (r PartnerRecord) asks(address tenant.Email, besides ...ParticipationID) []Ask {
	mailbox := MailboxDigest(r.Key.Partner, address)
	var all []Ask
	for _, a := range r.Asked {
		if a.Mailbox == mailbox {
			all = append(all, a)
		}
	}
	for _, p := range r.Participations {
		if slices.Contains(besides, p.ID) {
			continue
		}
		for _, l := range p.Consent.Links {
			if ask := (Ask{Mailbox: mailbox, At: l.IssuedAt}); l.Contact.Is(address) && !slices.ContainsFunc(r.Asked, ask.same) {
				all = append(all, ask) // else it has ended and is among those before
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

// same reports whether two asks are the same one: a mailbox is asked once at a time.
func (a Ask) same(b Ask) bool { return a.Mailbox == b.Mailbox && a.At.Equal(b.At) }

func asEarlier(asks []Ask) []link.Earlier {
	var all []link.Earlier
	for _, a := range asks {
		all = append(all, link.Earlier{At: a.At, Here: true})
	}
	return all
}

// Ending returns the record with what the limits on sending have to know of a
// participation that ended, from since on. Doing it twice is doing it once.
func (r PartnerRecord) Ending(p Participation, since time.Time) PartnerRecord {
	var kept []Ask
	add := func(a Ask) {
		if !a.At.Before(since) && !slices.ContainsFunc(kept, a.same) {
			kept = append(kept, a)
		}
	}
	for _, a := range r.Asked {
		add(a)
	}
	for _, l := range p.Consent.Links {
		if !l.Erased() {
			add(Ask{Mailbox: MailboxDigest(p.Partner, l.Contact.Email), At: l.IssuedAt})
		}
	}
	r.Asked = kept
	return r
}

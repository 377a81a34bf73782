package engagement

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
	"golang.org/x/text/unicode/norm"
)

// Mentions is told of whomever something names that is kept of a customer, perhaps more
// than once: everything that an erasure would look at. Functions that are nil are told
// of nobody.
type Mentions struct {
	Address func(tenant.Email) // of contacts, and what texts quote
	User    func(string)
	Name    func(string) // of contacts
}

// Customer tells of whom a customer's own row names.
func (m Mentions) Customer(c Customer) {
	for _, n := range c.Named {
		m.contacts(n.Customer)
		m.contacts(n.Partner)
	}
	m.text(c.FriendlyName)
}

// Event tells of whom an event names. Who erased somebody stays named, and is none of
// those who can be erased.
func (m Mentions) Event(e Event) {
	if e.Person == nil || e.Kind == EventPersonErased {
		return
	}
	m.user(e.Person.User)
	for _, c := range e.Person.Contacts {
		m.address(c)
	}
	m.text(e.Person.Why)
}

// Record tells of whom a record names, and each of its participations.
func (m Mentions) Record(r PartnerRecord) {
	m.text(r.FriendlyName)
	for _, p := range r.Participations {
		m.Participation(p)
	}
}

// Participation tells of whom a participation names.
func (m Mentions) Participation(p Participation) {
	m.contacts(p.Consent.Partner)
	m.contacts(p.Consent.Customer)
	m.links(p.Consent.Links)
	for _, f := range p.Failures {
		m.address(f.To)
	}
	m.user(p.Owner)
	for _, text := range append([]string{p.Reason, p.FriendlyName, p.Referral.Reference}, p.Labels...) {
		m.text(text)
	}
	for _, f := range p.ContactFlags {
		m.text(f.Reason)
	}
	if p.Claim == nil {
		return
	}
	for _, s := range p.Claim.Surveys {
		m.links(s.Links)
	}
	p.Claim.Erase(claim.Erasure{ // which looks at every user and text, and here changes none
		Named: func(user string) bool { m.user(user); return false },
		Clean: func(text string, _ claim.Side, _ time.Time) string { m.text(text); return text },
	})
}

func (m Mentions) links(all []link.Link) {
	for _, l := range all {
		m.contact(l.Contact)
	}
}

func (m Mentions) contacts(all []link.Contact) {
	for _, c := range all {
		m.contact(c)
	}
}

func (m Mentions) contact(c link.Contact) {
	m.address(c.Email)
	m.text(c.Name)
	if m.Name != nil && c.Name != "" {
		m.Name(c.Name)
	}
}

func (m Mentions) address(e tenant.Email) {
	if m.Address != nil && !e.IsZero() {
		m.Address(e)
	}
}

func (m Mentions) user(user string) {
	if m.User != nil && user != "" {
		m.User(user)
	}
}

func (m Mentions) text(s string) {
	if m.Address != nil {
		addressesIn(s, m.Address)
	}
}

// Digests returns those of everybody whom it is told of by what tell does.
func (k PersonKey) Digests(of PartnerID, tell func(Mentions)) []PersonDigest {
	var all []PersonDigest
	users, addresses := map[string]bool{}, map[string]bool{}
	tell(Mentions{
		Address: func(e tenant.Email) {
			if key := e.String(); !addresses[key] {
				addresses[key] = true
				all = append(all, k.Address(of, e))
			}
		},
		User: func(user string) {
			if !users[user] {
				users[user] = true
				all = append(all, k.User(of, user))
			}
		},
	})
	return sortedDigests(all)
}

// longestLocal is how many bytes before an @ can be an address, in whatever normal form.
const longestLocal = 256

// addressesIn tells of every address that a text quotes, in whatever spelling, and of
// some that only look like one.
func addressesIn(s string, found func(tenant.Email)) {
	if !strings.ContainsAny(s, "@\uff20\ufe6b") {
		return
	}
	s = strings.ReplaceAll(norm.NFKC.String(s), "\u00ad", "")
	for at := range s {
		if s[at] != '@' {
			continue
		}
		behind := s[at+1:]
		if end := strings.IndexFunc(behind, func(r rune) bool { return !inDomain(r) }); end >= 0 {
			behind = behind[:end]
		}
		if behind = strings.TrimRight(behind, "."); behind == "" {
			continue
		}
		before := s[max(0, at-longestLocal):at]
		if cut := strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>,;:()[]"\@`, r) }); cut >= 0 {
			_, width := utf8.DecodeRuneInString(before[cut:])
			before = before[cut+width:]
		}
		last := ' '
		for i, r := range before {
			if !inWord(last) { // else it goes on with what is before it
				if e, err := tenant.ParseEmail(before[i:] + "@" + behind); err == nil {
					found(e)
				}
			}
			last = r
		}
	}
}

func inDomain(r rune) bool {
	return r == '.' || r == '-' || unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// inWord reports whether what follows the rune is only a part of a longer address.
func inWord(r rune) bool {
	return strings.ContainsRune("._%+-", r) || unicode.In(r, unicode.L, unicode.M, unicode.N)
}

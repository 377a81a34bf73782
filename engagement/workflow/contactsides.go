package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/tenant"
)

// ForeignContacts says what becomes of a customer contact whose domain the
// directory does not give to the customer. Whatever it is, the reviewer is shown
// it; and a directory that cannot be asked blocks nobody.
type ForeignContacts string

// What becomes of foreign contacts.
const (
	FlagForeignContacts   ForeignContacts = ""               // they are asked
	ReasonForForeign      ForeignContacts = "needs a reason" // they are asked, with a reason
	RefuseForeignContacts ForeignContacts = "refused"
)

// AllForeignContacts returns every ForeignContacts.
func AllForeignContacts() []ForeignContacts {
	return []ForeignContacts{FlagForeignContacts, ReasonForForeign, RefuseForeignContacts}
}

// MarshalText refuses a value that is not a ForeignContacts.
func (f ForeignContacts) MarshalText() ([]byte, error) {
	return spell(f, "foreign contacts", AllForeignContacts())
}

// UnmarshalText refuses a text that is not a ForeignContacts.
func (f *ForeignContacts) UnmarshalText(b []byte) error {
	return decode(f, "foreign contacts", b, AllForeignContacts())
}

// ContactSides are the rules that keep a customer's answer from coming from the
// partner.
type ContactSides struct {
	Foreign ForeignContacts // zero: they are asked, and shown to the reviewer
	// AllowOwn lets the partner's own contacts and domains answer for the customer, as
	// in a sandbox. Each event says how many such contacts were named.
	AllowOwn bool
}

// OwnContactError refuses a contact who would answer for the other side.
type OwnContactError struct {
	Field  string        // such as "customer[1].email"
	Domain tenant.Domain // of the partner's, where that is why; zero: the address is a contact of the other side
	Of     engagement.Party
}

func (e *OwnContactError) Error() string {
	switch {
	case !e.Domain.IsZero():
		return fmt.Sprintf("%s is of %s, a domain of your own company: name somebody at the customer, whose answer it has to be", e.Field, e.Domain)
	case e.Of == engagement.ByCustomer:
		return e.Field + " is a contact of the customer's in the same participation: name somebody of your own company"
	}
	return e.Field + " is a contact of your own company in the same participation: name somebody at the customer, whose answer it has to be"
}

// ForeignContactError refuses a customer contact by its domain.
type ForeignContactError struct {
	Field       string // such as "customer[1].email"
	Domain      tenant.Domain
	Doubt       engagement.ContactDoubt // why it is refused
	WithAReason bool                    // whether a reason would do
}

func (e *ForeignContactError) Error() string {
	text := fmt.Sprintf("%s is of %s, which the directory does not give to the customer: ", e.Field, e.Domain)
	if e.Doubt == engagement.DoubtConsumerDomain {
		text = fmt.Sprintf("%s is of %s, where everybody can have an address: ", e.Field, e.Domain)
	}
	if e.WithAReason {
		return text + "give a reason why this person answers for the customer, or name another contact"
	}
	return text + "name a contact with an address of the customer's"
}

// named are the contacts that a command names for one side.
type named struct {
	contacts []link.Contact
	field    func(i int) string // of the address
}

// listed names contacts of a list.
func listed(side string, contacts []link.Contact) named {
	return named{contacts, func(i int) string { return fmt.Sprintf("%s[%d].email", side, i) }}
}

// sides checks the contacts that a command names, with the participation as the
// command leaves it. Every command that names contacts, for whatever they are
// written to, goes through it. It returns the participation with what the reviewer
// is shown, and what the event says; or every *OwnContactError and
// *ForeignContactError, joined.
func (u *unit) sides(ctx context.Context, p engagement.Participation, customer, partner named, reason string) (engagement.Participation, engagement.Detail, error) {
	var detail engagement.Detail
	by, err := u.s.partner(ctx, p.Partner)
	if err != nil {
		return p, detail, err
	}
	var errs []error
	refuse := func(err *OwnContactError) {
		detail.OwnContacts++
		if !u.s.sides.AllowOwn {
			errs = append(errs, err)
		}
	}
	for i, c := range customer.contacts {
		own := slices.IndexFunc(by.Domains, func(d tenant.Domain) bool { return u.s.isOwn(d, c.Email.Domain()) })
		switch {
		case slices.ContainsFunc(p.PartnerSide(), c.Is):
			refuse(&OwnContactError{Field: customer.field(i), Of: engagement.ByPartner})
		case own >= 0:
			refuse(&OwnContactError{Field: customer.field(i), Of: engagement.ByPartner, Domain: by.Domains[own]})
		}
	}
	for i, c := range partner.contacts {
		if named := slices.ContainsFunc(customer.contacts, func(o link.Contact) bool { return o.Is(c.Email) }); !named && slices.ContainsFunc(p.CustomerSide(), c.Is) {
			refuse(&OwnContactError{Field: partner.field(i), Of: engagement.ByCustomer})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return p, detail, err
	}
	doubts := map[tenant.Domain]engagement.ContactDoubt{}
	for i, c := range customer.contacts {
		d := c.Email.Domain()
		if _, asked := doubts[d]; !asked {
			doubts[d] = u.s.doubt(ctx, p, d)
		}
		doubt := doubts[d]
		if doubt == "" {
			continue
		}
		detail.ForeignContacts++
		foreign := u.s.sides.Foreign
		if doubt != engagement.DoubtUncheckedDomain && (foreign == RefuseForeignContacts || foreign == ReasonForForeign && reason == "") {
			errs = append(errs, &ForeignContactError{Field: customer.field(i), Domain: d, Doubt: doubt, WithAReason: foreign == ReasonForForeign})
		}
		p = p.Flagged(engagement.ContactFlag{Domain: d, Doubt: doubt, Reason: reason, At: u.Now})
	}
	return p, detail, errors.Join(errs...)
}

// isOwn reports whether an address's domain is the partner's by one of the domains that
// the catalog gives it. A public e-mail service is nobody's own, whatever the catalog
// says: else every customer who has an address there would be the partner.
func (s *Service) isOwn(partners, address tenant.Domain) bool {
	return address.Within(partners) && !s.isConsumer(partners) && !s.isConsumer(address)
}

// isConsumer reports whether a domain belongs to a public e-mail service.
func (s *Service) isConsumer(d tenant.Domain) bool {
	if s.resolver.ConsumerDomain != nil {
		return s.resolver.ConsumerDomain(d)
	}
	return tenant.IsConsumerDomain(d)
}

// doubt returns what there is to doubt about a domain of a customer contact, or "".
func (s *Service) doubt(ctx context.Context, p engagement.Participation, d tenant.Domain) engagement.ContactDoubt {
	who := p.Identity
	switch {
	case s.isConsumer(d):
		return engagement.DoubtConsumerDomain
	case (p.Basis == tenant.BasisDerived || p.Basis == tenant.BasisConfirmed) && d.Within(who.Domain):
		return ""
	}
	entries, err := s.domain(ctx, d)
	if err == nil && d != who.Domain && d.Within(who.Domain) { // of one that is the customer's
		var above []tenant.Entry
		above, err = s.domain(ctx, who.Domain)
		entries = slices.Concat(entries, above)
	}
	if err != nil {
		return engagement.DoubtUncheckedDomain
	}
	if who.Tenant.IsZero() && who.TPID == 0 { // of what remains no directory knows
		if len(entries) > 0 && d.Within(who.Domain) {
			return ""
		}
		return engagement.DoubtUncheckedDomain
	}
	if slices.ContainsFunc(entries, func(e tenant.Entry) bool {
		return !who.Tenant.IsZero() && e.Tenant == who.Tenant || who.TPID > 0 && e.TPID == who.TPID
	}) {
		return ""
	}
	return engagement.DoubtForeignDomain
}

// domain asks the directory whose a domain is.
func (s *Service) domain(ctx context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	return engine.Remember(s.memo, "domain", d, func() ([]tenant.Entry, error) { return s.directory.Lookup(ctx, d) })
}

// surveySides is sides for a survey that is being sent.
func (u *unit) surveySides(ctx context.Context, p engagement.Participation, kind, reason string) (engagement.Participation, engagement.Detail, error) {
	v, err := p.Claim.Survey(kind)
	if err != nil {
		return p, engagement.Detail{}, err
	}
	one := named{[]link.Contact{v.Contact()}, func(int) string { return "contact.email" }}
	if v.Form.OfPartner {
		return u.sides(ctx, p, named{}, one, reason)
	}
	p, detail, err := u.sides(ctx, p, one, named{}, reason)
	if err == nil {
		err = u.mayWrite(ctx, p, one, false)
	}
	return p, detail, err
}

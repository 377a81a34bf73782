package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/problems"
)

// OfferedContacts are the contacts that are offered for a participation, and from when
// they can be asked.
type OfferedContacts struct {
	Contacts

	// AskFrom is from when all of the customer's can be asked for consent, for the first
	// time or again; zero: now, or not at all, as the actions of the row say.
	AskFrom time.Time `json:"ask_from,omitzero"`
	Waits   []Wait    `json:"waits"` // what that follows from
}

// Wait says from when a contact of the customer's, or all of them, can be asked,
// because of how often they were written to.
type Wait struct {
	Field string     `json:"field,omitzero"` // of the contact, such as "customer[1].email"; "": all contacts
	Limit link.Limit `json:"limit,omitzero"` // that holds longest; "": how soon one participation is asked again
	From  time.Time  `json:"from"`
}

// Contacts returns who is offered as contacts of a participation: those who were last
// named for it, at its add or claim or later, and, on a side for which nobody was,
// those who were named for its customer before, as far as that was within the actor's
// [Scope]. While the consent is awaited, it also says from when the customer's contacts
// can be asked.
func (d *ConsentsDesk) Contacts(ctx context.Context, actor Actor, id engagement.ParticipationID) (OfferedContacts, error) {
	s := d.s
	u := s.unit()
	p, err := u.participation(ctx, actor, MayManageConsent, id)
	if err != nil {
		return OfferedContacts{}, err
	}
	c, err := s.customer(ctx, actor.customerKey(p.Customer))
	if err != nil {
		return OfferedContacts{}, err
	}
	offered := OfferedContacts{Contacts: lastNamed(c, p.Location, u.within)}
	customer, _ := c.LastNamed(p.Location, u.within.Has)
	if named := p.Consent.Contacts(); len(named) > 0 {
		offered.Customer, customer = Typed(named), named
	}
	if len(p.Consent.Partner) > 0 || len(p.Consent.Sent) > 0 {
		offered.Partner = Typed(p.Consent.Partner)
	}
	offered.Waits, err = u.waits(ctx, p, customer)
	for _, w := range offered.Waits {
		if w.From.After(offered.AskFrom) {
			offered.AskFrom = w.From
		}
	}
	offered.Waits = listOf(offered.Waits)
	return offered, err
}

// waits returns what keeps contacts of the customer from being asked for consent now, in
// a participation that can be.
func (u *unit) waits(ctx context.Context, p engagement.Participation, to []link.Contact) ([]Wait, error) {
	status := p.Consent.StatusAt(u.Now)
	if status != consent.StatusAwaitingRequest && status != consent.StatusRequested {
		return nil, nil
	}
	n, err := u.s.sendings(ctx, p.Partner, link.Emails(to), max(1, len(to)), u.Now)
	if err != nil {
		return nil, err
	}
	var waits []Wait
	soon := (*link.TooSoonError)(nil)
	if status == consent.StatusRequested && errors.As(consent.MayResend(p.Consent, u.s.policy, u.Now), &soon) {
		waits = append(waits, Wait{From: soon.NotBefore})
	}
	if from := n.dayFrom(max(1, len(to))); !from.IsZero() {
		waits = append(waits, Wait{Limit: link.LimitDay, From: from})
	}
	box, r := listed("customer", to), u.Record(p.Record())
	for i, c := range to {
		if from, limit := n.mailboxFrom(c.Email, p.Engagement, r.AskedFor(c.Email)); !from.IsZero() {
			waits = append(waits, Wait{Field: box.field(i), Limit: limit, From: from})
		}
	}
	return waits, nil
}

// ChangePartnerContacts is the command that names other contacts of the partner.
type ChangePartnerContacts struct {
	Partner  []Contact `json:"partner"`           // all of them, also those who stay; none: the partner as a whole is told
	Language string    `json:"language,omitzero"` // in which they are told; "": as before
}

// LogValue hides the persons.
func (c ChangePartnerContacts) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("partner", len(c.Partner)))
}

// ChangePartnerContacts names other contacts of the partner, at any time until the
// claim has ended: been paid, cancelled, rejected for good or expired. From then on
// mails go to them. The customer gets no mail about it, and it does not count as a
// resend.
//
// It returns an *[InputError] or *[OwnContactError] for each mistake, joined.
func (d *ConsentsDesk) ChangePartnerContacts(ctx context.Context, req Request, id engagement.ParticipationID, cmd ChangePartnerContacts) (ParticipationView, error) {
	s, actor := d.s, req.Actor
	const name = "change partner contacts"
	return s.change(ctx, req, MayManageConsent, id, name, cmd, func(u *unit, p engagement.Participation) error {
		partner, err1 := readContacts("partner", append([]Contact{}, cmd.Partner...))
		p, err2 := inLanguage(p, "language", cmd.Language)
		if err := problems.Join(err1, err2); err != nil {
			return err
		}
		if !p.OpenAt(u.Now) && p.StatusAt(u.Now) != engagement.StatusApproved {
			return notNow(name, p, u.Now, errEnded)
		}
		return u.name(ctx, actor, p, bothSides{partner: partner})
	})
}

// inLanguage returns a participation whose partner is told in a language; "": as
// before.
func inLanguage(p engagement.Participation, field, language string) (engagement.Participation, error) {
	if language == "" {
		return p, nil
	}
	l, err := link.ParseLanguage(language)
	if err != nil {
		return p, &InputError{Field: field, Problem: err.Error(), Err: err}
	}
	p.Language = l
	return p, nil
}

// changeCustomer names other contacts of the customer where nobody is being asked for
// consent: before the request, or after the consent.
func (u *unit) changeCustomer(ctx context.Context, actor Actor, p engagement.Participation, name string, req RequestConsent) error {
	customer, err1 := readContacts("customer", req.Customer)
	partner, err2 := readContacts("partner", req.Partner)
	_, err3 := inLanguage(p, "language", req.Language)
	p, err4 := inLanguage(p, "partner_language", req.PartnerLanguage)
	if err := problems.Join(err1, err2, checkReason(req.Reason), err3, err4); err != nil {
		return err
	}
	if len(customer) == 0 {
		return errNobody
	}
	if p.Claim != nil {
		if at := p.Claim.CustomerAnsweredAt(); !at.IsZero() {
			return notNow(name, p, u.Now, &survey.FrozenError{Since: at})
		}
	}
	if !p.OpenAt(u.Now) {
		return notNow(name, p, u.Now, errEnded)
	}
	return u.name(ctx, actor, p, bothSides{customer, partner, engine.Plain(req.Reason)})
}

// errNobody is why nobody can be asked.
var errNobody = &InputError{Field: "customer", Problem: fmt.Sprintf("contacts are missing: name at least one and at most %d, with an e-mail address", link.MaxContacts)}

// name changes contacts without writing to anybody.
func (u *unit) name(ctx context.Context, actor Actor, p engagement.Participation, who bothSides) error {
	p.Consent = p.Consent.Naming(who.customer, who.partner)
	p, detail, err := u.sides(ctx, p, listed("customer", who.customer), listed("partner", who.partner), who.reason)
	if err != nil {
		return err
	}
	if who.customer != nil {
		detail.Changed = append(detail.Changed, engagement.ChangedCustomerContacts)
	}
	if who.partner != nil {
		detail.Changed = append(detail.Changed, engagement.ChangedPartnerContacts)
	}
	u.putParticipation(p)
	u.offerAgain(p, who.customer, who.partner)
	status := p.StatusAt(u.Now)
	person := byUser(actor)
	person.Contacts, person.Why = link.Emails(slices.Concat(who.customer, who.partner)), who.reason
	u.event(engagement.Event{Kind: engagement.EventContactsChanged, By: engagement.ByPartner, From: status, To: status, Detail: detail, Person: person}, p)
	return nil
}

// offerAgain keeps with the customer who was named for a participation.
func (u *unit) offerAgain(p engagement.Participation, customer, partner []link.Contact) {
	key := engagement.CustomerKey{Partner: p.Partner, Customer: p.Customer}
	u.PutCustomer(u.Customer(key).Naming(p.Location, customer, partner))
}

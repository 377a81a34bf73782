package workflow

import (
	"context"
	"log/slog"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
)

// RequestConsent is the command that asks a customer for consent. Each list has at most link.MaxContacts contacts, none
// twice.
type RequestConsent struct {
	Customer []Contact `json:"customer,omitzero"` // the customer's contacts, each gets a link; nil: those who were named for the participation already
	Partner  []Contact `json:"partner,omitzero"`  // the partner's contacts, whom the customer can ask and who are told the answer; nil: as Customer
	Language string    `json:"language,omitzero"` // "en", "pt-PT"; the closest text there is; "" is the first text's

	// Reason says why contacts whose domain the directory does not give to the customer
	// answer for it, for the reviewer; at most 2,000 characters. It is needed where the
	// Sides of the Options say so.
	Reason string `json:"reason,omitzero"`

	// PartnerLanguage is the language in which the partner's contacts are told;
	// "": the customer's, and in ChangeContacts the one before.
	PartnerLanguage string `json:"partner_language,omitzero"`
}

// ChangeContacts is the command that changes who is asked, or whom the customer can ask.
type ChangeContacts RequestConsent

// LogValue hides the persons.
func (c ChangeContacts) LogValue() slog.Value { return RequestConsent(c).LogValue() }

// LogValue hides the persons.
func (r RequestConsent) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("customer", len(r.Customer)), slog.Int("partner", len(r.Partner)), slog.String("language", r.Language))
}

// Preview returns the page that the customer's contacts would see, for the partner to
// review before [ConsentsDesk.Request]. Nothing is stored or sent. What it shows would
// be sent at this moment, so it returns the errors of Request; a *[link.LimitError]
// says from when the contacts can be asked.
func (d *ConsentsDesk) Preview(ctx context.Context, actor Actor, id engagement.ParticipationID, cmd RequestConsent) (consent.View, error) {
	s := d.s
	u := s.unit()
	p, err := u.participation(ctx, actor, MayManageConsent, id)
	if err != nil {
		return consent.View{}, err
	}
	event, err := u.requestEvent(ctx, p, cmd)
	if err != nil {
		return consent.View{}, err
	}
	if p, _, err = u.asked(ctx, p, requestConsent, event, cmd); err != nil {
		return consent.View{}, err
	}
	return consent.NewView(p.Consent, event.Links[0], s.pageOf(p), u.Now)
}

const requestConsent = "request consent"

// Request asks the customer's contacts for consent: each is sent a link of its own once
// [JobsDesk.Relay] runs. The time to answer runs from the add or the claim, and asking
// late does not extend it.
//
// It returns an *[OwnContactError] for an address of the other side or a
// *[ForeignContactError] where [Options].Sides refuse a domain. Its *[WrongStateError]
// wraps [consent.ErrTakenElsewhere] while another partner has the customer's consent,
// or a *[link.LimitError] for each mailbox that was written to too often, or for the
// day.
func (d *ConsentsDesk) Request(ctx context.Context, req Request, id engagement.ParticipationID, cmd RequestConsent) (ParticipationView, error) {
	return d.s.ask(ctx, req, id, requestConsent, cmd, engagement.EventConsentRequested,
		func(u *unit, p engagement.Participation) (consent.Event, error) { return u.requestEvent(ctx, p, cmd) })
}

// Resend sends each contact a new link; the earlier ones are void. [Options].Policy
// limits how often, with the errors of [ConsentsDesk.Request].
func (d *ConsentsDesk) Resend(ctx context.Context, req Request, id engagement.ParticipationID) (ParticipationView, error) {
	s := d.s
	return s.ask(ctx, req, id, "resend consent", struct{}{}, engagement.EventConsentResent,
		func(u *unit, p engagement.Participation) (consent.Event, error) {
			links, err := u.newLinks(len(p.Consent.Contacts()))
			return consent.Resend{Links: links, Policy: s.policy}, err
		})
}

// ChangeContacts names other contacts of the customer. While the customer is being
// asked for consent, the new contacts are asked instead; the earlier links are void,
// and it counts like a resend. Before the request nothing is sent: they will be asked
// in the language that the request then names. After the consent nothing is sent
// either: they get the mails that follow, and whoever consented can still withdraw
// through the link that they have. Who is asked in a survey is named with
// [SurveysDesk.Send]. Once the customer's survey is answered, its contacts are frozen.
//
// A nil Partner leaves the partner's contacts as they are, and an empty Language the
// language; a Partner that is empty and not nil removes them.
//
// Of contacts of the wrong side and of limits on sending it returns the errors of
// [ConsentsDesk.Request].
func (d *ConsentsDesk) ChangeContacts(ctx context.Context, req Request, id engagement.ParticipationID, in ChangeContacts) (ParticipationView, error) {
	s, cmd := d.s, RequestConsent(in)
	return s.ask(ctx, req, id, "change contacts", cmd, engagement.EventContactsChanged,
		func(u *unit, p engagement.Participation) (consent.Event, error) {
			if cmd.Language == "" {
				cmd.Language = string(p.Consent.Language())
			}
			cmd.Customer = append([]Contact{}, cmd.Customer...) // none are no others
			e, err := u.requestEvent(ctx, p, cmd)
			return consent.ChangeContacts{Customer: e.Customer, Partner: e.Partner, Links: e.Links, Terms: e.Terms, Policy: s.policy}, err
		})
}

// ask carries out a command that writes to the customer's contacts.
func (s *Service) ask(ctx context.Context, req Request, id engagement.ParticipationID, name string, body any, kind engagement.EventKind,
	event func(*unit, engagement.Participation) (consent.Event, error)) (ParticipationView, error) {
	return s.change(ctx, req, MayManageConsent, id, name, body, func(u *unit, p engagement.Participation) error {
		if status := p.Consent.StatusAt(u.Now); kind == engagement.EventContactsChanged && (status == consent.StatusAwaitingRequest || status == consent.StatusGranted) {
			return u.changeCustomer(ctx, req.Actor, p, name, body.(RequestConsent))
		}
		e, err := event(u, p)
		if err != nil {
			return err
		}
		cmd, _ := body.(RequestConsent)
		before := p.StatusAt(u.Now)
		p, detail, err := u.asked(ctx, p, name, e, cmd)
		if err != nil {
			return err
		}
		contacts := p.Consent.Contacts()
		u.putParticipation(p)
		u.offerAgain(p, contacts, p.Consent.Partner)
		detail.Contacts, detail.TextVersion, detail.Language = len(contacts), p.Consent.LastSent().Terms.Text.Version, p.Consent.Language()
		u.event(engagement.Event{
			Kind: kind, By: engagement.ByPartner, From: before, To: p.StatusAt(u.Now), Detail: detail,
			Person: &engagement.Person{User: req.Actor.User, Contacts: link.Emails(contacts), Why: cmd.Reason},
		}, p)
		for _, id := range p.Consent.LastSent().Links {
			if l, err := p.Consent.Link(id); err == nil && !l.Erased() {
				u.tell(p, engagement.MessageConsentRequest, l.Contact.Email, p.Consent.Language(), l.ID)
			}
		}
		return nil
	})
}

// asked decides whether the customer's contacts can be written to now, and returns the
// participation as that leaves it, and what the event says of the contacts.
func (u *unit) asked(ctx context.Context, p engagement.Participation, name string, e consent.Event, cmd RequestConsent) (engagement.Participation, engagement.Detail, error) {
	was := p
	refused := func(err error) (engagement.Participation, engagement.Detail, error) {
		return was, engagement.Detail{}, notNow(name, was, u.Now, err)
	}
	p, _ = inLanguage(p, "partner_language", cmd.PartnerLanguage) // which requestEvent has checked
	next, err := consent.Apply(p.Consent, e, u.Now)
	if err != nil {
		return refused(err)
	}
	if _, err := u.room(ctx, p); err != nil {
		return refused(err)
	}
	p.Consent = next
	customer, partner := listed("customer", next.Contacts()), named{}
	if cmd.Partner != nil {
		partner = listed("partner", next.Partner)
	}
	p, detail, err := u.sides(ctx, p, customer, partner, cmd.Reason)
	if err != nil {
		return was, detail, err
	}
	if err := u.mayWrite(ctx, p, customer, true); err != nil {
		return refused(err)
	}
	return p, detail, nil
}

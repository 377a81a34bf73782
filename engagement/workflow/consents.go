package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/code"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
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

// Cancel is the command that ends a participation before its claim
// is submitted.
type Cancel struct {
	Reason string `json:"reason,omitzero"` // for the history, at most 2,000 characters
}

// LogValue hides what the person wrote.
func (c Cancel) LogValue() slog.Value { return slog.GroupValue() }

// Cancel ends a participation, before consent or after it, as long as its claim has not
// been submitted. The customer's contacts who were written to are told.
func (d *ClaimsDesk) Cancel(ctx context.Context, req Request, id engagement.ParticipationID, cmd Cancel) (ParticipationView, error) {
	actor := req.Actor
	return d.s.change(ctx, req, MayCancelParticipations, id, "cancel", cmd, func(u *unit, p engagement.Participation) (err error) {
		if err := checkReason(cmd.Reason); err != nil {
			return err
		}
		before := p.StatusAt(u.Now)
		if !p.OpenAt(u.Now) {
			return notNow("cancel", p, u.Now, errEnded)
		}
		if p.Consented() {
			if p, err = engagement.ApplyClaim(p, claim.Cancel{}, u.Now); err != nil {
				return notNow("cancel", p, u.Now, err)
			}
		}
		if p.Consent, err = consent.Apply(p.Consent, consent.Cancel{}, u.Now); err != nil {
			return notNow("cancel", p, u.Now, err)
		}
		u.putParticipation(p)
		u.event(engagement.Event{
			Kind: engagement.EventParticipationCanceled, By: engagement.ByPartner, From: before, To: p.StatusAt(u.Now),
			Person: &engagement.Person{User: actor.User, Why: cmd.Reason},
		}, p)
		for _, to := range link.Emails(p.Consent.Contacts()) {
			if p.Consented() || written(p.Consent, to) { // after the consent to whoever is the contact then
				u.tell(p, engagement.MessageCanceled, to, p.Consent.Language(), "")
			}
		}
		return nil
	})
}

const longestReason = 2000

// errEnded is why nothing can be done about a participation that has ended.
var errEnded = code.New(code.WrongState, "it has ended, and what has ended is not reopened: claim or add the customer again")

// errFrozen is why a deal size cannot be changed.
var errFrozen = code.New(code.WrongState, "the estimated deal size is frozen since consent was requested")

// written reports whether a message with a link has gone out to a contact.
func written(c consent.State, to tenant.Email) bool {
	return slices.ContainsFunc(c.Links, func(l link.Link) bool { return l.Contact.Email == to && len(l.Tokens) > 0 })
}

// participation loads a participation of the actor's partner, as long as the actor
// may do the act through its location: to anybody else it is not there.
func (u *unit) participation(ctx context.Context, actor Actor, act Permission, id engagement.ParticipationID) (engagement.Participation, error) {
	scope, err := u.s.authorize(ctx, actor, act)
	if err != nil {
		return engagement.Participation{}, err
	}
	u.within = scope
	loaded, failed := u.Load(ctx, storage.Want{Participation: storage.ParticipationKey{Partner: actor.Partner, ID: id}})
	if failed != nil && !errors.Is(failed, engine.ErrReplay) {
		return engagement.Participation{}, failed
	}
	p, ok := loaded.Records[loaded.At].Participation(id)
	if err := loaded.Records[loaded.At].ErrUnreadable(id); !ok && err != nil && scope.All() {
		u.s.tellUnreadable(ctx, err)
		return engagement.Participation{}, err
	}
	if !ok || !scope.Has(p.Location) {
		return engagement.Participation{}, &NotFoundError{Field: "participation", Value: string(id)}
	}
	if failed != nil { // a repeated command gives its result to who may still give it
		return engagement.Participation{}, failed
	}
	p, _ = u.Record(loaded.At).Participation(id)
	if u.actor.User != "" {
		if p, err = u.rememberActors(ctx, p); err != nil {
			return engagement.Participation{}, err
		}
	}
	if p, err = u.s.withProof(ctx, p, u.Now); err != nil {
		return engagement.Participation{}, err
	}
	if act == MayReviewClaims {
		if u.except, err = u.s.mayReview(actor, p); err != nil {
			return engagement.Participation{}, err
		}
	}
	return p, u.checkRevision(ctx, p)
}

// putParticipation changes a participation, and sets when its partner is reminded
// next.
func (u *unit) putParticipation(p engagement.Participation) {
	p.RemindAt = u.s.reminders.Next(p, u.Now)
	u.Put(p)
}

// room returns consent.ErrTakenElsewhere when the claim limit leaves a
// participation that has no consent yet no room. It counts by the limit that the
// engagement has now.
func (u *unit) room(ctx context.Context, p engagement.Participation) (engagement.Engagement, error) {
	e, err := u.s.engagement(ctx, p.Engagement)
	if err != nil {
		return e, err
	}
	if err := u.askExternal(ctx, []engagement.RecordKey{p.Record()}); err != nil {
		return e, err
	}
	if u.limited(e, p.Record().Shared()).RoomFor(p.Partner).FullAt(u.Now) {
		return e, consent.ErrTakenElsewhere
	}
	return e, nil
}

// requestEvent turns a request into the event that package consent knows.
func (u *unit) requestEvent(ctx context.Context, p engagement.Participation, cmd RequestConsent) (consent.Request, error) {
	customer, err := readContacts("customer", cmd.Customer)
	if cmd.Customer == nil {
		customer = p.Consent.Contacts()
	}
	partner, err2 := readContacts("partner", cmd.Partner)
	_, badLanguage := inLanguage(p, "partner_language", cmd.PartnerLanguage)
	if err := errors.Join(err, err2, checkReason(cmd.Reason), badLanguage); err != nil {
		return consent.Request{}, err
	}
	if cmd.Partner == nil && len(p.Consent.Sent) == 0 {
		partner = p.Consent.Partner
	}
	if len(customer) == 0 {
		return consent.Request{}, errNobody
	}
	if err := u.dealSizeAsked(ctx, p); err != nil {
		return consent.Request{}, err
	}
	terms, err := u.consentTerms(ctx, p, cmd.Language)
	if err != nil {
		return consent.Request{}, err
	}
	links, err := u.newLinks(len(customer))
	return consent.Request{Customer: customer, Partner: partner, Links: links, Terms: terms}, err
}

// consentTerms are what the customer is asked to agree to, in the language.
func (u *unit) consentTerms(ctx context.Context, p engagement.Participation, language string) (consent.Terms, error) {
	var wanted []link.Language
	if language != "" {
		l, err := link.ParseLanguage(language)
		if err != nil {
			return consent.Terms{}, &InputError{Field: "language", Problem: err.Error(), Err: err}
		}
		if _, ok := link.MatchLanguage(u.s.texts.Languages(), l); !ok {
			return consent.Terms{}, &InputError{Field: "language", Problem: fmt.Sprintf("%s has no text: use one of %v", l, u.s.texts.Languages())}
		}
		wanted = []link.Language{l}
	}
	partner, err := u.s.partner(ctx, p.Partner)
	if err != nil {
		return consent.Terms{}, err
	}
	e, err := u.s.engagement(ctx, p.Engagement)
	if err != nil {
		return consent.Terms{}, err
	}
	text := u.s.texts.For(wanted...)
	return consent.NewTerms(text,
		consent.Subject{ID: string(e.ID), Name: e.Translations.Say(e.Name, text.Language), Summary: e.Translations.Say(e.Summary, text.Language)},
		consent.Party{Role: consent.RoleCustomer, ID: string(p.Customer), Name: engagement.Customer{Identity: p.Identity}.Name()},
		consent.Party{Role: consent.RolePartner, ID: string(partner.ID), Name: partner.Name},
		consent.Party{Role: consent.RoleProgram, ID: "program", Name: u.s.program},
	), nil
}

func (u *unit) newLinks(n int) ([]link.ID, error) {
	links := make([]link.ID, n)
	for i := range links {
		id, err := link.NewID(u.s.random)
		if err != nil {
			return nil, err
		}
		links[i] = id
	}
	return links, nil
}

// pageOf is how the customer's page shows a participation.
func (s *Service) pageOf(p engagement.Participation) consent.Page {
	return consent.Page{Texts: s.texts, Zone: p.Terms.Location(), Submitted: p.Submitted()}
}

// notNow wraps a refusal of a state. What is no refusal of the state stays as it
// is.
func notNow(command string, p engagement.Participation, now time.Time, err error) error {
	if errors.Is(err, ErrInvalidInput) { // which names its field already, and may wrap one of these
		return err
	}
	if bad := (*link.InvalidError)(nil); errors.As(err, &bad) {
		return &InputError{Field: bad.Field, Problem: "cannot be used: " + bad.Problem, Err: err}
	}
	if bad := (*survey.AnswersError)(nil); errors.As(err, &bad) {
		return wrongAnswers(bad)
	}
	if bad := (*claim.InvalidError)(nil); errors.As(err, &bad) {
		return &InputError{Field: strings.TrimPrefix(bad.Field, "evidence."), Problem: bad.Problem, Err: err}
	}
	if missing := (*claim.NotFoundError)(nil); errors.As(err, &missing) {
		return &NotFoundError{Field: missing.Field, Value: missing.Value}
	}
	for _, c := range CodesOf(err) {
		switch c {
		case CodeWrongState, CodeExpired, CodeTooSoon, CodeLimitReached, CodeAlreadyAnswered:
		default:
			return err
		}
	}
	return &WrongStateError{Command: command, Status: p.StatusAt(now), Err: err}
}

package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
)

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

// dealSizeAsked refuses to ask for consent before the partner has said how large the
// deal is, where the engagement asks for that. Once consent was requested it is
// frozen, and no longer asked for.
func (u *unit) dealSizeAsked(ctx context.Context, p engagement.Participation) error {
	if p.StatusAt(u.Now) != engagement.StatusCustomerClaimed || !p.DealSize.IsZero() {
		return nil
	}
	e, err := u.s.engagement(ctx, p.Engagement)
	if err == nil && e.AsksDealSize {
		err = &InputError{Field: "deal_size", Problem: "is missing, and the engagement asks for it: give an estimate before consent is requested"}
	}
	return err
}

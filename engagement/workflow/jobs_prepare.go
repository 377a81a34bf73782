package workflow

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/storage"
)

// prepare makes a message ready to send, whose participation is loaded. Of a link's
// token only the hash is stored, so a process that does not have it any more makes
// another one: it opens the same link. What panics on the way, in the host's catalog for
// example, fails this message and no other.
func (u *unit) prepare(ctx context.Context, m engagement.Message) (d Delivery, err error) {
	defer caught(m.ID, &err)
	p, _ := u.Record(m.Record()).Participation(m.Participation)
	d = Delivery{Message: m, failing: len(p.Failures) > 0, Name: p.ContactName(m.To), ClaimNumber: p.ClaimNumber, Deadline: m.Kind.Deadline(p, u.Now)}
	if m.Pointless(p, u.Now) {
		return d, errPointless
	}
	terms := p.Consent.LastSent().Terms
	if party, ok := terms.Party(consent.RolePartner); ok {
		d.Partner = party.Name
	}
	if party, ok := terms.Party(consent.RoleCustomer); ok {
		d.Customer = party.Name
	}
	d.Engagement = terms.Engagement.Name
	if len(p.Consent.Sent) == 0 { // nobody has been asked yet
		if err := u.nameWithoutTerms(ctx, &d, p); err != nil {
			return d, err
		}
	}
	switch {
	case m.Kind == engagement.MessageSurveyRequest:
		err = u.mintSurvey(&d, p)
	case m.Link != "":
		err = u.mint(&d, p)
	}
	if err != nil {
		return d, err
	}
	e, err := u.s.engagement(ctx, p.Engagement)
	if err != nil {
		e = engagement.Engagement{} // its translations are missed, and nothing else
	}
	u.s.describe(&d, p, e, u.Now)
	return d, nil
}

// mint makes the token of the message's link.
func (u *unit) mint(d *Delivery, p engagement.Participation) error {
	l, err := p.Consent.Link(d.Message.Link)
	status := p.Consent.StatusAt(u.Now)
	switch {
	case err != nil || l.Void() || l.Erased():
		return errPointless // a newer link has replaced this one
	case status == consent.StatusExpired && l.SentAt.IsZero():
		return errTooLate
	case status != consent.StatusRequested:
		return errPointless // it was answered
	}
	token, hash := u.s.links.token(l, func() link.Token { return u.s.newToken(p.Customer) })
	next, err := consent.Mint(p.Consent, l.ID, hash)
	if err != nil {
		return err
	}
	d.Link, d.token, d.Name = u.s.linkURL+token.Secret(), token, l.Contact.Name
	if p.Consent = next; !slices.ContainsFunc(l.Tokens, hash.Equal) {
		u.putToken(p, hash)
	}
	return nil
}

// mintSurvey makes the token of the link to a survey.
func (u *unit) mintSurvey(d *Delivery, p engagement.Participation) error {
	if p.Claim == nil {
		return errPointless
	}
	v, l, err := p.Claim.SurveyLink(d.Message.Link)
	switch {
	case err != nil || l.Void() || l.Erased() || v.Status != survey.StatusSent:
		return errPointless
	case p.Claim.Allows(claim.KindAnswerSurvey, u.Now):
	case p.Claim.Expired(u.Now) && l.SentAt.IsZero():
		return errTooLate
	default:
		return errPointless // it could not be answered any more
	}
	token, hash := u.s.links.token(l, func() link.Token { return u.s.newToken(p.Customer) })
	next, err := claim.Mint(*p.Claim, l.ID, hash)
	if err != nil {
		return err
	}
	d.Link, d.token, d.Name = u.s.surveyURL+token.Secret(), token, l.Contact.Name
	if p.Claim = &next; !slices.ContainsFunc(l.Tokens, hash.Equal) {
		u.putToken(p, hash)
	}
	return nil
}

// putToken keeps the hash by which a link finds its participation.
func (u *unit) putToken(p engagement.Participation, hash link.Hash) {
	u.putParticipation(p)
	u.Changes.Tokens = append(u.Changes.Tokens, tokenOf(hash, p))
}

func tokenOf(hash link.Hash, p engagement.Participation) storage.Token {
	return storage.Token{Hash: hash, Slot: storage.SlotOf(p.Customer), Participation: p.ID, Record: p.Record()}
}

// nameWithoutTerms names those whom a message is about before any terms were
// sent to anybody.
func (u *unit) nameWithoutTerms(ctx context.Context, d *Delivery, p engagement.Participation) error {
	e, err := u.s.engagement(ctx, p.Engagement)
	if err != nil {
		return err
	}
	partner, err := u.s.partner(ctx, p.Partner)
	if err != nil {
		return err
	}
	d.Engagement, d.Partner, d.Customer = e.Name, partner.Name, engagement.Customer{Identity: p.Identity}.Name()
	return nil
}

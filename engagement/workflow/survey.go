package workflow

import (
	"context"
	"errors"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/survey"
)

// SurveyView returns what the page behind a survey's link shows. It changes
// nothing, however often it is called.
//
// It returns consent.ErrUnknownLink, consent.ErrLinkVoid or an *UnavailableError.
func (s *Service) SurveyView(ctx context.Context, token consent.Token) (survey.View, error) {
	u := s.unit(storage.CommandRecord{})
	p, v, link, err := u.surveyed(ctx, token)
	if err != nil {
		return survey.View{}, err
	}
	return u.surveyView(p, v, link)
}

// AnswerSurvey records what a survey's contact answered, by the IDs of the
// questions, and returns the page as it is after that. The first answer counts.
//
// It returns the errors of SurveyView and those of survey.Answer.
func (s *Service) AnswerSurvey(ctx context.Context, token consent.Token, answers map[string]string) (survey.View, error) {
	return attempt(ctx, s, storage.CommandRecord{}, func(u *unit) (survey.View, error) {
		p, v, link, err := u.surveyed(ctx, token)
		if err != nil {
			return survey.View{}, err
		}
		status := p.StatusAt(u.now)
		answered, err := engagement.ApplyClaim(p, claim.AnswerSurvey{Survey: v.Kind, Link: link.ID, Answers: answers}, u.now)
		if err != nil {
			return survey.View{}, u.notAnswered(v, link, err)
		}
		u.putParticipation(answered)
		u.event(engagement.Event{
			Kind: engagement.SurveyAnswered, By: engagement.ByCustomer, From: status, To: status,
			Detail: engagement.Detail{Survey: v.Kind, Link: link.ID}, Person: personOf(link.Contact),
		}, p)
		v, err = answered.Claim.Survey(v.Kind)
		if err != nil {
			return survey.View{}, err
		}
		return u.surveyView(answered, v, link)
	})
}

// notAnswered tells a contact why the claim takes no answer: of the claim's
// status it hears no more than that.
func (u *unit) notAnswered(v claim.Survey, link consent.Link, err error) error {
	expired := (*claim.ExpiredError)(nil)
	switch {
	case link.Void():
		return &consent.LinkVoidError{VoidedAt: link.VoidedAt}
	case v.Status == survey.Done:
		return &survey.AlreadyAnsweredError{At: v.AnsweredAt()}
	case errors.As(err, &expired):
		return &survey.ExpiredError{Deadline: expired.Deadline}
	case errors.Is(err, claim.ErrNotAllowed):
		return &survey.NotAllowedError{Status: v.Status, Command: survey.CommandAnswer}
	}
	return err
}

// surveyed finds the participation, the survey and the link that a token opens.
func (u *unit) surveyed(ctx context.Context, token consent.Token) (engagement.Participation, claim.Survey, consent.Link, error) {
	p, err := u.linkedTo(ctx, token)
	if err != nil {
		return p, claim.Survey{}, consent.Link{}, err
	}
	if p.Claim == nil {
		return p, claim.Survey{}, consent.Link{}, consent.ErrUnknownLink
	}
	v, link, err := p.Claim.SurveyOf(token.Hash())
	return p, v, link, err
}

func (u *unit) surveyView(p engagement.Participation, v claim.Survey, link consent.Link) (survey.View, error) {
	terms := lastSent(p.Consent).Terms
	partner, _ := terms.Party(consent.RolePartner)
	customer, _ := terms.Party(consent.RoleCustomer)
	page := survey.Page{
		Partner: partner.Name, Customer: customer.Name, Program: u.s.program, Engagement: terms.Engagement.Name, Zone: p.Terms.Location(),
	}
	if p.Claim.Allows(claim.KindAnswerSurvey, u.now) {
		page.Deadline = p.DeadlineAt(u.now)
	}
	return survey.NewView(v.State, link.ID, page, u.now)
}

package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// SurveyView returns what the page behind a survey's link shows. It changes nothing,
// however often it is called.
func (d *LinksDesk) SurveyView(ctx context.Context, token link.Token) (survey.View, error) {
	s := d.s
	u := s.unit()
	p, v, link, err := u.surveyed(ctx, token)
	if err != nil {
		return survey.View{}, s.toCustomer(ctx, err)
	}
	return u.surveyView(p, v, link)
}

// AnswerSurvey records what a survey's contact answered, by the IDs of the questions,
// and returns the page as it is after that. The first answers count, and the same
// answers again change nothing.
//
// It also returns the errors of [survey.Answer].
func (d *LinksDesk) AnswerSurvey(ctx context.Context, token link.Token, answers map[string]string) (survey.View, error) {
	s := d.s
	view, err := attempt(ctx, s, func(u *unit) (survey.View, error) {
		p, v, link, err := u.surveyed(ctx, token)
		if err != nil {
			return survey.View{}, err
		}
		if !link.Void() && v.Repeats(answers) { // whatever the claim's status
			return u.surveyView(p, v, link)
		}
		status := p.StatusAt(u.Now)
		answered, err := engagement.ApplyClaim(p, claim.AnswerSurvey{Survey: v.Kind, Link: link.ID, Answers: answers}, u.Now)
		if err != nil {
			return survey.View{}, u.notAnswered(status, p.Claim.AnswerBy(), v, link, err)
		}
		u.putParticipation(answered)
		u.event(engagement.Event{
			Kind: engagement.EventSurveyAnswered, By: engagement.ByCustomer, From: status, To: status,
			Detail: engagement.Detail{Survey: v.Kind, Link: link.ID}, Person: personOf(link.Contact),
		}, p)
		v, err = answered.Claim.Survey(v.Kind)
		if err != nil {
			return survey.View{}, err
		}
		return u.surveyView(answered, v, link)
	})
	return view, s.toCustomer(ctx, err)
}

// notAnswered tells a contact why the claim takes no answer: of the claim's
// status it hears no more than that.
func (u *unit) notAnswered(status engagement.Status, answerBy time.Time, v claim.Survey, l link.Link, err error) error {
	expired := (*claim.ExpiredError)(nil)
	switch {
	case l.Void():
		return &link.VoidError{VoidedAt: l.VoidedAt}
	case v.Status == survey.StatusDone:
		return &survey.AlreadyAnsweredError{At: v.AnsweredAt()}
	case (status == engagement.StatusSubmitted || status == engagement.StatusUnderReview) && engagement.Passed(answerBy, u.Now):
		return &survey.ExpiredError{Deadline: answerBy}
	case errors.As(err, &expired):
		return &survey.ExpiredError{Deadline: expired.Deadline}
	case is[*claim.NotAllowedError](err):
		return &survey.NotAllowedError{Status: v.Status, Command: survey.CommandAnswer}
	}
	return err
}

// surveyed finds the participation, the survey and the link that a token opens.
func (u *unit) surveyed(ctx context.Context, token link.Token) (engagement.Participation, claim.Survey, link.Link, error) {
	p, err := u.linkedTo(ctx, token)
	if err != nil {
		return p, claim.Survey{}, link.Link{}, err
	}
	if p.Claim == nil {
		return p, claim.Survey{}, link.Link{}, link.ErrUnknown
	}
	v, link, err := p.Claim.SurveyOf(token.Hash())
	return p, v, link, err
}

func (u *unit) surveyView(p engagement.Participation, v claim.Survey, link link.Link) (survey.View, error) {
	terms := p.Consent.LastSent().Terms
	return survey.NewView(v.State, link.ID, u.surveyPage(p, terms.Engagement.Name), u.Now)
}

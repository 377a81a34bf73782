package workflow

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
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
	case errors.Is(err, claim.ErrNotAllowed):
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

// surveyPage is what surveys of a participation's claim show besides themselves.
func (u *unit) surveyPage(p engagement.Participation, name string) survey.Page {
	terms := p.Consent.LastSent().Terms
	partner, _ := terms.Party(consent.RolePartner)
	customer, _ := terms.Party(consent.RoleCustomer)
	page := survey.Page{Partner: partner.Name, Customer: customer.Name, Program: u.s.program, Engagement: name, Zone: p.Terms.Location()}
	if p.Claim.Allows(claim.KindAnswerSurvey, u.Now) {
		page.Deadline = p.Claim.AnswerBy()
	}
	return page
}

// Get returns what a survey of a claim asks, in the best of its languages for the actor,
// whether or not it was sent: the form that the partner fills in for
// [SurveysDesk.Answer], with MayAnswer as long as it can, and what the customer is
// asked. A survey is named by its kind, [claim.ProofPartnerSurvey] for example. Answers
// are in the claim's view.
func (d *SurveysDesk) Get(ctx context.Context, actor Actor, id engagement.ParticipationID, kind string) (survey.View, error) {
	u := d.s.unit()
	p, err := u.participation(ctx, actor, MayViewClaims, id)
	if err != nil {
		return survey.View{}, err
	}
	if p.Claim == nil {
		return survey.View{}, &NotFoundError{Field: "survey", Value: kind}
	}
	v, err := p.Claim.Survey(kind)
	if err != nil {
		return survey.View{}, &NotFoundError{Field: "survey", Value: kind}
	}
	e, err := d.s.engagementLeft(ctx, p.Engagement)
	if err != nil {
		return survey.View{}, err
	}
	name := p.Consent.LastSent().Terms.Engagement.Name
	if e.Name != "" {
		name = e.In(d.s.wordsFor(actor)).Own(e.Name)
	}
	view := survey.NewViewWithin(v.State, actor.Language, u.surveyPage(p, name), u.Now)
	view.MayAnswer = view.MayAnswer && !actor.program()
	return view, nil
}

// AnswerPartnerSurvey is the command by which a partner answers its own survey
// within the claim.
type AnswerPartnerSurvey struct {
	Survey  string            `json:"survey"`  // its kind, claim.ProofPartnerSurvey for example
	Answers map[string]string `json:"answers"` // by the IDs of the questions
}

// LogValue hides the answers.
func (c AnswerPartnerSurvey) LogValue() slog.Value {
	return slog.GroupValue(slog.String("survey", c.Survey))
}

// Answer records the partner's answers to its own survey of a claim, whether or not
// that was sent to a contact. The first answers count, and the same answers again,
// whoever gave them first, change nothing. Answers that are missing or wrong are an
// *[InputError] each, joined.
func (d *SurveysDesk) Answer(ctx context.Context, req Request, id engagement.ParticipationID, cmd AnswerPartnerSurvey) (ParticipationView, error) {
	s, actor := d.s, req.Actor
	const name = "answer survey"
	return s.change(ctx, req, MayEditClaims, id, name, cmd, func(u *unit, p engagement.Participation) error {
		if cmd.repeats(p) {
			return nil
		}
		return u.do(actor, MayEditClaims, name, p, deed{
			event: claim.AnswerSurvey{Survey: cmd.Survey, User: actor.User, Answers: cmd.Answers}, kind: engagement.EventSurveyAnswered,
			detail: engagement.Detail{Survey: cmd.Survey}, // and no link
		})
	})
}

// repeats reports whether the partner's survey was answered so before, whatever the
// claim's status. Of a customer's survey nothing is told.
func (c AnswerPartnerSurvey) repeats(p engagement.Participation) bool {
	if p.Claim == nil {
		return false
	}
	v, err := p.Claim.Survey(c.Survey)
	return err == nil && v.Form.OfPartner && v.Repeats(c.Answers)
}

// wrongAnswers returns an *InputError for each, joined.
func wrongAnswers(wrong *survey.AnswersError) error {
	var errs []error
	for _, p := range wrong.Problems {
		_, problem, _ := strings.Cut(p.Error(), ": ")
		errs = append(errs, &InputError{Field: "answers." + p.Question, Problem: "cannot be used: " + problem, Err: p})
	}
	return errors.Join(errs...)
}

package workflow

import (
	"context"
	"log/slog"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

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
		return survey.View{}, &NotFoundError{Kind: "survey", Value: kind}
	}
	v, err := p.Claim.Survey(kind)
	if err != nil {
		return survey.View{}, &NotFoundError{Kind: "survey", Value: kind}
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

package survey_test

import (
	"testing"

	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// The partner answers its own survey without a link, also one that was sent, and it
// is recorded as such; never the customer's.
func TestAnswerWithin(t *testing.T) {
	s, err := survey.Start(survey.PartnerForm())
	noError(t, err)
	given := map[string]string{"delivered": "yes", "findings": "yes", "outcome": " 4 "}
	sent, err := survey.Send(s, to(ana, "l1"), start, deadline)
	noError(t, err)
	for _, from := range []survey.State{s, sent} {
		next, err := survey.AnswerWithin(from, "paula", given, start.Add(day), deadline)
		noError(t, err)
		equal(t, survey.Response{User: "paula", At: start.Add(day), Answers: map[string]string{"delivered": "yes", "findings": "yes", "outcome": "4"}}, next.Response)
		check(t, !next.Response.IsZero() && next.Status == survey.StatusDone)
	}
	done, err := survey.AnswerWithin(sent, "paula", given, start.Add(day), deadline)
	noError(t, err)
	_, err = survey.Answer(done, "l1", without(given, "outcome"), start.Add(day), deadline)
	errorIs(t, err, errtest.Type[*survey.AlreadyAnsweredError](), "its link from then on says so")

	_, err = survey.AnswerWithin(s, "paula", without(given, "outcome"), start, deadline)
	wrong := (*survey.AnswersError)(nil)
	errorAs(t, err, &wrong)

	next, err := survey.AnswerWithin(in(t, survey.StatusSent), "paula", answers(), start, deadline)
	errorIs(t, err, errtest.Code("invalid_input"))
	equal(t, in(t, survey.StatusSent), next, "what is the customer's is not the partner's to answer")

	form := survey.PartnerForm()
	form.PartnerReads = true
	errorIs(t, form.Validate(), errtest.Code("invalid_input"))
}

// The page is told who asks whom, and who reads the answers.
func TestViewTellsWhoReads(t *testing.T) {
	for _, reads := range []bool{false, true} {
		form := survey.CustomerForm()
		form.PartnerReads = reads
		s, err := survey.Start(form)
		noError(t, err)
		s, err = survey.Send(s, to(ana, "l1"), start, deadline)
		noError(t, err)
		v, err := survey.NewView(s, "l1", survey.Page{Deadline: deadline}, start)
		noError(t, err)
		check(t, v.PartnerReads == reads && !v.OfPartner)
	}
}

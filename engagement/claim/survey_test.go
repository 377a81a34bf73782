package claim_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

const hour = time.Hour

func answer(link link.ID) claim.AnswerSurvey {
	return claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: link, Answers: customerAnswers()}
}

// sent has asked ana for the customer's answers by the link c1.
func sent(t *testing.T) claim.State {
	return then(t, must(claim.Open(opening())), start, send(claim.ProofCustomerSurvey, ana, "c1"))
}

func customerSurvey(t *testing.T, s claim.State) claim.Survey {
	t.Helper()
	v, err := s.Survey(claim.ProofCustomerSurvey)
	require.NoError(t, err)
	return v
}

// Each survey of the proof begins with its form, which is kept once.
func TestOpenBeginsTheSurveys(t *testing.T) {
	s := must(claim.Open(opening()))
	require.Len(t, s.Surveys, 2)
	v := customerSurvey(t, s)
	require.Equal(t, survey.StatusNotSent, v.Status)
	require.Equal(t, survey.CustomerForm(), v.Form)
	for _, p := range s.Proof {
		require.Nil(t, p.Survey, p.Kind)
	}
	_, err := s.Survey("photo")
	require.ErrorAs(t, err, new(*claim.NotFoundError))
	require.EqualError(t, err, `the claim has no survey "photo"`)

	o := opening()
	o.Proof[1].Survey = &survey.Form{}
	_, err = claim.Open(o)
	require.True(t, errtest.Is(err, errtest.Code("invalid_input")))
	for field, change := range map[string]func(*claim.Opening){
		"at":        func(o *claim.Opening) { o.At = time.Time{} },
		"submit_by": func(o *claim.Opening) { o.SubmitBy = time.Time{} },
		"review_by": func(o *claim.Opening) { o.ReviewBy = time.Time{} },
	} {
		o := opening()
		change(&o)
		_, err := claim.Open(o)
		var invalid *claim.InvalidError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, field, invalid.Field)
	}
}

// Asking another contact voids the link of the one before.
func TestChangeOfContact(t *testing.T) {
	s := then(t, sent(t), start.Add(hour), send(claim.ProofCustomerSurvey, bruno, "c2"))
	require.Equal(t, bruno, customerSurvey(t, s).Contact().Email)
	refused(t, s, after(1), answer("c1"), errtest.Type[*link.VoidError]())
	refused(t, s, after(1), answer("c3"), link.ErrUnknown)
	s = then(t, s, after(1), answer("c2"))
	v := customerSurvey(t, s)
	require.Equal(t, survey.StatusDone, v.Status)
	require.Equal(t, after(1), v.AnsweredAt())
	require.Equal(t, customerAnswers(), v.Response.Answers)
}

// Once it is done it is frozen, also where it would be open otherwise.
func TestSurveyIsFrozenWhenDone(t *testing.T) {
	s := draft(t)
	for _, e := range []claim.Event{
		send(claim.ProofCustomerSurvey, bruno, "c2"), send(claim.ProofCustomerSurvey, ana, "c2"), claim.ResendSurvey{Survey: claim.ProofCustomerSurvey, Link: "c2"},
	} {
		var frozen *survey.FrozenError
		require.ErrorAs(t, refused(t, s, after(3), e, errtest.Code("wrong_state")), &frozen)
	}
	again, err := claim.Apply(s, answer("c1"), after(3))
	require.NoError(t, err)
	require.Equal(t, s, again, "the same answers again")
	other := answer("c1")
	other.Answers["satisfaction"] = "1"
	refused(t, s, after(3), other, errtest.Type[*survey.AlreadyAnsweredError]())
	refused(t, in(t, claim.StatusActionRequired), after(30), send(claim.ProofCustomerSurvey, bruno, "c2"), errtest.Code("wrong_state"))
}

// A survey is sent again until the submission deadline, with a new link, as often
// as the policy says; it can be answered as long as the partner can hand it in.
func TestResend(t *testing.T) {
	s := sent(t)
	again := func(link link.ID) claim.ResendSurvey {
		return claim.ResendSurvey{Survey: claim.ProofCustomerSurvey, Link: link}
	}
	var soon *link.TooSoonError
	require.ErrorAs(t, refused(t, s, start.Add(day-tick), again("c2"), errtest.Type[*link.TooSoonError]()), &soon)
	require.Equal(t, start.Add(day), soon.NotBefore)
	hasty := again("c2")
	hasty.Policy = link.Policy{ResendInterval: hour}
	then(t, s, start.Add(hour), hasty)
	for i, link := range []link.ID{"c2", "c3", "c4", "c5"} {
		s = then(t, s, after(i+1), again(link))
	}
	refused(t, s, after(20), again("c6"), errtest.Type[*link.TooManyError]())
	refused(t, s, after(20), answer("c4"), errtest.Type[*link.VoidError]())

	s = sent(t)
	last := submitBy.Add(-tick)
	then(t, then(t, s, last, again("c2")), last, answer("c2"))
	refused(t, s, submitBy, again("c2"), errtest.Type[*claim.ExpiredError]())
	refused(t, s, submitBy, answer("c1"), errtest.Type[*claim.ExpiredError]())
	refused(t, s, submitBy, send(claim.ProofCustomerSurvey, bruno, "c2"), errtest.Type[*claim.ExpiredError]())
	refused(t, must(claim.Open(opening())), start, again("c1"), errtest.Code("wrong_state"), "nobody has been asked yet")

	// While the reviewer waits for it, the answer still counts after the submission
	// deadline, and nobody is written to any more.
	open := in(t, claim.StatusActionRequired)
	late := claim.AnswerSurvey{Survey: claim.ProofPartnerSurvey, Link: "p1", Answers: partnerAnswers()}
	then(t, open, reviewBy.Add(-tick), late)
	refused(t, open, reviewBy, late, errtest.Type[*claim.ExpiredError]())
	err := refused(t, open, submitBy, claim.ResendSurvey{Survey: claim.ProofPartnerSurvey, Link: "p2"}, errtest.Type[*claim.NotAllowedError]())
	require.EqualError(t, err, "resend survey is not allowed while the claim is action required: the submission deadline has passed")
}

func TestSurveysThatAreNotThere(t *testing.T) {
	for _, e := range []claim.Event{
		send(claim.ProofFindings, ana, "c1"), claim.ResendSurvey{Survey: "photo", Link: "c1"}, claim.AnswerSurvey{Link: "c1"},
	} {
		refused(t, draft(t), after(1), e, errtest.Type[*claim.NotFoundError]())
	}
	refused(t, sent(t), after(1), claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: "c1"}, errtest.Code("invalid_input"))
}

// A link is found by the token that was minted for it, and by its ID, among the
// surveys.
func TestLinks(t *testing.T) {
	s := draft(t)
	before := jsonOf(s)
	minted, err := claim.Mint(s, "p1", link.Hash{1})
	require.NoError(t, err)
	require.Equal(t, before, jsonOf(s))

	v, l, err := minted.SurveyOf(link.Hash{1})
	require.NoError(t, err)
	require.Equal(t, claim.ProofPartnerSurvey, v.Kind)
	require.Equal(t, link.ID("p1"), l.ID)
	v, l, err = minted.SurveyLink("c1")
	require.NoError(t, err)
	require.Equal(t, claim.ProofCustomerSurvey, v.Kind)
	require.Equal(t, ana, l.Contact.Email)

	_, _, err = s.SurveyOf(link.Hash{1})
	require.ErrorIs(t, err, link.ErrUnknown)
	_, _, err = s.SurveyLink("c9")
	require.ErrorIs(t, err, link.ErrUnknown)
	same, err := claim.Mint(s, "c9", link.Hash{1})
	require.ErrorIs(t, err, link.ErrUnknown)
	require.Equal(t, s, same)
	same, err = claim.Mint(s, "p1", link.Hash{})
	require.True(t, errtest.Is(err, errtest.Code("invalid_input")))
	require.Equal(t, s, same)
	moved := then(t, s, after(2), send(claim.ProofPartnerSurvey, bruno, "p2"))
	_, err = claim.Mint(moved, "p1", link.Hash{1})
	require.ErrorAs(t, err, new(*link.VoidError))
}

// The partner answers its own survey within the claim, as long as a survey can be
// answered at all; what the customer is asked it does not answer.
func TestAnswerWithinTheClaim(t *testing.T) {
	own := claim.AnswerSurvey{Survey: claim.ProofPartnerSurvey, User: "paula", Answers: partnerAnswers()}
	s := then(t, draft(t), after(3), own)
	v, err := s.Survey(claim.ProofPartnerSurvey)
	require.NoError(t, err)
	require.Equal(t, survey.Response{User: "paula", At: after(3), Answers: partnerAnswers()}, v.Response)
	refused(t, s, after(4), own, errtest.Type[*survey.AlreadyAnsweredError]())
	require.Equal(t, start.Add(3*time.Minute), s.CustomerAnsweredAt(), "the customer's own answers, and not the partner's")
	require.True(t, must(claim.Open(opening())).CustomerAnsweredAt().IsZero())

	customers := claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, User: "paula", Answers: customerAnswers()}
	refused(t, sent(t), after(3), customers, errtest.Code("invalid_input"))

	late := then(t, in(t, claim.StatusUnderReview), reviewBy.Add(-tick), own)
	require.Equal(t, claim.StatusUnderReview, late.Status)
	refused(t, in(t, claim.StatusUnderReview), reviewBy, own, errtest.Type[*claim.NotAllowedError]())

	clean, found := s.Erase(erasure(tenant.Email{}, "paula", func(text string) string { return text }))
	require.True(t, found)
	v, err = clean.Survey(claim.ProofPartnerSurvey)
	require.NoError(t, err)
	require.Empty(t, v.Response.User)
	require.Equal(t, survey.StatusDone, v.Status)
}

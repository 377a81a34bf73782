package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// The desk is what the page of a survey asks.
var _ consenthttp.SurveyDesk = (*workflow.LinksDesk)(nil)

// surveyTo is the command that sends the customer survey to a contact.
func surveyTo(contact string) workflow.SendSurvey {
	return workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: contact}}
}

// surveyShown is a survey of a claim as somebody is shown it.
func surveyShown(c workflow.ClaimState, kind string) workflow.SurveyState {
	for _, v := range c.Surveys {
		if v.Kind == kind {
			return v
		}
	}
	return workflow.SurveyState{}
}

// sendSurvey sends the customer survey, and lets the message go out.
func sendSurvey(t *testing.T, w *workflowtest.World, p engagement.ParticipationID, contact string) link.Token {
	t.Helper()
	ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo(contact))))
	w.Relayed()
	return newestSurvey(w, p)
}

func resendSurvey(w *workflowtest.World, p engagement.ParticipationID) error {
	return errOf(w.Desk.Surveys.Resend(background, w.Actor.Request(w.Key()), p, workflow.ResendSurvey{Survey: claim.ProofCustomerSurvey}))
}

// newestSurvey is the link of the survey that was sent last.
func newestSurvey(w *workflowtest.World, p engagement.ParticipationID) link.Token {
	links := w.SurveyLinks(p)
	return links[len(links)-1]
}

// answersTo answers every question of a survey's page.
func answersTo(v survey.View) map[string]string {
	answers := map[string]string{}
	for _, q := range v.Questions {
		answers[q.ID] = "Well done."
		if choices := q.Kind.Choices(); len(choices) > 0 {
			answers[q.ID] = choices[0]
		}
	}
	return answers
}

// giveAnswers answers a survey in full.
func giveAnswers(w *workflowtest.World, token link.Token) error {
	v, err := w.Desk.Links.SurveyView(background, token)
	if err != nil {
		return err
	}
	_, err = w.Desk.Links.AnswerSurvey(background, token, answersTo(v))
	return err
}

// giveOthers answers a survey otherwise.
func giveOthers(w *workflowtest.World, token link.Token) error {
	v, err := w.Desk.Links.SurveyView(background, token)
	if err != nil {
		return err
	}
	answers := answersTo(v)
	answers["satisfaction"] = "5"
	_, err = w.Desk.Links.AnswerSurvey(background, token, answers)
	return err
}

// answerSurvey answers the survey that was sent last.
func answerSurvey(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) {
	t.Helper()
	ok(t, giveAnswers(w, newestSurvey(w, p)))
}

// surveyOf returns the customer survey of a claim.
func surveyOf(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) claim.Survey {
	t.Helper()
	v, err := part(t, w, p).Claim.Survey(claim.ProofCustomerSurvey)
	ok(t, err)
	return v
}

// A survey is sent, delivered and answered, each as an event of its own which the
// link joins, and then it counts as proof.
func TestSurvey(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Relayed()
	ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("ana@contoso.com"))))
	equal(t, "messages before the relay", len(sentTo(w, engagement.MessageSurveyRequest)), 0)
	if links := surveyOf(t, w, p).Links; len(links) != 1 || len(links[0].Tokens) != 0 {
		t.Fatalf("the token is made before the message goes out: %v", links)
	}
	w.Relayed()
	equal(t, "who was asked", sentTo(w, engagement.MessageSurveyRequest), []string{"ana@contoso.com"})
	m := w.Messages()[len(w.Messages())-1]
	if !strings.HasPrefix(m.Link, "https://portal.example/survey/") || !strings.Contains(m.Body, m.Link) {
		t.Errorf("link %q in body %q", m.Link, m.Body)
	}
	token := newestSurvey(w, p)
	v, err := w.Desk.Links.SurveyView(background, token)
	ok(t, err)
	equal(t, "the page", []string{v.Partner, v.Customer, v.Program, v.Engagement, v.Title, string(v.Language), string(v.Status)},
		[]string{"Northwind Consulting", "Contoso", "Commerce Incentives", "Azure Migration", "How was the engagement?", "en", "sent"})
	equal(t, "its deadline", v.Deadline, w.Now().Add(60*day))
	w.Advance(time.Hour)
	v, err = w.Desk.Links.AnswerSurvey(background, token, answersTo(v))
	ok(t, err)
	equal(t, "the page says", []any{v.Status, v.AnsweredAt, v.MayAnswer}, []any{survey.StatusDone, w.Now(), false})
	equal(t, "the answers", surveyShown(forReview(t, w, p), claim.ProofCustomerSurvey).Answers, answersTo(v))
	shown, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	equal(t, "the answers that the partner reads", len(surveyShown(*shown.Claim, claim.ProofCustomerSurvey).Answers), 0)

	type entry struct{ kind, by, user, contact, note string }
	sent := fmt.Sprintf(`{"link":%q,"survey":"customer-survey"}`, surveyOf(t, w, p).Links[0].ID)
	want := []entry{
		{"survey requested", "partner", "ana", "ana@contoso.com", `{"survey":"customer-survey"}`},
		{"survey sent", "clock", "", "ana@contoso.com", sent},
		{"survey answered", "customer", "", "ana@contoso.com", sent},
	}
	events, _ := history(t, w, "contoso.com")
	for i, e := range events[len(events)-3:] {
		equal(t, "the event", entry{string(e.Kind), string(e.By), e.Person.User, e.Person.Contacts[0].String(), detailOf(t, e)}, want[i])
		equal(t, "from and to", []engagement.Status{e.From, e.To}, []engagement.Status{"Customer consent received", "Customer consent received"})
	}
	view, err := w.Desk.Claims.Get(background, w.Actor, p)
	ok(t, err)
	if slices.ContainsFunc(view.Missing, func(m claim.Missing) bool { return m.Kind == claim.ProofCustomerSurvey }) {
		t.Errorf("still missing: %v", view.Missing)
	}
}

// A survey can be sent again as often as the partner likes until the submission
// deadline, in every status in which the claim is worked on; each sending voids the
// links before.
func TestSurveyAgain(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	submitBy := part(t, w, p).Claim.SubmitBy
	unchanged(t, spy, func() { // nobody was asked yet
		refused[*workflow.WrongStateError](t, resendSurvey(w, p))
	})
	links := []link.Token{sendSurvey(t, w, p, "ana@contoso.com")}
	for range 7 { // at once, and more often than the program asks for consent
		ok(t, resendSurvey(w, p))
		w.Relayed()
		links = append(links, newestSurvey(w, p))
	}
	for i, l := range links {
		_, err := w.Desk.Links.SurveyView(background, l)
		if live := i == len(links)-1; live && err != nil || !live && !errors.As(err, new(*link.VoidError)) {
			t.Errorf("link %d gives %v", i, err)
		}
	}
	unchanged(t, spy, func() {
		if err := giveAnswers(w, links[0]); !errors.As(err, new(*link.VoidError)) {
			t.Errorf("a void link gives %v", err)
		}
	})
	for _, test := range []struct {
		at   time.Time
		over bool
	}{{submitBy.Add(-tick), false}, {submitBy, true}} {
		w.SetNow(test.at)
		if !test.over {
			ok(t, resendSurvey(w, p))
			w.Relayed()
			continue
		}
		unchanged(t, spy, func() {
			e := refused[*workflow.WrongStateError](t, resendSurvey(w, p))
			equal(t, "the status", e.Status, engagement.StatusNotSubmittedExpired)
			refused[*survey.ExpiredError](t, giveAnswers(w, newestSurvey(w, p)))
		})
	}
}

// After the submission deadline nothing is sent any more, also while the claim is
// worked on again; what was sent before, after the submission too, can still be
// answered.
func TestSurveyAfterSubmissionDeadline(t *testing.T) {
	w, spy := newWorld(t)
	changeEngagement(t, w, migration, func(e *engagement.Engagement) {
		e.Proof = claim.DefaultProof()
		e.Proof[3].Required = false
	})
	p := w.Granted(migration, "ana@contoso.com")
	sendSurvey(t, w, p, "ana@contoso.com")
	submitBy := part(t, w, p).Claim.SubmitBy
	w.Submitted(p)
	w.Advance(day)
	ok(t, resendSurvey(w, p)) // the reviewer can still wait for it
	w.Relayed()
	token := newestSurvey(w, p)
	w.Reviewed(p)
	v, err := w.Desk.Links.SurveyView(background, token)
	ok(t, err)
	equal(t, "may answer", v.MayAnswer, true)
	equal(t, "by", v.Deadline, part(t, w, p).Claim.ReviewBy)
	w.AskedForAction(p, "Let the customer answer.")
	w.SetNow(submitBy)
	unchanged(t, spy, func() {
		e := refused[*workflow.WrongStateError](t, resendSurvey(w, p))
		if !strings.Contains(e.Error(), "submission deadline has passed") {
			t.Errorf("%v does not say why", e)
		}
		_, err := w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("eva@contoso.com"))
		refused[*workflow.WrongStateError](t, err)
	})
	ok(t, giveAnswers(w, token))
	equal(t, "the survey", surveyOf(t, w, p).Status, survey.StatusDone)
}

// Another contact can be asked until somebody has answered; the first contact's
// link is void from then on. After the answer the contact is frozen.
func TestSurveyContact(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	first := sendSurvey(t, w, p, "ana@contoso.com")
	second := sendSurvey(t, w, p, "eva@contoso.com")
	if _, err := w.Desk.Links.SurveyView(background, first); !errors.As(err, new(*link.VoidError)) {
		t.Fatalf("the first contact's link gives %v", err)
	}
	equal(t, "the contact", surveyOf(t, w, p).Contact().Email.String(), "eva@contoso.com")
	ok(t, resendSurvey(w, p))
	w.Relayed()
	equal(t, "who was asked", sentTo(w, engagement.MessageSurveyRequest), []string{"ana@contoso.com", "eva@contoso.com", "eva@contoso.com"})
	if err := giveAnswers(w, second); !errors.As(err, new(*link.VoidError)) {
		t.Fatalf("the link before the last gives %v", err)
	}
	last := newestSurvey(w, p)
	ok(t, giveAnswers(w, last))
	at := w.Now()
	w.Advance(time.Hour)
	unchanged(t, spy, func() {
		for name, err := range map[string]error{
			"another contact": errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("rui@contoso.com"))),
			"the same":        errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("eva@contoso.com"))),
			"again":           resendSurvey(w, p),
		} {
			refused[*workflow.WrongStateError](t, err)
			e := refused[*survey.FrozenError](t, err)
			equal(t, name+": since", e.Since, at)
		}
		ok(t, giveAnswers(w, last)) // the same once more
		e := refused[*survey.AlreadyAnsweredError](t, giveOthers(w, last))
		equal(t, "answered", e.At, at)
		if err := giveAnswers(w, first); !errors.As(err, new(*link.VoidError)) {
			t.Errorf("the first contact is told %v", err)
		}
	})
	w.Submitted(p)
	unchanged(t, spy, func() { // the contact is told the same when the claim has gone on
		ok(t, giveAnswers(w, last)) // the same once more
		e := refused[*survey.AlreadyAnsweredError](t, giveOthers(w, last))
		equal(t, "answered", e.At, at)
	})
}

// What a request cannot use is refused with its field; nothing is stored.
func TestSurveyInput(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	unchanged(t, spy, func() {
		for field, req := range map[string]workflow.SendSurvey{
			"contact.email":   {Survey: claim.ProofCustomerSurvey},
			"contact.email ":  {Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "ana@contoso.com\r\nBcc: x@y.z"}},
			"language":        {Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "ana@contoso.com"}, Language: "!"},
			"contact.email  ": {Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: "ana"}},
		} {
			equal(t, "the field", refused[*workflow.InputError](t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, req))).Field, strings.TrimSpace(field))
		}
		for _, kind := range []string{"", "weather", claim.ProofInvoice} {
			for _, err := range []error{
				errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, workflow.SendSurvey{Survey: kind, Contact: workflow.Contact{Email: "ana@contoso.com"}})),
				errOf(w.Desk.Surveys.Resend(background, w.Actor.Request(w.Key()), p, workflow.ResendSurvey{Survey: kind})),
			} {
				equal(t, "the refusal", *refused[*workflow.NotFoundError](t, err), workflow.NotFoundError{Kind: "survey", Field: "survey", Value: kind})
			}
		}
	})
	token := sendSurvey(t, w, p, "ana@contoso.com")
	unchanged(t, spy, func() {
		for _, answers := range []map[string]string{nil, {"delivered": "perhaps"}, {"other": "x"}} {
			_, err := w.Desk.Links.AnswerSurvey(background, token, answers)
			refused[*survey.AnswersError](t, err)
		}
		for _, unknown := range []link.Token{{}, newest(w, p)} { // a token to consent opens no survey
			if err := giveAnswers(w, unknown); !errors.Is(err, link.ErrUnknown) {
				t.Errorf("an unknown link gives %v", err)
			}
			if _, err := w.Desk.Links.AnswerSurvey(background, unknown, nil); !errors.Is(err, link.ErrUnknown) {
				t.Errorf("an unknown link gives %v", err)
			}
		}
		if _, err := w.Desk.Links.ConsentView(background, token); !errors.Is(err, link.ErrUnknown) { // nor the other way round
			t.Errorf("the link of a survey gives %v", err)
		}
		if err := answer(w, token, consent.DecisionWithdraw); !errors.Is(err, link.ErrUnknown) {
			t.Errorf("the link of a survey gives %v", err)
		}
	})
}

// Without a language of its own a survey is in that of the request for consent; one
// that it does not have is refused.
func TestSurveyLanguage(t *testing.T) {
	for language, title := range map[string]string{"": "Como correu o projeto?", "en": "How was the engagement?"} {
		w, _ := newWorld(t)
		p := w.Added(migration, "ana@contoso.com")
		reqKey, req := w.Key(), asked(w, "ana@contoso.com")
		req.Language = "pt-PT"
		_, err := w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p, req)
		ok(t, err)
		w.Relayed()
		w.Accepted(p)
		cmdKey, cmd := w.Key(), surveyTo("ana@contoso.com")
		cmd.Language = language
		ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(cmdKey), p, cmd)))
		w.Relayed()
		v, err := w.Desk.Links.SurveyView(background, newestSurvey(w, p))
		ok(t, err)
		equal(t, "the title for "+language, v.Title, title)
		ok(t, resendSurvey(w, p))
		w.Relayed()
		again, err := w.Desk.Links.SurveyView(background, newestSurvey(w, p))
		ok(t, err)
		equal(t, "sent again", again, v)
	}
}

// The page that the link opens: looking, however often and by whatever mail
// scanner, changes nothing; the form answers once.
func TestSurveyPage(t *testing.T) {
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	token := sendSurvey(t, w, p, "ana@contoso.com")
	page := httptest.NewServer(http.StripPrefix("/survey", consenthttp.NewSurvey(w.Desk.Links, nil)))
	defer page.Close()
	address := page.URL + "/survey/" + token.Secret()
	status := func(resp *http.Response, err error) int {
		t.Helper()
		ok(t, err)
		ok(t, resp.Body.Close())
		return resp.StatusCode
	}
	look := func() {
		t.Helper()
		unchanged(t, spy, func() {
			for range 3 {
				equal(t, "a look", status(http.Get(address)), http.StatusOK)
				equal(t, "a scanner's look", status(http.Head(address)), http.StatusOK)
			}
		})
	}
	look()
	form := url.Values{}
	for id, a := range answersTo(must(w.Desk.Links.SurveyView(background, token))) {
		form.Set(id, a)
	}
	unchanged(t, spy, func() {
		equal(t, "half a form", status(http.PostForm(address, url.Values{"delivered": {"yes"}})), http.StatusUnprocessableEntity)
		equal(t, "nobody's link", status(http.PostForm(page.URL+"/survey/"+newest(w, p).Secret(), form)), http.StatusNotFound)
	})
	equal(t, "an answer", status(http.PostForm(address, form)), http.StatusOK) // after the redirect
	equal(t, "the survey", surveyOf(t, w, p).Status, survey.StatusDone)
	look()
	unchanged(t, spy, func() {
		equal(t, "a second click", status(http.PostForm(address, form)), http.StatusOK)
		form.Set("satisfaction", "5")
		equal(t, "another answer", status(http.PostForm(address, form)), http.StatusConflict)
	})
}

// When storage does not say whether it has taken an answer, it can be given again:
// it counts once.
func TestSurveyAnswerAtomicity(t *testing.T) {
	down := errors.New("the connection was reset")
	for _, lost := range []bool{false, true} {
		w, spy := newWorld(t)
		p := w.Granted(migration, "ana@contoso.com")
		token := sendSurvey(t, w, p, "ana@contoso.com")
		spy.reset(func(n int, apply func() error) error {
			if n > 1 {
				return apply()
			}
			if lost {
				return errors.Join(apply(), down)
			}
			return down
		}, nil)
		equal(t, "the source", refused[*workflow.UnavailableError](t, giveAnswers(w, token)).Source, "storage")
		ok(t, giveAnswers(w, token)) // recorded now or before, it is done
		if lost {
			refused[*survey.AlreadyAnsweredError](t, giveOthers(w, token))
		}
		equal(t, "answers", count(t, w, "contoso.com", engagement.EventSurveyAnswered), 1)
	}
}

// Of answers given at once the first counts.
func TestRaceToAnswerSurvey(t *testing.T) {
	races(t, func(t *testing.T, w *workflowtest.World) {
		p := w.Granted(migration, "ana@contoso.com")
		token := sendSurvey(t, w, p, "ana@contoso.com")
		give := func() error { return giveAnswers(w, token) }
		other := func() error { return giveOthers(w, token) }
		errs := together(give, give, other)
		outcome(t, errs, "1 *survey.AlreadyAnsweredError, 2 ok", "1 ok, 2 *survey.AlreadyAnsweredError")
		equal(t, "the same answers are done", errs[0] == nil, errs[1] == nil)
		equal(t, "answers", count(t, w, "contoso.com", engagement.EventSurveyAnswered), 1)
	})
}

// The text of a link is nowhere in the store, its hash is. Each attempt to send
// makes a token of its own, and all of them open the link.
func TestSurveyTokens(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	w.Relayed()
	ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("ana@contoso.com"))))
	var tokens []link.Token
	desk := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
		tokens = append(tokens, must(link.ParseToken(d.Link)))
		return errors.New("the mailbox is full")
	}))
	for range 3 {
		if _, err := desk.Jobs.Relay(background); err == nil {
			t.Fatal("it was sent")
		}
		w.Advance(time.Hour)
	}
	equal(t, "nothing was sent", count(t, w, "contoso.com", engagement.EventSurveySent), 0)
	w.Relayed()
	tokens = append(tokens, newestSurvey(w, p))
	equal(t, "it was sent", count(t, w, "contoso.com", engagement.EventSurveySent), 1)
	equal(t, "tokens", len(tokens), 4)
	all := stored(w)
	for i, token := range tokens {
		if found := holding(all, token.Secret()); len(found) > 0 {
			t.Errorf("token %d is stored in %q", i, found)
		}
		if len(holding(all, token.Hash().String())) == 0 {
			t.Errorf("the hash of token %d is not stored: this test sees nothing", i)
		}
		_, err := w.Desk.Links.SurveyView(background, token)
		ok(t, err)
	}
	ok(t, giveAnswers(w, tokens[1]))
	ok(t, giveAnswers(w, tokens[2]))
	refused[*survey.AlreadyAnsweredError](t, giveOthers(w, tokens[2]))
}

// A survey that nobody could answer any more is not sent.
func TestRelayDropsPointlessSurveys(t *testing.T) {
	for name, meanwhile := range map[string]func(t *testing.T, w *workflowtest.World, p engagement.ParticipationID){
		"replaced": func(t *testing.T, w *workflowtest.World, p engagement.ParticipationID) {
			ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("new@contoso.com"))))
		},
		"answered": func(t *testing.T, w *workflowtest.World, _ engagement.ParticipationID) {
			var token link.Token // of an attempt that looked as if it had failed
			_, err := relay(t, w, notify(func(_ context.Context, d workflow.Delivery) error {
				token = must(link.ParseToken(d.Link))
				return errors.New("time-out")
			})).Jobs.Relay(background)
			if err == nil {
				t.Fatal("it was sent")
			}
			ok(t, giveAnswers(w, token))
		},
		"cancelled": func(_ *testing.T, w *workflowtest.World, p engagement.ParticipationID) { w.Cancelled(p) },
		"withdrawn": func(_ *testing.T, w *workflowtest.World, p engagement.ParticipationID) { w.Withdrawn(p) },
		"expired":   func(_ *testing.T, w *workflowtest.World, _ engagement.ParticipationID) { w.Advance(60 * day) },
		"erased": func(t *testing.T, w *workflowtest.World, _ engagement.ParticipationID) {
			erase(t, w, workflow.Person{Email: "late@contoso.com"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newWorld(t)
			p := w.Granted(migration, "ana@contoso.com")
			w.Relayed()
			ok(t, errOf(w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p, surveyTo("late@contoso.com"))))
			meanwhile(t, w, p)
			w.Advance(day)
			w.Relayed()
			if to := sentTo(w, engagement.MessageSurveyRequest); slices.Contains(to, "late@contoso.com") {
				t.Errorf("asked %q", to)
			}
			for range 3 {
				w.Advance(day)
				n, err := w.Desk.Jobs.Relay(background)
				ok(t, err)
				equal(t, fmt.Sprintf("%s: left", name), n, 0)
			}
		})
	}
}

// The same answers to the partner's own survey, by whoever of its people and at whatever
// time, are done; others are refused. What a customer answered cannot be found out so.
func TestTheSamePartnerAnswersAgain(t *testing.T) {
	answers := func(outcome string) map[string]string {
		return map[string]string{"delivered": "yes", "findings": "no", "outcome": outcome, "comments": " All is well.\r\n"}
	}
	w, spy := newWorld(t)
	p := w.Granted(migration, "ana@contoso.com")
	own := func(user, survey, outcome string) error {
		actor := w.Actor
		actor.User = user
		return errOf(w.Desk.Surveys.Answer(background, actor.Request(w.Key()), p, workflow.AnswerPartnerSurvey{Survey: survey, Answers: answers(outcome)}))
	}
	ok(t, own("ana", claim.ProofPartnerSurvey, "3"))
	before := storedPart(t, spy, w, p)
	again := func(when string) {
		for _, user := range []string{"ana", "rui"} {
			ok(t, own(user, claim.ProofPartnerSurvey, "3"))
			refused[*workflow.WrongStateError](t, own(user, claim.ProofPartnerSurvey, "4"))
		}
		equal(t, "how often it happened, "+when, count(t, w, "contoso.com", engagement.EventSurveyAnswered), 1)
	}
	again("while it is a draft")
	equal(t, "what is stored", storedPart(t, spy, w, p), before)

	w.Surveyed(p, claim.ProofCustomerSurvey)
	given := surveyShown(forReview(t, w, p), claim.ProofCustomerSurvey)
	_, err := w.Desk.Surveys.Answer(background, w.Actor.Request(w.Key()), p, workflow.AnswerPartnerSurvey{Survey: claim.ProofCustomerSurvey, Answers: given.Answers})
	if err == nil {
		t.Error("it says that these are the customer's answers")
	}
	w.Submitted(p)
	equal(t, "the status", part(t, w, p).StatusAt(w.Now()), engagement.StatusSubmitted)
	ok(t, own("ana", claim.ProofPartnerSurvey, "3"))
	if err := own("ana", claim.ProofPartnerSurvey, "4"); err == nil {
		t.Error("other answers were taken")
	}
}

package survey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

func TestAnswerIsRecordedWhole(t *testing.T) {
	s := in(t, survey.StatusSent)
	at := start.Add(time.Hour)
	given := answers("comments", "  First line.\r\nSecond\tline.\rThird.\n ", "satisfaction", " 5 ")
	next, err := survey.Answer(s, "l1", given, at, deadline)
	noError(t, err)
	equal(t, survey.StatusDone, next.Status)
	equal(t, at, next.AnsweredAt())
	equal(t, survey.Response{Link: "l1", At: at, Answers: map[string]string{
		"delivered": "yes", "findings": "no", "satisfaction": "5", "comments": "First line.\nSecond\tline.\nThird.",
	}}, next.Response)
	given["delivered"] = "changed"
	equal(t, "yes", next.Response.Answers["delivered"], "what is recorded is not the caller's map")
	check(t, s.Response.IsZero())
	check(t, !next.Response.IsZero())
}

func TestOptionalAnswersMayBeLeftOut(t *testing.T) {
	for _, given := range []map[string]string{without(answers(), "comments"), answers("comments", ""), answers("comments", " \r\n\t")} {
		s, err := survey.Answer(in(t, survey.StatusSent), "l1", given, start, deadline)
		noError(t, err)
		equal(t, map[string]string{"delivered": "yes", "findings": "no", "satisfaction": "4"}, s.Response.Answers)
	}
	optional := survey.CustomerForm()
	optional.Questions = optional.Questions[3:]
	s, err := survey.Start(optional)
	noError(t, err)
	s, err = survey.Send(s, to(ana, "l1"), start, deadline)
	noError(t, err)
	s, err = survey.Answer(s, "l1", nil, start, deadline)
	noError(t, err)
	equal(t, survey.StatusDone, s.Status)
	check(t, s.Response.Answers == nil && !s.Response.IsZero(), "it is done, though nothing was said")
}

func TestSecondAnswerIsTold(t *testing.T) {
	s := in(t, survey.StatusDone)
	next, err := survey.Answer(s, "l1", answers("satisfaction", "1"), deadline.Add(day), deadline)
	var already *survey.AlreadyAnsweredError
	errorAs(t, err, &already)
	equal(t, start.Add(time.Hour), already.At)
	equal(t, "the survey was already answered at 2026-08-03T10:00:00Z; the first answer counts", err.Error())
	equal(t, s, next)
}

// All problems are told at once, in the order of the form, and nothing is recorded.
func TestAnswersAreCheckedWhole(t *testing.T) {
	s := in(t, survey.StatusSent)
	given := map[string]string{"zodiac": "leo", "comments": "a\x00b", "satisfaction": "6", "delivered": " ", "age": "7"}
	next, err := survey.Answer(s, "l1", given, start, deadline)
	equal(t, s, next, "nothing is half recorded")
	var wrong *survey.AnswersError
	errorAs(t, err, &wrong)
	equal(t, []*survey.AnswerError{
		{"delivered", survey.KindYesNo, survey.ProblemMissing},
		{"findings", survey.KindYesNo, survey.ProblemMissing},
		{"satisfaction", survey.KindRating, survey.ProblemNoChoice},
		{"comments", survey.KindText, survey.ProblemUnreadable},
		{"age", "", survey.ProblemNotAsked},
		{"zodiac", "", survey.ProblemNotAsked},
	}, wrong.Problems)
	errorIs(t, err, errtest.Code("invalid_input"))
	var one *survey.AnswerError
	errorAs(t, err, &one)
	equal(t, "delivered", one.Question)
	equal(t, `answers.delivered: an answer is needed
answers.findings: an answer is needed
answers.satisfaction: the answer has to be one of 1, 2, 3, 4, 5
answers.comments: the answer holds control characters or is not UTF-8; write it as plain text
answers: the form has no question "age"; use the IDs of its questions
answers: the form has no question "zodiac"; use the IDs of its questions`, err.Error())
}

func TestEachAnswer(t *testing.T) {
	long := strings.Repeat("ã", survey.MaxText)
	for _, c := range []struct {
		id, answer string
		want       survey.Problem
	}{
		{"delivered", "yes", ""}, {"delivered", "no", ""}, {"delivered", "Yes", survey.ProblemNoChoice}, {"delivered", "sim", survey.ProblemNoChoice}, {"delivered", "1", survey.ProblemNoChoice},
		{"satisfaction", "1", ""}, {"satisfaction", "5", ""}, {"satisfaction", "0", survey.ProblemNoChoice}, {"satisfaction", "05", survey.ProblemNoChoice},
		{"satisfaction", "4.5", survey.ProblemNoChoice}, {"satisfaction", "-1", survey.ProblemNoChoice}, {"satisfaction", "٣", survey.ProblemNoChoice}, {"satisfaction", "\xff", survey.ProblemNoChoice},
		{"comments", long, ""}, {"comments", " " + long + "\r\n", ""}, {"comments", long + "x", survey.ProblemTooLong},
		{"comments", "<script>alert(1)</script> =1+1 \u202e", ""}, {"comments", "tab\tand\nline", ""},
		{"comments", "bell \a", survey.ProblemUnreadable}, {"comments", "c1 \u0085x", survey.ProblemUnreadable}, {"comments", "\xc3\x28", survey.ProblemUnreadable}, {"comments", "del \x7f.", survey.ProblemUnreadable},
	} {
		_, err := survey.Answer(in(t, survey.StatusSent), "l1", answers(c.id, c.answer), start, deadline)
		if c.want == "" {
			noError(t, err, "%s %.20q", c.id, c.answer)
			continue
		}
		var wrong *survey.AnswersError
		errorAs(t, err, &wrong, "%s %.20q", c.id, c.answer)
		check(t, len(wrong.Problems) == 1 && wrong.Problems[0].Problem == c.want, "%s %.20q: %v", c.id, c.answer, err)
		if len(c.answer) > 5 {
			check(t, !strings.Contains(err.Error(), c.answer[:5]), "the error repeats the answer: %v", err)
		}
	}
	_, err := survey.Answer(in(t, survey.StatusSent), "l1", answers("comments", long+"x"), start, deadline)
	equal(t, "answers.comments: the answer has to be at most 2000 characters long; shorten it", err.Error())
}

func TestLinksComeFirst(t *testing.T) {
	_, err := survey.Answer(in(t, survey.StatusDone), "l9", nil, deadline, deadline)
	errorIs(t, err, link.ErrUnknown)
	_, err = survey.Answer(in(t, survey.StatusSent), "l1", nil, deadline, deadline)
	errorIs(t, err, errtest.Type[*survey.ExpiredError](), "before the answers are looked at")
}

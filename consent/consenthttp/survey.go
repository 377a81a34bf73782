package consenthttp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/code"
)

// SurveyDesk is what the page of a survey asks and tells.
type SurveyDesk interface {
	// SurveyView returns what the token's page shows. It changes nothing. Its errors
	// are those of [survey.NewView]; any other means that it could not tell.
	SurveyView(ctx context.Context, t link.Token) (survey.View, error)

	// AnswerSurvey records the answers, by the IDs of the questions, and returns what
	// the page shows from then on. Of two calls at once, one wins; that the same was
	// answered before is no error. Its errors are those of [survey.Answer]; any other
	// means that it could not record the answers.
	AnswerSurvey(ctx context.Context, t link.Token, answers map[string]string) (survey.View, error)
}

// NewSurvey returns the handler of survey links. A nil Options is the zero one.
func NewSurvey(desk SurveyDesk, o *Options) http.Handler {
	return newHandler(kind{surveyPage{desk}, "survey", surveyPages, maxSurvey}, o)
}

// maxSurvey fits a form of the most questions, each with the longest answer in
// characters of four bytes of UTF-8, of which a form makes twelve.
const maxSurvey = survey.MaxQuestions * (12*survey.MaxText + 100)

// surveyPage asks the questions of a survey and tells that they were answered.
type surveyPage struct{ desk SurveyDesk }

func (s surveyPage) show(ctx context.Context, t link.Token) reply {
	v, err := s.desk.SurveyView(ctx, t)
	if err != nil {
		return surveyRefusal(v, err)
	}
	status := http.StatusOK
	if closed(v) {
		status = http.StatusGone
	}
	return reply{status: status, view: surveyView{View: v}}
}

func (s surveyPage) post(ctx context.Context, t link.Token, form url.Values) reply {
	answers := make(map[string]string, len(form))
	for id, given := range form {
		if len(given) != 1 {
			return reply{status: http.StatusBadRequest, notice: notFromPage, again: true, err: errors.New("the form answers a question twice")}
		}
		answers[id] = given[0]
	}
	v, err := s.desk.AnswerSurvey(ctx, t, answers)
	if err == nil {
		return reply{status: http.StatusSeeOther}
	}
	var unread error
	if v.IsZero() {
		v, unread = s.desk.SurveyView(ctx, t) // to ask again, or to say it in the right language
	}
	wrong := new(survey.AnswersError)
	switch {
	case !errors.As(err, &wrong):
		return surveyRefusal(v, err)
	case unread != nil:
		return surveyRefusal(v, unread)
	case v.Status == survey.StatusDone: // in the meantime
		return surveyRefusal(v, &survey.AlreadyAnsweredError{})
	case closed(v):
		return surveyRefusal(v, &survey.ExpiredError{})
	}
	return askAgain(v, answers, wrong)
}

// askAgain shows the form with what was typed, and each problem beside its question.
func askAgain(v survey.View, answers map[string]string, wrong *survey.AnswersError) reply {
	problems := make(map[string]survey.Problem)
	for _, p := range wrong.Problems {
		if p.Problem == survey.ProblemNotAsked {
			return reply{status: http.StatusBadRequest, notice: notFromPage, again: true, view: surveyView{View: v}, err: errors.New("the form answers what was not asked")}
		}
		problems[p.Question] = p.Problem
	}
	return reply{
		status: http.StatusUnprocessableEntity,
		notice: "survey.wanted",
		view:   surveyView{View: v, Given: answers, Problems: problems},
	}
}

// surveyRefusal explains why the SurveyDesk did not do it. The view may be zero.
func surveyRefusal(v survey.View, err error) reply {
	answered := new(survey.AlreadyAnsweredError)
	if v.IsZero() && errors.As(err, &answered) {
		v = survey.View{Status: survey.StatusDone, AnsweredAt: answered.At}
	}
	r := reply{view: surveyView{View: v}}
	switch {
	case errors.Is(err, link.ErrUnknown):
		r.status, r.notice = http.StatusNotFound, unknown
	case errors.Is(err, link.ErrNotShown), code.Has(err, code.Internal, code.Unreadable):
		r.status, r.notice, r.err = http.StatusInternalServerError, notShown, err
	case errors.As(err, new(*link.VoidError)):
		r.status, r.notice = http.StatusGone, replaced
	case code.Has(err, code.Expired, code.WrongState):
		r.status, r.notice = http.StatusGone, "survey.closed"
	case code.Has(err, code.AlreadyAnswered):
		r.status, r.notice, r.again = http.StatusConflict, "survey.not_recorded", true
	default:
		r.status, r.notice, r.again = http.StatusServiceUnavailable, unavailable, true
		r.err = err
	}
	return r
}

// closed reports whether the survey was not answered and cannot be any more.
func closed(v survey.View) bool { return v.Status == survey.StatusSent && !v.MayAnswer }

// surveyView is what the page of a survey shows.
type surveyView struct {
	survey.View
	Given    map[string]string         // what was typed, if that could not be recorded
	Problems map[string]survey.Problem // with what was typed, by question
}

func (v surveyView) language() link.Language { return v.Language }

func (v surveyView) title() string { return v.Title }

func (v surveyView) outcome() words.Key {
	switch {
	case v.Status == survey.StatusDone:
		return "survey.done"
	case closed(v.View):
		return "survey.closed"
	}
	return ""
}

// WhoReads tells a customer whether the partner reads the answers.
func (v surveyView) WhoReads() words.Key {
	switch {
	case v.OfPartner:
		return ""
	case v.PartnerReads:
		return "survey.partner_reads"
	}
	return "survey.partner_blind"
}

// field is a question as the form asks it.
type field struct {
	survey.Asked
	Given   string // what was typed
	Problem string // with what was typed; empty if there is none
	Choices []choice
}

// choice is an answer that a question offers.
type choice struct {
	Value, Label string
	First        bool // where a link to the question leads
	Chosen       bool
}

// MaxText is the most characters that a text holds.
func (field) MaxText() int { return survey.MaxText }

// Fields returns the questions of the form.
func (v surveyView) Fields(w words.Words) []field {
	var fields []field
	for _, q := range v.Questions {
		f := field{Asked: q, Given: shown(v.Given[q.ID])}
		if p := v.Problems[q.ID]; p != "" {
			f.Problem = w.Text(problemTexts[p], nil)
		}
		values := q.Kind.Choices()
		if values != nil && !q.Required {
			values = append(values, "")
		}
		for i, value := range values {
			f.Choices = append(f.Choices, choice{value, labelOf(w, q.Kind, value), i == 0, value == f.Given})
		}
		fields = append(fields, f)
	}
	return fields
}

// Wrong returns the questions whose answers have problems.
func (v surveyView) Wrong(w words.Words) []field {
	var wrong []field
	for _, f := range v.Fields(w) {
		if f.Problem != "" {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

// problemTexts say what is wrong with an answer.
var problemTexts = map[survey.Problem]words.Key{
	survey.ProblemMissing: "survey.missing", survey.ProblemNoChoice: "survey.no_choice", survey.ProblemTooLong: "survey.too_long",
	survey.ProblemUnreadable: "survey.unreadable",
}

func labelOf(w words.Words, k survey.Kind, value string) string {
	switch choices := k.Choices(); {
	case value == "":
		return w.Text("survey.no_answer", nil)
	case k == survey.KindYesNo:
		return w.Text(words.KeyOf("survey", value), nil)
	case value == choices[0]:
		return w.Text("survey.lowest", words.Values{"value": value})
	case value == choices[len(choices)-1]:
		return w.Text("survey.highest", words.Values{"value": value})
	}
	return value
}

// shown leaves out of what was typed the characters for which it is refused, since
// nobody could see them to take them out.
func shown(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(typed, ""))
}

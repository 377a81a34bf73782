package consenthttp_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// surveyDesk keeps one survey with two links, one of which is void.
type surveyDesk struct {
	mu      sync.Mutex
	state   survey.State
	page    survey.Page
	now     time.Time
	fail    error // what everything fails with
	views   int
	answers int
	given   map[string]string // with the last answer

	token, void link.Token
}

func newSurveyDesk(language link.Language, change ...func(*survey.Form, *survey.Page)) *surveyDesk {
	d := &surveyDesk{now: start, page: survey.Page{
		Partner: "Fabrikam Consulting", Customer: "Contoso", Program: "Commerce Incentives",
		Engagement: "Azure Migration Workshop", Deadline: deadline,
	}}
	form := survey.CustomerForm()
	for _, c := range change {
		c(&form, &d.page)
	}
	ana, _ := tenant.ParseEmail("ana@contoso.com")
	state, err := survey.Start(form)
	d.must(state, err)
	d.must(survey.Send(d.state, survey.Invitation{Contact: link.Contact{Email: ana}, Language: language, Link: "old"}, d.now, deadline))
	d.void = d.mint("old")
	d.now = start.Add(24 * time.Hour)
	d.must(survey.Resend(d.state, "new", link.Policy{}, d.now, deadline))
	d.token = d.mint("new")
	d.now = d.now.Add(2 * time.Hour)
	return d
}

func (d *surveyDesk) must(s survey.State, err error) {
	if err != nil {
		panic(err)
	}
	d.state = s
}

func (d *surveyDesk) mint(id link.ID) link.Token {
	token, hash, err := link.NewToken(rand.Reader, 0)
	if err != nil {
		panic(err)
	}
	d.must(survey.Mint(d.state, id, hash))
	return token
}

func (d *surveyDesk) SurveyView(_ context.Context, t link.Token) (survey.View, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.views++
	return d.view(t)
}

func (d *surveyDesk) view(t link.Token) (survey.View, error) {
	if d.fail != nil {
		return survey.View{}, d.fail
	}
	link, err := d.state.Find(t.Hash())
	if err != nil {
		return survey.View{}, err
	}
	return survey.NewView(d.state, link.ID, d.page, d.now)
}

func (d *surveyDesk) AnswerSurvey(_ context.Context, t link.Token, answers map[string]string) (survey.View, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers, d.given = d.answers+1, answers
	if d.fail != nil {
		return survey.View{}, d.fail
	}
	link, err := d.state.Find(t.Hash())
	if err != nil {
		return survey.View{}, err
	}
	next, err := survey.Answer(d.state, link.ID, answers, d.now, deadline)
	if err != nil {
		return survey.View{}, err
	}
	d.state = next
	return d.view(t)
}

func surveyHandler(d *surveyDesk) http.Handler { return consenthttp.NewSurvey(d, nil) }

func surveyPath(t link.Token) string { return "/survey/" + t.Secret() }

// filled is a whole answer to the customer's form, with these changes: a field and its
// value, in turn.
func filled(changes ...string) string {
	form := url.Values{"delivered": {"yes"}, "findings": {"no"}, "satisfaction": {"4"}, "comments": {"Well done.\r\nAna"}}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form.Encode()
}

// fixedSurvey is a SurveyDesk that always says the same: one thing to who looks, and
// another to who answers.
type fixedSurvey struct {
	view        survey.View
	look, wrong error
}

func (f fixedSurvey) SurveyView(context.Context, link.Token) (survey.View, error) {
	return f.view, f.look
}

func (f fixedSurvey) AnswerSurvey(context.Context, link.Token, map[string]string) (survey.View, error) {
	return survey.View{}, f.wrong
}

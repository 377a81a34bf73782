package survey_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/survey"
)

var page = survey.Page{Partner: "Fabrikam", Customer: "Contoso", Program: "Commerce Incentives", Engagement: "Azure Migration", Deadline: deadline}

func TestViewShowsWhatWasSent(t *testing.T) {
	zone := time.FixedZone("WEST", 3600)
	p := page
	p.Zone = zone
	v, err := survey.NewView(in(t, survey.Sent), "l1", p, start)
	noError(t, err)
	form := survey.CustomerForm()
	equal(t, survey.View{
		Partner: "Fabrikam", Customer: "Contoso", Program: "Commerce Incentives", Engagement: "Azure Migration",
		Title: form.Titles["en"], Intro: form.Intro["en"], Language: "en",
		Questions: []survey.Asked{
			{"delivered", survey.YesNo, true, form.Questions[0].Texts["en"]},
			{"findings", survey.YesNo, true, form.Questions[1].Texts["en"]},
			{"satisfaction", survey.Rating, true, form.Questions[2].Texts["en"]},
			{"comments", survey.Text, false, form.Questions[3].Texts["en"]},
		},
		Deadline: deadline.In(zone), Status: survey.Sent, MayAnswer: true,
	}, v)
	check(t, !v.IsZero() && survey.View{}.IsZero())

	v, err = survey.NewView(whole(t), "l2", page, start)
	noError(t, err)
	equal(t, consent.Language("pt-PT"), v.Language)
	equal(t, form.Titles["pt-PT"], v.Title)
	equal(t, form.Questions[3].Texts["pt-PT"], v.Questions[3].Text)
}

func TestViewFollowsTheState(t *testing.T) {
	for _, c := range []struct {
		status survey.Status
		late   time.Duration
		may    bool
	}{
		{survey.Sent, -time.Microsecond, true}, {survey.Sent, 0, false}, {survey.Sent, time.Hour, false},
		{survey.Done, -time.Hour, false}, {survey.Done, time.Hour, false},
	} {
		v, err := survey.NewView(in(t, c.status), "l1", page, deadline.Add(c.late))
		noError(t, err)
		equal(t, c.status, v.Status)
		equal(t, c.may, v.MayAnswer, "%s, %s late", c.status, c.late)
		equal(t, c.status == survey.Done, !v.AnsweredAt.IsZero())
	}
}

func TestViewRefuses(t *testing.T) {
	_, err := survey.NewView(whole(t), "l1", page, start)
	errorIs(t, err, consent.ErrLinkVoid)
	_, err = survey.NewView(whole(t), "l9", page, start)
	errorIs(t, err, consent.ErrUnknownLink)
}

func TestChoices(t *testing.T) {
	equal(t, []string{"1", "2", "3", "4", "5"}, survey.Rating.Choices())
	equal(t, []string{"yes", "no"}, survey.YesNo.Choices())
	check(t, survey.Text.Choices() == nil)
}

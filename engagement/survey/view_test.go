package survey_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

var page = survey.Page{Partner: "Fabrikam", Customer: "Contoso", Program: "Commerce Incentives", Engagement: "Azure Migration", Deadline: deadline}

func TestViewShowsWhatWasSent(t *testing.T) {
	zone := time.FixedZone("WEST", 3600)
	p := page
	p.Zone = zone
	v, err := survey.NewView(in(t, survey.StatusSent), "l1", p, start)
	noError(t, err)
	form := survey.CustomerForm()
	equal(t, survey.View{
		Partner: "Fabrikam", Customer: "Contoso", Program: "Commerce Incentives", Engagement: "Azure Migration",
		Title: form.Titles["en"], Intro: form.Intro["en"], Language: "en",
		Questions: []survey.Asked{
			{"delivered", survey.KindYesNo, true, form.Questions[0].Texts["en"]},
			{"findings", survey.KindYesNo, true, form.Questions[1].Texts["en"]},
			{"satisfaction", survey.KindRating, true, form.Questions[2].Texts["en"]},
			{"comments", survey.KindText, false, form.Questions[3].Texts["en"]},
		},
		Deadline: deadline.In(zone), Status: survey.StatusSent, MayAnswer: true,
	}, v)
	check(t, !v.IsZero() && survey.View{}.IsZero())

	v, err = survey.NewView(whole(t), "l2", page, start)
	noError(t, err)
	equal(t, link.Language("pt-PT"), v.Language)
	equal(t, form.Titles["pt-PT"], v.Title)
	equal(t, form.Questions[3].Texts["pt-PT"], v.Questions[3].Text)
}

func TestViewFollowsTheState(t *testing.T) {
	for _, c := range []struct {
		status survey.Status
		late   time.Duration
		may    bool
	}{
		{survey.StatusSent, -time.Microsecond, true}, {survey.StatusSent, 0, false}, {survey.StatusSent, time.Hour, false},
		{survey.StatusDone, -time.Hour, false}, {survey.StatusDone, time.Hour, false},
	} {
		v, err := survey.NewView(in(t, c.status), "l1", page, deadline.Add(c.late))
		noError(t, err)
		equal(t, c.status, v.Status)
		equal(t, c.may, v.MayAnswer, "%s, %s late", c.status, c.late)
		equal(t, c.status == survey.StatusDone, !v.AnsweredAt.IsZero())
	}
}

func TestViewRefuses(t *testing.T) {
	_, err := survey.NewView(whole(t), "l1", page, start)
	errorIs(t, err, errtest.Type[*link.VoidError]())
	_, err = survey.NewView(whole(t), "l9", page, start)
	errorIs(t, err, link.ErrUnknown)
}

func TestChoices(t *testing.T) {
	equal(t, []string{"1", "2", "3", "4", "5"}, survey.KindRating.Choices())
	equal(t, []string{"yes", "no"}, survey.KindYesNo.Choices())
	check(t, survey.KindText.Choices() == nil)
}

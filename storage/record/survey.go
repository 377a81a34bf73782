package record

import (
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

var (
	surveyStatuses = survey.AllStatuses()
	surveyCommands = survey.AllCommands()
	questionKinds  = survey.AllKinds()
)

func claimSurvey(c *coder, s *claim.Survey) {
	c.begin("Survey")
	text(c, 1, "kind", &s.Kind)
	part(c, 2, "form", &s.Form, form)
	choice(c, 3, "status", &s.Status, surveyStatuses)
	list(c, 4, "links", &s.Links, mailedLink)
	list(c, 5, "sendings", &s.Sendings, surveySending)
	part(c, 6, "response", &s.Response, response)
}

// form is one of those that the library publishes by its number, without what it asks.
func form(c *coder, f *survey.Form) {
	c.begin("Form")
	n := 0
	if c.mode == writing {
		n = numberOfForm(*f)
	}
	integer(c, 1, "published", &n)
	if n != 0 {
		if c.mode == reading {
			c.formOf(n, f)
		}
		return
	}
	formFields(c, f)
}

// formFields are the fields of a form that is not published.
func formFields(c *coder, f *survey.Form) {
	text(c, 2, "id", &f.ID)
	text(c, 3, "version", &f.Version)
	dictionary(c, 4, "titles", &f.Titles)
	dictionary(c, 5, "intro", &f.Intro)
	list(c, 6, "questions", &f.Questions, question)
	flag(c, 7, "of_partner", &f.OfPartner)
	flag(c, 8, "partner_reads", &f.PartnerReads)
}

func question(c *coder, q *survey.Question) {
	c.begin("Question")
	text(c, 1, "id", &q.ID)
	choice(c, 2, "kind", &q.Kind, questionKinds)
	flag(c, 3, "required", &q.Required)
	dictionary(c, 4, "texts", &q.Texts)
}

func surveySending(c *coder, s *survey.Sending) {
	c.begin("SurveySending")
	choice(c, 1, "command", &s.Command, surveyCommands)
	instant(c, 2, "at", &s.At)
	text(c, 3, "link", &s.Link)
	text(c, 4, "language", &s.Language)
}

func response(c *coder, r *survey.Response) {
	c.begin("Response")
	text(c, 1, "link", &r.Link)
	text(c, 2, "user", &r.User)
	instant(c, 3, "at", &r.At)
	dictionary(c, 4, "answers", &r.Answers)
}

package survey_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

func TestOwnForms(t *testing.T) {
	for id, f := range map[string]survey.Form{"customer-survey": survey.CustomerForm(), "partner-survey": survey.PartnerForm()} {
		noError(t, f.Validate())
		equal(t, id, f.ID)
		equal(t, []link.Language{"en", "pt-PT"}, f.Languages())
		check(t, len(f.Questions) >= 3 && len(f.Questions) <= 5, id)
		for _, q := range f.Questions {
			check(t, q.Texts["en"] != q.Texts["pt-PT"], "%s: %s is not translated", id, q.ID)
		}
	}
	survey.CustomerForm().Titles["en"] = "changed"
	check(t, survey.CustomerForm().Titles["en"] != "changed")
}

// What was published stays: a change to what a form asks is a new version of it,
// beside the old one. Whose survey it is asks nothing.
func TestPublishedFormsStay(t *testing.T) {
	for _, want := range []struct{ id, version, hash string }{
		{"customer-survey", "2026-07", "a8cad090257dd03ad076faf8da218af77bba5ba679561f3c7f01795957ff7836"},
		{"partner-survey", "2026-07", "61445f2f1a1126d18ce37686b5c5963b235d2ef19732022dc0b125b424537478"},
	} {
		f, ok := survey.Published(want.id, want.version)
		check(t, ok && f.ID == want.id && f.Version == want.version, want.id)
		f.Titles["en"] = "changed"
		f, _ = survey.Published(want.id, want.version) // a form of the caller's own each time
		f.OfPartner = false
		text, err := json.Marshal(f)
		noError(t, err)
		equal(t, want.hash, fmt.Sprintf("%x", sha256.Sum256(text)))
	}
	for _, f := range []survey.Form{survey.CustomerForm(), survey.PartnerForm()} {
		p, ok := survey.Published(f.ID, f.Version)
		check(t, ok && p.Equal(f), f.ID)
	}
	_, ok := survey.Published("customer-survey", "1999-01")
	check(t, !ok)
}

func TestEqualForms(t *testing.T) {
	for name, change := range map[string]func(*survey.Form){
		"id":        func(f *survey.Form) { f.ID = "other" },
		"version":   func(f *survey.Form) { f.Version = "other" },
		"titles":    func(f *survey.Form) { f.Titles["en"] = "other" },
		"intro":     func(f *survey.Form) { delete(f.Intro, "en") },
		"readers":   func(f *survey.Form) { f.PartnerReads = true },
		"whose":     func(f *survey.Form) { f.OfPartner = true },
		"questions": func(f *survey.Form) { f.Questions = f.Questions[1:] },
		"question":  func(f *survey.Form) { f.Questions[0].ID = "other" },
		"kind":      func(f *survey.Form) { f.Questions[0].Kind = survey.KindText },
		"required":  func(f *survey.Form) { f.Questions[0].Required = false },
		"texts":     func(f *survey.Form) { f.Questions[0].Texts["en"] = "other" },
	} {
		f := survey.CustomerForm()
		check(t, f.Equal(survey.CustomerForm()))
		change(&f)
		check(t, !f.Equal(survey.CustomerForm()) && !survey.CustomerForm().Equal(f), name)
	}
}

func TestLanguagesOfAForm(t *testing.T) {
	f := survey.Form{Titles: map[link.Language]string{"pt-PT": "", "de": "", "en": "", "fr": ""}}
	equal(t, []link.Language{"en", "de", "fr", "pt-PT"}, f.Languages())
	delete(f.Titles, "en")
	equal(t, []link.Language{"de", "fr", "pt-PT"}, f.Languages())
}

func TestFormsThatCannotBeAsked(t *testing.T) {
	many := make([]survey.Question, survey.MaxQuestions+1)
	for i := range many {
		many[i] = survey.CustomerForm().Questions[0]
		many[i].ID = fmt.Sprint("q", i)
	}
	for want, change := range map[string]func(*survey.Form){
		`form.id: "" is not 1 to 40 lower-case letters, digits and hyphens`:            func(f *survey.Form) { f.ID = "" },
		`form.id: "Customer" is not 1 to 40 lower-case letters, digits and hyphens`:    func(f *survey.Form) { f.ID = "Customer" },
		`form.version: it has nothing to see: write at least one character that shows`: func(f *survey.Form) { f.Version = " " },
		`form.version: it has more than one line, or a tab: write it on one line`:      func(f *survey.Form) { f.Version = "1\n2" },
		`form.titles.pt-PT: it is empty`:                                               func(f *survey.Form) { f.Titles["pt-PT"] = "" },
		`form.titles.en: it is not text in UTF-8: encode it again`:                     func(f *survey.Form) { f.Titles["en"] = "\xff" },
		`form.intro.pt-PT: it is empty`:                                                func(f *survey.Form) { delete(f.Intro, "pt-PT") },
		`form.intro: there is no title in "fr", and so nothing else`:                   func(f *survey.Form) { f.Intro["fr"] = "Bonjour" },
		`form.questions: from 1 to 20 are needed, not 0`:                               func(f *survey.Form) { f.Questions = nil },
		`form.questions: from 1 to 20 are needed, not 21`:                              func(f *survey.Form) { f.Questions = many },
		`form.questions[1].id: "a_b" is not 1 to 40 lower-case letters, digits and hyphens`: func(f *survey.Form) {
			f.Questions[1].ID = "a_b"
		},
		`form.questions[1].id: "delivered" stands twice; each question needs its own`: func(f *survey.Form) {
			f.Questions[1].ID = "delivered"
		},
		`form.questions[0].kind: "number" is none of ["rating" "yes/no" "text"]`: func(f *survey.Form) {
			f.Questions[0].Kind = "number"
		},
		`form.questions[3].texts.pt-PT: it is empty`: func(f *survey.Form) { delete(f.Questions[3].Texts, "pt-PT") },
		`form.questions[0].texts: there is no title in "fr", and so nothing else`: func(f *survey.Form) {
			f.Questions[0].Texts["fr"] = "Oui?"
		},
	} {
		f := survey.CustomerForm()
		change(&f)
		err := f.Validate()
		errorIs(t, err, errtest.Code("invalid_input"))
		if err != nil {
			equal(t, want, err.Error())
		}
		s, err := survey.Start(f)
		errorIs(t, err, errtest.Code("invalid_input"))
		equal(t, survey.State{}, s)
	}
	f := survey.CustomerForm()
	f.ID = strings.Repeat("a", 41)
	errorIs(t, f.Validate(), errtest.Code("invalid_input"))
}

// What is wrong is told all at once.
func TestEverythingWrongWithAForm(t *testing.T) {
	err := survey.Form{Titles: map[link.Language]string{"pt_pt": "Título", "x": "?"}}.Validate()
	var one *link.InvalidError
	errorAs(t, err, &one)
	equal(t, `form.id: "" is not 1 to 40 lower-case letters, digits and hyphens
form.version: it is empty
form.titles: the usual spelling of pt_pt is pt-PT
form.titles: "x" is not a language tag such as en or pt-PT
form.questions: from 1 to 20 are needed, not 0`, err.Error())
	equal(t, `form.id: "" is not 1 to 40 lower-case letters, digits and hyphens
form.version: it is empty
form.titles: at least one is needed, such as one in en
form.questions: from 1 to 20 are needed, not 0`, survey.Form{}.Validate().Error())
}

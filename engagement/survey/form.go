package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/enum"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/internal/text"
)

const (
	// MaxQuestions is the most questions that a form has.
	MaxQuestions = 20
	// MaxText is the most characters that the answer to a [KindText] question holds, with
	// one for each line end. A browser counts some characters, such as emoji, as two: it
	// never lets through more than this.
	MaxText = 2000
	// maxID is the most bytes of an ID of a form or a question.
	maxID = 40
)

// Form is what a survey asks: data of one version of an engagement. Its titles say
// in which languages it is; everything else is there in each of them. It holds no
// personal data.
type Form struct {
	ID        string                   `json:"id"`      // lower-case letters, digits and hyphens
	Version   string                   `json:"version"` // such as "2026-07"; any change to the form is a new version
	Titles    map[link.Language]string `json:"titles"`
	Intro     map[link.Language]string `json:"intro,omitempty"` // a paragraph above the questions; may be empty
	Questions []Question               `json:"questions"`       // at least one, at most [MaxQuestions]

	OfPartner    bool `json:"of_partner,omitempty"`    // the partner's own survey, which it can also answer without a link; else the customer's
	PartnerReads bool `json:"partner_reads,omitempty"` // whether the partner reads what the customer answers, as the page says
}

// Question is one question of a form.
type Question struct {
	ID       string                   `json:"id"` // lower-case letters, digits and hyphens; the same in every language
	Kind     Kind                     `json:"kind"`
	Required bool                     `json:"required,omitempty"`
	Texts    map[link.Language]string `json:"texts"`
}

// Languages returns the languages of the form: the default, which is English where
// there is any, and then the others by their tags.
func (f Form) Languages() []link.Language {
	languages := slices.Sorted(maps.Keys(f.Titles))
	if i := slices.Index(languages, "en"); i > 0 {
		languages = slices.Insert(slices.Delete(languages, i, i+1), 0, "en")
	}
	return languages
}

// language chooses the language for somebody who wants this one, or the default.
func (f Form) language(wanted link.Language) link.Language {
	have := f.Languages()
	if l, ok := link.MatchLanguage(have, wanted); ok {
		return l
	}
	if len(have) == 0 { // which no valid form is
		return ""
	}
	return have[0]
}

// Validate returns nil, or a [*link.InvalidError] for each thing that is missing
// or cannot be asked, joined, with fields such as "form.questions[0].texts.pt-PT".
func (f Form) Validate() error {
	var errs []error
	languages := f.Languages()
	errs = append(errs, checkID("form.id", f.ID), checkLine("form.version", f.Version))
	if len(languages) == 0 {
		errs = append(errs, invalid("form.titles", "at least one is needed, such as one in en"))
	}
	for _, l := range languages {
		if tag, err := link.ParseLanguage(string(l)); err != nil {
			errs = append(errs, invalid("form.titles", fmt.Sprintf("%.40q is not a language tag such as en or pt-PT", l)))
		} else if tag != l {
			errs = append(errs, invalid("form.titles", fmt.Sprintf("the usual spelling of %s is %s", l, tag)))
		}
	}
	errs = append(errs, checkTexts("form.titles", f.Titles, languages))
	if len(f.Intro) > 0 {
		errs = append(errs, checkTexts("form.intro", f.Intro, languages))
	}
	if n := len(f.Questions); n == 0 || n > MaxQuestions {
		errs = append(errs, invalid("form.questions", fmt.Sprintf("from 1 to %d are needed, not %d", MaxQuestions, n)))
	}
	if f.OfPartner && f.PartnerReads {
		errs = append(errs, invalid("form.partner_reads", "the partner reads its own survey anyway; leave it out"))
	}
	seen := make(map[string]bool)
	for i, q := range f.Questions {
		field := fmt.Sprintf("form.questions[%d].", i)
		errs = append(errs, checkID(field+"id", q.ID))
		if seen[q.ID] {
			errs = append(errs, invalid(field+"id", fmt.Sprintf("%q stands twice; each question needs its own", q.ID)))
		}
		seen[q.ID] = true
		if _, err := enum.Parse(field+"kind", string(q.Kind), AllKinds(), unknown); err != nil {
			errs = append(errs, err)
		}
		errs = append(errs, checkTexts(field+"texts", q.Texts, languages))
	}
	return problems.Join(errs...)
}

func checkID(field, id string) error {
	if id == "" || len(id) > maxID || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return invalid(field, fmt.Sprintf("%.50q is not 1 to %d lower-case letters, digits and hyphens", id, maxID))
	}
	return nil
}

// checkTexts wants one line in each of the languages, and nothing else.
func checkTexts(field string, texts map[link.Language]string, languages []link.Language) error {
	var errs []error
	for _, l := range languages {
		errs = append(errs, checkLine(field+"."+string(l), texts[l]))
	}
	for _, l := range slices.Sorted(maps.Keys(texts)) {
		if !slices.Contains(languages, l) {
			errs = append(errs, invalid(field, fmt.Sprintf("there is no title in %.40q, and so nothing else", l)))
		}
	}
	return problems.Join(errs...)
}

func checkLine(field, line string) error {
	if line == "" {
		return invalid(field, "it is empty")
	}
	if problem := text.Paragraph(line, MaxText); problem != "" {
		return invalid(field, "it "+problem)
	}
	return nil
}

// question returns the question with this ID, if there is one.
func (f Form) question(id string) (Question, bool) {
	i := slices.IndexFunc(f.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return Question{}, false
	}
	return f.Questions[i], true
}

// Equal reports whether two forms ask the same in the same words.
func (f Form) Equal(o Form) bool {
	return f.ID == o.ID && f.Version == o.Version && maps.Equal(f.Titles, o.Titles) && maps.Equal(f.Intro, o.Intro) &&
		f.OfPartner == o.OfPartner && f.PartnerReads == o.PartnerReads &&
		slices.EqualFunc(f.Questions, o.Questions, Question.Equal)
}

// Equal reports whether two questions are the same in the same words.
func (q Question) Equal(o Question) bool {
	return q.ID == o.ID && q.Kind == o.Kind && q.Required == o.Required && maps.Equal(q.Texts, o.Texts)
}

// clone copies f whole, and writes what is empty in one way.
func (f Form) clone() Form {
	f.Titles = maps.Clone(f.Titles)
	f.Intro = maps.Clone(f.Intro)
	if len(f.Intro) == 0 {
		f.Intro = nil
	}
	f.Questions = slices.Clone(f.Questions)
	for i := range f.Questions {
		f.Questions[i].Texts = maps.Clone(f.Questions[i].Texts)
	}
	return f
}

package words

import (
	"fmt"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/consent/link"
)

// Text is a text of a host's in several languages, such as the name of an engagement.
type Text map[link.Language]string

// Languages returns the languages of the text, English first and the others by their
// tags.
func (t Text) Languages() []link.Language {
	languages := slices.Sorted(maps.Keys(t))
	if i := slices.Index(languages, english); i > 0 {
		languages = slices.Insert(slices.Delete(languages, i, i+1), 0, english)
	}
	return languages
}

// For returns the text for somebody who wants these languages, best first, as
// [link.MatchLanguage] chooses one, and false if there is none of them.
func (t Text) For(wanted ...link.Language) (string, bool) {
	language, ok := link.MatchLanguage(t.Languages(), wanted...)
	return t[language], ok
}

// In returns the text in the language of the words, or else in the first that there
// is.
func (t Text) In(w Words) string {
	if text, ok := t.For(w.Language()); ok {
		return text
	}
	for _, language := range t.Languages() {
		return t[language]
	}
	return ""
}

// Check returns what is wrong with the text, by language: with its tag, or with what
// check says of the text itself, where check is not nil.
func (t Text) Check(check func(text string) (problem string)) map[link.Language]string {
	problems := map[link.Language]string{}
	for language, text := range t {
		switch tag, err := link.ParseLanguage(string(language)); {
		case err != nil:
			problems[language] = "is not a language tag such as en or pt-PT"
		case tag != language:
			problems[language] = fmt.Sprintf("is not the usual spelling: write %s", tag)
		case text == "":
			problems[language] = "is empty: leave the language out"
		case check != nil:
			if problem := check(text); problem != "" {
				problems[language] = problem
			}
		}
	}
	return problems
}

// Texts are texts of a host's in several languages, by what they say in the language in
// which the host wrote them first, which needs no entry of its own:
//
//	words.Texts{"Azure Migration": {"pt-PT": "Migração para o Azure"}}
//
// What is stored of a text is what it says in that language, so that a translation can
// be added and mended at any time.
type Texts map[string]Text

// Say returns a text in the first of the languages wanted, best first, that it has, or
// else as it is.
func (t Texts) Say(text string, wanted ...link.Language) string {
	if said, ok := t[text].For(wanted...); ok {
		return said
	}
	return text
}

// With returns the words with texts of a host's, which [Words.Own] then knows.
func (w Words) With(own Texts) Words {
	w.own = own
	return w
}

// Own returns a text of the host's in the language of the words, or else as it is.
func (w Words) Own(text string) string { return w.own.Say(text, w.Language()) }

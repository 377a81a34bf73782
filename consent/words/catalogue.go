package words

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/partnerengage/partnerengage/consent"
)

// Key names a text.
type Key string

// Words are texts in one language. A text holds the placeholders of the English
// one, in whatever order: "{customer}".
type Words struct {
	Language consent.Language
	Texts    map[Key]string
}

// Catalogue is a set of languages. It is safe for concurrent use.
type Catalogue struct {
	languages []consent.Language // English first
	texts     map[consent.Language]map[Key]string
}

// fallback is the language in which everything can be said.
const fallback = consent.Language("en")

// Standard returns the library's own catalogue: "en" and "pt-PT".
func Standard() *Catalogue {
	c := &Catalogue{languages: []consent.Language{fallback, "pt-PT"}, texts: map[consent.Language]map[Key]string{fallback: {}, "pt-PT": {}}}
	for _, group := range [][]entry{formats, mails, events} {
		for _, e := range group {
			c.texts[fallback][e.key], c.texts["pt-PT"][e.key] = e.en, e.pt
		}
	}
	return c
}

// entry is a text in the languages of the library.
type entry struct {
	key    Key
	en, pt string
}

// New returns the library's catalogue with more languages, or with other texts in
// one that it has: of two texts with the same key and language the later one counts.
// Every mistake is in the joined error, an *Error each.
func New(more ...Words) (*Catalogue, error) {
	c := Standard()
	var errs []error
	for _, w := range more {
		tag, err := consent.ParseLanguage(string(w.Language))
		if err != nil {
			errs = append(errs, &Error{Language: w.Language, Problem: "this is not a language tag such as en or pt-PT"})
			continue
		}
		if c.texts[tag] == nil {
			c.languages, c.texts[tag] = append(c.languages, tag), map[Key]string{}
		}
		for _, key := range slices.Sorted(maps.Keys(w.Texts)) {
			if problem := c.check(key, w.Texts[key]); problem != "" {
				errs = append(errs, &Error{Language: tag, Key: key, Problem: problem})
				continue
			}
			c.texts[tag][key] = w.Texts[key]
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// Error is what is wrong with a text of the host's.
type Error struct {
	Language consent.Language
	Key      Key // "" for the language as a whole
	Problem  string
}

func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("words in %q: %s", e.Language, e.Problem)
	}
	return fmt.Sprintf("words in %q: text %q: %s", e.Language, e.Key, e.Problem)
}

var placeholder = regexp.MustCompile(`\{[a-z_]*\}`)

// check returns what is wrong with a text, or "".
func (c *Catalogue) check(key Key, text string) string {
	english, ok := c.texts[fallback][key]
	if family, _, found := cutLast(string(key), "."); !ok && found { // another form of the plural, another zone
		english, ok = c.texts[fallback][Key(family+".other")]
		ok = ok && slices.Contains(forms[:], string(key)[len(family)+1:]) || strings.HasPrefix(string(key), zonePrefix)
	}
	if !ok {
		return "there is no such text: use the keys that Keys returns"
	}
	if strings.TrimSpace(text) == "" && strings.TrimSpace(english) != "" {
		return "it is empty: leave the key out to say it in English"
	}
	wanted := placeholder.FindAllString(english, -1)
	for _, p := range placeholder.FindAllString(text, -1) {
		if !slices.Contains(wanted, p) {
			return fmt.Sprintf("it holds %s, for which there is nothing to put in: use %v", p, wanted)
		}
	}
	if must := "{link}"; slices.Contains(wanted, must) && !strings.Contains(text, must) {
		return "it lacks {link}, without which nobody can answer"
	}
	return ""
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Languages returns the languages at hand, English first.
func (c *Catalogue) Languages() []consent.Language { return slices.Clone(c.languages) }

// Keys returns every text that there is to translate, in order.
func (c *Catalogue) Keys() []Key { return slices.Sorted(maps.Keys(c.texts[fallback])) }

// In returns the language to use for somebody who wants these, best first, as
// consent.MatchLanguage chooses it; English if there is none of them.
func (c *Catalogue) In(wanted ...consent.Language) Language {
	tag, ok := consent.MatchLanguage(c.languages, wanted...)
	if !ok {
		tag = fallback
	}
	return Language{catalogue: c, tag: tag}
}

// Language is one language of a Catalogue.
type Language struct {
	catalogue *Catalogue
	tag       consent.Language
}

// Tag returns the language's tag.
func (l Language) Tag() consent.Language { return l.tag }

// Values are what is put in for placeholders, by their names without braces.
type Values map[string]string

// Text returns a text with the values put in, in one pass: a value that looks like
// a placeholder stays as it is. What the language lacks it says in English; a key
// that there is not at all is returned as it is.
func (l Language) Text(key Key, values Values) string {
	text, ok := l.lookup(key)
	if !ok {
		return string(key)
	}
	return fill(text, values)
}

func (l Language) lookup(key Key) (string, bool) {
	if text, ok := l.catalogue.texts[l.tag][key]; ok {
		return text, true
	}
	text, ok := l.catalogue.texts[fallback][key]
	return text, ok
}

func fill(text string, values Values) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if value, ok := values[p[1:len(p)-1]]; ok {
			return value
		}
		return p
	})
}

// Paragraphs is Text without the paragraphs for which a value is empty: "Reference:
// {reference}" is left out where there is no reference.
func (l Language) Paragraphs(key Key, values Values) string {
	text, _ := l.lookup(key)
	var out []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if !slices.ContainsFunc(placeholder.FindAllString(paragraph, -1), func(p string) bool { return values[p[1:len(p)-1]] == "" }) {
			out = append(out, fill(paragraph, values))
		}
	}
	return strings.Join(out, "\n\n")
}

var forms = [...]string{"other", "zero", "one", "two", "few", "many"} // as plural.Form counts them

// Count returns the text for that many of something: of "days_left.one",
// "days_left.other" and whatever other forms the language has. {n} is the number.
func (l Language) Count(key Key, n int) string {
	form := plural.Other
	if tag, err := language.Parse(string(l.tag)); err == nil {
		form = plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)
	}
	values := Values{"n": fmt.Sprint(n)}
	if text, ok := l.catalogue.texts[l.tag][key+Key("."+forms[form])]; ok {
		return fill(text, values)
	}
	if text, ok := l.catalogue.texts[l.tag][key+".other"]; ok {
		return fill(text, values)
	}
	if n == 1 { // English
		return l.Text(key+".one", values)
	}
	return l.Text(key+".other", values)
}

package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Words are one language of a [Catalogue], as [Catalogue.For] returns it. The zero
// Words are the library's English.
type Words struct {
	catalogue *Catalogue
	tag       link.Language
	own       Texts
}

func (w Words) in() (*Catalogue, link.Language) {
	if w.catalogue == nil {
		return standard(), english
	}
	return w.catalogue, w.tag
}

// Language returns the tag of the language.
func (w Words) Language() link.Language {
	_, tag := w.in()
	return tag
}

// Of returns the words in which a group is said: these, or those of the base where a
// language leaves that group to its base. Whoever writes a mail, a page or a table
// asks once, and says everything on it with the words returned.
func (w Words) Of(group Group) Words {
	c, tag := w.in()
	if s := c.said[tag]; s.lacks[group] {
		return Words{catalogue: c, tag: s.base, own: w.own}
	}
	return w
}

// Values are what is put in for placeholders, by their names without braces.
type Values map[string]string

// Text returns a text with the values put in, in one pass: a value that looks like
// a placeholder stays as it is. A key that there is not is returned as it is.
func (w Words) Text(key Key, values Values) string {
	text, ok := w.lookup(key)
	if !ok {
		return string(key)
	}
	return fill(text, values)
}

func (w Words) lookup(key Key) (string, bool) {
	c, tag := w.in()
	s := c.said[tag]
	if text, ok := s.texts[key]; ok || s.base == "" {
		return text, ok
	}
	text, ok := c.said[s.base].texts[key]
	return text, ok
}

// Named returns the text of a value of a family, such as the status "Under review" of
// the family "status", and the value itself where the catalogue has none.
func (w Words) Named(family, value string) string {
	if text, ok := w.lookup(KeyOf(family, value)); ok {
		return text
	}
	return value
}

// KeyOf returns the key of a value of a family: the status "Under review" has
// "status.under_review".
func KeyOf(family, value string) Key {
	return Key(family + "." + strings.ReplaceAll(strings.ToLower(value), " ", "_"))
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
func (w Words) Paragraphs(key Key, values Values) string {
	text, _ := w.lookup(key)
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
func (w Words) Count(key Key, n int) string {
	form := plural.Other
	if tag, err := language.Parse(string(w.Language())); err == nil {
		form = plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)
	}
	text, ok := w.lookup(key + Key("."+forms[form]))
	if !ok {
		text, ok = w.lookup(key + ".other")
	}
	if !ok {
		return string(key)
	}
	return fill(text, Values{"n": w.digits(fmt.Sprint(n))})
}

// List joins names or phrases of a sentence: "a, b and c".
func (w Words) List(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], w.Text("list.comma", nil)) + w.Text("list.and", nil) + items[n-1]
	}
}

// Series joins phrases that may hold commas themselves: "a; b; c".
func (w Words) Series(items []string) string {
	return strings.Join(items, w.Text("list.separator", nil))
}

package words

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// Key names a text.
type Key string

// Group is a part of the catalogue of which a language has all or nothing, so that
// no mail, page or list is half in one language and half in another.
type Group string

// The groups.
const (
	GroupBasics  Group = "basics"  // dates, amounts, lists and what is counted: every language has them
	GroupMails   Group = "mails"   // messages that go out
	GroupPages   Group = "pages"   // what links open
	GroupRows    Group = "rows"    // lists and exports: to-dos, actions, reasons, headings
	GroupHistory Group = "history" // what happened
	GroupErrors  Group = "errors"  // why something was refused
)

// AllGroups returns every Group.
func AllGroups() []Group {
	return []Group{GroupBasics, GroupMails, GroupPages, GroupRows, GroupHistory, GroupErrors}
}

// MarshalText refuses a value that is not a Group, with a *[link.InvalidError].
func (g Group) MarshalText() ([]byte, error) {
	return enum.Marshal("group", g, AllGroups(), unknownValue)
}

// UnmarshalText refuses a text that is not a Group.
func (g *Group) UnmarshalText(text []byte) error {
	return enum.Unmarshal("group", g, text, AllGroups(), unknownValue)
}

func unknownValue(field, value string, all []string) error {
	return &link.InvalidError{Field: field, Problem: enum.Problem(value, all)}
}

// Translation is texts in one language. A text holds the placeholders of the English
// one, in whatever order: "{customer}".
type Translation struct {
	Language link.Language
	// Base is the language in which to say what Texts leave out; "": nothing is left
	// out. A variant, such as es-MX of es, can leave out single texts; what is based
	// on another language has each Group whole or not at all.
	Base  link.Language
	Texts map[Key]string
}

// Catalogue is a set of languages, the default first. It never changes, and is safe
// for concurrent use.
type Catalogue struct {
	languages []link.Language
	said      map[link.Language]said
}

// said is what can be said in one language.
type said struct {
	texts map[Key]string
	base  link.Language  // for what is not among them; "": for nothing
	lacks map[Group]bool // the groups that are said in the base
}

// english is the language that says which texts there are.
const english = link.Language("en")

// entry is a text in the languages of the library.
type entry struct {
	key    Key
	en, pt string
}

// contents are the library's texts.
var contents = map[Group][][]entry{
	GroupBasics:  {formats, nouns},
	GroupMails:   {mails},
	GroupPages:   {pages, surveyPages},
	GroupRows:    {rows, reasons, headings},
	GroupHistory: {events, details},
	GroupErrors:  {refusals},
}

// groups says to which group each key belongs.
var groups = sync.OnceValue(func() map[Key]Group {
	all := map[Key]Group{}
	for group, lists := range contents {
		for _, list := range lists {
			for _, e := range list {
				all[e.key] = group
			}
		}
	}
	return all
})

// Standard returns the library's own catalogue: "en", the default, and "pt-PT".
func Standard() *Catalogue { return standard() }

var standard = sync.OnceValue(func() *Catalogue {
	en, pt := map[Key]string{}, map[Key]string{}
	for _, lists := range contents {
		for _, list := range lists {
			for _, e := range list {
				en[e.key], pt[e.key] = e.en, e.pt
			}
		}
	}
	return &Catalogue{
		languages: []link.Language{english, "pt-PT"},
		said:      map[link.Language]said{english: {texts: en}, "pt-PT": {texts: pt}},
	}
})

// New returns the library's catalogue with more languages, or with other texts in
// one that it has: of two texts with the same key and language the later one counts.
// Every mistake is in the joined error, an [*Error] each, and every text that a
// language lacks.
func New(more ...Translation) (*Catalogue, error) {
	c := &Catalogue{languages: slices.Clone(standard().languages), said: map[link.Language]said{}}
	for tag, s := range standard().said {
		c.said[tag] = said{texts: maps.Clone(s.texts)}
	}
	var errs []error
	for _, t := range more {
		tag, err := link.ParseLanguage(string(t.Language))
		if err != nil {
			errs = append(errs, &Error{Language: t.Language, Problem: "this is not a language tag such as en or pt-PT"})
			continue
		}
		s, ok := c.said[tag]
		if !ok {
			c.languages, s.texts = append(c.languages, tag), map[Key]string{}
		}
		if t.Base != "" {
			s.base = t.Base
		}
		for _, key := range slices.Sorted(maps.Keys(t.Texts)) {
			if problem := check(key, t.Texts[key]); problem != "" {
				errs = append(errs, &Error{Language: tag, Key: key, Problem: problem})
				continue
			}
			s.texts[key] = t.Texts[key]
		}
		c.said[tag] = s
	}
	for _, tag := range c.languages {
		errs = append(errs, c.complete(tag)...)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// complete says what a language lacks, and notes which groups its base says.
func (c *Catalogue) complete(tag link.Language) []error {
	s := c.said[tag]
	if s.base != "" {
		base, err := link.ParseLanguage(string(s.base))
		if _, ok := c.said[base]; err != nil || !ok || base == tag || c.said[base].base != "" {
			return []error{&Error{Language: tag, Problem: fmt.Sprintf("its base %q is not another language of the catalogue that has all texts itself", s.base)}}
		}
		if s.base = base; primary(base) == primary(tag) {
			c.said[tag] = s
			return nil
		}
	}
	lacking, has := map[Group][]Key{}, map[Group]bool{}
	for key, group := range groups() {
		if _, ok := s.texts[key]; ok {
			has[group] = true
		} else if !strings.HasSuffix(string(key), ".one") && !open(key) {
			lacking[group] = append(lacking[group], key)
		}
	}
	s.lacks = map[Group]bool{}
	var errs []error
	for _, group := range AllGroups() {
		switch lacks := lacking[group]; {
		case len(lacks) == 0:
		case s.base != "" && !has[group] && group != GroupBasics:
			s.lacks[group] = true
		default:
			slices.Sort(lacks)
			for _, key := range lacks {
				errs = append(errs, &Error{Language: tag, Key: key, Problem: "it is missing"})
			}
		}
	}
	c.said[tag] = s
	return errs
}

func primary(tag link.Language) string {
	p, _, _ := strings.Cut(string(tag), "-")
	return p
}

// WithDefault returns the catalogue with another default: the language for whoever
// wants none that it has. Its error is for one that it has not.
func (c *Catalogue) WithDefault(language link.Language) (*Catalogue, error) {
	i := slices.Index(c.languages, language)
	if i < 0 {
		return nil, &Error{Language: language, Problem: fmt.Sprintf("the catalogue does not have it: use one of %v", c.languages)}
	}
	d := *c
	d.languages = slices.Concat([]link.Language{language}, c.languages[:i], c.languages[i+1:])
	return &d, nil
}

// Error says what is wrong with a text of the host's.
type Error struct {
	Language link.Language
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

// openFamilies are the beginnings of keys of which a host can add more: names of its
// own zones, languages, types of engagement, kinds of proof, facts and so on.
var openFamilies = []string{"zone.", "language.", "type.", "proof.", "fact.", "payee.", "field."}

func open(key Key) bool {
	return slices.ContainsFunc(openFamilies, func(family string) bool { return strings.HasPrefix(string(key), family) })
}

// check returns what is wrong with a text, or "".
func check(key Key, text string) string {
	texts := standard().said[english].texts
	en, ok := texts[key]
	if family, form, found := cutLast(string(key), "."); !ok && found && slices.Contains(forms[:], form) {
		en, ok = texts[Key(family+".other")]
	}
	ok = ok || open(key)
	switch {
	case !ok:
		return "there is no such text: use the keys that Keys returns"
	case strings.TrimSpace(text) == "" && strings.TrimSpace(en) != "":
		return "it is empty"
	}
	wanted := placeholder.FindAllString(en, -1)
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

// Languages returns the languages at hand, the default first.
func (c *Catalogue) Languages() []link.Language { return slices.Clone(c.languages) }

// Keys returns every text that there is to translate, in order.
func (c *Catalogue) Keys() []Key { return slices.Sorted(maps.Keys(groups())) }

// KeysOf returns the texts of a group, in order.
func (c *Catalogue) KeysOf(group Group) []Key {
	return slices.DeleteFunc(c.Keys(), func(key Key) bool { return groups()[key] != group })
}

// For returns the words for somebody who wants these languages, best first, as
// [link.MatchLanguage] chooses one; in the default if there is none of them.
func (c *Catalogue) For(wanted ...link.Language) Words {
	tag, ok := link.MatchLanguage(c.languages, wanted...)
	if !ok {
		tag = c.languages[0]
	}
	return Words{catalogue: c, tag: tag}
}

package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/text"
)

// Text is what a customer is asked to agree to, in one language and version: all
// that the page shows besides the names of the parties and the engagement. It
// holds no places to fill in, so that its hash is the hash of what was read.
type Text struct {
	Version    string        `json:"version"` // such as "2026-07"; any change to the text is a new version
	Language   link.Language `json:"language"`
	Title      string        `json:"title"`
	Paragraphs []string      `json:"paragraphs"`
	Purposes   []Purpose     `json:"purposes"`   // what the customer's data is used for
	Validity   string        `json:"validity"`   // how long the consent holds
	Withdrawal string        `json:"withdrawal"` // how to withdraw it

	// The words on the buttons.
	Accept   string `json:"accept"`
	Decline  string `json:"decline"`
	Withdraw string `json:"withdraw"`
}

// Purpose is one thing that the customer's data is used for.
type Purpose struct {
	ID   string `json:"id"` // lower-case letters, digits and hyphens; the same in every language
	Text string `json:"text"`
}

// TextHash is the SHA-256 of [Text.Canonical].
type TextHash [32]byte

// TextRef says which text was shown: enough to find it again and to prove that
// it is the same.
type TextRef struct {
	Version  string        `json:"version"`
	Language link.Language `json:"language"`
	Hash     TextHash      `json:"hash"`
}

// IsZero reports whether r refers to no text.
func (r TextRef) IsZero() bool { return r == TextRef{} }

// Ref returns the reference that is kept as evidence.
func (t Text) Ref() TextRef { return TextRef{t.Version, t.Language, t.Hash()} }

// Hash returns the SHA-256 of [Text.Canonical].
func (t Text) Hash() TextHash { return sha256.Sum256([]byte(t.Canonical())) }

// Canonical returns the text in the form that is hashed: UTF-8, one field a line
// as "name: value", each line ended by a line feed. No value of a valid text holds
// a line end, so two texts have the same form only if they are the same. Written
// to a file, it gives the same hash with any SHA-256 tool.
func (t Text) Canonical() string {
	var b strings.Builder
	for _, l := range t.lines() {
		fmt.Fprintf(&b, "%s: %s\n", l.name, l.value)
	}
	return b.String()
}

type line struct{ name, value string }

func (t Text) lines() []line {
	lines := []line{{"version", t.Version}, {"language", string(t.Language)}, {"title", t.Title}}
	for _, p := range t.Paragraphs {
		lines = append(lines, line{"paragraph", p})
	}
	for _, p := range t.Purposes {
		lines = append(lines, line{"purpose " + p.ID, p.Text})
	}
	return append(lines,
		line{"validity", t.Validity}, line{"withdrawal", t.Withdrawal},
		line{"accept", t.Accept}, line{"decline", t.Decline}, line{"withdraw", t.Withdraw})
}

// Validate returns nil, or an [*link.InvalidError] for each thing that is missing or
// cannot be hashed, joined.
func (t Text) Validate() error {
	var errs []error
	if tag, err := link.ParseLanguage(string(t.Language)); err != nil {
		errs = append(errs, invalid("text.language", "it is not a language tag such as en or pt-PT"))
	} else if tag != t.Language {
		errs = append(errs, invalid("text.language", fmt.Sprintf("its usual spelling is %s", tag)))
	}
	if len(t.Paragraphs) == 0 {
		errs = append(errs, invalid("text.paragraphs", "at least one is needed"))
	}
	errs = append(errs, checkPurposes("text.purposes", t.Purposes))
	for _, l := range t.lines() {
		field := "text." + l.name
		if problem := text.Paragraph(l.value, len(l.value)); problem != "" {
			errs = append(errs, invalid(field, "it "+problem))
		} else if l.value == "" {
			errs = append(errs, invalid(field, "it is empty"))
		}
	}
	return errors.Join(errs...)
}

func checkPurposes(field string, purposes []Purpose) error {
	if len(purposes) == 0 {
		return invalid(field, "at least one is needed")
	}
	seen := make(map[string]bool)
	for _, p := range purposes {
		if p.ID == "" || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return invalid(field, fmt.Sprintf("the ID %q is not of lower-case letters, digits and hyphens", p.ID))
		}
		if seen[p.ID] {
			return invalid(field, fmt.Sprintf("the ID %q stands twice", p.ID))
		}
		seen[p.ID] = true
	}
	return nil
}

// String returns the hash in hexadecimal, as SHA-256 tools print it.
func (h TextHash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText returns what String returns.
func (h TextHash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hexadecimal digits and nothing else.
func (h *TextHash) UnmarshalText(hexadecimal []byte) error {
	var parsed TextHash
	if n, err := hex.Decode(parsed[:], hexadecimal[:min(len(hexadecimal), 64)]); err != nil || n != 32 || len(hexadecimal) != 64 {
		return invalid("text hash", "it is not 64 hexadecimal digits")
	}
	*h = parsed
	return nil
}

// Texts is a catalogue of texts in several languages, and in every version that
// was ever sent: evidence points at them. It is safe for concurrent use.
type Texts struct {
	texts     []Text
	languages []link.Language
}

// NewTexts makes a catalogue. For each language the text given last is the one to
// send; the language of the first text is the default. The errors of texts that
// are not valid, or that differ under one version and language, are joined.
//
// A host that adds its own to the library's:
//
//	texts, err := consent.NewTexts(append(consent.StandardTexts().All(), french)...)
func NewTexts(texts ...Text) (*Texts, error) {
	c := &Texts{}
	var errs []error
	if len(texts) == 0 {
		errs = append(errs, invalid("texts", "at least one is needed"))
	}
	for _, t := range texts {
		if err := t.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("text %s %s: %w", t.Version, t.Language, err))
			continue
		}
		if i := slices.IndexFunc(c.texts, func(o Text) bool { return o.Version == t.Version && o.Language == t.Language }); i >= 0 {
			if c.texts[i].Hash() != t.Hash() {
				errs = append(errs, invalid("texts", fmt.Sprintf("two texts of version %s in %s differ; give the newer one its own version", t.Version, t.Language)))
			}
			continue
		}
		c.texts = append(c.texts, t.clone())
		if !slices.Contains(c.languages, t.Language) {
			c.languages = append(c.languages, t.Language)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// For returns the text to send to somebody who wants these languages, best first:
// as [link.MatchLanguage] does, and in the default language if there is none.
func (c *Texts) For(wanted ...link.Language) Text {
	language, ok := link.MatchLanguage(c.languages, wanted...)
	if !ok {
		language = c.languages[0]
	}
	for _, t := range slices.Backward(c.texts) {
		if t.Language == language {
			return t.clone()
		}
	}
	panic("unreachable: every language has a text")
}

// Lookup returns the text that was sent. It returns [ErrUnknownText] if there is
// none, or if it reads otherwise now.
func (c *Texts) Lookup(ref TextRef) (Text, error) {
	for _, t := range c.texts {
		if t.Version == ref.Version && t.Language == ref.Language && t.Hash() == ref.Hash {
			return t.clone(), nil
		}
	}
	return Text{}, ErrUnknownText
}

// Languages returns the languages at hand, the default first.
func (c *Texts) Languages() []link.Language { return slices.Clone(c.languages) }

// All returns every text of the catalogue, in the order given.
func (c *Texts) All() []Text {
	all := make([]Text, len(c.texts))
	for i, t := range c.texts {
		all[i] = t.clone()
	}
	return all
}

func (t Text) clone() Text {
	t.Paragraphs = slices.Clone(t.Paragraphs)
	t.Purposes = slices.Clone(t.Purposes)
	return t
}

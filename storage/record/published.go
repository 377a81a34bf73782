package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// What the library publishes, and nearly every row has, is stored by a number. A
// number is given once: what it stands for never changes, and stays in these lists.
// The digest holds what it stood for when it was given; a row whose number stands for
// something else now is malformed, and not read as if that had been sent.

type publishedText struct {
	number   int
	version  string
	language link.Language
	hash     string // of the text, see consent.Text.Hash
}

var publishedTexts = []publishedText{
	{1, "2026-07", "en", "d10a7d29e3c829dfb5c7d5c5584b3ba7284405117ce308a89181d21f68cd5bc7"},
	{2, "2026-07", "pt-PT", "57b2e60d9a7d980b5ccbb5bb78bf720d56a81a0eb12912adcef96e6ad392ab5d"},
}

type publishedForm struct {
	number      int
	id, version string
	hash        string // of the fields of the message Form
}

var publishedForms = []publishedForm{
	{1, "customer-survey", "2026-07", "ea988b4e7f23a1670b5295d4760fd1f8eacaac6a9478ba272e2685ed596a24d4"},
	{2, "partner-survey", "2026-07", "0624b6147c71c167bcfb03969797a18cf6ef53e3b3c993913f7b9ef406ee0bbe"},
}

type publishedItem struct {
	number      int
	kind, title string
	required    bool
}

// publishedItems are the items of proof that the published program asks for.
var publishedItems = []publishedItem{
	{1, "findings", "Findings and recommendations document", true},
	{2, "invoice", "Invoice", true},
	{3, "partner-survey", "Partner survey", true},
	{4, "customer-survey", "Customer survey", true},
}

// textsByNumber are the terms of what is published, if that is still what it was.
var textsByNumber = sync.OnceValue(func() map[int]consent.Terms {
	found := map[int]consent.Terms{}
	all := consent.StandardTexts().All()
	for _, p := range publishedTexts {
		for _, t := range all {
			if t.Version == p.version && t.Language == p.language && t.Hash().String() == p.hash {
				found[p.number] = consent.NewTerms(t, consent.Subject{})
			}
		}
	}
	return found
})

// formsByNumber are only compared with and never handed out: forms hold maps.
var formsByNumber = sync.OnceValue(func() map[int]survey.Form {
	found := map[int]survey.Form{}
	for _, p := range publishedForms {
		if f, ok := survey.Published(p.id, p.version); ok && hashOfForm(f) == p.hash {
			found[p.number] = f
		}
	}
	return found
})

func hashOfForm(f survey.Form) string {
	c := coder{mode: writing}
	formFields(&c, &f)
	sum := sha256.Sum256(c.out)
	return hex.EncodeToString(sum[:])
}

// lookup says what is wrong with a number that stands for nothing.
func lookup[T any](c *coder, what string, number, last int, found map[int]T) (v T) {
	v, ok := found[number]
	switch {
	case ok:
	case number > last:
		c.newer(fmt.Sprintf("the %s with the number %d", what, number))
	default:
		c.fail(fmt.Sprintf("is the number %d of a %s that there is not, or that says something else now", number, what))
	}
	return v
}

// numberOfTerms returns the number of the text that terms are of, or 0: they have to
// be its terms to the last word.
func numberOfTerms(t consent.Terms) int {
	n := numberOfText(t.Text)
	if n == 0 {
		return 0
	}
	text := textsByNumber()[n]
	if t.Validity != text.Validity || t.Withdrawal != text.Withdrawal || !slices.Equal(t.Purposes, text.Purposes) {
		return 0
	}
	return n
}

func numberOfText(r consent.TextRef) int {
	for _, p := range publishedTexts {
		if p.version == r.Version && p.language == r.Language {
			if t, ok := textsByNumber()[p.number]; ok && t.Text == r {
				return p.number
			}
		}
	}
	return 0
}

func (c *coder) termsOf(number int, t *consent.Terms) {
	text := lookup(c, "published text", number, len(publishedTexts), textsByNumber())
	if c.err == nil {
		t.Text, t.Purposes, t.Validity, t.Withdrawal = text.Text, slices.Clone(text.Purposes), text.Validity, text.Withdrawal
	}
}

func (c *coder) refOf(number int, r *consent.TextRef) {
	text := lookup(c, "published text", number, len(publishedTexts), textsByNumber())
	if c.err == nil {
		*r = text.Text
	}
}

func numberOfForm(f survey.Form) int {
	for _, p := range publishedForms {
		if p.id == f.ID && p.version == f.Version && formsByNumber()[p.number].Equal(f) {
			return p.number
		}
	}
	return 0
}

func (c *coder) formOf(number int, f *survey.Form) {
	known := lookup(c, "published form", number, len(publishedForms), formsByNumber())
	if c.err == nil {
		*f, _ = survey.Published(known.ID, known.Version)
	}
}

func numberOfItem(i claim.ProofItem) int {
	for _, p := range publishedItems {
		if p.kind == i.Kind && p.title == i.Title && p.required == i.Required {
			return p.number
		}
	}
	return 0
}

func (c *coder) itemOf(number int, i *claim.ProofItem) {
	for _, p := range publishedItems {
		if p.number == number {
			i.Kind, i.Title, i.Required = p.kind, p.title, p.required
			return
		}
	}
	lookup[bool](c, "published item of proof", number, len(publishedItems), nil)
}

package record

import (
	"testing"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// What a number stands for never changes: a text or a form whose words change is a
// new version, with a number of its own.
func TestWhatIsPublishedStays(t *testing.T) {
	for _, p := range publishedTexts {
		if _, ok := textsByNumber()[p.number]; !ok {
			t.Errorf("the text %d, %s in %s, is not what it was when it got its number", p.number, p.version, p.language)
		}
	}
	for _, p := range publishedForms {
		if _, ok := formsByNumber()[p.number]; !ok {
			f, _ := survey.Published(p.id, p.version)
			t.Errorf("the form %d, %s of %s, is not what it was when it got its number, but %s", p.number, p.id, p.version, hashOfForm(f))
		}
	}
}

// What the library publishes has a number, or every row would repeat it.
func TestWhatIsPublishedHasANumber(t *testing.T) {
	for _, text := range consent.StandardTexts().All() {
		terms := consent.NewTerms(text, consent.Subject{})
		if numberOfText(text.Ref()) == 0 || numberOfTerms(terms) == 0 {
			t.Errorf("the text %s in %s has no number: %s", text.Version, text.Language, text.Hash())
		}
		terms.Validity += "!"
		if numberOfTerms(terms) != 0 {
			t.Error("other words have the number of what is published")
		}
	}
	for _, i := range claim.DefaultProof() {
		if numberOfItem(i) == 0 || i.Survey != nil && numberOfForm(*i.Survey) == 0 {
			t.Errorf("the item %q has no number, or its form has none", i.Kind)
		}
		if i.Survey != nil {
			i.Survey.Titles["en"] += "!"
			if numberOfForm(*i.Survey) != 0 {
				t.Error("a form with other words has the number of what is published")
			}
		}
	}
}

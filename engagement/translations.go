package engagement

import (
	"fmt"
	"maps"
	"slices"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/text"
)

// In returns words that know the engagement's translations: reasons, what a claim lacks
// and histories are then told with the engagement's own texts in that language, and
// [words.Words.Own] says them.
func (e Engagement) In(w words.Words) words.Words { return w.With(e.Translations) }

// longestDoc is how many characters the translation of a rule's Doc has at most.
const longestDoc = 2000

// translatable returns what there is to translate, and for each text what is wrong with
// one in its place.
func (e Engagement) translatable() map[string]func(string) string {
	line := func(s string) string { return checkLine(s, "is empty") }
	prose := func(s string) string { return text.Prose(s, longestSummary) }
	doc := func(s string) string { return text.Paragraph(s, longestDoc) }
	all := map[string]func(string) string{e.Summary: prose}
	for _, d := range e.LaterTexts {
		all[d.Value.Summary] = prose
	}
	for _, set := range slices.Concat([]*eligibility.RuleSet{e.LocationRules, e.CustomerRules}, e.LaterLocationRules, e.LaterCustomerRules) {
		if set != nil {
			for _, r := range set.Rules() {
				all[r.Doc] = doc
			}
		}
	}
	names := []string{e.Name}
	for _, d := range e.LaterTexts {
		names = append(names, d.Value.Name)
	}
	for _, r := range e.Resources {
		names = append(names, r.Title)
	}
	proof := [][]claim.ProofItem{e.Proof}
	if e.Proof == nil {
		proof[0] = claim.DefaultProof()
	}
	for _, d := range e.LaterProof {
		proof = append(proof, d.Value)
	}
	for _, items := range proof {
		for _, p := range items {
			names = append(names, p.Title)
		}
	}
	for _, name := range names {
		all[name] = line
	}
	delete(all, "")
	return all
}

// validateTranslations says what is wrong with the translations.
func (e Engagement) validateTranslations(bad func(field, format string, args ...any)) {
	if len(e.Translations) == 0 {
		return
	}
	all := e.translatable()
	for _, said := range slices.Sorted(maps.Keys(e.Translations)) {
		check, ok := all[said]
		if !ok {
			bad(fmt.Sprintf("translations[%.60q]", said), "is of no text of the engagement: write it as it stands there")
			continue
		}
		problems := e.Translations[said].Check(check)
		for _, language := range slices.Sorted(maps.Keys(problems)) {
			bad(fmt.Sprintf("translations[%.60q].%s", said, language), "%s", problems[language])
		}
	}
}

package engagement

import (
	"fmt"
	"time"

	"github.com/partnerengage/partnerengage/internal/text"
)

// Texts are what people read of an engagement.
type Texts struct {
	Name    string `json:"name"`
	Summary string `json:"summary,omitzero"` // what the customer is told that it is about
}

// WithTextsAt returns the engagement with the Name and the Summary of the version
// that is in force on the day of t.
func (e Engagement) WithTextsAt(t time.Time) Engagement {
	if len(e.LaterTexts) > 0 {
		found := datedVersions(e, Texts{e.Name, e.Summary}, e.LaterTexts).at(t).value
		e.Name, e.Summary = found.Name, found.Summary
	}
	return e
}

// validateTexts says what is wrong with the texts that follow.
func (e Engagement) validateTexts(bad func(field, format string, args ...any)) {
	for i, d := range e.LaterTexts {
		if problem := checkLine(d.Value.Name, "is empty: people are told it"); problem != "" {
			bad(fmt.Sprintf("later_texts[%d].value.name", i), "%s", problem)
		}
		if problem := text.Prose(d.Value.Summary, longestSummary); problem != "" {
			bad(fmt.Sprintf("later_texts[%d].value.summary", i), "%s", problem)
		}
	}
	checkDated(e, "texts", Texts{}, e.LaterTexts, bad)
}

package link

import (
	"slices"
	"strconv"
	"strings"
)

// AcceptedLanguages reads an Accept-Language header (RFC 9110, section 12.5.4), best first.
// What it cannot read, it leaves out; of a very long one it reads the beginning.
func AcceptedLanguages(header string) []Language {
	const most = 20
	type choice struct {
		language Language
		quality  float64
	}
	var choices []choice
	for i, part := range strings.SplitN(header, ",", most+1) {
		if i == most {
			break
		}
		tag, params, _ := strings.Cut(part, ";")
		language, err := ParseLanguage(strings.TrimSpace(tag))
		if err != nil {
			continue
		}
		quality := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			if quality, err = strconv.ParseFloat(q, 64); err != nil || quality > 1 {
				continue
			}
		}
		if quality > 0 {
			choices = append(choices, choice{language, quality})
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int {
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		}
		return 0
	})
	languages := make([]Language, len(choices))
	for i, c := range choices {
		languages[i] = c.language
	}
	return languages
}

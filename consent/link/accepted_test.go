package link_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/partnerengage/partnerengage/consent/link"
)

func TestAcceptedLanguages(t *testing.T) {
	for header, want := range map[string][]link.Language{
		"":                                  {},
		"pt-PT":                             {"pt-PT"},
		"en;q=0.5, pt-BR, fr;q=0.9":         {"pt-BR", "fr", "en"},
		"en;q=0.8,de;q=0.8":                 {"en", "de"}, // of equals the first
		"*, en":                             {"en"},
		"en;q=0, pt":                        {"pt"},
		"en;q=1.5, de;q=x, pt; q=0.3":       {"pt"},
		"not a language, 1, en":             {"en"},
		strings.Repeat("en,", 1000) + "pt":  nil, // of a long one the beginning
		"en;level=1":                        {"en"},
		"\x00, pt;q=0.1\x00, <script>, en ": {"en"},
	} {
		got := link.AcceptedLanguages(header)
		if want == nil {
			assert.Len(t, got, 20)
			continue
		}
		assert.Equal(t, want, got, "%.60q", header)
	}
}

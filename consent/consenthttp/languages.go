package consenthttp

import (
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
)

// speak chooses the words: in the language of the request if there are any, else as
// the browser wants, else the default.
func (h *handler) speak(asked link.Language, accept string) words.Words {
	return h.words.For(append([]link.Language{asked}, link.AcceptedLanguages(accept)...)...).Of(words.GroupPages)
}

package text

import (
	"iter"
	"strings"
	"unicode"
)

// Words yields the words of a text that is folded: what stands between blanks and
// punctuation. Symbols are words, too, since they are all that some names have.
func Words(folded string) iter.Seq[string] {
	return strings.FieldsFuncSeq(folded, func(r rune) bool { return isBlank(r) || unicode.Is(unicode.P, r) })
}

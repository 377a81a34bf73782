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

// Joined yields, of each part of a folded text that people also write as one word, that
// word: "oneill" of "o'neill", "cocacola" of "coca-cola.com", "att" of "at&t".
func Joined(folded string) iter.Seq[string] {
	return func(yield func(string) bool) {
		parts := strings.FieldsFuncSeq(folded, func(r rune) bool { return !joins(r) && (isBlank(r) || unicode.Is(unicode.P, r)) })
		for part := range parts {
			part = strings.TrimFunc(part, joins)
			if one := strings.Join(strings.FieldsFunc(part, joins), ""); one != part && !yield(one) {
				return
			}
		}
	}
}

// joins reports whether r stands within what people also write as one word.
func joins(r rune) bool { return r == '\'' || r == '-' || r == '&' }

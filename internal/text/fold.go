package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns a text as searches, orders and erasures compare it: compatibility
// normal form, full case folding, without accents and without characters that do
// not show, runs of blanks and control characters as one blank, and none around.
// Letters which no normal form takes apart become those that people type for
// them: "ł" is "l" and "æ" is "ae". Folding again changes nothing. What is not
// UTF-8 becomes U+FFFD.
//
// It is for comparing. What is kept or shown is the text itself.
func Fold(s string) string {
	if plainASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	for range 10 { // dropping something can bring together what the normal form then changes
		next := foldOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

// plainASCII reports whether a text is folded already, which most are that were
// folded once.
func plainASCII(s string) bool {
	blank := true // what precedes the first character counts as one
	for i := range len(s) {
		c := s[i]
		if c <= ' ' && (c < ' ' || blank) || c >= 0x7f || 'A' <= c && c <= 'Z' {
			return false
		}
		blank = c == ' '
	}
	return s == "" || !blank
}

func foldOnce(s string) string {
	s = norm.NFKD.String(cases.Fold().String(norm.NFKC.String(s)))
	var out strings.Builder
	out.Grow(len(s))
	blank := false
	for _, r := range s {
		switch {
		case isBlank(r):
			blank = out.Len() > 0
			continue
		case invisible(r), accent(r):
			continue
		}
		if blank {
			out.WriteByte(' ')
			blank = false
		}
		switch simple, ok := letters[r]; {
		case ok:
			out.WriteString(simple)
		case unicode.Is(unicode.Cherokee, r): // whose capital letters Fold makes small ones, and the other way round
			out.WriteRune(unicode.ToUpper(r))
		default:
			out.WriteRune(r)
		}
	}
	return norm.NFKC.String(out.String())
}

// accent reports whether r is a mark that people leave out when they type in a
// hurry: of Latin, Greek, Cyrillic, Hebrew and Arabic letters. Vowel signs and
// voicing marks of other scripts are not left out; without them a name is another.
func accent(r rune) bool {
	if unicode.Is(unicode.Me, r) {
		return true
	}
	if !unicode.Is(unicode.Mn, r) {
		return false
	}
	switch class := norm.NFD.PropertiesString(string(r)).CCC(); {
	case class == 1, 10 <= class && class <= 36, class >= 200:
		return true
	}
	return false
}

// letters are those which no normal form takes apart, with what people type who
// do not have them. They are case-folded.
var letters = map[rune]string{
	'æ': "ae", 'ð': "d", 'ø': "o", 'þ': "th", 'đ': "d", 'ħ': "h", 'ı': "i", 'ĸ': "k", 'ł': "l", 'ŋ': "n", 'œ': "oe", 'ŧ': "t",
	'ƀ': "b", 'ƃ': "b", 'ƈ': "c", 'ɖ': "d", 'ɗ': "d", 'ǝ': "e", 'ə': "e", 'ɛ': "e", 'ƒ': "f", 'ɠ': "g", 'ǥ': "g", 'ɨ': "i", 'ƙ': "k",
	'ƚ': "l", 'ɲ': "n", 'ɔ': "o", 'ɵ': "o", 'ƥ': "p", 'ƭ': "t", 'ʈ': "t", 'ʉ': "u", 'ʊ': "u", 'ʋ': "v", 'ƴ': "y", 'ƶ': "z", 'ȼ': "c",
	'‘': "'", '’': "'", 'ʼ': "'", 'ʻ': "'", '‚': "'", '“': `"`, '”': `"`, '„': `"`, '«': `"`, '»': `"`,
	'‐': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-",
}

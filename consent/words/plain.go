package words

import (
	"strings"
	"unicode"
)

// maxName is how much of a name stands in a mail, in characters.
const maxName = 80

// Plain returns a name as it may stand in a mail without being taken for anything
// else: on one line, at most 80 characters, without quotation marks, invisible
// characters or anything that a mail program makes a link of. "www.evil.example"
// becomes "www[.]evil[.]example".
func Plain(name string) string {
	name = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(name, "\ufffd"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector):
			return -1
		case strings.ContainsRune("\"“”„‟«»<>", r):
			return '\''
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxName {
		name = strings.TrimSpace(string(runes[:maxName-1])) + "…"
	}
	return defang(strings.TrimSpace(name))
}

// defang takes apart what could become a link: a point before a word, an @, and the
// colon of a scheme.
func defang(name string) string {
	runes := []rune(name)
	var out strings.Builder
	for i, r := range runes {
		if i > 0 && !unicode.IsSpace(runes[i-1]) && opensLink(r, runes[i+1:]) {
			out.WriteString("[" + string(r) + "]")
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// opensLink reports whether the character makes, with what is behind it, one word of
// an address. "Contoso S.A." and "Fabrikam, Inc." have no such.
func opensLink(r rune, behind []rune) bool {
	word := func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.M) }
	switch {
	case len(behind) == 0:
		return false
	case strings.ContainsRune(".．。｡․", r):
		return len(behind) > 1 && word(behind[0]) && word(behind[1])
	case strings.ContainsRune("@＠", r):
		return word(behind[0])
	}
	return strings.ContainsRune(":：", r) && !unicode.IsSpace(behind[0])
}

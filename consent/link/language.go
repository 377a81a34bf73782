package link

import (
	"strings"

	"github.com/partnerengage/partnerengage/internal/locale"
)

// Language is a language tag of BCP 47 such as "en" or "pt-PT": a language and,
// if need be, a script and a region. The zero Language means none.
type Language string

// ParseLanguage reads a tag in any case, with hyphens or underscores, and gives
// it its usual case. Whether such a language exists is not checked. The error is
// an [*InvalidError].
func ParseLanguage(s string) (Language, error) {
	parts := strings.Split(strings.ReplaceAll(s, "_", "-"), "-")
	malformed := invalid("language", "it is not a language tag such as en or pt-PT")
	if n := len(parts[0]); n < 2 || n > 3 || !letters(parts[0]) || len(parts) > 3 {
		return "", malformed
	}
	parts[0] = strings.ToLower(parts[0])
	for i, p := range parts[1:] {
		switch {
		case i == 0 && len(p) == 4 && letters(p): // a script
			parts[1] = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
		case i == len(parts)-2 && (len(p) == 2 && letters(p) || len(p) == 3 && digits(p)): // a region
			parts[i+1] = strings.ToUpper(p)
		default:
			return "", malformed
		}
	}
	return Language(strings.Join(parts, "-")), nil
}

// MarshalText returns the tag in its usual case, or an [*InvalidError].
func (l Language) MarshalText() ([]byte, error) {
	parsed, err := ParseLanguage(string(l))
	return []byte(parsed), err
}

// UnmarshalText reads what [ParseLanguage] reads.
func (l *Language) UnmarshalText(text []byte) error {
	parsed, err := ParseLanguage(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}

// MatchLanguage returns the one of the languages at hand that suits best what is wanted,
// of which the first comes first: the same language, in the script or region that comes
// closest by CLDR. So pt-BR is answered with pt-PT where there is no pt-BR, but fr not
// with English, nor da with Norwegian. It returns false if none suits.
func MatchLanguage(have []Language, wanted ...Language) (Language, bool) {
	tags := make([]string, len(have))
	for i, l := range have {
		tags[i] = string(l)
	}
	for _, w := range wanted {
		tag, err := ParseLanguage(string(w))
		if err != nil {
			continue
		}
		if i := locale.Match(tags, string(tag)); i >= 0 {
			return have[i], true
		}
	}
	return "", false
}

func letters(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

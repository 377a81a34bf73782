package tenant

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// trim removes the blanks that surround pasted text: spaces of any kind and
// tabs. Line ends stay, so that the parsers refuse them as control characters.
func trim(s string) string {
	return strings.TrimFunc(s, blank)
}

func blank(r rune) bool { return r == '\t' || unicode.Is(unicode.Zs, r) }

// alphanumeric reports whether r is a letter or digit of ASCII.
func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// quote makes foreign text safe to repeat in an error: short, on one line,
// nothing invisible.
func quote(s string) string {
	const most = 64
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strconv.Quote(s)
}

// unprintable reports whether s holds a character that does not show itself:
// a control or format character, a line separator, or bytes that are no text.
func unprintable(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		return r != ' ' && !unicode.IsPrint(r)
	})
}

// oneLine makes foreign text valid UTF-8 without line ends and control characters.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// unmarshal is the UnmarshalText of every value here: empty text is its zero
// value, everything else is parsed. On error the value is left as it was.
func unmarshal[T any](v *T, text []byte, parse func(string) (T, error)) error {
	if len(text) == 0 {
		var zero T
		*v = zero
		return nil
	}
	parsed, err := parse(string(text))
	if err != nil {
		return err
	}
	*v = parsed
	return nil
}

// unknownText refuses a value that an enumeration does not have.
func unknownText(field, value string, all []string) error {
	return malformed(field, fmt.Sprintf("%s is none of %q", quote(value), all))
}

// marshalText is the MarshalText of every kind of text with a spelling of its own:
// what its parser would refuse is not written either.
func marshalText[T ~string](v T, parse func(string) (T, error)) ([]byte, error) {
	if v != "" {
		if _, err := parse(string(v)); err != nil {
			return nil, err
		}
	}
	return []byte(v), nil
}

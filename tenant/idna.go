package tenant

import (
	"strings"

	"golang.org/x/net/idna"
)

// profile maps and checks names the way UTS #46 (non-transitional) and the Bidi rule
// of RFC 5893 say. Hyphens and lengths are checked by [parseDomain]: names with
// hyphens in the third and fourth place are in use.
var profile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(false))

// toASCII returns the ASCII form of a domain name, and whether it has one.
func toASCII(name string) (string, bool) {
	if isASCII(name) {
		return name, true
	}
	ascii, err := profile.ToASCII(name)
	return ascii, err == nil
}

// isASCII reports whether a name is in its ASCII form, as names that were kept are,
// and none of its labels stands for one in Unicode, which would have to be checked.
func isASCII(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return !strings.Contains(name, "xn--")
}

// toUnicode returns the Unicode form of a name that toASCII returned.
func toUnicode(ascii string) string {
	name, err := profile.ToUnicode(ascii)
	if err != nil {
		return ascii
	}
	return name
}

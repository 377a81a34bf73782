package tenant

import "golang.org/x/net/idna"

// profile maps and checks names the way UTS #46 (non-transitional) and the Bidi rule
// of RFC 5893 say. Hyphens and lengths are checked by [parseDomain]: names with
// hyphens in the third and fourth place are in use.
var profile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(false))

// toASCII returns the ASCII form of a domain name, and whether it has one.
func toASCII(name string) (string, bool) {
	ascii, err := profile.ToASCII(name)
	return ascii, err == nil
}

// toUnicode returns the Unicode form of a name that toASCII returned.
func toUnicode(ascii string) string {
	name, err := profile.ToUnicode(ascii)
	if err != nil {
		return ascii
	}
	return name
}

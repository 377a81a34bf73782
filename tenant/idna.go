package tenant

import "strings"

// toASCII returns the ASCII form of a domain name, and whether it has one.
// Internationalised names are not mapped yet.
func toASCII(name string) (string, bool) { return strings.ToLower(name), true }

// toUnicode returns the Unicode form of a name that toASCII returned.
func toUnicode(ascii string) string { return ascii }

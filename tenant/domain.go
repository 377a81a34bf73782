package tenant

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Domain is a DNS domain name of at least two labels. The zero Domain means
// none. Two domains are equal exactly when == says so; a subdomain is not
// equal to its parent.
type Domain struct {
	ascii string
}

// ParseDomain reads a domain name as people type it: any case, Unicode or
// xn-- labels, one trailing dot, blanks around it. It is stricter than DNS:
// letters, digits and hyphens only, at least two labels, and a last label that
// is not a number, so that an IP address is not a domain. The error is a
// [*MalformedError] of the field "domain".
func ParseDomain(s string) (Domain, error) {
	d, problem := parseDomain(s)
	if problem != "" {
		return Domain{}, malformed("domain", problem)
	}
	return d, nil
}

// parseDomain returns a domain, or what is wrong with s.
func parseDomain(s string) (d Domain, problem string) {
	if isKept(s) {
		return Domain{s}, ""
	}
	text := trim(s)
	switch {
	case text == "":
		return Domain{}, "a domain is needed"
	case len(text) > 1000: // 253 bytes of ASCII never need as many in Unicode
		return Domain{}, "the domain is too long"
	case unprintable(text):
		return Domain{}, "the domain holds a line end or another character that does not show"
	case strings.ContainsAny(text, " /:@"):
		return Domain{}, "a domain is wanted by itself, such as contoso.com, and not " + quote(text)
	}
	name, ok := toASCII(text)
	if !ok {
		return Domain{}, quote(text) + " is not a domain name"
	}
	name = strings.TrimSuffix(name, ".")
	if again, ok := toASCII(name); !ok || again != name { // what is kept has to be readable again
		return Domain{}, quote(text) + " is not a domain name: it holds a character that no domain can have"
	}
	if len(name) > 253 {
		return Domain{}, "the domain is longer than 253 bytes"
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if !label(l) {
			return Domain{}, quote(text) + " is not a domain name: between dots stand 1 to 63 letters, digits and hyphens, with no hyphen first or last"
		}
	}
	if len(labels) < 2 {
		return Domain{}, quote(text) + " is not a whole domain name, such as contoso.com"
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return Domain{}, quote(text) + " is a number or an IP address, not a domain name"
	}
	return Domain{name}, ""
}

// isKept reports whether s is a domain as String writes it, with no label that stands
// for one in Unicode: what is stored is read without a second look.
func isKept(s string) bool {
	labels, start, number := 0, 0, true
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '.' {
			if n := i - start; n < 1 || n > 63 || s[start] == '-' || s[i-1] == '-' {
				return false
			}
			if labels++; i < len(s) {
				start, number = i+1, true
			}
			continue
		}
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', c == '-':
			number = false
		case '0' <= c && c <= '9':
		default:
			return false
		}
	}
	return labels >= 2 && !number && len(s) <= 253 && !strings.Contains(s, "xn--")
}

// label reports whether s is a label of letters, digits and hyphens as RFC 1123
// has them.
func label(s string) bool {
	return len(s) >= 1 && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// String returns the domain in lower-case ASCII, or "" for the zero Domain.
func (d Domain) String() string { return d.ascii }

// Unicode returns the domain as people of its language write it, where nobody can
// take it for another one: if the letters of every label are all Latin, or all of
// one of the scripts that are given. Else it returns [Domain.String]. A language
// that mixes scripts gives them as one, such as rangetable.Merge of Han, Hiragana
// and Katakana.
//
// It is for showing; use [Domain.String] for everything else.
func (d Domain) Unicode(scripts ...*unicode.RangeTable) string {
	native := d.Native()
	if native == d.ascii {
		return d.ascii
	}
	for label := range strings.SplitSeq(native, ".") {
		of := func(script *unicode.RangeTable) bool {
			return !strings.ContainsFunc(label, func(r rune) bool {
				return !unicode.Is(script, r) && !unicode.In(r, unicode.M) && (r >= utf8.RuneSelf || unicode.IsLetter(r))
			})
		}
		if !of(unicode.Latin) && !slices.ContainsFunc(scripts, of) {
			return d.ascii
		}
	}
	return native
}

// Native returns the domain in Unicode, whatever its letters look like. It is for
// searching and comparing with what people write; for showing there is
// [Domain.Unicode].
func (d Domain) Native() string { return toUnicode(d.ascii) }

// IsZero reports whether d is the zero Domain.
func (d Domain) IsZero() bool { return d == Domain{} }

// MarshalText returns the domain in lower-case ASCII.
func (d Domain) MarshalText() ([]byte, error) { return []byte(d.ascii), nil }

// UnmarshalText reads what [ParseDomain] reads; empty text gives the zero Domain.
func (d *Domain) UnmarshalText(text []byte) error { return unmarshal(d, text, ParseDomain) }

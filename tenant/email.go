package tenant

import (
	"log/slog"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Email is the address of one mailbox. The zero Email means none.
//
// It is personal data: in structured logs it shows its domain only.
type Email struct {
	local  string
	domain Domain
}

// ParseEmail reads one address as people type it: local part, @, domain, with
// blanks around it. The local part is a dot-atom of RFC 5322, in which RFC 6532
// allows letters of every script, of at most 64 bytes; the whole address, with
// its domain in ASCII, has at most 254. A display name ("Ana <ana@…>"), a
// quoted local part, a comment and an address literal ("ana@[192.0.2.1]") are
// refused: nobody needs them to name a customer, and each has been used to
// smuggle a second address past a check. So are control characters, which
// would reach the header of a message. Accents of the local part are composed
// (NFC), however they were typed. The error is a [*MalformedError] of the field
// "email".
func ParseEmail(s string) (Email, error) {
	return parseEmail(norm.NFC.String(s))
}

// parseEmail is ParseEmail that keeps the spelling of the local part.
func parseEmail(s string) (Email, error) {
	text := trim(s)
	switch {
	case text == "":
		return Email{}, malformed("email", "an e-mail address is needed")
	case unprintable(text):
		return Email{}, malformed("email", "the address holds a line end or another character that does not show")
	case strings.ContainsAny(text, "<>,;"):
		return Email{}, malformed("email", "one address is wanted by itself, without a name or angle brackets")
	}
	local, rest, found := strings.Cut(text, "@")
	switch {
	case !found:
		return Email{}, malformed("email", "an address has an @ between its local part and its domain, such as ana@contoso.com")
	case strings.Contains(rest, "@"):
		return Email{}, malformed("email", "an address has only one @")
	case local == "":
		return Email{}, malformed("email", "nothing stands before the @")
	case rest == "":
		return Email{}, malformed("email", "nothing stands after the @")
	case len(local) > 64:
		return Email{}, malformed("email", "what stands before the @ is longer than 64 bytes")
	case strings.HasPrefix(local, "."), strings.HasSuffix(local, "."), strings.Contains(local, ".."):
		return Email{}, malformed("email", "before the @, a dot stands between other characters")
	case strings.ContainsFunc(local, func(r rune) bool { return r != '.' && !atext(r) }):
		return Email{}, malformed("email", "before the @ stands a blank, a quote or another character that an address cannot have")
	case strings.TrimFunc(rest, blank) != rest:
		return Email{}, malformed("email", "a blank follows the @")
	}
	domain, problem := parseDomain(rest)
	if problem != "" {
		return Email{}, malformed("email", problem)
	}
	if len(local)+1+len(domain.ascii) > 254 {
		return Email{}, malformed("email", "the address is longer than 254 bytes")
	}
	return Email{local, domain}, nil
}

// atext reports whether r may stand in an atom: RFC 5322, section 3.2.3, and
// RFC 6532, section 3.2.
func atext(r rune) bool {
	switch {
	case r >= utf8.RuneSelf:
		return !blank(r) // what does not show has been refused before
	case alphanumeric(r):
		return true
	}
	return strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// String returns the address with its domain in ASCII, or "" for the zero Email.
func (e Email) String() string {
	if e.IsZero() {
		return ""
	}
	return e.local + "@" + e.domain.ascii
}

// Domain returns what follows the @.
func (e Email) Domain() Domain { return e.domain }

// IsZero reports whether e is the zero Email.
func (e Email) IsZero() bool { return e == Email{} }

// MarshalText returns the address with its domain in ASCII.
func (e Email) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what [ParseEmail] reads, and keeps the spelling of the local
// part, because digests may have been made of it; empty text gives the zero Email.
func (e *Email) UnmarshalText(text []byte) error { return unmarshal(e, text, parseEmail) }

// LogValue shows the domain and hides the person.
func (e Email) LogValue() slog.Value {
	if e.IsZero() {
		return slog.StringValue("")
	}
	return slog.StringValue("***@" + e.domain.ascii)
}

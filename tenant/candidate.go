package tenant

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Candidate is a customer as a person names it: raw text, not yet checked.
// Email or Domain is required; both may be given when they agree. What is empty
// or blank is not given.
type Candidate struct {
	Email    string `json:"email,omitzero"`
	Domain   string `json:"domain,omitzero"`
	TenantID string `json:"tenant_id,omitzero"`
	TPID     string `json:"tpid,omitzero"`
	// Reason says why the ID is right although the directory does not confirm
	// it: text for people, of at most 2,000 bytes, which may have several lines.
	Reason string `json:"reason,omitzero"`
}

// LogValue shows what names the organisation, if it can be read, and hides the
// person and what the person wrote.
func (c Candidate) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("email", shown(c.Email, ParseEmail, func(Email) string { return "***" })),
		slog.String("domain", shown(c.Domain, ParseDomain, Domain.String)),
		slog.String("tenant_id", shown(c.TenantID, ParseID, ID.String)),
		slog.String("tpid", shown(c.TPID, ParseTPID, TPID.String)),
		slog.String("reason", shown(c.Reason, parseReason, func(string) string { return "***" })),
	)
}

// shown is how a log shows a field: not at all if it is not given, and never as
// it was typed, because people type addresses into any field.
func shown[T any](text string, parse func(string) (T, error), show func(T) string) string {
	if trim(text) == "" {
		return ""
	}
	v, err := parse(text)
	if err != nil {
		return "malformed"
	}
	return show(v)
}

// claim is a candidate that could be read.
type claim struct {
	email  Email
	domain Domain
	tenant ID
	tpid   TPID
	reason string
}

func (c claim) hasID() bool { return !c.tenant.IsZero() || !c.tpid.IsZero() }

// confirmedBy reports whether e is the customer whom the IDs name, all of them
// that were given.
func (c claim) confirmedBy(e Entry) bool {
	return c.hasID() &&
		(c.tenant.IsZero() || c.tenant == e.Tenant) &&
		(c.tpid.IsZero() || c.tpid == e.TPID)
}

// parse reads a candidate. Its error is one [*MalformedError], or several joined.
func (c Candidate) parse() (claim, error) {
	var (
		got  claim
		errs []error
	)
	read := func(text string, parse func() error) {
		if trim(text) != "" {
			if err := parse(); err != nil {
				errs = append(errs, err)
			}
		}
	}
	read(c.Email, func() (err error) { got.email, err = ParseEmail(c.Email); return })
	read(c.Domain, func() (err error) { got.domain, err = ParseDomain(c.Domain); return })
	read(c.TenantID, func() (err error) { got.tenant, err = ParseID(c.TenantID); return })
	read(c.TPID, func() (err error) { got.tpid, err = ParseTPID(c.TPID); return })
	read(c.Reason, func() (err error) { got.reason, err = parseReason(c.Reason); return })

	switch mailDomain := got.email.Domain(); {
	case trim(c.Email) == "" && trim(c.Domain) == "":
		errs = append(errs, malformed("email", "an e-mail address or a domain is needed to look the customer up"))
	case got.domain.IsZero():
		got.domain = mailDomain
	case !mailDomain.IsZero() && mailDomain != got.domain:
		errs = append(errs, malformed("domain", fmt.Sprintf(
			"%s is not the domain of the e-mail address, which is %s; give one of them, or the same domain in both", got.domain, mailDomain)))
	}
	if len(errs) == 1 {
		return claim{}, errs[0]
	}
	return got, errors.Join(errs...)
}

// parseReason accepts any text that a person can read back, on one line or several.
func parseReason(s string) (string, error) {
	text := strings.TrimSpace(s)
	switch {
	case !utf8.ValidString(text):
		return "", malformed("reason", "the reason is not text in UTF-8")
	case len(text) > 2000:
		return "", malformed("reason", "the reason is longer than 2,000 bytes")
	case strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r)
	}):
		return "", malformed("reason", "the reason holds a control character")
	}
	return text, nil
}

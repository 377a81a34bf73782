package tenant

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Mailbox returns what addresses of the same mailbox have in common, as mail
// systems treat them in practice: without regard to case and to how its accents
// are written, and without the tag that follows a plus sign ("ana+invoices@…" is
// ana's). It is for comparing and counting, not for writing to, and "" for the
// zero Email.
func (e Email) Mailbox() string {
	if e.IsZero() {
		return ""
	}
	local := e.local
	if before, _, tagged := strings.Cut(local, "+"); tagged && before != "" {
		local = before
	}
	return foldLocal(local) + "@" + e.domain.ascii
}

// Same reports whether the two are spellings of one address: without regard to
// case and to how accents are written, but tag and all. No address is the same as
// the zero Email.
func (e Email) Same(other Email) bool {
	return !e.IsZero() && e.domain == other.domain && foldLocal(e.local) == foldLocal(other.local)
}

// Folded returns the one spelling that all addresses have which are the Same, and ""
// for the zero Email. It is for comparing, not for writing to.
func (e Email) Folded() string {
	if e.IsZero() {
		return ""
	}
	return foldLocal(e.local) + "@" + e.domain.ascii
}

// foldLocal composes again after folding, which can take a composed letter apart.
// Full-width letters are the letters that they stand for.
func foldLocal(local string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(local)))
}

// Within reports whether d is the other domain or one below it: mail.contoso.com
// is within contoso.com. No domain is within the zero Domain.
func (d Domain) Within(other Domain) bool {
	if d.IsZero() || other.IsZero() {
		return false
	}
	return d == other || strings.HasSuffix(d.ascii, "."+other.ascii)
}

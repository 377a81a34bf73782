package tenant

import (
	"fmt"
	"strings"

	"github.com/partnerengage/partnerengage/internal/code"
)

// MalformedError refuses text that cannot be read. Asking again with the same
// text cannot succeed.
type MalformedError struct {
	Field   string // the field of [Candidate] in its JSON spelling, or the kind of value: "cloud", "key"
	Problem string // what is wrong and what would help
}

func malformed(field, problem string) error { return &MalformedError{field, problem} }

func (e *MalformedError) Error() string { return "malformed " + e.Field + ": " + e.Problem }

// NotFoundError says that the directory knows nobody by the domain and that no
// ID was given. Another e-mail address of the customer may help, or its ID with
// a reason. It matches [ErrNotFound].
type NotFoundError struct {
	Domain Domain
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("the directory knows no customer by the domain %s: give another e-mail address or domain of the customer, or its tenant ID or TPID and a reason", e.Domain)
}

// AmbiguousError says that the directory knows several customers by the domain,
// in different clouds for example, and that no ID was given to choose one. The
// ID of one of them helps.
type AmbiguousError struct {
	Domain Domain
	Found  []Entry
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("the domain %s belongs to several customers, %s: give the tenant ID or TPID of the one that is meant", e.Domain, describe(e.Found))
}

// ConsumerDomainError says that the domain belongs to a public e-mail service
// and so names no customer. Such a domain is never looked up; an ID and a
// reason are both needed.
type ConsumerDomainError struct {
	Domain      Domain
	NeedsID     bool // no ID was given
	NeedsReason bool // no reason was given
}

func (e *ConsumerDomainError) Error() string {
	var missing []string
	if e.NeedsID {
		missing = append(missing, "the customer's tenant ID or TPID")
	}
	if e.NeedsReason {
		missing = append(missing, "a reason")
	}
	return fmt.Sprintf("%s is a domain of a public e-mail service and names no customer: give %s, or an address of the customer's own domain", e.Domain, strings.Join(missing, " and "))
}

// ReasonRequiredError says that the directory does not support the ID that was given.
// It knows other customers than that of the tenant ID or TPID by the domain (Found),
// or none; or not exactly one, when a subscription or opportunity ID was given, of
// which a lookup by domain says nothing; or nobody by an ID that was given alone. The
// same candidate with a reason goes on, and so does one with a confirmed ID or
// another domain.
type ReasonRequiredError struct {
	Domain       Domain         // zero when an ID was given alone: the directory knows nobody by it
	Tenant       ID             // as given
	TPID         TPID           // as given
	Subscription SubscriptionID // as given
	Opportunity  OpportunityID  // as given
	Found        []Entry
}

func (e *ReasonRequiredError) Error() string {
	found := "no customer"
	if len(e.Found) > 0 {
		found = describe(e.Found)
	}
	var alone string
	switch {
	case e.Domain.IsZero():
		key := Identity{Tenant: e.Tenant, TPID: e.TPID, Subscription: e.Subscription, Opportunity: e.Opportunity}.Key()
		return fmt.Sprintf("the directory knows no customer by %s: correct the ID, give an e-mail address or domain of the customer too, or a reason why the ID is right", key)
	case !e.Opportunity.IsZero():
		alone = "opportunity " + e.Opportunity.String()
	case !e.Subscription.IsZero():
		alone = "subscription " + e.Subscription.String()
	}
	if alone != "" {
		return fmt.Sprintf("the directory knows %s by the domain %s, and exactly one is wanted beside %s: give another e-mail address or domain of the customer, or a reason why the ID is right", found, e.Domain, alone)
	}
	given := describe([]Entry{{Tenant: e.Tenant, TPID: e.TPID}})
	return fmt.Sprintf("the directory knows %s by the domain %s and does not confirm %s: correct the ID, or give a reason why it is right", found, e.Domain, given)
}

// UnavailableError says that the directory could not be asked, which is never
// the same as not found: nothing was decided, and the same candidate may be
// tried again.
type UnavailableError struct {
	Domain Domain // that it was asked for, or zero
	Key    Key    // that it was asked for, or ""
	Err    error  // what the directory said
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("the directory could not be asked for %s%s, try again later: %s", e.Domain, e.Key, oneLine(e.Err.Error()))
}

// Unwrap returns the directory's own error.
func (e *UnavailableError) Unwrap() error { return e.Err }

// DirectoryError says that the directory cannot be used until somebody mends it: it
// answered with what no directory may answer with, or says that asking again does not
// help. Nothing was decided.
type DirectoryError struct {
	Domain Domain // that it was asked for, or zero
	Key    Key    // that it was asked for, or ""
	Err    error  // what is wrong with it
}

func (e *DirectoryError) Error() string {
	return fmt.Sprintf("the directory cannot be asked for %s%s until it is mended: %s", e.Domain, e.Key, oneLine(e.Err.Error()))
}

// Unwrap returns what is wrong.
func (e *DirectoryError) Unwrap() error { return e.Err }

// notAnswered is the error of a directory that gave no answer which can be used.
func notAnswered(domain Domain, key Key, err error) error {
	if code.Has(err, code.Internal) {
		return &DirectoryError{domain, key, err}
	}
	return &UnavailableError{domain, key, err}
}

// describe lists entries for an error's text, the first few of them.
func describe(entries []Entry) string {
	const most = 3
	var parts []string
	for _, e := range entries[:min(len(entries), most)] {
		var words []string
		if !e.Tenant.IsZero() {
			words = append(words, "tenant "+e.Tenant.String())
		}
		if !e.TPID.IsZero() {
			words = append(words, "TPID "+e.TPID.String())
		}
		if e.Name != "" {
			words = append(words, quote(e.Name))
		}
		if e.Cloud != "" {
			words = append(words, "in the cloud "+quote(string(e.Cloud)))
		}
		parts = append(parts, strings.Join(words, " "))
	}
	if more := len(entries) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}
